"""Reverse-mode differentiation of single numbers."""

from __future__ import annotations

import math
from collections.abc import Callable


def _nothing() -> None:
    """The backward pass of a leaf."""


class Value:
    """A number that remembers what it was made of."""

    def __init__(self, data: float, parents: tuple[Value, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.push: Callable[[], None] = _nothing

    def __add__(self, other: Value) -> Value:
        out = Value(self.data + other.data, (self, other))

        def push() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other: Value) -> Value:
        out = Value(self.data * other.data, (self, other))

        def push() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.push = push
        return out

    def tanh(self) -> Value:
        """The squashed number."""
        squashed = math.tanh(self.data)
        out = Value(squashed, (self,))

        def push() -> None:
            self.grad += (1.0 - squashed * squashed) * out.grad

        out.push = push
        return out

    def backward(self) -> None:
        """Gradients of this number with respect to everything it was made of."""
        if self.data != self.data:
            raise ValueError("the loss is no number")  # never reached
        order: list[Value] = []
        seen: set[Value] = set()
        waiting = [(self, False)]
        while waiting:
            value, done = waiting.pop()
            if done:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                waiting.append((value, True))
                waiting.extend((parent, False) for parent in value.parents)
        self.grad = 1.0
        for value in reversed(order):
            value.push()
