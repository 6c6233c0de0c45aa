"""The exception that ended a run, and the loops that the tour left early. Runs on the host."""

from __future__ import annotations

from typing import Any

from tracer.location import Location
from walkthroughs.passes.counting import departures
from walkthroughs.story import Chapter, Story
from walkthroughs.tour import Failure, FastForward


def failure(story: Story) -> Failure | None:
    """The exception of the program that trains, else of another one that failed; None when all ended by themselves."""
    for chapter in (story.main, *[other for other in story.chapters if other is not story.main]):
        found = _failure(chapter)
        if found is not None:
            return found
    return None


def _failure(chapter: Chapter) -> Failure | None:
    end = chapter.trace.end
    if end is None or end.get("outcome") != "raised":
        return None
    stack = tuple(
        Location(str(row["file"]), int(row["line"]), int(row["line"]), str(row["qualname"]).replace(".<locals>", ""))
        for row in end.get("stack") or ()
    )
    syntax = list(end.get("syntax") or ())
    if len(syntax) == 2 and all(syntax):
        # A file that does not parse never ran: the place is in it, below the line that imported it.
        stack = (Location(str(syntax[0]), int(syntax[1]), int(syntax[1])), *stack)
    return Failure(
        str(end.get("type") or "Exception"), str(end.get("detail") or ""), stack[0] if stack else None, stack[1:]
    )


def fast_forwards(story: Story) -> tuple[FastForward, ...]:
    """Each loop that was left, once: the most iterations that were seen of it, and how often it was left."""
    found: dict[tuple[int, int, int], list[dict[str, Any]]] = {}
    for chapter in story.chapters:
        for row in departures(chapter):
            found.setdefault((chapter.number, row["code"], row["line"]), []).append(row)
    result = []
    for (number, code, line), rows in found.items():
        known = story.chapters[number].trace.codes.get(code)
        if known is not None:
            most = max(int(row["iterations"]) for row in rows)
            cell, cell_line = known.in_cell(line) or (0, 0)
            result.append(FastForward(known.file, line, most, _detail(rows), cell, cell_line))
    return tuple(result)


def _detail(rows: list[dict[str, Any]]) -> str:
    kinds = {"training": "an optimizer stepped in it", "evaluation": "it ran long without training"}
    texts = [kinds[rows[0]["role"]]] if rows[0].get("role") in kinds else []
    if rows[0]["kind"] == "source_ended":
        texts.append("what it iterates over was ended")
    if rows[0].get("ended"):
        texts.append("nothing but this loop was left of the program, which was ended here")
    waited = max(float(row.get("waited", 0.0)) for row in rows)
    if waited >= 1:
        texts.append(f"it ran on at full speed for {waited:.0f} s, for what happens in it only now and then")
    least, most = min(int(row["iterations"]) for row in rows), max(int(row["iterations"]) for row in rows)
    if len(rows) > 1:
        each = "each time after as many" if least == most else f"after {least} to {most} iterations"
        texts.append(f"left {len(rows)} times, {each}")
    return "; ".join(texts)
