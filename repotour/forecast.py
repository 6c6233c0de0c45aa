"""What `repotour run` would run a repository with: interpreter, packages and reasons, without doing it. Host."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from repotour.progress import Progress
    from tracer.environment import Proposal


@dataclass(frozen=True, slots=True)
class Package:
    """One distribution that would be installed: in which version, as what it was asked for, and why."""

    name: str
    version: str
    asked: str
    why: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would be done for one program. `packages` are what it needs itself, `others` how many those need."""

    file: str
    python: str
    reason: str
    builds: bool
    built_before: bool = False
    packages: tuple[Package, ...] = ()
    others: int = 0
    loosened: tuple[str, ...] = ()
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain, JSON-able data."""
        return asdict(self)


def forecast(repo: str, entry: str, python: str, progress: Progress) -> Forecast:
    """Read a repository and say what would be done. Nothing is installed, and nothing of the repository is run.

    Raises `RepoTourError` as `repotour run` would before it runs anything.
    """
    from tracer.checkout import open_checkout
    from tracer.environment import propose
    from tracer.survey import survey
    from tracer.survey.failures import require_entry

    progress.step(f"reading {repo}")
    checkout = open_checkout(repo, progress=progress.transfer)
    found = survey(checkout.root, folder=checkout.folder, entry=entry, detail=False)
    file = require_entry(found, checkout.name, entry).file
    progress.step("looking for an interpreter")
    proposal = propose(python or None, checkout, found, file)
    if proposal.interpreter is not None:
        version = f"{proposal.interpreter.version_text}, {proposal.interpreter.path}"
        return Forecast(file, version, proposal.reason, builds=False)
    return _resolved(file, proposal, progress)


def _resolved(file: str, proposal: Proposal, progress: Progress) -> Forecast:
    """What the environment would hold."""
    from tracer.environment.building import resolve

    recipe = proposal.recipe
    assert recipe is not None
    reason = proposal.reason.replace("that RepoTour built", "of its own")
    there = proposal.store.find(recipe.key()) is not None
    asked = tuple(Package(wish.name, "", wish.asked, wish.why) for wish in recipe.wishes.items)
    version = recipe.pythons[0].version_text
    try:
        python, resolution = resolve(recipe, progress.detail)
    except RepoTourError as error:
        return Forecast(file, version, reason, True, there, asked, 0, proposal.notes, str(error))
    pins = {pin.name: pin.version or pin.url for pin in resolution.pins}
    packages = [Package(wish.name, pins.get(wish.name, ""), wish.asked, wish.why) for wish in resolution.wishes]
    names = {package.name for package in packages}
    later = [wish for wish in recipe.wishes.items if wish.guessed and wish.name not in names]
    packages += [Package(wish.name, pins.get(wish.name, "as needed"), wish.asked, wish.why) for wish in later]
    names |= {wish.name for wish in later}
    return Forecast(
        file,
        python.version_text,
        reason,
        True,
        there,
        tuple(packages),
        len([name for name in pins if name not in names]),
        (*proposal.notes, *resolution.loosened),
    )


def lines_of(told: Forecast) -> list[str]:
    """For people, in lines."""
    lines = [f"{told.file} would run with Python {told.python}", f"  {told.reason}"]
    if not told.builds:
        return [*lines, "  nothing would be installed"]
    lines.append("  it is there already" if told.built_before else "  it would be built:")
    width = max((len(f"{item.name} {item.version}") for item in told.packages), default=0)
    for item in told.packages:
        lines.append(f"    {f'{item.name} {item.version}'.strip():{width}}  {item.why}")
    if told.others:
        lines.append(f"    and {told.others} {'that those need' if told.others > 1 else 'that these need'}")
    if told.loosened:
        lines.append("  not as the repository has it:")
        lines += [f"    {line}" for line in told.loosened]
    if told.problem:
        lines.append(f"  {told.problem}")
    return lines
