"""The pane of notes: what the tour says about a stop, or what happens at a line between stops."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from walkthroughs.captions import count_text, visits_text
from walkthroughs.findings import History
from walkthroughs.screen.reading import Reading
from walkthroughs.screen.rows import Rows
from walkthroughs.screen.texts import cut, folded, history, inline, joined, note, plain
from walkthroughs.stepping import Walk
from walkthroughs.stop import Stop
from walkthroughs.visible import visible_lines

PRINTED = 12
"""Lines of printed text that are shown at most."""


class Notes(Rows):
    """The note of a place, folded to the width of the pane."""

    def __init__(self) -> None:
        super().__init__("note-text")
        self.reading: Reading | None = None

    def show(self, reading: Reading) -> None:
        """Show what there is to say about where the reader is."""
        self.reading = reading
        self.put(note_lines(reading, self.room), top=True)

    def on_resize(self) -> None:
        """Texts are folded to the width."""
        if self.reading is not None:
            self.put(note_lines(self.reading, self.room))


def note_lines(reading: Reading, width: int) -> list[Content]:
    """Everything that is told about where the reader is, section by section with an empty line between."""
    if reading.level:
        sections = [_about_caller(reading, width)]
    elif reading.away:
        sections = [_about_line(reading, width), _printed(reading.printed(), width), _on_the_way(reading, width)]
    else:
        stop = reading.stop
        sections = [
            [*folded(inline(stop.title or stop.stage_title, "bold"), width), *_facts(reading, width)],
            list(note(stop.note, width)),
            _marks(stop, width),
            _curves(reading, width),
            _printed(stop.output, width),
            _why(stop, width),
        ]
    rows: list[Content] = []
    for section in sections:
        if section and rows:
            rows.append(Content(""))
        rows += section
    return rows


def _facts(reading: Reading, width: int) -> list[Content]:
    stop = reading.stop
    facts = [stop.stage_title, visits_text(stop), "" if stop.basis == "observed" else stop.basis]
    return list(folded(plain(" · ".join(fact for fact in facts if fact), "$text-muted"), width))


def _marks(stop: Stop, width: int) -> list[Content]:
    """What of a stop was not observed, or was not as the repository has it, in words."""
    rows: list[Content] = []
    if stop.basis != "observed":
        rows += folded(plain(f"({stop.basis}, not observed)", "italic $warning"), width)
    for text in stop.adapted:
        rows += folded(inline(text, "italic $warning"), width, "~ ", "  ")
    return rows


def _curves(reading: Reading, width: int) -> list[Content]:
    """Values over the iterations that were seen: the stop's own, and those bound on its lines."""
    stop = reading.stop
    found = [History("in order", stop.location, stop.history)] if len(stop.history) > 1 else []
    for item in reading.player.tour.histories:
        place = item.location
        inside = place is not None and place.file == stop.location.file
        if inside and place is not None and stop.location.line <= place.line <= stop.location.end_line:
            found = [item, *(other for other in found if other.points != item.points)]
    return [cut(history(item.name, item.points, width), width) for item in found if len(item.points) > 1]


def _printed(text: str, width: int) -> list[Content]:
    if not text.strip():
        return []
    lines = visible_lines(text.rstrip("\n"))
    more = [plain(f"… and {count_text(len(lines) - PRINTED, 'line')} more", "$text-muted")]
    rows = [cut(joined("  ", line), width) for line in lines[:PRINTED]]
    return [plain("printed:", "$text-muted"), *rows, *(more if len(lines) > PRINTED else [])]


def _why(stop: Stop, width: int) -> list[Content]:
    return list(folded(joined(("why here: ", "$text-muted"), inline(stop.because)), width)) if stop.because else []


def _about_caller(reading: Reading, width: int) -> list[Content]:
    called = reading.stack()[reading.level]
    name = called.place.qualname or "<module>"
    count = count_text(reading.level, "level")
    rows = [*folded(plain(f"{name} waits at {called.place}", "bold"), width)]
    return [*rows, *folded(plain(f"{count} up the call stack; d goes down again.", "$text-muted"), width)]


def _about_line(reading: Reading, width: int) -> list[Content]:
    walk, step = reading.walk, reading.step
    if walk is None or step is None:
        return []
    frame, place = walk.frame(step), walk.location(step)
    again = f", visit {frame.visit + 1}" if frame.visit else ""
    rows = [*folded(plain(f"Line {place.line} of {place.qualname or '<module>'}{again}", "bold"), width)]
    rows += folded(plain(f"About to run: step {step + 1:,} of {len(walk):,}.", "$text-muted"), width)
    for warning in _warnings(walk, step):
        rows += folded(plain(warning, "italic $warning"), width)
    missed = walk.missed(step)
    if missed:
        rows += [Content(""), *folded(plain("Called here, not to be stepped into:", "$text-muted"), width)]
    for call in missed:
        why = "recorded, but left out to keep the tour small" if call.recorded else "not recorded"
        times = f", {count_text(call.count, 'time')}" if call.count > 1 else ""
        text = joined((call.location.qualname or str(call.location), "$text-code"), f"{times}: {why}")
        rows += folded(text, width, "• ", "  ")
    return rows


def _warnings(walk: Walk, step: int) -> Iterator[str]:
    """What a reader has to know about a line, for what is shown to be true."""
    left, raised = walk.after_loop(step), walk.raises(step)
    if left is not None:
        yield f"RepoTour left the loop on line {left.line} here, after {count_text(left.iterations, 'iteration')}."
    elif walk.after_gap(step):
        yield "Lines of this function ran, or may have, unrecorded before this one."
    if raised is not None:
        yield f"{raised.type} is raised here, or comes out of a call: {raised.message}"
    if walk.frame(step).cut and walk.steps_of[walk.recording.order[step]][-1] == step:
        yield "Later lines of this visit are not in the recording."


def _on_the_way(reading: Reading, width: int) -> list[Content]:
    player = reading.player
    title = joined(
        (f"← stop {player.number} ", "$primary"), inline(reading.stop.title or reading.stop.stage_title, "$text-muted")
    )
    rows = [cut(title, width)]
    if not player.at_end:
        following = player.tour.stops[player.position + 1]
        label = inline(following.title or following.stage_title, "$text-muted")
        rows.append(cut(joined((f"→ stop {player.number + 1} ", "$primary"), label), width))
    said = [line.stylize_before("$text-muted") for line in note(reading.stop.note, width)]
    return [*rows, Content(""), plain(f"at stop {player.number}:", "$text-muted italic"), *said] if said else rows
