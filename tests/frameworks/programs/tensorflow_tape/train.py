"""Separate two moons with TensorFlow: tf.data, a Keras model, a loop of our own with GradientTape."""

import argparse

import numpy as np
import tensorflow as tf


def make_moons(rows, seed):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, size=rows)
    angle = np.pi * rng.random(rows)
    x = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], axis=1) + 0.1 * rng.normal(size=(rows, 2))
    return points.astype("float32"), label.astype("int64")


class Net(tf.keras.Model):
    def __init__(self, hidden):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(hidden, activation="relu")
        self.out = tf.keras.layers.Dense(2)

    def call(self, x):
        x = self.hidden(x)
        return self.out(x)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--hidden", type=int, default=32)
    args = parser.parse_args()
    tf.random.set_seed(0)

    points, labels = make_moons(480, seed=0)
    train_ds = tf.data.Dataset.from_tensor_slices((points[:400], labels[:400])).shuffle(400).batch(32)
    test_ds = tf.data.Dataset.from_tensor_slices((points[400:], labels[400:])).batch(40)

    model = Net(args.hidden)
    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.Adam(1e-2)
    metric = tf.keras.metrics.SparseCategoricalAccuracy()

    for epoch in range(args.epochs):
        for x, y in train_ds:
            with tf.GradientTape() as tape:
                logits = model(x, training=True)
                loss = loss_fn(y, logits)
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
        metric.reset_state()
        for x, y in test_ds:
            logits = model(x, training=False)
            metric.update_state(y, logits)
        accuracy = float(metric.result())
        print(f"epoch {epoch} loss {float(loss):.4f} accuracy {accuracy:.3f}")
    model.save_weights("moons.weights.h5")


if __name__ == "__main__":
    main()
