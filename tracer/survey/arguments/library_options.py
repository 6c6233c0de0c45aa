"""Options that a library declares for the program: its training arguments, its trainer's command line. Host side, pure.

Only those that tell how long to run, on what, and how often something is done; the defaults are the library's.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tracer.survey.arguments.parsed import Parsed, name_of
from tracer.survey.sightings import Argument

_TRAINING_ARGUMENTS = {
    "output_dir": "None", "num_train_epochs": "3.0", "max_steps": "-1", "per_device_train_batch_size": "8",
    "logging_steps": "500", "save_steps": "500", "eval_steps": "None", "fp16": "False", "use_cpu": "False",
}  # fmt: skip
_TRAINER = {
    "trainer.max_epochs": "None", "trainer.max_steps": "-1", "trainer.accelerator": "'auto'",
    "trainer.devices": "'auto'", "trainer.limit_train_batches": "None", "trainer.limit_val_batches": "None",
    "trainer.limit_test_batches": "None", "trainer.log_every_n_steps": "None",
}  # fmt: skip


def library_arguments(files: Sequence[Parsed]) -> list[Argument]:
    """The options of `HfArgumentParser(TrainingArguments)` and of `LightningCLI`."""
    for parsed in files:
        for node in parsed.nodes:
            if not isinstance(node, ast.Call):
                continue
            called = name_of(node).rsplit(".", 1)[-1]
            if called in ("LightningCLI", "CLI") and "LightningCLI" in (called, *_bases(parsed, called)):
                return _options(parsed, node, _TRAINER, "lightning", False)
            if called in ("HfArgumentParser", "TrlParser"):
                names = [name_of(inner) for inner in ast.walk(node) if isinstance(inner, ast.Name)]
                if any(name.endswith("TrainingArguments") for name in names):
                    return _options(parsed, node, _TRAINING_ARGUMENTS, "dataclass", True)
    return []


def _bases(parsed: Parsed, name: str) -> list[str]:
    for node in parsed.nodes:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return [name_of(base).rsplit(".", 1)[-1] for base in node.bases]
    return []


def _options(parsed: Parsed, node: ast.Call, known: dict[str, str], kind: str, needs_folder: bool) -> list[Argument]:
    return [
        Argument(
            name=name,
            flags=(f"--{name}",),
            default=default,
            required=needs_folder and name == "output_dir",
            kind=kind,
            location=parsed.location(node),
        )
        for name, default in known.items()
    ]
