"""Trains a perceptron on two half moons with scalar autograd; a step is a function."""

from __future__ import annotations

import math
import random
import sys

from engine import Value
from network import Perceptron
from step_meter import report, start, stop

Sample = tuple[list[float], float]


def moons(count: int, seed: int = 2) -> list[Sample]:
    """Points of two interleaved half circles, labelled 1 and -1."""
    source = random.Random(seed)
    found: list[Sample] = []
    for number in range(count):
        angle = math.pi * source.random()
        if number % 2:
            found.append(([math.cos(angle), math.sin(angle)], 1.0))
        else:
            found.append(([1 - math.cos(angle), 0.5 - math.sin(angle)], -1.0))
    return found


def step(model: Perceptron, batch: list[Sample], rate: float) -> float:
    """One step of gradient descent on the mean squared error; gives the loss."""
    total = Value(0.0)
    for point, label in batch:
        error = model([Value(number) for number in point]) + Value(-label)
        total = total + error * error
    loss = total * Value(1.0 / len(batch))
    for parameter in model.parameters():
        parameter.grad = 0.0
    loss.backward()
    for parameter in model.parameters():
        parameter.data -= rate * parameter.grad
    return loss.data


def main(steps: int) -> None:
    """Train on batches of 40 points."""
    samples = moons(200)
    model = Perceptron([2, 16, 16, 1])
    for number in range(steps):
        begin = number * 40 % len(samples)
        start()
        loss = step(model, samples[begin : begin + 40], 0.05)
        stop()
        print(f"step {number} loss {loss:.4f}")
    report()


if __name__ == "__main__":
    main(int(sys.argv[1]))
