"""The account of all attempts: what was run, how it ended, what was changed for the next, and what the tour tells of.

Runs on the host.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from walkthroughs.tour import Attempt

AS_IT_STANDS = "not run as it stands"
EVERY = -1
"""The number that stands for all programs: what is changed for one of them is changed for each."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed so that a run gets further: what, and why.

    `shims` are the shims that it stands ready with, or the one that was met at the lines that `what` names.
    """

    what: str
    why: str
    shims: tuple[str, ...] = ()


@dataclass(slots=True)
class Entry:
    """One line of the account.

    `program` counts the programs that were tried one after another: changes made for one are not those of another.
    `made` are adaptations that really took effect in this run, `then` the changes made after it for the next one, and
    `choice` says which other program was tried after it and why.
    """

    command: tuple[str, ...]
    outcome: str
    detail: str
    program: int = 0
    made: tuple[Change, ...] = ()
    then: tuple[Change, ...] = ()
    choice: str = ""
    note: str = ""
    beside: bool = False
    """Not an attempt at the program itself: a preparation, or the evaluation beside it."""
    vain: bool = False
    """Beside the program, and it led to nothing that is told."""


@dataclass(slots=True)
class Account:
    """Every attempt in the order in which they were made, and which of them the tour tells."""

    entries: list[Entry] = field(default_factory=list)
    told: Entry | None = None

    def add(self, entry: Entry) -> Entry:
        """Write one line, and give it back, for what follows from it to be added."""
        self.entries.append(entry)
        return entry

    def attempts(self) -> tuple[Attempt, ...]:
        """As the tour has them. `remedy` are only changes in effect in the run that is told, in what prepared it or
        stands beside it: what was tried in vain stands under the reason."""
        from walkthroughs.tour import Attempt

        rows = []
        armed = self._armed()
        for index, entry in enumerate(self.entries):
            then = entry.then if self._is_in_effect(index) else ()
            vain = entry.then[len(then) :]
            made = entry.made if entry is self.told or entry.beside else ()
            if entry is self.told:  # what a shim did stands where it was made ready
                made = tuple(change for change in made if not set(change.shims) & armed.keys())
            changes = (*made, *(self._as_met(change, armed) for change in then))
            reasons = list(dict.fromkeys(change.why for change in changes))
            reasons += [f"tried next: {change.what} ({change.why}), which led no further" for change in vain]
            reasons += [text for text in (entry.note, entry.choice) if text]
            remedy = "; ".join(change.what for change in changes)
            rows.append(Attempt(entry.command, entry.outcome, entry.detail, remedy, "; ".join(reasons)))
        return tuple(rows)

    def _armed(self) -> dict[str, Change]:
        """The change that made a shim ready for the run that is told, by the shim."""
        return {
            shim: change
            for index, entry in enumerate(self.entries)
            if self.told is not None and self._is_in_effect(index) and not entry.beside
            for change in entry.then
            for shim in change.shims
        }

    def _as_met(self, change: Change, armed: dict[str, Change]) -> Change:
        """A change with what its shims did in the run that is told, and at which lines."""
        made = self.told.made if self.told is not None else ()
        met = [row.what for row in made if any(armed.get(shim) is change for shim in row.shims)]
        return replace(change, what=f"{change.what}: {', '.join(met)}") if met else change

    def adaptations(self) -> tuple[Change, ...]:
        """What was changed, in all, for the run that is told; each once."""
        found = [
            change for index, entry in enumerate(self.entries) if self._is_in_effect(index) for change in entry.then
        ]
        return tuple(dict.fromkeys([*found, *(self.told.made if self.told is not None else ())]))

    def _is_in_effect(self, index: int) -> bool:
        """Whether what was changed after an entry held in the run that is told."""
        if self.told is None:
            return True
        entry = self.entries[index]
        before = index < self.entries.index(self.told) or (entry.beside and not entry.vain)
        return entry.program in (EVERY, self.told.program) and before
