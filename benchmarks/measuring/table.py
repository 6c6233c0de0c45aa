"""Cells as tables: for the terminal, as Markdown for the README, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from measuring.environments import Environment
from measuring.machine import Machine, environment_line
from measuring.pairs import Cell
from measuring.tools import TOOLS, find_tool
from measuring.workloads import WORKLOADS, find_workload

READING = (
    "Each cell: CPU time of a *step* · CPU time of the whole *run*, imports included · *peak memory* · size of the "
    "output. The first three are traced over untraced, medians of pairs that ran in turn."
)


def ratio(value: float | None) -> str:
    """A ratio with as many digits as mean something."""
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def size(count: int | None) -> str:
    """Bytes as people write them; nothing for none."""
    if not count:
        return "–"
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= step:
            number = count / step
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{count} B"


def figures(cell: Cell) -> str:
    """A cell of the Markdown table."""
    if cell.step is None:
        return cell.note
    short = " (s)" if cell.short else ""
    text = f"{ratio(cell.step)} · {ratio(cell.run)} · {ratio(cell.memory)} · {size(cell.output)}{short}"
    return f"{text}; {cell.note}" if cell.note else text


def heading(environment: Environment, cells: Sequence[Cell]) -> str:
    """What stands above the table of one Python: its versions, and RepoTour's engine as its traces name it."""
    engines = sorted({cell.engine for cell in cells if cell.engine})
    return environment_line(environment) + (f"; RepoTour's engine: {', '.join(engines)}" if engines else "")


def markdown(machine: Machine, environments: Sequence[Environment], cells: Sequence[Cell]) -> str:
    """The tables as they stand in the README."""
    parts = [f"{machine.line()}. {READING}", ""]
    for environment in environments:
        mine = [cell for cell in cells if cell.python == environment.version]
        workloads = [one for one in WORKLOADS if any(cell.workload == one.name for cell in mine)]
        tools = [one for one in TOOLS if any(cell.tool == one.name for cell in mine)]
        by_place = {(cell.tool, cell.workload): cell for cell in mine}
        parts += [f"**{heading(environment, mine)}**", ""]
        parts.append("| tool | records | " + " | ".join(f"({one.letter}) {one.title}" for one in workloads) + " |")
        parts.append("| --- " * (2 + len(workloads)) + "|")
        for tool in tools:
            found = (by_place.get((tool.name, one.name)) for one in workloads)
            title = f"**{tool.title}**" if tool.name == "repotour" else tool.title
            row = [title, tool.records, *(figures(cell) if cell is not None else "" for cell in found)]
            parts.append("| " + " | ".join(row) + " |")
        untraced = (_base([cell for cell in mine if cell.workload == one.name]) for one in workloads)
        parts.append("| *untraced step, run, memory* | | " + " | ".join(map(_absolute, untraced)) + " |")
        parts.append("")
    if any(cell.short and cell.pairs for cell in cells):
        parts.append(
            "(s): a tool too slow for the whole program, measured on a shorter run against the same shorter run."
        )
    return "\n".join(parts).rstrip() + "\n"


def _base(cells: Sequence[Cell]) -> Cell | None:
    """The cell that tells the untraced figures of a column: one on the program's own length, where there is one."""
    measured = [cell for cell in cells if cell.pairs]
    return next((cell for cell in measured if not cell.short), measured[0] if measured else None)


def _absolute(cell: Cell | None) -> str:
    """The untraced figures behind the ratios of a column."""
    if cell is None or cell.untraced_step_ms is None or cell.untraced_run_s is None:
        return ""
    return f"{cell.untraced_step_ms:.1f} ms, {cell.untraced_run_s:.1f} s, {cell.untraced_peak_mb:.0f} MB"


def terminal(environment: Environment, workload: str, cells: Sequence[Cell]) -> Any:
    """A rich table of one program under one Python."""
    from rich.table import Table

    found = find_workload(workload)
    title = f"({found.letter}) {found.title}, Python {environment.version}"
    table = Table(title=title, title_justify="left")
    table.add_column("tool")
    table.add_column("records")
    for name in ("step", "least–greatest", "run", "wall", "memory", "output", "steps", "pairs"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("note")
    for cell in cells:
        tool = find_tool(cell.tool)
        spread = f"{ratio(cell.spread[0])}–{ratio(cell.spread[1])}" if cell.spread else ""
        row = [ratio(cell.step), spread, *map(ratio, (cell.run, cell.wall, cell.memory)), size(cell.output)]
        note = f"engine: {cell.engine}" * bool(cell.engine) + (" " + cell.note if cell.note else "")
        style = "bold" if cell.tool == "repotour" else ""
        table.add_row(tool.title, cell.records, *row, str(cell.steps or ""), str(cell.pairs), note.strip(), style=style)
    base = _base(cells)
    if base is not None:
        table.caption = f"untraced step, run, peak memory: {_absolute(base)}"
    return table


def document(machine: Machine, environments: Sequence[Environment], cells: Sequence[Cell]) -> dict[str, Any]:
    """Everything, for JSON. No path of this machine is in it."""
    pythons = [
        {
            "version": one.version,
            "optimised": one.optimised,
            "versions": dict(sorted(one.versions.items())),
            "missing": one.missing,
        }
        for one in environments
    ]
    return {"machine": machine.to_dict(), "pythons": pythons, "cells": [cell.to_dict() for cell in cells]}
