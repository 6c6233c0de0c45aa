"""PyTorch Lightning: the loop is the library's, and it calls the user's hooks."""

from __future__ import annotations

from tracer.frameworks import Cap, Framework, LandmarkSpec

_TRAINER = ("lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer")
_MODULE = (
    "lightning.pytorch.core.module",
    "pytorch_lightning.core.module",
    "lightning.pytorch.core.datamodule",
    "pytorch_lightning.core.datamodule",
)
_SAVING = ("lightning.pytorch.callbacks.model_checkpoint", "pytorch_lightning.callbacks.model_checkpoint")

_LIMITS = (
    Cap("max_epochs"),
    Cap("min_epochs", "given"),
    Cap("max_steps", "given", times=3),
    Cap("min_steps", "given", times=3),
    *(Cap(f"limit_{name}_batches", "share") for name in ("train", "val", "test", "predict")),
    Cap("val_check_interval", "given"),
    Cap("check_val_every_n_epoch", "given"),
)

FRAMEWORK = Framework(
    name="Lightning",
    imports=("lightning", "pytorch_lightning"),
    landmarks=(
        LandmarkSpec("fit", _TRAINER, ("fit",), direct=True, arguments=("model", "datamodule")),
        LandmarkSpec(
            "evaluate", _TRAINER, ("validate", "test"), direct=True, arguments=("model", "datamodule"), returns=True
        ),
        LandmarkSpec("predict", _TRAINER, ("predict",), direct=True, returns=True),
        LandmarkSpec("trainer", _TRAINER, ("__init__",), arguments=("max_epochs", "accelerator"), caps=_LIMITS),
        LandmarkSpec("save", _TRAINER, ("save_checkpoint",), direct=True, arguments=("filepath",)),
        LandmarkSpec("load", _MODULE, ("load_from_checkpoint",), arguments=("checkpoint_path",)),
        LandmarkSpec(
            "saving_callback",
            _SAVING,
            ("__init__",),
            owner="ModelCheckpoint",
            arguments=("self", "monitor", "dirpath", "save_top_k"),
            caps=(Cap("every_n_epochs", "given"), Cap("every_n_train_steps", "given")),
        ),
        LandmarkSpec(
            "hydra_instantiate",
            ("hydra._internal.instantiate._instantiate2",),
            ("instantiate",),
            direct=True,
            returns=True,
        ),
    ),
    hooks={
        "training_step": "loss",
        "validation_step": "evaluation",
        "test_step": "evaluation",
        "configure_optimizers": "model",
        "train_dataloader": "data",
        "val_dataloader": "data",
        "test_dataloader": "data",
        "setup": "data",
        "prepare_data": "data",
    },
)
