"""Train a small classifier with Lightning."""

from argparse import ArgumentParser

import lightning as L
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

from data import BlobsDataModule
from model import Classifier


class LossHistory(Callback):
    def __init__(self):
        self.losses = []

    def on_train_epoch_end(self, trainer, pl_module):
        self.losses.append(float(trainer.callback_metrics["train/loss"]))


def main(args):
    L.seed_everything(args.seed)
    datamodule = BlobsDataModule(batch_size=args.batch_size)
    model = Classifier(hidden=args.hidden, lr=args.lr)
    checkpoint = ModelCheckpoint(dirpath="checkpoints", monitor="val/acc", mode="max")
    trainer = L.Trainer(
        max_epochs=args.epochs,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        callbacks=[checkpoint, EarlyStopping("val/loss", patience=args.epochs), LossHistory()],
    )
    trainer.fit(model, datamodule=datamodule)
    trainer.test(model, datamodule=datamodule, ckpt_path="best")


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=1)
    main(parser.parse_args())
