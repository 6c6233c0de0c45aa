"""The data are shorter than the windows that the settings cut from them: shorter windows. Host side.

So it is with a sample of the data in the place of the whole, and with made-up data.
"""

from __future__ import annotations

import re

from tracer.fitting.subject import Subject, plain_name, shown
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument

TOO_SHORT = re.compile(
    r"__len__\(\) should return >= 0|num_samples should be a positive integer|need at least one array to "
    r"(?:concatenate|stack)|expected? a? ?non-empty|random_ expects 'from' to be less than 'to'|low >= high"
    r"|Sequence length .{0,40}(?:exceed|too|larger|longer)|window.{0,40}(?:too|larger|longer)|empty range"
    r"|torch\.cat\(\): expected a non-empty list|max\(\) arg is an empty sequence"
)
WINDOW = re.compile(
    r"^(?:seq|sequence|window|history|hist|look_?back|horizon|context|pred|prediction|label|forecast|block|bptt|chunk"
    r"|segment|clip|src|tgt|target|max_seq|input_seq|output_seq|time)_(?:len|length|size|window|steps)$"
    r"|^(?:bptt|window|windows|horizon|lookback|seqlen|seqlength|timesteps|history|context)$"
)
FACTORS = (8, 4)
"""What windows are divided by, one attempt after the other."""
LEAST = 2


class ShortData:
    """Divides every window by the same number, so that they still fit each other."""

    order = 46

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the error says that there was nothing left to cut, and the windows have options."""
        empty = situation.error == "ZeroDivisionError" or TOO_SHORT.search(situation.message)
        attempt = sum(slug.startswith("short-data:") for slug in situation.tried)
        start = Subject.of(situation) if situation.error and empty and attempt < len(FACTORS) else None
        if start is None:
            return None
        subject, changed = start, []
        for argument in start.arguments:
            value = shorter(start, argument, FACTORS[attempt])
            if value is not None:
                plan = subject.with_value(argument, str(value))
                changed.append(shown(subject, plan, argument))
                subject = subject.on(plan)
        if not changed:
            return None
        what = f"windows were made shorter ({', '.join(changed)})"
        why = f"the data here are shorter than they ({situation.error}: {situation.message})"
        return Adaptation(subject.plan, what, why, slug=f"short-data:{attempt}")


REMEDY = ShortData()


def shorter(subject: Subject, argument: Argument, factor: int) -> int | None:
    """The length of a window divided by a factor; None for what is no window, or cannot be shorter."""
    if not WINDOW.match(plain_name(argument)):
        return None
    number = subject.number(argument)
    if number is None or number != int(number) or number <= LEAST:
        return None
    return max(LEAST, int(number) // factor)
