"""Fixed lengths of a split do not add up to the data that are here: shares in their place. Host side.

A random split takes shares as well as lengths, as long as they add up to one.
"""

from __future__ import annotations

import ast
import math
import re

from tracer.fitting.subject import Subject
from tracer.remedies import Adaptation, Situation

_WRONG_SUM = re.compile(r"Sum of input lengths does not equal the length of the input dataset")


class SplitLengths:
    """Turns a setting that lists lengths into one that lists shares."""

    order = 48

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only a setting that is a list of whole numbers and can be given on the command line."""
        subject = Subject.of(situation) if _WRONG_SUM.search(situation.message) else None
        for argument in subject.arguments if subject is not None else ():
            lengths = _lengths(subject.value(argument)) if subject is not None else []
            if subject is None or len(lengths) < 2 or "split" not in argument.name.lower():
                continue
            parts = shares(lengths)
            separated = " ".join(parts) if argument.form == "many" else f"[{','.join(parts)}]"
            plan = subject.with_value(argument, separated)
            what = f"{argument.name} gives shares of the data, {separated}, in the place of lengths"
            return Adaptation(plan, what, f"the data here have another length than {sum(lengths)}", "split-lengths")
        return None


REMEDY = SplitLengths()


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
