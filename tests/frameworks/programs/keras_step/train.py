"""A denoising autoencoder in Keras with its own train_step, on the torch backend."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch


class Denoiser(keras.Model):
    def __init__(self, width, noise):
        super().__init__()
        self.encoder = keras.layers.Dense(width, activation="relu")
        self.decoder = keras.layers.Dense(16)
        self.noise = noise
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.decoder(self.encoder(x))

    def train_step(self, data):
        clean = data
        noisy = clean + self.noise * torch.randn_like(clean)
        self.zero_grad()
        restored = self(noisy, training=True)
        loss = torch.mean((restored - clean) ** 2)
        loss.backward()
        weights = [w for w in self.trainable_weights]
        gradients = [w.value.grad for w in weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, weights)
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    def test_step(self, data):
        restored = self(data, training=False)
        error = torch.mean((restored - data) ** 2)
        self.tracker.update_state(error)
        return {"loss": self.tracker.result()}

    @property
    def metrics(self):
        return [self.tracker]


def make_curves(count):
    rng = np.random.default_rng(0)
    phase = rng.uniform(0, 2 * np.pi, size=(count, 1))
    return np.sin(np.linspace(0, 6, 16)[None] + phase).astype("float32")


def main():
    config = {"width": 24, "noise": 0.2, "lr": 1e-3, "epochs": 40}
    curves = make_curves(1024)
    model = Denoiser(config["width"], config["noise"])
    model.compile(optimizer=keras.optimizers.Adam(config["lr"]))
    model.fit(curves[:896], batch_size=32, epochs=config["epochs"], verbose=2)
    error = model.evaluate(curves[896:], verbose=0)
    print("error", error)
    model.save_weights("denoiser.weights.h5")


if __name__ == "__main__":
    main()
