"""Fixed lengths of a split do not add up to the data that are here. Host side.

Where a setting lists them it lists shares instead: a random split takes both. Where no setting does, or that did not
help, the shim `split_lengths` scales the lengths at the call.
"""

from __future__ import annotations

import ast
import math

from tracer.diagnosis import with_shim
from tracer.fitting.subject import Subject
from tracer.remedies import Adaptation, Situation

MESSAGE = "Sum of input lengths does not equal the length of the input dataset"
BY_SETTING, BY_CALL = "split-lengths", "split-scaled"


class SplitLengths:
    """First the program's own setting, then its call."""

    order = 48

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only for that complaint of torch's."""
        if MESSAGE not in situation.message:
            return None
        changed = _setting(situation) if BY_SETTING not in situation.tried else None
        return changed or _call(situation)


REMEDY = SplitLengths()


def _setting(situation: Situation) -> Adaptation | None:
    """Only a setting that is a list of whole numbers and can be given on the command line."""
    subject = Subject.of(situation)
    for argument in subject.arguments if subject is not None else ():
        lengths = _lengths(subject.value(argument)) if subject is not None else []
        if subject is None or len(lengths) < 2 or "split" not in argument.name.lower():
            continue
        parts = shares(lengths)
        separated = " ".join(parts) if argument.form == "many" else f"[{','.join(parts)}]"
        plan = subject.with_value(argument, separated)
        what = f"{argument.name} gives shares of the data, {separated}, in the place of lengths"
        return Adaptation(plan, what, f"the data here have another length than {sum(lengths)}", BY_SETTING)
    return None


def _call(situation: Situation) -> Adaptation:
    """The numbers that torch's `random_split` is given are scaled to those that are there."""
    why = "the data that are here have another number of items than the program splits them into"
    plan = with_shim(situation.plan, "split_lengths")
    return Adaptation(plan, "the split was scaled to the items that are there", why, BY_CALL)


def _lengths(text: str) -> list[int]:
    """A literal list of positive whole numbers; `55_000` is one."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    good = isinstance(value, (list, tuple)) and all(type(item) is int and item > 0 for item in value)
    return list(value) if good else []


def shares(lengths: list[int]) -> list[str]:
    """Shares with two decimals that add up to one exactly; none is nothing."""
    whole = [max(1, math.floor(100 * length / sum(lengths))) for length in lengths]
    whole[whole.index(max(whole))] += 100 - sum(whole)
    return [f"{part / 100:g}" for part in whole]
