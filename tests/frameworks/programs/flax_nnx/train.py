"""Fit a spiral with flax.nnx."""

import argparse

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, hidden, *, rngs):
        self.hidden = nnx.Linear(2, hidden, rngs=rngs)
        self.norm = nnx.BatchNorm(hidden, rngs=rngs)
        self.out = nnx.Linear(hidden, 2, rngs=rngs)

    def __call__(self, x):
        x = nnx.relu(self.norm(self.hidden(x)))
        return self.out(x)


def spiral(count, seed):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, size=count)
    radius = rng.random(count)
    angle = 4 * radius + np.pi * label
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points.astype(np.float32), label


def batches(points, labels, size, rng):
    order = rng.permutation(len(points))
    for start in range(0, len(points) - size + 1, size):
        index = order[start : start + size]
        yield jnp.asarray(points[index]), jnp.asarray(labels[index])


def loss_fn(model, x, y):
    logits = model(x)
    loss = optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
    return loss, logits


@nnx.jit
def train_step(model, optimizer, metrics, x, y):
    grad_fn = nnx.value_and_grad(loss_fn, has_aux=True)
    (loss, logits), grads = grad_fn(model, x, y)
    metrics.update(loss=loss, logits=logits, labels=y)
    optimizer.update(model, grads)


@nnx.jit
def eval_step(model, metrics, x, y):
    loss, logits = loss_fn(model, x, y)
    metrics.update(loss=loss, logits=logits, labels=y)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--lr", type=float, default=5e-3)
    args = parser.parse_args()

    train_x, train_y = spiral(320, 0)
    test_x, test_y = spiral(64, 1)
    model = MLP(32, rngs=nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adamw(args.lr), wrt=nnx.Param)
    metrics = nnx.MultiMetric(accuracy=nnx.metrics.Accuracy(), loss=nnx.metrics.Average("loss"))
    rng = np.random.default_rng(0)
    for epoch in range(args.epochs):
        model.train()
        for x, y in batches(train_x, train_y, 32, rng):
            train_step(model, optimizer, metrics, x, y)
        metrics.reset()
        model.eval()
        eval_step(model, metrics, jnp.asarray(test_x), jnp.asarray(test_y))
        values = metrics.compute()
        print(f"epoch {epoch} accuracy {values['accuracy']:.3f}")
        metrics.reset()
    state = nnx.state(model, nnx.Param)
    np.savez("spiral.npz", *jax.tree.leaves(state))


if __name__ == "__main__":
    main()
