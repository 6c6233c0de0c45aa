"""A pole on a cart, eight of them at once, in numpy."""

from __future__ import annotations

import numpy as np

GRAVITY, CART, POLE, HALF_LENGTH, FORCE, INTERVAL = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02


class Poles:
    """`count` carts. A state is (count, 4): position, speed, angle, angular speed."""

    def __init__(self, count: int, seed: int) -> None:
        self.source = np.random.default_rng(seed)
        self.state = self.fresh(count)
        self.age = np.zeros(count, dtype=int)

    def fresh(self, count: int) -> np.ndarray:
        """States to begin with."""
        return self.source.uniform(-0.05, 0.05, size=(count, 4))

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Push each cart; gives states, rewards and what is over. What is over begins anew."""
        if actions.ndim != 1:
            raise ValueError("one action for each cart")  # never reached
        _, speed, angle, turn = self.state.T
        force = np.where(actions == 1, FORCE, -FORCE)
        sine, cosine = np.sin(angle), np.cos(angle)
        pull = (force + POLE * HALF_LENGTH * turn**2 * sine) / (CART + POLE)
        bend = (GRAVITY * sine - cosine * pull) / (HALF_LENGTH * (4 / 3 - POLE * cosine**2 / (CART + POLE)))
        drive = pull - POLE * HALF_LENGTH * bend * cosine / (CART + POLE)
        moved = (speed, drive, turn, bend)
        self.state = self.state + INTERVAL * np.stack(moved, axis=1)
        self.age += 1
        over = (np.abs(self.state[:, 0]) > 2.4) | (np.abs(self.state[:, 2]) > 0.21) | (self.age >= 200)
        if over.any():
            self.state[over] = self.fresh(int(over.sum()))
            self.age[over] = 0
        return self.state, np.ones(len(over)), over
