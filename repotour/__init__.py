"""RepoTour: from a machine-learning repository to a truthful, replayable tour of what it does.

From Python: `repotour.run("https://github.com/owner/name")` makes a tour, `repotour.load("name.tour.json")` reads one,
and `repotour.here()` stands still in a script of one's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from walkthroughs.tour import Tour

__version__ = "0.1.0"
__all__ = ["__version__", "here", "load", "run"]


def run(repo: str | Path, **options: Any) -> Tour:
    """Tour a repository, as `repotour run` does, and return the tour.

    `repo` is a URL or a folder; `options` are those of the command with `_` for `-` (`ref`, `entry`, `python`,
    `before`, `iterations`, `timeout`, `out`, `target`: the words behind `--`). The code of the repository is run
    without asking. Raises `tracer.errors.RepoTourError` where the command would print an error.
    """
    from repotour.commands.run import tour_repository

    return tour_repository(str(repo), **options)


def load(path: str | Path) -> Tour:
    """Read a tour from a `*.tour.json` file. Raises `tracer.errors.RepoTourError` when it is not a readable tour."""
    from pathlib import Path

    from walkthroughs.tour import Tour

    return Tour.load(Path(path))


def here() -> None:
    """Stand still at the line behind this call, under ipdb with `shape EXPR`, `why` and `leave` beside its commands.

    For a line in a script of one's own; nothing is recorded, and without a terminal the program runs on.
    """
    import sys

    from repotour.standing import stand_still

    stand_still(sys._getframe(1))
