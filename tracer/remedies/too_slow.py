"""The time was up before the run had shown what it has to show: less is done, by the program's own settings. Host side.

What is lowered follows from what was seen: the batch where one iteration takes long, the number of iterations where
they are quick but what comes behind them was not reached, the wait where learning had not begun.
"""

from __future__ import annotations

from tracer.fitting.shortening import (
    Family,
    Lowered,
    amounts,
    batch,
    epochs,
    lowered,
    quick_switch,
    rollouts,
    sizes,
    smaller_choice,
    steps,
    totals,
    waits,
)
from tracer.fitting.subject import Subject, shown
from tracer.pace import Pace, pace_of
from tracer.remedies import Adaptation, Situation

MOST = 3
"""How often a run is shortened."""
ITERATIONS = 40
"""So many iterations should have a place in the time of a run: those of training, and those of what comes after it."""
STRONG = 16.0
"""What sizes are divided by when not one iteration was seen, so that nobody knows how slow it is."""


class TooSlow:
    """Lowers sizes and counts, one kind after the other, as long as the time does not suffice."""

    order = 70

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where we ended the run for its time, and it had not trained or what comes behind was not reached."""
        attempt = sum(slug.startswith("too-slow:") for slug in situation.tried)
        if not situation.cut or attempt >= MOST or (situation.trained and not situation.unseen):
            return None
        subject = Subject.of(situation)
        if subject is None:
            return None
        pace = pace_of([situation.trace], situation.seconds)
        factor, groups = _chosen(pace, situation)
        for group in groups:
            changed, done = _changed(subject, lowered(subject, group, factor))
            if done:
                return _told(changed, done, pace, situation, attempt)
        for other in (smaller_choice, quick_switch):
            plan_and_text = other(subject)
            if plan_and_text is not None:
                plan, text = plan_and_text
                return _told(subject.on(plan), [text], pace, situation, attempt)
        return None


REMEDY = TooSlow()


def _chosen(pace: Pace, situation: Situation) -> tuple[float, tuple[tuple[Family, ...], ...]]:
    """By how much, and which kinds of settings, those to be tried first before all others."""
    if pace.began is None and not situation.trained:  # who knows what it did: what comes before training, first
        return STRONG, ((waits, amounts), (batch, rollouts), (sizes,), (steps, totals, epochs))
    iteration = pace.slowest
    share = situation.plan.limits.seconds / ITERATIONS
    if iteration is None and not situation.trained:
        return STRONG, ((batch, rollouts, waits), (sizes, amounts), (steps, totals, epochs))
    if iteration is not None and iteration > share:
        return iteration / share, ((batch, rollouts), (sizes,), (steps, totals, epochs, amounts))
    return STRONG, ((steps, totals, epochs, amounts, waits), (batch, rollouts), (sizes,))


def _changed(subject: Subject, wanted: list[Lowered]) -> tuple[Subject, list[str]]:
    """The subject with settings lowered, and each in words: `--batch-size 4 instead of 64`."""
    said = []
    for item in wanted:
        plan = subject.with_value(item.argument, str(item.after))
        if plan != subject.plan:
            said.append(f"{shown(subject, plan, item.argument)} instead of {item.before}")
            subject = subject.on(plan)
    return subject, said


def _told(subject: Subject, changed: list[str], pace: Pace, situation: Situation, attempt: int) -> Adaptation:
    missed = f", and {_listed(situation.unseen)} {_was(situation.unseen)} not seen" if situation.unseen else ""
    why = f"{pace.said()}{missed if situation.trained else ''}; {situation.cut}"
    return Adaptation(subject.plan, f"the run was made shorter ({', '.join(changed)})", why, f"too-slow:{attempt}")


def _listed(names: tuple[str, ...]) -> str:
    shown = [name.replace("_", " ") for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _was(names: tuple[str, ...]) -> str:
    return "was" if len(names) == 1 else "were"
