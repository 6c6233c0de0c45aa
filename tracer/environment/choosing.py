"""Which interpreter runs the target: the one asked for, else the first that has what the program imports. Host.

An environment is built only when no interpreter that the user would expect to be used has what is needed. `propose`
decides and installs nothing; `Proposal.build` does it, once the user has agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tracer.environment.building import Recipe, build
from tracer.environment.declared import declared_for
from tracer.environment.environment import Environment
from tracer.environment.imported import Import, imports_of, modules_to_ask
from tracer.environment.pythons import pythons_for
from tracer.environment.store import Store
from tracer.environment.uv import uv_program
from tracer.environment.wishes import wishes_for
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter, candidates, has_modules, probe, usable
from tracer.machine import this_machine

if TYPE_CHECKING:
    from tracer.checkout import Checkout
    from tracer.survey import Survey

_SHOWN = 12


class Progress(Protocol):
    """Who is told what is going on."""

    def detail(self, text: str) -> None:
        """What exactly is being done now."""

    def warn(self, text: str) -> None:
        """Something that the user should know."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done: an interpreter as it is, or an environment to be built from a `recipe`.

    `lacking` are the modules that the program imports and the best interpreter there is does not have.
    """

    interpreter: Interpreter | None
    recipe: Recipe | None
    reason: str
    lacking: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()
    store: Store = field(default_factory=Store)
    fallback: Interpreter | None = None
    """What runs the program when the environment cannot be built: the interpreter that lacks the fewest modules."""
    install: bool = True

    @property
    def text(self) -> str:
        """What would be installed, in one line for the question whether it may; "" when that is nothing."""
        if self.recipe is None or self.interpreter is not None:
            return ""
        names = [wish.name for wish in self.recipe.wishes.items]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return f"into an environment of its own: {', '.join(names[:_SHOWN])}{more}" if names else ""

    def build(self, progress: Progress) -> Environment:
        """The environment: found, or built. Raises `RepoTourError` when neither is possible."""
        if self.interpreter is not None or self.recipe is None:
            assert self.interpreter is not None
            return Environment(self.interpreter, reason=self.reason, store=self.store, closed=not self.install)
        recipe = self.recipe
        try:
            built = build(recipe, self.store, progress.detail)
        except RepoTourError as error:
            if self.fallback is None or error.slug == "disk-full":
                raise
            progress.warn(str(error))
            reason = (
                f"{self.fallback.origin}; an environment could not be built, and it lacks {', '.join(self.lacking)}"
            )
            return Environment(self.fallback, reason=reason, store=self.store)
        for line in (*self.notes, *built.loosened):
            progress.detail(line)
        return Environment(
            built.interpreter,
            ours=True,
            reason=self.reason,
            installed=built.pins,
            loosened=(*self.notes, *built.loosened),
            store=self.store,
            rebuild=partial(_rebuilt, recipe, self.store, progress),
        )


def _rebuilt(recipe: Recipe, store: Store, progress: Progress, packages: tuple[str, ...]) -> Interpreter:
    """The interpreter of an environment with more in it."""
    return build(recipe.with_packages(packages, "asked for by a run"), store, progress.detail).interpreter


def choose(
    python: str | None,
    checkout: Checkout,
    survey: Survey,
    entry: str,
    progress: Progress,
    *,
    install: bool = True,
) -> Environment:
    """The environment for a program: `entry` is its file, relative to the checkout's root."""
    return propose(python, checkout, survey, entry, install=install).build(progress)


def propose(
    python: str | None,
    checkout: Checkout,
    survey: Survey,
    entry: str,
    *,
    install: bool = True,
    store: Store | None = None,
) -> Proposal:
    """Decide which environment is to run a program, without building it. `python` is what the user asked for; without
    `install` nothing is ever built. Raises what `tracer.interpreter.probe` raises."""
    imports = imports_of(survey, entry)
    modules = modules_to_ask(imports)
    known = Proposal(None, None, "", imports=imports, store=store or Store(), install=install)
    if python:
        return replace(known, interpreter=probe(python), reason="you gave it with --python")
    # An environment that a foreign repository brings along is foreign code too: it is not even asked for its version.
    best, lacking = _best_here(None if checkout.is_remote else checkout.root, modules)
    if best is not None and not lacking:
        has = "it has what the program imports" if modules else "the program imports no package"
        return replace(known, interpreter=best, reason=f"{best.origin}; {has}")
    if not install or uv_program() is None:
        best = best or probe(None)
        reason = "nothing may be installed" if not install else "there is no uv to build an environment with"
        return replace(known, interpreter=best, reason=f"{best.origin}; {reason}", lacking=lacking)
    return _to_build(replace(known, lacking=lacking, fallback=best), checkout, entry)


def _best_here(own: Path | None, modules: tuple[str, ...]) -> tuple[Interpreter | None, tuple[str, ...]]:
    """The first interpreter that has all modules, else the one that lacks the fewest; and what it lacks."""
    best: Interpreter | None = None
    lacking = modules
    for candidate in candidates(own):
        try:
            interpreter = usable(candidate)
            there = has_modules(interpreter, modules)
        except RepoTourError:
            continue  # what is no Python, or too old, is no candidate
        missing = tuple(name for name in modules if not there[name])
        if best is None or len(missing) < len(lacking):
            best, lacking = interpreter, missing
        if not missing:
            break
    return best, lacking


def _to_build(known: Proposal, checkout: Checkout, entry: str) -> Proposal:
    """An isolated environment from what the repository declares and the program imports."""
    machine = this_machine()
    needs = declared_for(checkout.root, entry)
    wishes = wishes_for(needs, known.imports, machine)
    choice = pythons_for(needs.near)
    recipe = Recipe(wishes, choice.interpreters, bool(machine.gpus), modules_to_ask(known.imports))
    lacking = known.lacking
    shown = f"{', '.join(lacking[:3])}{', …' if len(lacking) > 3 else ''}"
    reason = f"an environment that RepoTour built: of the interpreters here, the best one lacks {shown}"
    notes = (*choice.notes, *wishes.left_out, *needs.near.notes)
    return replace(known, recipe=recipe, reason=reason, notes=notes)
