"""Where a reader's own model, loss, data, metric or optimizer would go: the lines that made them. Runs on the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tracer.location import Location
from tracer.stages import Stage
from walkthroughs.findings import Idea
from walkthroughs.sources import as_written, called_names, dotted, stored_names
from walkthroughs.story import Finding, Story

DATA_ROLES = ("dataset", "item", "function", "simulator", "dataloader", "read", "call", "lineage", "prepared")
METRIC_ROLES = ("metric function", "metric", "report", "definition")
SHOWN = 70
"""Longest piece of code quoted in a text, in characters."""


def panel(story: Story, findings: Sequence[Finding]) -> tuple[Idea, ...]:
    """At most one place for each of model, loss, data, metric and optimizer, in this order."""
    makers = (_model, _loss, _data, _metric, _optimizer)
    return tuple(idea for maker in makers for idea in maker(story, findings))


def _strongest(findings: Sequence[Finding], stage: Stage, *roles: str) -> Finding | None:
    """The finding of a stage whose role stands first in `roles`; of several the weightiest, then the earliest."""
    rows = [item for item in findings if item.stage is stage and (not roles or item.role in roles)]
    order = {role: number for number, role in enumerate(roles)}
    return min(rows, key=lambda row: (order.get(row.role, 0), -row.weight, row.trace, row.seq), default=None)


def _model(story: Story, findings: Sequence[Finding]) -> Iterator[Idea]:
    made = _strongest(findings, Stage.MODEL, "construction")
    definition = _strongest(findings, Stage.MODEL, "class")
    if made is None:
        if definition is not None:
            text = f"The model's class `{definition.location.qualname}` starts at {definition.location}."
            yield Idea("model", definition.location, text)
        return
    rows = (made.facts.get("tree") or {}).get("rows") or [("", "", "")]
    name = definition.location.qualname if definition is not None else str(rows[0][2])
    call = _call_of(story, made.location, name.rpartition(".")[2])
    names = _bound(story, made.location)
    text = f"Replace `{call}` on this line" if call else f"Bind your own model to {names} on this line"
    if definition is not None:
        text += f"; the class `{name}` starts at {definition.location}"
    if call or names:
        yield Idea("model", made.location, f"{text}.")
    elif definition is not None:
        yield Idea(
            "model", made.location, f"The model is made here; its class `{name}` starts at {definition.location}."
        )


def _loss(story: Story, findings: Sequence[Finding]) -> Iterator[Idea]:
    rows = [item for item in findings if item.stage is Stage.LOSS and item.role != "definition"]
    # A value that is thrown away (`_, accuracy = ...`) is not what anybody trains on.
    rows = [item for item in rows if stored_names(_statement(story, item.location))[:1] != ["_"]]
    if not rows:
        return
    # A line that calls a loss function is the one to change, not one that only scales its result.
    found = min(rows, key=lambda row: (not _calls_loss(story, row), -row.weight, row.trace, row.seq))
    node = _statement(story, found.location)
    names = _bound(story, found.location)
    function = _loss_function(story, found)
    made = _call_of(story, found.location, function) if function else ""
    made = made or _short(story, found.location, getattr(node, "value", None)) or _outer_call(story, found.location)
    if made and names and isinstance(node, (ast.Assign, ast.AnnAssign)):
        yield Idea(
            "loss",
            found.location,
            f"Replace `{made}` on this line; {names} is what is trained on, or a part of it."
            if ", " not in names
            else f"Replace `{made}` on this line; what is trained on, or a part of it, is among {names}.",
        )
    else:
        yield Idea("loss", found.location, "What is trained on, or a part of it, is computed on this line.")


def _calls_loss(story: Story, finding: Finding) -> bool:
    return bool(_loss_function(story, finding))


def _loss_function(story: Story, finding: Finding) -> str:
    """The name of the library's loss function that was called on the line of a finding; "" when none was."""
    place = finding.location
    end = max(place.line, place.end_line)
    for row in story.chapters[finding.trace].trace.landmarks("loss_function"):
        if row.place.code.file == place.file and place.line <= row.place.line <= end:
            return str(row.data.get("name", "")).rpartition(".")[2]
    return ""


def _data(story: Story, findings: Sequence[Finding]) -> Iterator[Idea]:
    rows = [item for item in findings if item.stage is not Stage.DATA or _is_data(story, item)]
    main = [item for item in rows if item.trace == story.main.number]
    found = _strongest(main, Stage.DATA, *DATA_ROLES) or _strongest(rows, Stage.DATA, *DATA_ROLES)
    if found is None:
        return
    place, name = found.location, f"`{found.location.qualname}`"
    if found.role == "item":
        owner = place.qualname.rpartition(".")[0]
        text = f"Give your own items from {name}" + (f", or replace the class `{owner}`" if owner else "") + "."
    elif found.role == "function":
        text = f"Return your own data from {name}; what it gives back goes into the model."
    elif found.role in ("dataset", "dataloader", "simulator"):
        call = _outer_call(story, place)
        noun = {"dataset": "data set", "dataloader": "loader", "simulator": "simulator"}[found.role]
        text = f"Replace `{call}` on this line by your own {noun}." if call else f"Put your own {noun} on this line."
    else:
        names = _bound(story, place)
        text = f"The data comes in on this line as {names}." if names else "The data comes in on this line."
    yield Idea("data", place, text)


def _is_data(story: Story, finding: Finding) -> bool:
    """Whether a line that reads bound data: an array or a container, not a model that it loaded."""
    if finding.role not in ("read", "call", "lineage"):
        return True
    frame = story.chapters[finding.trace].trace.frames.get(finding.frame) if finding.frame is not None else None
    rows = [line for line in frame.lines if line.line == finding.location.line] if frame is not None else []
    values = [bound.value for line in rows[:1] for bound in line.bound]
    return any(value.get("shape") or value.get("type") == "str" or value.get("items") for value in values)


def _innermost(story: Story, findings: Sequence[Finding]) -> list[Finding]:
    """Findings without the metric functions that only call other functions of the repository."""
    kept = []
    for finding in findings:
        children = story.chapters[finding.trace].children.get(finding.frame) if finding.frame is not None else None
        if finding.role != "metric function" or not children:
            kept.append(finding)
    return kept


def _metric(story: Story, findings: Sequence[Finding]) -> Iterator[Idea]:
    found = _strongest(_innermost(story, findings), Stage.EVALUATION, *METRIC_ROLES)
    if found is None:
        return
    place = found.location
    names = _bound(story, place)
    if found.role == "metric function":
        text = f"Change `{place.qualname}`, which makes a figure of two arrays, or call your own beside it."
    elif found.role == "definition":
        text = f"Compute your own figure in `{place.qualname}`, which applies the model without training it."
    elif found.role == "report":
        text = "The figures are reported on this line; add your own."
    elif names:
        text = f"{names} is computed on this line; compute your own beside it."
    else:
        text = "A figure is computed on this line; compute your own beside it."
    yield Idea("metric", place, text)


def _optimizer(story: Story, findings: Sequence[Finding]) -> Iterator[Idea]:
    found = _strongest(findings, Stage.MODEL, "optimizer")
    if found is not None:
        event = found.facts.get("event")
        kind = str(event.argument("self").get("type", "")).rpartition(".")[2] if event is not None else ""
        call = _call_of(story, found.location, kind)
        text = (
            f"Replace `{call}` on this line by another optimizer." if call else "The optimizer is built on this line."
        )
        yield Idea("optimizer", found.location, text)
        return
    found = _strongest(findings, Stage.OPTIMIZER_STEP, "update by hand")
    if found is not None:
        yield Idea(
            "optimizer",
            found.location,
            "No optimizer of a framework that is watched stepped: the weights take their new values on this line.",
        )


def _statement(story: Story, place: Location) -> ast.stmt | None:
    source = story.sources.get(place.file)
    return source.statement(place.line) if source is not None else None


def _bound(story: Story, place: Location) -> str:
    names = stored_names(_statement(story, place))
    return ", ".join(f"`{name}`" for name in names[:3] if name.strip("_"))


def _call_of(story: Story, place: Location, name: str) -> str:
    """The call of a class on a statement as it is written, arguments left out when it is long."""
    node = _statement(story, place)
    if node is None or not name:
        return ""
    for item in ast.walk(node):
        if isinstance(item, ast.Call) and getattr(item.func, "attr", getattr(item.func, "id", "")) == name:
            return _short(story, place, item) or f"{dotted(item.func) or name}(…)"
    return ""


def _outer_call(story: Story, place: Location) -> str:
    node = _statement(story, place)
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call):
        names = called_names(node)
        return _short(story, place, value) or (f"{names[0]}(…)" if names and not names[0].startswith(".") else "")
    return ""


def _short(story: Story, place: Location, node: ast.expr | None) -> str:
    """An expression as the repository writes it when it is short enough to quote, else ""."""
    source = story.sources.get(place.file)
    if node is None or source is None:
        return ""
    text = as_written(source, node)
    return text if len(text) <= SHOWN and "`" not in text else ""
