"""Too little memory: the program was killed for it, or an array did not fit."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint
from tracer.fitting.subject import Subject, plain_name, shown
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument
from tracer.survey.wordlist import words

FULL = re.compile(
    r"MemoryError|can't allocate memory|not enough memory|Unable to allocate|Cannot allocate memory|bad_alloc"
    r"|RESOURCE_EXHAUSTED|out of memory|OutOfMemory|oom[-_ ]kill",
    re.IGNORECASE,
)
KILLED = re.compile(r"killed by signal 9\b")
BATCH = words("batch batchsize bs minibatch bsz")
# Settings that memory grows with, when the batch is as small as it gets, and how small each may become.
SIZES = {
    "replay": 1000, "buffer": 1000, "memory": 1000, "samples": 256, "num_envs": 2, "seq_len": 32, "block_size": 32,
    "max_len": 32, "max_length": 32, "image_size": 32, "img_size": 32, "hidden_size": 64, "hidden_dim": 64,
    "d_model": 64,
}  # fmt: skip
SMALLEST = 2
SHRINK = 4


class Memory:
    """Makes batches smaller, then other sizes, by the program's own options."""

    order = 50

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where memory ran out, and an option says how much is taken at a time."""
        text = complaint(situation)
        killed = situation.outcome == "killed" and not situation.trained and not text
        if not killed and not FULL.search(text):
            return None
        subject = Subject.of(situation)
        if subject is None:
            return None
        changed, start = [], subject
        for argument in subject.arguments:
            least = _least(argument)
            number = subject.number(argument) if least else None
            if number is None or number != int(number) or number <= least:
                continue
            smaller = max(least, int(number) // SHRINK)
            plan = subject.with_value(argument, str(smaller))
            if plan != subject.plan:
                changed.append(f"{shown(subject, plan, argument)} instead of {int(number)}")
                subject = subject.on(plan)
        if subject is start:
            return None
        reason = text[:120] or "it was killed without a word, as the system does with a program that takes too much"
        return Adaptation(
            subject.plan,
            f"less is taken at a time ({', '.join(changed)})",
            f"memory did not suffice ({reason})",
            slug=f"memory {' '.join(changed)}",
        )


REMEDY = Memory()


def _least(argument: Argument) -> int:
    """How small a setting may become that says how much is held in memory at a time; 0 for one that does not."""
    name = plain_name(argument)
    parts = set(name.split("_"))
    if parts & BATCH and not parts & {"num", "n", "norm", "first"}:
        return SMALLEST
    return next((least for word, least in SIZES.items() if name == word or name.startswith(f"{word}_size")), 0)
