"""The program: settings, data, model, optimizer, trainer. Run it with `python -m digits.train`."""

import numpy as np

from .config import load_config
from .data import SIZE, make_digits
from .model import SGD, TwoLayerNet
from .trainer import EarlyStopping, PrintProgress, SaveBest, Trainer


def main():
    config = load_config()
    rng = np.random.default_rng(config.seed)

    train_data = make_digits(config.train_size, config.noise, rng)
    val_data = make_digits(config.val_size, config.noise, rng)
    print(f"images {train_data[0].shape}, labels {train_data[1].shape}")

    model = TwoLayerNet(SIZE * SIZE, config.hidden, 10, rng)
    optimizer = SGD(model, config.lr, config.momentum, config.weight_decay)
    save_best = SaveBest(config.out)
    callbacks = [PrintProgress(), save_best, EarlyStopping(config.patience)]

    trainer = Trainer(model, optimizer, train_data, val_data, config, rng, callbacks)
    trainer.run()
    print(f"best: validation accuracy {save_best.best_accuracy:.3f}, saved in {config.out}")


if __name__ == "__main__":
    main()
