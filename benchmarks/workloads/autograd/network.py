"""A multi-layer perceptron made of single numbers."""

from __future__ import annotations

import random

from engine import Value


class Neuron:
    """A weighted sum, squashed unless it is the last."""

    def __init__(self, inputs: int, source: random.Random, squash: bool) -> None:
        self.weights = [Value(source.uniform(-1, 1)) for _ in range(inputs)]
        self.bias = Value(0.0)
        self.squash = squash

    def __call__(self, x: list[Value]) -> Value:
        """The inputs to one number."""
        total = self.bias
        for weight, value in zip(self.weights, x):
            total = total + weight * value
        return total.tanh() if self.squash else total

    def parameters(self) -> list[Value]:
        """Weights and bias."""
        return [*self.weights, self.bias]


class Layer:
    """Neurons side by side."""

    def __init__(self, inputs: int, outputs: int, source: random.Random, squash: bool) -> None:
        self.neurons = [Neuron(inputs, source, squash) for _ in range(outputs)]

    def __call__(self, x: list[Value]) -> list[Value]:
        """One number from each neuron."""
        return [neuron(x) for neuron in self.neurons]

    def parameters(self) -> list[Value]:
        """Those of all neurons."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]


class Perceptron:
    """Layers one behind the other; the last one gives one number."""

    def __init__(self, sizes: list[int], seed: int = 0) -> None:
        source = random.Random(seed)
        last = len(sizes) - 2
        self.layers = [
            Layer(before, after, source, squash=number < last)
            for number, (before, after) in enumerate(zip(sizes, sizes[1:]))
        ]

    def __call__(self, x: list[Value]) -> Value:
        """Through all layers."""
        for layer in self.layers:
            x = layer(x)
        return x[0]

    def parameters(self) -> list[Value]:
        """Those of all layers."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]
