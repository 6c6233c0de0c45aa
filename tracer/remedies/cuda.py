"""CUDA is asked for on a machine without it, or by a program that will not run without."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, conditions, with_shim
from tracer.remedies import Adaptation, Situation

ASKED = re.compile(
    r"not compiled with CUDA|no NVIDIA driver|NVIDIA driver on your system is too old|No CUDA GPUs are available"
    r"|deserialize object on a CUDA device|CUDA driver|CUDA error|cudaGetDeviceCount|torch\._C' has no attribute '_cuda"
    r"|torch\.cuda\.\w+ not available|No supported gpu backend|CUDAAccelerator|Cannot access accelerator device"
    r"|fp16 mixed precision requires|AMP or APEX|half precision evaluation|device_ids and output_device arguments"
    r"|SyncBatchNorm expected input tensor to be on GPU|(?:unknown|initialize) backend:? '?(?:gpu|cuda)"
    r"|No OpenCL device|GPU Tree Learner was not enabled|not compiled with GPU|Invalid device id|invalid device ordinal"
    r"|NVTX functions not installed|gpus? not (?:found|available)|NVML Shared Library",
    re.IGNORECASE,
)
DEVICE = re.compile(r"\b(?:gpus?|cuda|nvidia)\b", re.IGNORECASE)
REFUSED = re.compile(
    r"\b(?:no|not|needs?|needed|requires?|required|must|only|without|at least|(?:un)?available|missing|unable|found)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(r"cuda|gpu", re.IGNORECASE)
LAST_LINES = 6


class Cuda:
    """Gives the CPU to what asks for CUDA; a program that refuses to run without is told that there is a device."""

    order = 20

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where there is no CUDA device, and the failure is about that."""
        armed = next((shim for shim in situation.plan.shims if shim.name == "cuda"), None)
        text = complaint(situation)
        if text and ASKED.search(text) and armed is None:
            return Adaptation(
                with_shim(situation.plan, "cuda"),
                "what asks for CUDA gets the CPU",
                f"no CUDA device can be used here ({_short(text)})",
                slug="cuda",
            )
        refusal = "" if situation.machine.gpus else _refusal(situation, text)
        if refusal and not (armed is not None and armed.settings.get("available")):
            return Adaptation(
                with_shim(situation.plan, "cuda", available=True),
                "the program was told that there is a CUDA device, and what asks for it gets the CPU",
                f"it does not run without ({refusal})",
                slug="cuda-available",
            )
        return None


REMEDY = Cuda()


def _refusal(situation: Situation, text: str) -> str:
    """Why a program says that it will not run without CUDA; "" when it does not."""
    if situation.error and any(QUESTION.search(condition) for condition in conditions(situation)):
        return _short(text)
    if DEVICE.search(situation.message) and REFUSED.search(situation.message):
        return _short(text)
    if situation.trained or situation.outcome not in ("exited", "finished"):
        return ""
    last = situation.printed.strip().splitlines()[-LAST_LINES:]
    return next((_short(line) for line in reversed(last) if DEVICE.search(line) and REFUSED.search(line)), "")


def _short(text: str) -> str:
    """The first line of a message, for a sentence."""
    line = (text.strip().splitlines() or [""])[0]
    return line if len(line) <= 160 else line[:157] + "..."
