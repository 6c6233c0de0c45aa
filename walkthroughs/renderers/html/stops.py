"""The stops as articles: what is there for a reader without a script, and what the script shows one at a time."""

from __future__ import annotations

from collections.abc import Iterator

from walkthroughs.captions import visits_text
from walkthroughs.renderers.html.curves import curve
from walkthroughs.renderers.html.shading import shade, shaded, shown_lines
from walkthroughs.renderers.html.values import values
from walkthroughs.renderers.html.writing import Places, inline, lines, note, words
from walkthroughs.tour import Stop, Tour


class Stops:
    """The articles of a tour, and the list of them."""

    def __init__(self, tour: Tour, places: Places) -> None:
        self.tour = tour
        self.places = places
        self._shades: dict[str, dict[int, str]] = {}

    def contents(self) -> Iterator[str]:
        """The list of chapters and stops."""
        position = 0
        for chapter in self.tour.chapters:
            yield f"<section><h3>{words(chapter.title)}</h3>\n<ol>"
            for stop in chapter.stops:
                position += 1
                stage = words(stop.stage)
                yield f'<li><a href="#stop-{position}" data-stage="{stage}">{_entry(stop, position)}</a></li>'
            yield "</ol></section>"

    def article(self, position: int) -> str:
        """One stop, counted from 0."""
        stop = self.tour.stops[position]
        parts = [
            f'<article id="stop-{position + 1}" class="stop" tabindex="-1" {_attributes(stop, position)}>',
            self._head(stop, position),
            *(f'<p class="adapted">~ {inline(text)}</p>' for text in stop.adapted),
            self._code(stop),
            f'<div class="note">{note(stop.note)}</div>' if stop.note else "",
            _section("Values here", values(stop.variables), "here"),
            _section("Over the iterations", curve(self._history_name(stop), stop.history), "history"),
            _output(stop.output),
            self._stack(stop),
            f'<p class="because">Why here: {inline(stop.because)}</p>' if stop.because else "",
            "</article>",
        ]
        return "\n".join(part for part in parts if part)

    def _head(self, stop: Stop, position: int) -> str:
        facts = [f"{position + 1} of {len(self.tour.stops)}"]
        if visits_text(stop):
            facts.append(visits_text(stop))
        if stop.basis != "observed":
            facts.append(f'<strong class="inf">{words(stop.basis)}</strong>')
        where = f"{self.places.link(stop.location)} in <code>{words(stop.location.qualname)}</code>"
        return (
            f'<header><p class="crumb"><span class="stage">{words(stop.stage_title)}</span>'
            f'<span class="facts">{" · ".join(facts)}</span></p>'
            f'<h2 id="title-{position + 1}">{inline(_without_stage(stop))}</h2><p class="where">{where}</p></header>'
        )

    def _code(self, stop: Stop) -> str:
        rows = []
        shades = self._shades_of(stop)
        for number, text in enumerate(shown_lines(stop.excerpt.lines), stop.excerpt.first_line):
            active = stop.location.line <= number <= stop.location.end_line
            ran = number in stop.excerpt.executed
            kind = "row" + (" lit" if active else "") + ("" if ran or active else " off")
            gutter = f'<span class="ln">{number}</span>'
            rows.append(f'<span class="{kind}">{gutter}<code>{shaded(text, shades.get(number, ""))}</code></span>')
        label = words(f"Source of {stop.location.file} around line {stop.location.line}")
        return (
            f'<pre class="code" tabindex="0" role="region" aria-label="{label}">{"".join(rows)}</pre>' if rows else ""
        )

    def _shades_of(self, stop: Stop) -> dict[int, str]:
        """The runs of the excerpt's lines: from the whole file where the tour has it, since strings can begin above."""
        path = stop.location.file
        source = self.tour.recording.source(path) if self.tour.recording else None
        if source is None:
            excerpt = stop.excerpt
            return dict(enumerate(shade(path, excerpt.lines), excerpt.first_line))
        if path not in self._shades:
            self._shades[path] = {
                number: runs
                for part in source.parts
                for number, runs in enumerate(shade(path, part.lines), part.first_line)
            }
        return self._shades[path]

    def _stack(self, stop: Stop) -> str:
        frames = "".join(
            f"<li><code>{words(frame.qualname)}</code> {self.places.link(frame)}</li>" for frame in stop.call_stack
        )
        return f'<details class="from"><summary>Called from</summary><ol>{frames}</ol></details>' if frames else ""

    def _history_name(self, stop: Stop) -> str:
        """What a stop's history is of: the tour's own name for just these points."""
        named = (item.name for item in self.tour.histories if item.points == stop.history)
        return next(named, "the value recorded here")


def _entry(stop: Stop, position: int) -> str:
    inferred = ' <span class="inf">inferred</span>' if stop.basis != "observed" else ""
    stage = f'<span class="nk">{words(stop.stage_title)}</span>'
    return f'<span class="no">{position}</span><span class="nt">{stage} {inline(_without_stage(stop))}{inferred}</span>'


def _attributes(stop: Stop, position: int) -> str:
    about = f'data-stage="{words(stop.stage)}" data-chapter="{words(stop.part)}"'
    return f'{about} aria-labelledby="title-{position + 1}"'


def _without_stage(stop: Stop) -> str:
    """The title without the stage's name before it, which stands beside it."""
    title = stop.title or stop.stage_title
    head, colon, rest = title.partition(": ")
    return rest if colon and rest and head.lower() == stop.stage_title.lower() else title


def _section(title: str, inner: str, kind: str) -> str:
    return f'<section class="{kind}"><h3>{title}</h3>{inner}</section>' if inner else ""


def _output(text: str) -> str:
    if not text.strip():
        return ""
    return (
        '<details class="output"><summary>Printed</summary>'
        f'<pre class="words" tabindex="0">{lines(text)}</pre></details>'
    )
