"""Services that keep logs of runs for those who have an account: which programs know one. Runs on the host."""

from __future__ import annotations

from collections.abc import Collection

from tracer.diagnosis import with_shim
from tracer.plan import RunPlan

SERVICES = frozenset({"wandb", "mlflow", "comet_ml", "neptune", "dagshub"})
TRAINERS = frozenset({"lightning", "pytorch_lightning", "transformers", "accelerate"})
"""Libraries that call a service for the program."""


def left_alone(plan: RunPlan, packages: Collection[str]) -> RunPlan:
    """The plan under which no service is reached, for a program that imports these packages.

    This is not left to a remedy: where a key stands in the program, and there is a network, nothing would fail.
    """
    known = SERVICES.union(TRAINERS).intersection(packages)
    return with_shim(plan, "loggers") if known else plan
