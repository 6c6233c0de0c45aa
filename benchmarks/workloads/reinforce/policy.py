"""A policy with one hidden layer, its gradient written by hand."""

from __future__ import annotations

import numpy as np


class Policy:
    """Probabilities of two actions from a state of four numbers."""

    def __init__(self, hidden: int, seed: int) -> None:
        source = np.random.default_rng(seed)
        self.first = source.normal(0, 0.5, size=(4, hidden))
        self.second = source.normal(0, 0.1, size=(hidden, 2))

    def probabilities(self, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States (n, 4) to hidden activities (n, hidden) and probabilities (n, 2)."""
        hidden = np.tanh(states @ self.first)
        scores = hidden @ self.second
        scores = scores - scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return hidden, powers / powers.sum(axis=1, keepdims=True)

    def act(self, states: np.ndarray, source: np.random.Generator) -> np.ndarray:
        """One sampled action for each state."""
        _, chances = self.probabilities(states)
        return (source.random(len(states)) < chances[:, 1]).astype(int)

    def gradients(self, states: np.ndarray, actions: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradients of the weighted log-probabilities of the actions that were taken."""
        hidden, chances = self.probabilities(states)
        slope = -chances
        slope[np.arange(len(actions)), actions] += 1.0
        slope *= weights[:, None] / len(actions)
        back = (slope @ self.second.T) * (1.0 - hidden**2)
        return states.T @ back, hidden.T @ slope

    def update(self, gradients: tuple[np.ndarray, np.ndarray], rate: float) -> None:
        """Climb."""
        self.first += rate * gradients[0]
        self.second += rate * gradients[1]
