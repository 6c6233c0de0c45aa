"""The Trainer owns the loop; what else happens after an epoch is the business of its callbacks."""

import numpy as np

from .data import iterate_batches
from .model import softmax_cross_entropy


class Trainer:
    def __init__(self, model, optimizer, train_data, val_data, config, rng, callbacks=()):
        self.model = model
        self.optimizer = optimizer
        self.train_data = train_data
        self.val_data = val_data
        self.config = config
        self.rng = rng
        self.callbacks = list(callbacks)
        self.epoch = 0
        self.should_stop = False

    def run(self):
        while self.epoch < self.config.max_epochs and not self.should_stop:
            self.epoch += 1
            train_loss = self.train_epoch()
            metrics = {"train_loss": train_loss, **self.evaluate()}
            for callback in self.callbacks:
                callback.on_epoch_end(self, metrics)

    def train_epoch(self):
        """One pass over the training images; gives the mean loss of its batches."""
        losses = []
        for x, y in iterate_batches(*self.train_data, self.config.batch_size, self.rng):
            logits = self.model.forward(x)  # (B, 10)
            loss, dlogits = softmax_cross_entropy(logits, y)
            self.model.backward(dlogits)
            self.optimizer.step()
            losses.append(loss)
        return float(np.mean(losses))

    def evaluate(self):
        """Loss and accuracy on the validation images, all at once: they fit."""
        images, labels = self.val_data
        logits = self.model.forward(images)
        loss, _ = softmax_cross_entropy(logits, labels)
        accuracy = (logits.argmax(axis=1) == labels).mean()
        return {"val_loss": float(loss), "val_accuracy": float(accuracy)}


class PrintProgress:
    """One line per epoch."""

    def on_epoch_end(self, trainer, metrics):
        line = "  ".join(f"{name} {value:.4f}" for name, value in metrics.items())
        print(f"epoch {trainer.epoch:2d}  {line}")


class SaveBest:
    """Keeps the parameters with the lowest validation loss so far."""

    def __init__(self, path):
        self.path = path
        self.best_loss = float("inf")
        self.best_accuracy = 0.0

    def on_epoch_end(self, trainer, metrics):
        if metrics["val_loss"] < self.best_loss:
            self.best_loss = metrics["val_loss"]
            self.best_accuracy = metrics["val_accuracy"]
            np.savez(self.path, **trainer.model.params)


class EarlyStopping:
    """Ends training when the validation loss has not improved for `patience` epochs: now it only memorises."""

    def __init__(self, patience):
        self.patience = patience
        self.best_loss = float("inf")
        self.waited = 0

    def on_epoch_end(self, trainer, metrics):
        if metrics["val_loss"] < self.best_loss:
            self.best_loss = metrics["val_loss"]
            self.waited = 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            trainer.should_stop = True
            print(f"no better for {self.patience} epochs, so training stops")
