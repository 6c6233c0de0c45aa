"""What fitting makes of the best command of a repository."""

from __future__ import annotations

from pathlib import Path

from tracer.command import parse_target
from tracer.fitting import fit
from tracer.machine import Machine
from tracer.plan import Limits, RunPlan
from tracer.remedies import Adaptation
from tracer.survey import survey


class Fitted:
    """A repository's best command before and after fitting."""

    def __init__(self, root: Path, machine: Machine) -> None:
        found = survey(root, detail=False)
        self.entry = found.entries[0]
        command = parse_target(self.entry.command or (self.entry.file,), root, self.entry.cwd)[-1]
        self.before = RunPlan(root, command.folder, command.launch, command.argv, "python")
        self.changes: list[Adaptation] = fit(self.before, self.entry, found, machine, Limits())
        self.plan = self.changes[-1].plan if self.changes else self.before

    @property
    def words(self) -> list[str]:
        """The words behind the program's name."""
        return list(self.plan.argv[1:])

    @property
    def told(self) -> str:
        """Everything that the tour will say about the changes."""
        return "\n".join(f"{change.what}, because {change.why}" for change in self.changes)
