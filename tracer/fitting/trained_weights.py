"""Which of the files that a training run wrote are its weights, and which settings name weights to load. Host, pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from tracer.fitting.subject import Subject, plain_name
from tracer.survey import Argument
from tracer.survey.wordlist import words

SURE = (".pt", ".pth", ".ckpt", ".safetensors", ".h5", ".hdf5", ".keras", ".msgpack", ".pdparams", ".ubj", ".params")
LIKELY = (".pkl", ".pickle", ".joblib", ".npz", ".npy", ".bin", ".tar", ".zip", ".model", ".json", ".txt", ".gz")
"""Endings of data as well: weights only where the name says so."""
TOLD = re.compile(r"model|weight|checkpoint|ckpt|param|best|policy|agent|booster|net\b|state|snapshot", re.IGNORECASE)
ASIDE = re.compile(
    r"optim|sched|rng|scaler|training_args|trainer_state|tokenizer|vocab|config|replay|buffer|metric|hist",
    re.IGNORECASE,
)
"""Parts of names of what is saved beside the weights."""
NAMES = words("checkpoint checkpoints ckpt ckpts weights weight resume restore snapshot pretrained")
MODEL = words("model net network policy agent actor trained saved load")
PLACE = words("path file dir folder filename location load from restore checkpoint in input saved")
NEVER = words(
    "interval every freq frequency save out output epoch epochs iter iters step steps num decay type size keep max "
    "name train log init lr"
)
FOLDERS = words("dir folder root directory")
WHOLE = ("model.safetensors", "pytorch_model.bin", "flax_model.msgpack", "tf_model.h5")
"""Files of a folder that is loaded as a whole."""


def names_weights(argument: Argument) -> bool:
    """Whether a setting names weights to load: `--checkpoint`, `--model-path`, `--resume-from`."""
    parts = set(plain_name(argument).split("_"))
    if argument.form not in ("value", "many", "place") or argument.type in ("int", "float", "bool") or parts & NEVER:
        return plain_name(argument) == "model_name_or_path"
    if parts & NAMES or (parts & MODEL and parts & PLACE):
        return True
    told = re.search(r"checkpoint|weights|(?:saved|trained|path to (?:a |the )?)\s*model", argument.help, re.IGNORECASE)
    ending = os.path.splitext(argument.default.strip("\"'"))[1]
    return bool(told and parts & (MODEL | PLACE)) or (bool(parts & MODEL) and ending in SURE)


def weights_for(subject: Subject, argument: Argument, written: Iterable[str]) -> str:
    """The file (or folder) that a setting should name, as seen from the working folder; "" when none was written."""
    files = [path for path in written if is_weights(path)]
    if not files:
        return ""
    wanted = os.path.basename(subject.value(argument))

    def rank(path: str) -> tuple[bool, bool, bool]:
        name = os.path.basename(path).lower()
        return (name != wanted.lower(), "best" not in name, not name.startswith(("last", "latest", "final", "model")))

    chosen = min(files, key=rank)  # the newest of equals: they come in that order
    whole = os.path.basename(chosen) in WHOLE
    if whole or FOLDERS.intersection(plain_name(argument).split("_")):
        chosen = os.path.dirname(chosen) or "."
    return os.path.relpath(chosen, subject.plan.folder or ".").replace(os.sep, "/")


def is_weights(path: str) -> bool:
    """Whether a file that was written is likely to hold weights."""
    name = os.path.basename(path)
    if ASIDE.search(name):
        return False
    ending = os.path.splitext(name)[1].lower()
    return ending in SURE or (ending in LIKELY and bool(TOLD.search(path)))
