"""Hugging Face: Trainer and accelerate."""

from __future__ import annotations

from tracer.frameworks import Cap, Framework, LandmarkSpec

FRAMEWORK = Framework(
    name="Hugging Face",
    imports=("transformers", "accelerate", "datasets"),
    landmarks=(
        LandmarkSpec(
            "fit",
            ("transformers.trainer", "transformers.trainer_seq2seq", "trl.", "sentence_transformers."),
            ("train", "fit"),
            direct=True,
        ),
        LandmarkSpec(
            "evaluate",
            ("transformers.trainer", "transformers.trainer_seq2seq"),
            ("evaluate", "predict"),
            direct=True,
            returns=True,
        ),
        LandmarkSpec(
            "save",
            ("transformers.modeling_utils", "transformers.trainer"),
            ("save_pretrained", "save_model"),
            direct=True,
        ),
        LandmarkSpec("load", ("transformers.",), ("from_pretrained",), direct=True),
        LandmarkSpec(
            "trainer",
            ("transformers.trainer",),
            ("__init__",),
            owner="Trainer",
            arguments=("model", "args", "train_dataset", "eval_dataset"),
        ),
        LandmarkSpec(
            "config",
            ("transformers.training_args",),
            ("__post_init__",),
            owner="TrainingArguments",
            arguments=("self",),
            wide=True,
            caps=(*(Cap(f"self.{name}_steps", "given", times=3) for name in ("eval", "save", "logging")),),
        ),
        LandmarkSpec(
            "trainer_state",
            ("transformers.trainer_callback",),
            ("init_training_references",),
            owner="TrainerState",
            caps=(Cap("max_steps", "given", times=3),),
        ),
    ),
    environment={"TOKENIZERS_PARALLELISM": "false"},
    hooks={"compute_loss": "loss", "compute_metrics": "evaluation"},
)
