"""Regress a wave with equinox."""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

BATCH_SIZE = 32
LEARNING_RATE = 3e-3
STEPS = 300
PRINT_EVERY = 100
SEED = 5678


class WaveNet(eqx.Module):
    layers: list
    scale: jax.Array

    def __init__(self, key):
        key1, key2 = jax.random.split(key)
        self.layers = [eqx.nn.Linear(1, 24, key=key1), jnp.tanh, eqx.nn.Linear(24, 1, key=key2)]
        self.scale = jnp.ones(1)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.scale


def get_data(key, size):
    x = jax.random.uniform(key, (size, 1), minval=-3, maxval=3)
    return x, jnp.sin(2 * x)


def dataloader(x, y, batch_size, *, key):
    indices = jnp.arange(len(x))
    while True:
        key, subkey = jax.random.split(key)
        perm = jax.random.permutation(subkey, indices)
        for start in range(0, len(x), batch_size):
            batch = perm[start : start + batch_size]
            yield x[batch], y[batch]


def mse(model, x, y):
    predicted = jax.vmap(model)(x)
    return jnp.mean((predicted - y) ** 2)


@eqx.filter_jit
def make_step(model, opt_state, x, y, optim):
    loss, grads = eqx.filter_value_and_grad(mse)(model, x, y)
    updates, opt_state = optim.update(grads, opt_state, eqx.filter(model, eqx.is_array))
    model = eqx.apply_updates(model, updates)
    return model, opt_state, loss


def evaluate(model, x, y):
    predicted = jax.vmap(model)(x)
    return jnp.abs(predicted - y).max()


def main():
    data_key, model_key, loader_key, test_key = jax.random.split(jax.random.key(SEED), 4)
    x, y = get_data(data_key, 256)
    model = WaveNet(model_key)
    optim = optax.adamw(LEARNING_RATE)
    opt_state = optim.init(eqx.filter(model, eqx.is_inexact_array))
    for step, (bx, by) in zip(range(STEPS), dataloader(x, y, BATCH_SIZE, key=loader_key)):
        model, opt_state, loss = make_step(model, opt_state, bx, by, optim)
        if step % PRINT_EVERY == 0:
            print(f"step {step} loss {loss.item():.4f}")
    test_x, test_y = get_data(test_key, 64)
    worst = evaluate(model, test_x, test_y)
    print(f"largest error {worst:.3f}")
    eqx.tree_serialise_leaves("wave.eqx", model)


if __name__ == "__main__":
    main()
