"""RepoTour: from a machine-learning repository to a truthful, replayable tour of what it does."""

__version__ = "0.1.0"
