"""A multi-layer perceptron made of `Value`s, and the optimizer that improves it."""

import json
import math
import random

from autograd import Value, affine, tanh


class Layer:
    """`n_out` neurons, each of which sees all `n_in` inputs."""

    def __init__(self, n_in, n_out):
        scale = 1.0 / math.sqrt(n_in)  # keeps the sums of wide layers as small as those of narrow ones
        self.weights = [[Value(random.gauss(0.0, scale)) for _ in range(n_in)] for _ in range(n_out)]
        self.biases = [Value(0.0) for _ in range(n_out)]

    def __call__(self, x):
        return [affine(w, x, b) for w, b in zip(self.weights, self.biases)]

    def parameters(self):
        return [p for row in self.weights for p in row] + self.biases


class MLP:
    """Layers of the given sizes with tanh between them: MLP([2, 12, 3]) turns a point into three logits."""

    def __init__(self, sizes):
        self.sizes = list(sizes)
        self.layers = [Layer(n_in, n_out) for n_in, n_out in zip(sizes, sizes[1:])]

    def forward(self, x):
        x = [Value(number) for number in x]
        for layer in self.layers[:-1]:
            x = [tanh(value) for value in layer(x)]
        return self.layers[-1](x)  # no tanh at the end: logits may be of any size

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


class SGD:
    """Gradient descent with momentum."""

    def __init__(self, parameters, lr, momentum=0.9):
        self.parameters = parameters
        self.lr = lr
        self.momentum = momentum
        self.velocities = [0.0] * len(parameters)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0  # gradients add up, so those of the previous batch have to go

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocities[i] = self.momentum * self.velocities[i] - self.lr * p.grad
            p.data += self.velocities[i]


def save_checkpoint(model, path):
    """Sizes and weights as JSON: small, and readable without this program."""
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"sizes": model.sizes, "parameters": [p.data for p in model.parameters()]}, f)


def load_checkpoint(path):
    """The model that `save_checkpoint` wrote."""
    with open(path, encoding="utf-8") as f:
        checkpoint = json.load(f)
    model = MLP(checkpoint["sizes"])
    for p, number in zip(model.parameters(), checkpoint["parameters"]):
        p.data = number
    return model
