"""The settings of a run: defaults here, a JSON file over them, the command line over both."""

import argparse
import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Config:
    train_size: int = 2000
    val_size: int = 1000
    noise: float = 0.25  # deviation of the noise; the ink has brightness 1
    hidden: int = 32
    batch_size: int = 50
    max_epochs: int = 40
    lr: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 0.0
    patience: int = 4  # epochs without a better validation loss before training stops
    seed: int = 3
    out: str = "digits.npz"


def load_config(argv=None):
    """The settings for this run. Misspelt names in the file are refused: they would change nothing, silently."""
    parser = argparse.ArgumentParser(description="Train a network that reads noisy digits")
    parser.add_argument("--config", default="config.json", help="a JSON file with settings (default: config.json)")
    for field in fields(Config):
        parser.add_argument("--" + field.name.replace("_", "-"), type=field.type)
    args = vars(parser.parse_args(argv))

    with open(args.pop("config"), encoding="utf-8") as f:
        from_file = json.load(f)
    from_command_line = {name: value for name, value in args.items() if value is not None}
    return Config(**{**asdict(Config()), **from_file, **from_command_line})
