"""Policy gradient in numpy; a step is a rollout and an update."""

from __future__ import annotations

import argparse

import numpy as np
from environment import Poles
from policy import Policy
from step_meter import report, start, stop


def rollout(poles: Poles, policy: Policy, source: np.random.Generator, length: int) -> tuple[np.ndarray, ...]:
    """`length` time steps of all carts: states, actions, rewards and ends, each (length, carts, ...)."""
    states, actions, rewards, ends = [], [], [], []
    state = poles.state
    for _ in range(length):
        action = policy.act(state, source)
        states.append(state)
        state, reward, over = poles.step(action)
        actions.append(action)
        rewards.append(reward)
        ends.append(over)
    return np.stack(states), np.stack(actions), np.stack(rewards), np.stack(ends)


def returns(rewards: np.ndarray, ends: np.ndarray, discount: float) -> np.ndarray:
    """Discounted sums of what is still to come, (length, carts)."""
    found = np.zeros_like(rewards)
    following = np.zeros(rewards.shape[1])
    for time in reversed(range(len(rewards))):
        following = rewards[time] + discount * following * ~ends[time]
        found[time] = following
    return found


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=50)
    args = parser.parse_args()
    source = np.random.default_rng(0)
    poles, policy = Poles(8, seed=1), Policy(32, seed=2)
    for step in range(args.steps):
        start()
        states, actions, rewards, ends = rollout(poles, policy, source, 128)
        gained = returns(rewards, ends, 0.99)
        weights = (gained - gained.mean()) / (gained.std() + 1e-8)
        gradients = policy.gradients(states.reshape(-1, 4), actions.reshape(-1), weights.reshape(-1))
        policy.update(gradients, 0.5)
        stop()
        print(f"step {step} return {gained.mean():.3f}")
    report()


if __name__ == "__main__":
    main()
