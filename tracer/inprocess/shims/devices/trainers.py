"""Libraries that train for the program and choose the device themselves. Runs in the target."""

from __future__ import annotations

from .mapping import WHY, like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

    from .mapping import Mapping

LIGHTNING = ("lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer", "lightning.fabric.fabric")


def arm(harness: Harness, mapping: Mapping) -> None:
    """Wait for Lightning, accelerate and transformers."""
    for module in LIGHTNING:
        harness.after(module, lambda found: _lightning(found, harness))
    harness.after("accelerate.accelerator", lambda found: _accelerate(found, harness))
    harness.after("transformers.training_args", lambda found: _arguments(found, harness))
    harness.after("safetensors.torch", lambda found: _safetensors(found, mapping))


def _lightning(module: Any, harness: Harness) -> None:
    """`Trainer(accelerator="gpu", devices=4, strategy="ddp")`: one process on the CPU."""
    for name in ("Trainer", "Fabric"):
        cls = getattr(module, name, None)
        if cls is not None:
            cls.__init__ = _trainer(cls.__init__, name, harness)


def _trainer(begin: Any, shown: str, harness: Harness) -> Any:
    def __init__(self: Any, *given: Any, **named: Any) -> None:
        def became(name: str, value: Any) -> None:
            harness.tell("%s(%s=%r) became %r" % (shown, name, named[name], value), WHY)
            named[name] = value

        if named.get("accelerator") in ("gpu", "cuda", "ddp", "dp"):
            became("accelerator", "cpu")
            devices = named.get("devices")
            if devices is not None and devices not in (1, "1", "auto"):
                became("devices", 1)
            strategy = named.get("strategy")
            if isinstance(strategy, str) and strategy not in ("auto", "single_device"):
                became("strategy", "auto")
            if named.get("precision") in (16, "16", "16-mixed", "16-true"):
                became("precision", "32-true")
        if named.get("sync_batchnorm"):
            became("sync_batchnorm", False)
        begin(self, *given, **named)

    return like(__init__, begin)


def _accelerate(module: Any, harness: Harness) -> None:
    """`Accelerator(mixed_precision="fp16")`: half precision is for GPUs."""
    cls = module.Accelerator
    begin = cls.__init__

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        if str(named.get("mixed_precision")) in ("fp16", "fp8"):
            harness.tell("Accelerator(mixed_precision=%r) became 'no'" % str(named["mixed_precision"]), WHY)
            named["mixed_precision"] = "no"
        begin(self, *given, **named)

    cls.__init__ = like(__init__, begin)


def _arguments(module: Any, harness: Harness) -> None:
    """`TrainingArguments(fp16=True)`."""
    cls = module.TrainingArguments
    finish = cls.__post_init__

    def __post_init__(self: Any) -> None:
        for name in ("fp16", "tf32", "fp16_full_eval"):
            if getattr(self, name, None):
                harness.tell("TrainingArguments(%s=True) became False" % name, WHY)
                setattr(self, name, None if name == "tf32" else False)
        finish(self)

    cls.__post_init__ = like(__post_init__, finish)


def _safetensors(module: Any, mapping: Mapping) -> None:
    """Weights in that format are loaded on a device too."""
    module.load_file = mapping.positional(module.load_file, "safetensors.torch.load_file", 1)
