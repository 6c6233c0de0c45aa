"""A tiny autograd: numbers that remember how they were computed, so that gradients can flow back through them.

Look at `Value.backward`: it is the whole chain rule. One node may stand for many operations (`affine` is a whole sum of
products), because in plain Python every node costs time.
"""

import math


class Value:
    """A number, its gradient, and for each parent the derivative of this number by that parent."""

    __slots__ = ("data", "grad", "parents", "derivatives")

    def __init__(self, data, parents=(), derivatives=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.derivatives = derivatives

    def backward(self):
        """Fill `grad` of everything that this number depends on."""
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):  # a node is done before its parents: all that it feeds has reported by then
            for parent, derivative in zip(value.parents, value.derivatives):
                parent.grad += derivative * value.grad

    def __repr__(self):
        return f"Value({self.data:.4f}, grad={self.grad:.4f})"


def affine(weights, inputs, bias):
    """sum(w * x) + b as one node."""
    w = [weight.data for weight in weights]
    x = [value.data for value in inputs]
    total = sum(a * b for a, b in zip(w, x)) + bias.data
    return Value(total, (*weights, *inputs, bias), (*x, *w, 1.0))  # d/dw is x, d/dx is w, d/db is 1


def tanh(value):
    """The squashing function of the hidden layers."""
    t = math.tanh(value.data)
    return Value(t, (value,), (1.0 - t * t,))


def cross_entropy(logits, label):
    """-log softmax(logits)[label]: how surprised the model is by the right answer."""
    largest = max(logit.data for logit in logits)  # subtracted, so that exp cannot overflow
    exps = [math.exp(logit.data - largest) for logit in logits]
    total = sum(exps)
    probs = [e / total for e in exps]
    loss = -math.log(max(probs[label], 1e-12))
    return Value(loss, tuple(logits), tuple(p - (i == label) for i, p in enumerate(probs)))


def mean(values):
    """The average of several losses, so that the size of a batch does not change the size of an update."""
    n = len(values)
    return Value(sum(value.data for value in values) / n, tuple(values), (1.0 / n,) * n)
