"""The optimizer: how it was set, and what one step of it did to the parameters."""

from __future__ import annotations

from typing import Any

from walkthroughs.captions import shape_text
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.values import capital
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code, count, listed, number, settings, where

WHOLE_NORM = 1_000_000
SAMPLED = 48
LOOKED_AT = 64


@rule("optimizer.built")
def built(scene: Scene, args: Args) -> str | None:
    """The class of an optimizer and its defaults."""
    event = scene.event(args["seq"])
    kind = str(event.argument("self").get("type", ""))
    if event.name != "optimizer" or not kind:
        return None
    rows = [row for row in event.argument("defaults").get("items", ()) if row[1].get("type") != "NoneType"]
    told, _ = settings([row for row in rows if row[1].get("type") not in ("bool",)], 5)
    with_ = f"; its defaults are {listed(told)}" if told else ""
    return f"An optimizer of class `{kind}` was built here{with_}."


@rule("optimizer.stepped")
def stepped(scene: Scene, args: Args) -> str | None:
    """Which optimizer stepped, at which learning rate, and through what."""
    event = scene.event(args["seq"])
    optimizer = event.data.get("optimizer") or {}
    kind = str(optimizer.get("type", ""))
    if event.name != "optimizer_step" or not kind:
        return None
    rates = rates_of(event.data.get("parameters") or [])
    rate = (
        f" with learning rate {listed(rates)}"
        if len(rates) == 1
        else f" with learning rates {listed(rates)}"
        if rates
        else ""
    )
    if not rates and isinstance(optimizer.get("lr"), (int, float)):
        rate = f" with learning rate {number(optimizer['lr'])}"
    again = int(event.data.get("nth", 0)) == 0 and not scene.once(event.place)
    first = "The first time, the" if again else "The"
    return f"{first} optimizer, an object of class `{kind}`, stepped{rate}."


def rates_of(rows: list[dict[str, Any]]) -> list[str]:
    """The different learning rates of the parameters, at most three."""
    found: list[str] = []
    for row in rows:
        rate = row.get("lr")
        if isinstance(rate, (int, float)) and number(rate) not in found:
            found.append(number(rate))
    return found[:3]


@rule("optimizer.changes")
def changes(scene: Scene, args: Args) -> str | None:
    """How many parameters moved in one step, and which moved most, among the numbers that were sampled."""
    event = scene.event(args["seq"])
    rows = [row for row in event.data.get("parameters") or [] if isinstance(row.get("change"), (int, float))]
    if event.name != "optimizer_step" or not rows:
        return None
    moved = [row for row in rows if row["change"] > 0]
    if not moved:
        return f"In the numbers that were sampled from {count(len(rows), 'parameter tensor')}, nothing changed."
    most = max(moved, key=lambda row: float(row["change"]))
    named = f" in {label(most, rows)}" if most.get("shape") is not None else ""
    looked = "the first 64 parameter tensors" if len(rows) >= LOOKED_AT else count(len(rows), "parameter tensor")
    share = (
        f"all {len(rows)} parameter tensors"
        if len(moved) == len(rows) and len(rows) < LOOKED_AT
        else f"{len(moved)} of {looked}"
    )
    if len(rows) == 1:
        share = "its one parameter tensor"
    return (
        f"Up to {SAMPLED} numbers of each parameter tensor were compared before and after: {share} changed, "
        f"the largest change being {number(float(most['change']))}{named}."
    )


@rule("optimizer.gradients")
def gradients(scene: Scene, args: Args) -> str | None:
    """The largest and the smallest gradient norm at one step."""
    event = scene.event(args["seq"])
    rows = [
        row for row in event.data.get("parameters") or []
        if isinstance(row.get("grad_norm"), (int, float)) and row.get("shape") is not None
    ]  # fmt: skip
    if event.name != "optimizer_step" or len(rows) < 2:
        return None
    high, low = max(rows, key=lambda row: float(row["grad_norm"])), min(rows, key=lambda row: float(row["grad_norm"]))
    return f"The largest gradient norm was {_norm(high, rows)}, the smallest {_norm(low, rows)}."


def label(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """A parameter by its name; by its shape alone when the name is missing or stands for several."""
    name = row.get("name")
    shape = shape_text(row["shape"])
    if not name or sum(other.get("name") == name for other in rows) != 1:
        return f"a parameter of shape {shape}"
    return f"{code(name)} of shape {shape}"


def _norm(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    size = 1
    for part in row["shape"]:
        size *= part
    about = "about " if size > WHOLE_NORM else ""
    return f"{about}{number(float(row['grad_norm']))} for {label(row, rows)}"


@rule("optimizer.clipped")
def clipped(scene: Scene, args: Args) -> str | None:
    """That gradients were clipped before the step, and to what."""
    event = scene.event(args["seq"])
    if event.name != "clip_gradients":
        return None
    limits = [(name, shown.get("scalar")) for name, shown in event.data.get("args", ())]
    told = [f"{code(name)} = {number(limit)}" for name, limit in limits if isinstance(limit, (int, float))]
    place = where(event.place.code, event.place.line)
    return f"Before it the gradients were clipped on {place}{' with ' + listed(told) if told else ''}."


@rule("optimizer.by_hand")
def by_hand(scene: Scene, args: Args) -> str | None:
    """The parameters that changed across a line, with a sampled number before and after."""
    _, line = scene.line(args["seq"])
    rows = [row for row in line.updated if row[1] and row[2] and len(row[1]) == len(row[2])]
    if not rows:
        return None
    name, before, after = rows[0]
    place = max(range(len(before)), key=lambda index: abs(after[index] - before[index]))
    names = [code(row[0]) for row in rows[:4]]
    return capital(
        f"across this line {listed(names, len(rows) - len(names))} changed: a sampled number of {code(name)} "
        f"went from {number(before[place])} to {number(after[place])}."
    )
