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
NUMBER = re.compile(
    r"\b(?P<number>\d{1,3}|two|three|four|eight)(?:\s+or\s+more|\+)?\s+(?:[a-z]+\s+){0,2}?"
    r"(?:gpus|cuda devices|devices)\b"
    r"|\bmore than (?P<above>1|one)\s+(?:[a-z]+\s+)?(?:gpu|cuda device|device)s?\b"
    r"|\bmultiple\s+(?P<several>gpus|cuda devices)\b",
    re.IGNORECASE,
)
WORDS = {"two": 2, "three": 3, "four": 4, "eight": 8}
MOST = 8
"""Devices that are spoken of; a program may start a process for each."""
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
        if not refusal:
            return None
        known = dict(armed.settings) if armed is not None else {}
        number = _number(refusal)
        if known.get("available") and int(known.get("count", 1)) >= number:
            return None
        told = "there is a CUDA device" if number == 1 else f"there are {number} CUDA devices"
        return Adaptation(
            with_shim(situation.plan, "cuda", available=True, count=number),
            f"the program was told that {told}, and what asks for {'it' if number == 1 else 'them'} gets the CPU",
            f"it does not run without ({refusal})",
            slug="cuda-available" if number == 1 else f"cuda-available-{number}",
        )


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


def _number(refusal: str) -> int:
    """How many devices a program says that it needs; 1 where it names no number."""
    found = NUMBER.search(refusal)
    if found is None:
        return 1
    if found["above"] or found["several"]:
        return 2
    word = found["number"].lower()
    return min(MOST, max(1, WORDS.get(word) or int(word)))


def _short(text: str) -> str:
    """The first line of a message, for a sentence."""
    line = (text.strip().splitlines() or [""])[0]
    return line if len(line) <= 160 else line[:157] + "..."
