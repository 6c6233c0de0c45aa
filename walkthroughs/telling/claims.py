"""Claims: sentences that named rules derive from the trace alone, so that anybody can derive them again. Host.

A rule is a pure function `rule(scene, args) -> str | None`: the recorded program and plain JSON arguments in, one
sentence out, None when the trace does not show it. Source text that a sentence rests on stands in its arguments as
`source` (file, line, text); it is checked against the excerpts of the tour. The evidence of a claim is
what its rule looked at.
"""

from __future__ import annotations

import ast
import importlib
import textwrap
from collections.abc import Callable
from typing import Any

from walkthroughs.stop import Claim
from walkthroughs.telling.witness import NotRecordedError, Scene, Witness

Args = dict[str, Any]
Rule = Callable[[Scene, Args], "str | None"]

TITLE = "title."
"""How the names of rules begin that make a stop's title rather than a sentence of its note."""

FAMILIES = (
    "calls",
    "checkpoint",
    "config",
    "data",
    "evaluation",
    "inferred",
    "links",
    "loops",
    "loss",
    "model",
    "optimizer",
    "processes",
    "source",
    "titles",
    "values",
)
_RULES: dict[str, Rule] = {}
_LOADED: set[str] = set()


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under a name that stays the same for ever: tours carry it."""

    def register(function: Rule) -> Rule:
        if name in _RULES:
            raise ValueError(f"two rules are called {name}")
        _RULES[name] = function
        return function

    return register


def rules() -> dict[str, Rule]:
    """Every rule by name."""
    for family in FAMILIES if len(_LOADED) < len(FAMILIES) else ():
        importlib.import_module(f"walkthroughs.telling.{family}")
        _LOADED.add(family)
    return _RULES


def make(scene: Scene, name: str, /, **args: Any) -> Claim | None:
    """The claim that a rule makes of these arguments; None when the trace does not show it."""
    scene.used = []
    try:
        text = rules()[name](scene, args)
    except NotRecordedError:
        return None
    if not text:
        return None
    return Claim(
        text=" ".join(text.split()), rule=name, args={"chapter": scene.name, **args}, evidence=tuple(scene.used)
    )


def rederive(witness: Witness, claim: Claim) -> Claim | None:
    """The claim made again: equal to `claim` when nothing was changed, None when the trace does not show it."""
    if claim.rule not in rules():
        return None
    args = dict(claim.args)
    try:
        scene = witness.scene(str(args.pop("chapter", "")))
        return make(scene, claim.rule, **args)
    except (NotRecordedError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None  # arguments that no rule was ever given: the claim was changed by hand


def written(args: Args, node: ast.expr) -> str:
    """An expression of a claim's source as the repository writes it; as Python would where its place is not known."""
    text = textwrap.dedent(str((args.get("source") or {}).get("text", "")))
    found = ast.get_source_segment(text, node) if not text.lstrip().startswith(("elif ", "elif(")) else None
    return " ".join(found.split()) if found and "#" not in found else ast.unparse(node)


def statement(args: Args) -> ast.stmt | None:
    """The statement of a claim's source text; a header of a compound statement gets an empty body."""
    source = args.get("source") or {}
    text = textwrap.dedent(str(source.get("text", "")))
    first = text.lstrip()
    if first.startswith(("elif ", "elif(")):
        text = first[2:]
    for attempt in (text, text.rstrip() + "\n    pass", text.rstrip() + " pass", text + '\n"""', text + "\n'''"):
        try:
            body = ast.parse(attempt).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        if body:
            return body[0]
    return None
