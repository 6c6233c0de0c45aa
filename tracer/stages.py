"""The stages of a machine-learning program, in the order in which a reader meets them."""

from __future__ import annotations

from enum import Enum


class Stage(str, Enum):
    """A phase of an ML program. The value is the stable id that stands in tours."""

    CONFIG = "config"
    DATA = "data"
    MODEL = "model"
    TRAIN_LOOP = "train_loop"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    OPTIMIZER_STEP = "optimizer_step"
    EVALUATION = "evaluation"
    CHECKPOINT = "checkpoint"
    ROLLOUT = "rollout"
    INFERENCE = "inference"
    LOGGING = "logging"

    @property
    def title(self) -> str:  # type: ignore[override]  # hides str.title: no stage is read as a text to be capitalised
        """The stage in plain words."""
        return _TITLES[self]

    @property
    def chapter(self) -> str:
        """The chapter of a tour in which stops of this stage are told."""
        return _CHAPTERS[self]


_TITLES = {
    Stage.CONFIG: "Configuration",
    Stage.DATA: "Data",
    Stage.MODEL: "Model",
    Stage.TRAIN_LOOP: "Training loop",
    Stage.FORWARD: "Forward pass",
    Stage.LOSS: "Loss",
    Stage.BACKWARD: "Backward pass",
    Stage.OPTIMIZER_STEP: "Optimizer step",
    Stage.EVALUATION: "Evaluation",
    Stage.CHECKPOINT: "Checkpoint",
    Stage.ROLLOUT: "Rollout",
    Stage.INFERENCE: "Inference",
    Stage.LOGGING: "Logging",
}

_CHAPTERS = {
    Stage.CONFIG: "Setup",
    Stage.DATA: "Data",
    Stage.MODEL: "Model",
    Stage.TRAIN_LOOP: "Training",
    Stage.FORWARD: "Training",
    Stage.LOSS: "Training",
    Stage.BACKWARD: "Training",
    Stage.OPTIMIZER_STEP: "Training",
    Stage.ROLLOUT: "Training",
    Stage.EVALUATION: "Evaluation",
    Stage.INFERENCE: "Evaluation",
    Stage.CHECKPOINT: "Results",
    Stage.LOGGING: "Results",
}

CORE_STAGES = (
    Stage.CONFIG,
    Stage.DATA,
    Stage.MODEL,
    Stage.TRAIN_LOOP,
    Stage.FORWARD,
    Stage.LOSS,
    Stage.BACKWARD,
    Stage.OPTIMIZER_STEP,
    Stage.EVALUATION,
    Stage.CHECKPOINT,
)
"""The ten stages that every tour reports on, seen or not seen."""

CHAPTERS = ("Setup", "Data", "Model", "Training", "Evaluation", "Results")
