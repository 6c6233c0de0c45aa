"""Which interpreter runs the target: the one asked for, else the first that has what the program imports. Host.

An environment is built only when no interpreter that the user would expect to be used has what is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tracer.environment.environment import Environment
from tracer.interpreter import probe

if TYPE_CHECKING:
    from tracer.checkout import Checkout
    from tracer.survey import Survey


class Progress(Protocol):
    """Who is told what is going on."""

    def detail(self, text: str) -> None:
        """What exactly is being done now."""


def choose(python: str | None, checkout: Checkout, survey: Survey, entry: str, progress: Progress) -> Environment:
    """The environment for a program: `entry` is its file, relative to the checkout's root."""
    progress.detail("looking for an interpreter")
    needs = _imports(survey, entry)
    # An environment that a foreign repository brings along is foreign code too: it is not even asked for its version.
    interpreter = probe(python, checkout=None if checkout.is_remote else checkout.root, needs=needs)
    return Environment(interpreter, reason=interpreter.origin)


def _imports(found: Survey, file: str) -> tuple[str, ...]:
    """Top-level packages that the entry point imports, for choosing among interpreters."""
    facts = found.facts(file)
    names = {name.split(".")[0] for name in facts.imports} if facts is not None else set()
    return tuple(sorted(name for name in names & set(found.packages) if name))
