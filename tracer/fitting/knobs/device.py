"""Options that ask for a GPU, on a machine without one. Host side.

What a switch does is read from how it is declared, not from its name: a `--cuda` that stores false switches CUDA off.
Where the program asks for itself whether there is a GPU, nothing is changed.
"""

from __future__ import annotations

import re

from tracer.fitting.line import drop, truth_word
from tracer.fitting.subject import Subject, plain_name, shown
from tracer.plan import RunPlan
from tracer.remedies import Adaptation
from tracer.survey import Argument
from tracer.survey.wordlist import words

DEVICES = words("device dev device_name torch_device device_type accelerator platform compute_device map_location")
WANTED = words(
    """
    cuda use_cuda gpu use_gpu accel use_accel use_accelerator multi_gpu use_multi_gpu data_parallel is_cuda with_cuda
    enable_cuda cuda_enabled fp_16 use_fp_16 amp use_amp half mixed_precision use_mixed_precision use_cudnn
    """
)
"""Names of truth values that ask for a GPU, or for what only a GPU can."""
UNWANTED = words(
    """
    no_cuda no_gpu no_accel disable_cuda disable_gpu without_cuda cpu use_cpu cpu_only force_cpu on_cpu not_use_gpu
    """
)
"""Names of truth values that do without a GPU."""
NUMBERS = words(
    "gpu gpus gpu_id gpu_ids gpuid gpu_num cuda cuda_id cuda_device device_id devices n_gpu n_gpus num_gpus"
)
BACKENDS = words("backend dist_backend distributed_backend")
PRECISIONS = words("precision mixed_precision")
_NEGATIVE_IS_CPU = re.compile(r"-1[^.;]{0,30}\bcpu\b|\bcpu\b[^.;]{0,30}-1|negative[^.;]{0,20}cpu", re.IGNORECASE)
_GPU = re.compile(r"\b(?:cuda|gpu|mps|xpu|hip)(?::\d+)?\b", re.IGNORECASE)


class Device:
    """Chooses the CPU with the program's own options."""

    order = 20

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only on a machine without a GPU, and only options whose value asks for one."""
        if subject.machine.gpus:
            return None
        changed, reasons, start = [], [], subject
        for argument in subject.arguments:
            plan = on_cpu(subject, argument)
            if plan is not None and plan != subject.plan:
                changed.append(shown(subject, plan, argument))
                reasons.append(argument.name)
                subject = subject.on(plan)
        if subject is start:
            return None
        why = f"there is no GPU on this machine, and {_asking(reasons)} would ask for one"
        return Adaptation(
            subject.plan, f"the CPU was chosen with the program's own options ({', '.join(changed)})", why
        )


KNOB = Device()


def on_cpu(subject: Subject, argument: Argument) -> RunPlan | None:
    """The plan in which an option no longer asks for a GPU; None when it does not ask for one."""
    name = plain_name(argument)
    value = subject.value(argument)
    if name in DEVICES:
        return _device(subject, argument, value)
    if name in BACKENDS:
        # As a default it is mostly read only where the program was started as several processes.
        asks = value.lower() == "nccl" and subject.is_given(argument)
        return subject.with_value(argument, "gloo") if asks else None
    if name in PRECISIONS and value.lower() in ("fp16", "16", "16-mixed", "16-true", "float16"):
        return subject.with_value(argument, "no" if "no" in argument.choices or value == "fp16" else "32")
    if argument.form in ("on", "off", "pair") or (subject.truth(argument) is not None and name in (WANTED | UNWANTED)):
        plan = _switch(subject, argument, name)
        if plan is not None:
            return plan
    return _number(subject, argument, value) if name in NUMBERS and argument.form == "value" else None


def _asking(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _device(subject: Subject, argument: Argument, value: str) -> RunPlan | None:
    """`--device cuda:0`, `--accelerator gpu`; a default that is computed, or `auto`, is the program's business."""
    asks = _GPU.fullmatch(value) or (plain_name(argument) == "device" and re.fullmatch(r"\d+(,\d+)*", value))
    if not asks or subject.is_guarded(argument):
        return None
    if argument.choices and "cpu" not in argument.choices:
        return None
    return subject.with_value(argument, "cpu")


def _switch(subject: Subject, argument: Argument, name: str) -> RunPlan | None:
    """A truth value: what it should be here, when it is not that already."""
    truth = subject.truth(argument)
    if name in WANTED:
        wish = False
    elif name in UNWANTED:
        wish = True
    else:
        return None
    if truth is None or truth == wish or subject.is_guarded(argument):
        return None
    if argument.form == "on" and not wish:
        return subject.with_words(drop(subject.words, argument)) if subject.is_given(argument) else None
    if argument.form == "off" and wish:
        return None
    return subject.with_value(argument, truth_word(argument, subject.value(argument), wish))


def _number(subject: Subject, argument: Argument, value: str) -> RunPlan | None:
    """The number of a GPU, or how many: -1 or 0 where the help says that this is the CPU."""
    number = subject.number(argument) if value else None
    if number is None or number < 0 or subject.is_guarded(argument):
        return None
    name = argument.name.rsplit(".", 1)[-1]
    if _NEGATIVE_IS_CPU.search(argument.help) or _compared(subject, name):
        return subject.with_value(argument, "-1")
    counts = plain_name(argument) in ("gpus", "gpu_num", "n_gpu", "n_gpus", "num_gpus")
    return subject.with_value(argument, "0") if counts and number and "0" in argument.help else None


def _compared(subject: Subject, name: str) -> bool:
    """Whether the program itself takes a negative number for the CPU: `args.gpu >= 0`, `gpu == -1`."""
    tests = re.compile(rf"\b{re.escape(name)}(?:\[0\])?\s*(?:>=\s*0|<\s*0|==\s*-1|!=\s*-1|>\s*-1)")
    return any(tests.search(line) for line in subject.program.lines)
