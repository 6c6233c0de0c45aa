"""Recognise made-up patterns with Keras: a functional model, fit, a callback of our own."""

import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers


def load_patterns(count, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, size=count)
    images = rng.normal(scale=0.5, size=(count, 8, 8, 1)).astype("float32")
    for image, label in zip(images, labels):
        image[label * 2 : label * 2 + 2] += 1.0
    return images, labels


def build_model():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(8, 3, activation="relu")(inputs)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(4)(layers.concatenate([x, layers.Flatten()(inputs)]))
    return keras.Model(inputs, outputs)


class RateLogger(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.history = []

    def on_epoch_end(self, epoch, logs=None):
        rate = float(self.model.optimizer.learning_rate)
        self.history.append((epoch, rate, logs["val_accuracy"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=32)
    args = parser.parse_args()

    x_train, y_train = load_patterns(960, seed=0)
    x_test, y_test = load_patterns(128, seed=1)
    model = build_model()
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    checkpoint = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
    model.fit(
        x_train,
        y_train,
        batch_size=args.batch_size,
        epochs=args.epochs,
        validation_split=0.1,
        callbacks=[checkpoint, RateLogger()],
        verbose=2,
    )
    score = model.evaluate(x_test, y_test, verbose=0)
    print("test accuracy", score[1])
    model.save("final.keras")


if __name__ == "__main__":
    main()
