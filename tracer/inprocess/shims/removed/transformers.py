"""transformers, Lightning and torch_geometric: names and arguments that newer versions took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BERTS = "bert gpt2 roberta t5 xlnet openai distilbert electra albert bart".split()


def _adam(params: Any, lr: float = 1e-3, **named: Any) -> Any:
    """`transformers.AdamW`: torch's, with its arguments."""
    for name in ("correct_bias", "no_deprecation_warning"):
        named.pop(name, None)
    return __import__("torch").optim.AdamW(params, lr=lr, **named)


NAMES = {
    "transformers": {"AdamW": _adam, "AutoModelWithLMHead": ":AutoModelForCausalLM"},
    "transformers.optimization": {"AdamW": _adam},
    "pytorch_lightning.metrics": {
        name: "torchmetrics:" + name for name in ("Accuracy", "Precision", "Recall", "AUROC", "ConfusionMatrix")
    },
    "pytorch_lightning.metrics.functional": {"accuracy": "torchmetrics.functional:accuracy"},
    "pytorch_lightning.loggers": {"TestTubeLogger": ":CSVLogger"},
    "pytorch_lightning.utilities.seed": {"seed_everything": "pytorch_lightning:seed_everything"},
    "pytorch_lightning.utilities.cli": {
        "LightningCLI": "pytorch_lightning.cli:LightningCLI",
        "LightningArgumentParser": "pytorch_lightning.cli:LightningArgumentParser",
    },
    "pytorch_lightning.utilities.distributed": {"rank_zero_only": "pytorch_lightning.utilities:rank_zero_only"},
    "torch_geometric.data": {
        name: "torch_geometric.loader:" + name for name in ("DataLoader", "NeighborSampler", "ClusterLoader")
    },
}
ALIASES = {"transformers.modeling_" + name: "transformers.models.%s.modeling_%s" % (name, name) for name in _BERTS}
ALIASES.update(
    {"transformers.tokenization_" + name: "transformers.models.%s.tokenization_%s" % (name, name) for name in _BERTS}
)
_OLD_TRAINER = dict.fromkeys(
    (
        "gpus auto_select_gpus progress_bar_refresh_rate weights_summary checkpoint_callback resume_from_checkpoint"
        " distributed_backend auto_lr_find terminate_on_nan flush_logs_every_n_steps amp_backend amp_level tpu_cores"
        " auto_scale_batch_size replace_sampler_ddp num_processes log_gpu_memory stochastic_weight_avg process_position"
        " prepare_data_per_node multiple_trainloader_mode move_metrics_to_cpu track_grad_norm"
    ).split(),
    "",
)
ARGUMENTS = {
    "pytorch_lightning.trainer.trainer:Trainer.__init__": _OLD_TRAINER,
    "lightning.pytorch.trainer.trainer:Trainer.__init__": _OLD_TRAINER,
    "pytorch_lightning.callbacks:ModelCheckpoint.__init__": {
        "filepath": "dirpath",
        "prefix": "",
        "period": "every_n_epochs",
    },
    "transformers.training_args:TrainingArguments.__init__": {
        "evaluation_strategy": "eval_strategy",
        "no_cuda": "use_cpu",
        "per_gpu_train_batch_size": "per_device_train_batch_size",
        "per_gpu_eval_batch_size": "per_device_eval_batch_size",
        "logging_dir": "",
        "overwrite_output_dir": "",
        "save_safetensors": "",
        "group_by_length": "",
    },
    "transformers.trainer:Trainer.__init__": {"tokenizer": "processing_class"},
}
