"""One page of HTML that holds everything: readable without JavaScript, with keys where there is some, and no network.

The page, its style and its script are plain files in `html_assets`; this module fills them in and has no other markup
than the pieces that repeat. All text of the tour passes through `words`, which escapes it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from importlib.resources import files

from walkthroughs.captions import (
    command_text,
    kind_text,
    number_text,
    origin_text,
    outcome_text,
    value_text,
    variable_rows,
    visits_text,
)
from walkthroughs.markup import Links
from walkthroughs.prose import Block, parse, spans
from walkthroughs.tour import Location, Stop, Tour, stage_title
from walkthroughs.visible import visible, visible_lines

DEEPEST = 3
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_LINK = re.compile(r"\[(.*)\]\((https://[^)\s]+)\)")
_TAGS = {"code": "code", "strong": "strong", "emphasis": "em"}


class HtmlRenderer:
    """A tour as one self-contained page."""

    name = "html"
    suffix = ".html"
    summary = "one self-contained page to read in a browser"

    def render(self, tour: Tour) -> str:
        """The page's text."""
        style, script = _asset("tour.css"), _asset("tour.js")
        slots = {
            "title": words(tour.title or "Tour"),
            "style": style,
            "script": script,
            "style_hash": _hash(style),
            "script_hash": _hash(script),
            "about": _about(tour),
            "contents": "\n".join(_contents(tour)),
            "stops": "\n".join(_stop(tour, position) for position in range(len(tour.stops))),
            "ending": _ending(tour),
            "data": _data(tour),
        }
        return _SLOT.sub(lambda match: slots[match.group(1)], _asset("page.html"))


def words(text: str) -> str:
    """Text of the tour for the page: control characters made visible, markup escaped."""
    return html.escape(visible(text))


def _asset(name: str) -> str:
    return files("walkthroughs.renderers").joinpath("html_assets").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(tour: Tour) -> str:
    """The tour as JSON that no text in it can break out of."""
    text = json.dumps(tour.to_dict(), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _about(tour: Tour) -> str:
    rows = [f"From {words(origin_text(tour))}."]
    if tour.command:
        rows.append(f"Run as <code>{words(command_text(tour.command))}</code>: {words(outcome_text(tour.outcome))}.")
    if tour.rung == "static":
        rows.append("<strong>Made by reading alone: everything here is inferred.</strong>")
    rows += [f"What is missing: {_inline(need.text)}." for need in tour.needs]
    if tour.next_command:
        rows.append(f"To try next: <code>{words(command_text(tour.next_command))}</code>")
    changes = [_inline(attempt.reason or attempt.remedy) for attempt in tour.attempts if attempt.remedy]
    if changes:
        rows.append("To run it here, this was changed: " + " ".join(changes))
    if tour.fast_forwards:
        left = ", ".join(f"{words(item.place)} after {item.iterations}" for item in tour.fast_forwards)
        rows.append(f"Loops left early, with the iterations that ran: {left}.")
    return "\n".join(f"<p>{row}</p>" for row in rows)


def _contents(tour: Tour) -> Iterator[str]:
    position = 0
    for chapter in tour.chapters:
        yield f"<h2>{words(chapter.title)}</h2>\n<ol>"
        for stop in chapter.stops:
            position += 1
            yield f'<li><a href="#stop-{position}">{position}. {_inline(stop.title or stop.stage_title)}</a></li>'
        yield "</ol>"


def _stop(tour: Tour, position: int) -> str:
    stop = tour.stops[position]
    parts = [
        f'<article id="stop-{position + 1}" tabindex="-1" data-chapter="{words(stop.part)}">',
        f"<h2>{position + 1}. {_inline(stop.title or stop.stage_title)}</h2>",
        f'<p class="where">{_where(tour, stop)}</p>',
        *(f'<p class="where adapted">~ {_inline(text)}</p>' for text in stop.adapted),
        _code(stop),
        *(_block(block) for block in parse(stop.note)),
        _variables(stop),
        _history(stop),
        _output(stop.output),
        _stack(tour, stop),
        f'<p class="where">Why here: {_inline(stop.because)}</p>' if stop.because else "",
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _where(tour: Tour, stop: Stop) -> str:
    facts = [words(stop.stage_title), f"{_place(tour, stop.location)} in <code>{words(stop.location.qualname)}</code>"]
    if visits_text(stop):
        facts.append(visits_text(stop))
    if stop.basis != "observed":
        facts.append(f"<strong>{words(stop.basis)}</strong>")
    return " · ".join(facts)


def _place(tour: Tour, location: Location) -> str:
    """A place, as a link where the repository is on GitHub."""
    match = _LINK.fullmatch(Links(tour.provenance).place(location))
    text = words(str(location))
    return f'<a href="{html.escape(match.group(2))}">{text}</a>' if match else f"<code>{text}</code>"


def _code(stop: Stop) -> str:
    rows = []
    for number, line in enumerate(stop.excerpt.lines, stop.excerpt.first_line):
        active = stop.location.line <= number <= stop.location.end_line
        ran = number in stop.excerpt.executed
        kind = "row" + (" active" if active else "") + (" ran" if ran else "")
        mark = "▶" if active else "│" if ran else " "
        gutter = f'<span class="mark">{mark}</span><span class="number">{number}</span>'
        rows.append(f'<span class="{kind}">{gutter}{words(line)}</span>')
    return f"<pre>{''.join(rows)}</pre>" if rows else ""


def _block(block: Block) -> str:
    if block.kind == "fence":
        return f'<pre class="words">{html.escape(chr(10).join(visible_lines(block.text)))}</pre>'
    inner = "".join(_span(part.kind, part.text) for part in block.spans)
    return f"<ul><li>{inner}</li></ul>" if block.kind == "item" else f"<p>{inner}</p>"


def _inline(text: str) -> str:
    return "".join(_span(part.kind, part.text) for part in spans(" ".join(text.split())))


def _span(kind: str, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{words(text)}</{tag}>" if tag else words(text)


def _variables(stop: Stop) -> str:
    rows = []
    for depth, variable in variable_rows(stop.variables):
        changed = ' class="changed"' if variable.changed else ""
        indent = f' class="d{min(depth, DEEPEST)}"' if depth else ""
        cells = f"<td{indent}>{words(variable.name)}</td><td>{words(kind_text(variable))}</td>"
        rows.append(f"<tr{changed}>{cells}<td>{words(value_text(variable))}</td></tr>")
    head = "<tr><th>Name</th><th>Type, shape, dtype</th><th>Value</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>" if rows else ""


def _history(stop: Stop) -> str:
    points = ", ".join(f"{point.iteration}: {words(number_text(point.value))}" for point in stop.history)
    return f"<p>The values that were recorded here, in order: {points}.</p>" if points else ""


def _output(text: str) -> str:
    shown = html.escape("\n".join(visible_lines(text.rstrip("\n"))))
    return f'<details><summary>Printed</summary><pre class="words">{shown}</pre></details>' if text.strip() else ""


def _stack(tour: Tour, stop: Stop) -> str:
    frames = "".join(
        f"<li><code>{words(frame.qualname)}</code> {_place(tour, frame)}</li>" for frame in stop.call_stack
    )
    return f"<details><summary>Called from</summary><ol>{frames}</ol></details>" if frames else ""


def _ending(tour: Tour) -> str:
    found = "".join(f"<li>{_inline(item.text)}</li>" for item in tour.processes)
    processes = f"<section><h2>Processes</h2><ul>{found}</ul></section>" if found else ""
    rows = "".join(f"<li>{words(stage_title(item.stage))}: {_inline(item.reason)}</li>" for item in tour.not_seen)
    return processes + (f"<section><h2>Not seen</h2><ul>{rows}</ul></section>" if rows else "")


RENDERER = HtmlRenderer()
