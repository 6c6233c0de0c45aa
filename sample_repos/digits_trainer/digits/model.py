"""The model: two layers, and the derivative of each step worked out by hand in `backward`."""

import numpy as np


class TwoLayerNet:
    """Images (B, 144) to logits (B, 10). `params` and `grads` hold arrays under the same names."""

    def __init__(self, n_inputs, n_hidden, n_classes, rng):
        # He initialisation: relu silences half of its inputs, the factor 2 makes up for that
        self.params = {
            "w1": rng.normal(0.0, np.sqrt(2.0 / n_inputs), (n_inputs, n_hidden)),
            "b1": np.zeros(n_hidden),
            "w2": rng.normal(0.0, np.sqrt(2.0 / n_hidden), (n_hidden, n_classes)),
            "b2": np.zeros(n_classes),
        }
        self.grads = {}
        self.cache = None

    def forward(self, x):
        h = x @ self.params["w1"] + self.params["b1"]  # (B, H)
        a = np.maximum(h, 0.0)
        logits = a @ self.params["w2"] + self.params["b2"]  # (B, 10)
        self.cache = x, a  # what backward needs again
        return logits

    def backward(self, dlogits):
        """From the gradient of the loss by the logits (B, 10) to its gradients by all parameters."""
        x, a = self.cache
        self.grads["w2"] = a.T @ dlogits
        self.grads["b2"] = dlogits.sum(axis=0)
        da = dlogits @ self.params["w2"].T  # (B, H)
        dh = da * (a > 0.0)  # relu lets the gradient through where it let the number through
        self.grads["w1"] = x.T @ dh
        self.grads["b1"] = dh.sum(axis=0)


def softmax_cross_entropy(logits, labels):
    """The mean loss of a batch, and its gradient by the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)  # so that exp cannot overflow
    probs = np.exp(shifted)
    probs /= probs.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(probs[rows, labels] + 1e-12).mean()
    dlogits = probs.copy()
    dlogits[rows, labels] -= 1.0
    return loss, dlogits / len(labels)


class SGD:
    """Gradient descent with momentum and weight decay."""

    def __init__(self, model, lr, momentum, weight_decay):
        self.model = model
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.velocity = {name: np.zeros_like(p) for name, p in model.params.items()}

    def step(self):
        for name, p in self.model.params.items():
            grad = self.model.grads[name] + self.weight_decay * p
            self.velocity[name] = self.momentum * self.velocity[name] - self.lr * grad
            p += self.velocity[name]  # in place: the model holds the same array
