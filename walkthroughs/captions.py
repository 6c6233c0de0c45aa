"""The short words that all faces share: a value in one line, a shape, a number, a place, a command, an outcome."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from walkthroughs.tour import Attempt, Outcome, Stats, Stop, Tour, Variable

HELD = 6
"""Things inside a container that a caption names at most."""

LONGEST_VALUE = 400
"""Characters of a value's text that a caption shows at most."""


def shape_text(shape: Sequence[int]) -> str:
    """A shape as Python writes it: `(64, 10)`, `(64,)`, and `()` for a scalar array."""
    return "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"


def number_text(value: float | str | None) -> str:
    """A number at 4 significant digits, without a trailing `.0`; texts as they are."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(int(value)) if abs(value) < 1e15 and float(value).is_integer() else f"{value:.4g}"


def count_text(count: int, noun: str) -> str:
    """`1 stop`, `12 stops`, `1,024 parameters`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"


def visits_text(stop: Stop) -> str:
    """How often the place of a stop ran: `6 visits`, `at least 6 visits`; "" when it ran once."""
    if stop.visits_at_least and stop.visits:
        return f"at least {count_text(stop.visits, 'visit')}"
    return count_text(stop.visits, "visit") if stop.visits > 1 else ""


def stats_text(stats: Stats | None) -> str:
    """The numbers of an array in one line: range, mean, deviation, shares of zeros and NaN where there are any."""
    if stats is None:
        return ""
    parts = []
    if stats.min is not None and stats.max is not None:
        parts.append(f"{number_text(stats.min)} to {number_text(stats.max)}")
    if stats.mean is not None:
        parts.append(f"mean {number_text(stats.mean)}")
    if stats.std is not None:
        parts.append(f"std {number_text(stats.std)}")
    if stats.zeros:
        parts.append(f"{stats.zeros:.0%} zeros")
    if stats.nan:
        parts.append(f"{stats.nan:.0%} NaN")
    return ", ".join(parts)


def kind_text(variable: Variable) -> str:
    """What a value is: its type, shape, dtype, and its device when that is not the CPU, or its length."""
    parts = [variable.type]
    if variable.shape is not None:
        parts.append(shape_text(variable.shape))
    if variable.dtype:
        parts.append(variable.dtype.removeprefix("torch."))
    if variable.device and variable.device != "cpu":
        parts.append(f"on {variable.device}")
    if variable.length is not None and variable.shape is None:
        parts.append(f"of {variable.length:,}")
    return " ".join(part for part in parts if part)


def value_text(variable: Variable) -> str:
    """The value itself, as far as it was recorded: its text, or else the numbers of the array."""
    value = variable.value or _contents(variable.items)
    if value in (kind_text(variable), f"<{variable.type}>"):
        value = ""  # it would only say again what kind of value it is
    if len(value) > LONGEST_VALUE:
        value = value[:LONGEST_VALUE] + "…"
    stats = stats_text(variable.stats) if variable.shape != () or not value else ""
    return " · ".join(part for part in (value, stats) if part)


def _contents(items: Sequence[Variable]) -> str:
    """What a container holds, in one line; arrays by what they are, the rest by value."""
    shown = [f"{item.name} = {item.value}" if item.value else f"{item.name}: {kind_text(item)}" for item in items]
    more = f", … {len(shown) - HELD} more" if len(shown) > HELD else ""
    return "{" + ", ".join(shown[:HELD]) + more + "}" if shown else ""


def variable_text(variable: Variable) -> str:
    """A value in one line: `loss: torch.Tensor () float32 = 2.31`."""
    kind, value = kind_text(variable), value_text(variable)
    return variable.name + (f": {kind}" if kind else "") + (f" = {value}" if value else "")


def variable_rows(variables: Sequence[Variable], depth: int = 0) -> Iterator[tuple[int, Variable]]:
    """All variables with what they hold, each with its depth; nesting that runs away is cut at depth 8."""
    for variable in variables:
        yield depth, variable
        if depth < 8:
            yield from variable_rows(variable.items, depth + 1)


def command_text(command: Sequence[str]) -> str:
    """A command as it would be typed in a shell."""
    return shlex.join(command)


def seconds_text(seconds: float) -> str:
    """A duration: `0.42 s`, `7.1 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 120:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def outcome_text(outcome: Outcome) -> str:
    """How the run ended, as a sentence without its full stop."""
    time = f" after {seconds_text(outcome.seconds)}" if outcome.seconds else ""
    detail = f" ({outcome.detail.rstrip('.')})" if outcome.detail else ""
    ends = {
        "finished": f"it ran to its end{time.replace(' after', ' in')}",
        "exited": f"it ended itself{time}",
        "raised": f"it ended with an exception{time}",
        "limit": f"RepoTour ended it{time}, at the limit that was set",
        "killed": f"it was killed{time}",
        "timed_out": f"RepoTour ended it{time}, when the time was up",
    }
    return (
        ends.get(
            outcome.kind,
            f"it ended as “{outcome.kind}”{time}" if outcome.kind else "nothing was run",
        )
        + detail
    )


def change_text(attempt: Attempt) -> str:
    """What was changed for the next attempt, and why; Markdown, empty when nothing was."""
    return ": ".join(part.rstrip(".") for part in (attempt.remedy, attempt.reason) if part) if attempt.remedy else ""


def origin_text(tour: Tour) -> str:
    """Which code was toured: the repository, its folder and commit, and whether it had uncommitted changes."""
    source = tour.provenance
    parts = [source.url or "a local folder"]
    if source.folder:
        parts.append(f"folder {source.folder}")
    if source.commit:
        parts.append(f"commit {source.commit[:10]}")
    if source.dirty:
        parts.append("with uncommitted changes")
    return ", ".join(parts)


def window(stop: Stop, before: int, after: int) -> list[tuple[int, str]]:
    """Numbered lines of a stop's excerpt around its statement, without blank ones at the ends."""
    place, excerpt = stop.location, stop.excerpt
    rows = [
        (number, line)
        for number, line in enumerate(excerpt.lines, excerpt.first_line)
        if place.line - before <= number <= place.end_line + after
    ]
    rows = rows or list(enumerate(excerpt.lines, excerpt.first_line))[: before + after + 1]
    while rows and not rows[0][1].strip() and rows[0][0] < place.line:
        rows.pop(0)
    while rows and not rows[-1][1].strip() and rows[-1][0] > place.end_line:
        rows.pop()
    return rows
