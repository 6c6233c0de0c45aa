"""Classify noisy sine waves with flax.linen, optax and a TrainState."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from absl import app, flags
from flax import linen as nn
from flax import serialization
from flax.training import train_state

FLAGS = flags.FLAGS
flags.DEFINE_float("learning_rate", 1e-3, "Peak learning rate.")
flags.DEFINE_integer("num_epochs", 20, "Passes over the data.")
flags.DEFINE_integer("batch_size", 32, "Waves in a batch.")


class CNN(nn.Module):
    features: int = 16

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(features=self.features, kernel_size=(5,))(x)
        x = nn.relu(x)
        x = x.mean(axis=1)
        return nn.Dense(features=2)(x)


def get_waves(count, seed):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, size=count)
    t = np.linspace(0, 1, 32)
    wave = np.sin(2 * np.pi * t[None] * (2 + 3 * label[:, None])) + 0.3 * rng.normal(size=(count, 32))
    return {"wave": jnp.asarray(wave[..., None], dtype=jnp.float32), "label": jnp.asarray(label)}


def create_train_state(rng, learning_rate):
    model = CNN()
    params = model.init(rng, jnp.ones((1, 32, 1)))["params"]
    tx = optax.adam(learning_rate)
    return train_state.TrainState.create(apply_fn=model.apply, params=params, tx=tx)


def compute_metrics(logits, labels):
    accuracy = jnp.mean(jnp.argmax(logits, -1) == labels)
    return {"accuracy": accuracy}


@jax.jit
def train_step(state, batch):
    def loss_fn(params):
        logits = state.apply_fn({"params": params}, batch["wave"])
        one_hot = jax.nn.one_hot(batch["label"], 2)
        loss = jnp.mean(optax.softmax_cross_entropy(logits, one_hot))
        return loss, logits

    grad_fn = jax.value_and_grad(loss_fn, has_aux=True)
    (loss, logits), grads = grad_fn(state.params)
    state = state.apply_gradients(grads=grads)
    return state, loss


@jax.jit
def eval_step(state, batch):
    logits = state.apply_fn({"params": state.params}, batch["wave"])
    return compute_metrics(logits, batch["label"])


def train_epoch(state, train_ds, batch_size, rng):
    steps = len(train_ds["wave"]) // batch_size
    order = jax.random.permutation(rng, len(train_ds["wave"]))[: steps * batch_size]
    losses = []
    for index in order.reshape((steps, batch_size)):
        batch = {name: values[index] for name, values in train_ds.items()}
        state, loss = train_step(state, batch)
        losses.append(loss)
    return state, np.mean(jax.device_get(losses))


def train_and_evaluate(learning_rate, num_epochs, batch_size):
    train_ds = get_waves(320, seed=0)
    test_ds = get_waves(64, seed=1)
    rng = jax.random.key(0)
    rng, init_rng = jax.random.split(rng)
    state = create_train_state(init_rng, learning_rate)
    for epoch in range(1, num_epochs + 1):
        rng, input_rng = jax.random.split(rng)
        state, train_loss = train_epoch(state, train_ds, batch_size, input_rng)
        metrics = eval_step(state, test_ds)
        print(f"epoch {epoch} loss {train_loss:.4f} accuracy {metrics['accuracy']:.3f}")
    return state


def main(argv):
    state = train_and_evaluate(FLAGS.learning_rate, FLAGS.num_epochs, FLAGS.batch_size)
    with open("params.msgpack", "wb") as handle:
        handle.write(serialization.to_bytes(state.params))


if __name__ == "__main__":
    app.run(main)
