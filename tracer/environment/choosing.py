"""Which interpreter runs the target: the one asked for, else the first that has what the program imports. Host.

An environment is built only when no interpreter that the user would expect to be used has what is needed. `propose`
decides and installs nothing; `Proposal.build` does it, once the user has agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
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
            return Environment(self.interpreter, reason=self.reason, store=self.store)
        recipe = self.recipe
        built = build(recipe, self.store, progress.detail)
        for line in (*self.notes, *built.loosened):
            progress.warn(line)
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
    store = store or Store()
    if python:
        return Proposal(probe(python), None, "you gave it with --python", imports=imports, store=store)
    # An environment that a foreign repository brings along is foreign code too: it is not even asked for its version.
    own = None if checkout.is_remote else checkout.root
    best: Interpreter | None = None
    lacking: tuple[str, ...] = modules
    for candidate in candidates(own):
        try:
            interpreter = usable(candidate)
        except RepoTourError:
            continue
        missing = tuple(name for name, there in has_modules(interpreter, modules).items() if not there)
        if not missing:
            has = "has what the program imports" if modules else "the program imports no package"
            return Proposal(
                interpreter, None, f"{candidate.origin}; it {has}".replace("it the", "the"), imports=imports
            )
        if best is None or len(missing) < len(lacking):
            best, lacking = interpreter, missing
    if not install or uv_program() is None:
        reason = "nothing may be installed (--no-install)" if not install else "there is no uv to build an environment"
        chosen = best or probe(None)
        return Proposal(chosen, None, f"{chosen.origin}; {reason}", lacking, imports=imports, store=store)
    return _to_build(checkout, entry, imports, lacking, store)


def _to_build(
    checkout: Checkout, entry: str, imports: tuple[Import, ...], lacking: tuple[str, ...], store: Store
) -> Proposal:
    """An isolated environment from what the repository declares and the program imports."""
    machine = this_machine()
    needs = declared_for(checkout.root, entry)
    wishes = wishes_for(needs, imports, machine)
    choice = pythons_for(needs.near)
    recipe = Recipe(wishes, choice.interpreters, bool(machine.gpus), modules_to_ask(imports))
    shown = f"{', '.join(lacking[:3])}{', …' if len(lacking) > 3 else ''}"
    reason = f"an environment that RepoTour built: of the interpreters here, the best one lacks {shown}"
    return Proposal(None, recipe, reason, lacking, (*choice.notes, *wishes.left_out, *needs.near.notes), imports, store)
