"""The way of the data: read, turned into items, put into batches, handed to the model. Runs on the host.

Everything is followed backwards from the arguments of the first training forward, by the identity of the objects and by
the names that the statements read; what cannot be followed is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tracer.location import Location
from tracer.trace import Event, Frame, Place, Summary
from walkthroughs.findings import LineageStep
from walkthroughs.sources import LOOPS, called_names, dotted, loaded_names
from walkthroughs.story import Chapter, Finding, Occurrence, Story, has_parameters, is_array, is_training, walk_items
from walkthroughs.values import variable

MOST = 10
DEPTH = 8
LAST = 1 << 60
"""After everything in a trace."""
CASTS = {"to", "float", "double", "half", "long", "int", "cuda", "cpu", "contiguous", "type", "astype", "bfloat16"}
LOADING = ("torch.utils.data", "torch_geometric.loader", "datasets")
CONTAINERS = ("list", "dict", "tuple")


_Key = tuple[str, int, str]


@dataclass(slots=True)
class _Way:
    """The steps found so far with the order of time, and what has been followed already."""

    steps: dict[_Key, tuple[int, int, LineageStep]] = field(default_factory=dict)
    feeds: dict[_Key, list[_Key]] = field(default_factory=dict)
    """For each step those it was found from: the next on the way to the model."""
    last: dict[int, _Key] = field(default_factory=dict)
    """The step of an object that is nearest to the model, by the object's identity."""
    towards: _Key | None = None
    """The step that is followed backwards at this moment."""
    seen: set[int] = field(default_factory=set)
    stores: dict[int, list[Occurrence]] = field(default_factory=dict)
    """Lines that changed an object in place, by its identity."""

    def add(self, when: int, depth: int, label: str, place: Location, name: str, value: Summary) -> None:
        """Keep one step per place and name: the first one, which is the nearest to the model."""
        shown = variable(name, value) if value else None
        key = (place.file, place.line, name)
        if key not in self.steps:
            self.steps[key] = (when, depth, LineageStep(label, place, shown))
            self.lead(key, self.towards)

    def lead(self, key: _Key, to: _Key | None) -> None:
        """Keep that one step feeds another."""
        found = self.feeds.setdefault(key, [])
        if to is not None and to != key and to not in found:
            found.append(to)

    def told(self) -> tuple[LineageStep, ...]:
        """The steps nearest to the model, in order of time."""
        nearest = sorted(self.steps, key=lambda key: ("read" not in self.steps[key][2].label, self.steps[key][1]))
        kept = sorted(nearest[:MOST], key=lambda key: self.steps[key][0])
        return tuple(replace(self.steps[key][2], into=self._into(key, kept)) for key in kept)

    def _into(self, key: _Key, kept: list[_Key]) -> tuple[int, ...]:
        """The places among the steps that are told of those that a step feeds, past those that are not told."""
        found, passed, ends = list(self.feeds[key]), {key}, set()
        while found:
            other = found.pop()
            if other in kept:
                ends.add(kept.index(other))
            elif other not in passed:
                found.extend(self.feeds.get(other, ()))
            passed.add(other)
        return tuple(sorted(ends))


def panel(story: Story, _findings: Sequence[Finding]) -> tuple[LineageStep, ...]:
    """The steps from what was read to what the model was given, in order of time, at most ten."""
    chapter = story.main
    event = next((row for row in chapter.forwards if is_training(row)), None)
    if event is None:
        return ()
    way = _Way(stores=_stores(chapter))
    place = _applied(chapter, event)
    given = [(name, value) for name, value in event.data.get("args", ()) if is_array(value)]
    if not given:
        given = [(name, value) for name, value in event.data.get("args", ()) if any(map(is_array, walk_items(value)))]
    starts = [item for _, value in given for item in (value, *walk_items(value)) if is_array(item)]
    for name, value in given[:1]:
        here = chapter.location(place.code, place.line)
        shown = _name_of(chapter, value, event.seq) or name or "input"
        way.add(LAST, 0, "into the model", here, shown, value)
        way.towards = (here.file, here.line, shown)
    for value in starts[:2]:
        _back(chapter, value.get("id"), event.seq, 1, way)
    for _, value in given[:1]:
        _back(chapter, value.get("id"), event.seq, 1, way)
    frame = chapter.frame_of(place)
    if frame is not None and not any(chapter.bound(value.get("id")) for value in starts):
        _names(chapter, frame, place.line, event.seq, 1, way)
    _items(chapter, event.seq, way)
    return way.told()


def _applied(chapter: Chapter, event: Event) -> Place:
    """The line that hands the data to the model; of a model that a library trains, the model's own line."""
    place = chapter.outside_model(event.stack)[0]
    fits = {(row.place.code.id, row.place.line) for row in chapter.trace.landmarks("fit")}
    return event.place if (place.code.id, place.line) in fits else place


def _stores(chapter: Chapter) -> dict[int, list[Occurrence]]:
    found: dict[int, list[Occurrence]] = {}
    for frame, line in chapter.trace.lines():
        for bound in line.bound:
            if bound.touched and bound.id is not None and is_array(bound.value):
                row = Occurrence(line.seq, frame, line, "store", bound.name, bound.value, line.done)
                found.setdefault(bound.id, []).append(row)
    return found


def _name_of(chapter: Chapter, value: Summary, before: int) -> str:
    """The name under which the calling code last knew an object."""
    rows = [row for row in chapter.bound(value.get("id")) if row.seq < before]
    return rows[-1].name if rows else ""


def _back(chapter: Chapter, identity: object, before: int, depth: int, way: _Way) -> None:
    """Follow an object to the line that first bound it, and on to what that line read."""
    towards = way.towards
    _follow(chapter, identity, before, depth, way)
    way.towards = towards


def _follow(chapter: Chapter, identity: object, before: int, depth: int, way: _Way) -> None:
    if isinstance(identity, int) and identity in way.last:
        way.lead(way.last[identity], way.towards)
    if not isinstance(identity, int) or identity in way.seen or depth > DEPTH:
        return
    way.seen.add(identity)
    feeds = way.towards
    rows = [row for row in chapter.occurrences.get(identity, ()) if row.seq < before]
    bound = [row for row in rows if row.kind in ("bound", "bound item") and _finished(row, before)]
    given = [row for row in rows if row.kind in ("return", "returned item", "yield")]
    maker = next((row.frame for row in given if not _is_forward(row.frame)), None)
    if not bound:
        return
    first = bound[0]
    source = chapter.source(first.frame.code)
    node = source.statement(first.number) if source is not None else None
    if node is None:
        return
    outside = next((row for row in bound if maker is not None and row.frame is not maker), None)
    if maker is not None and outside is not None and first.frame is maker:
        # Bound inside the function that gave it back, and again by the line that called it.
        _step(chapter, outside, f"made by `{maker.code.qualname}`", depth, way)
        if way.towards is not None:
            way.last[identity] = way.towards
        depth += 1
        _step(chapter, first, _label(chapter, first, node), depth, way)
    elif maker is not None and first.frame is not maker:
        _step(chapter, first, f"made by `{maker.code.qualname}`", depth, way)
        _names(chapter, maker, maker.return_line, maker.return_seq, depth + 1, way)
    else:
        _step(chapter, first, _label(chapter, first, node), depth, way)
    made = way.towards
    if made is not None and made != feeds:
        way.last.setdefault(identity, made)
    for store in [row for row in way.stores.get(identity, ()) if row.seq < before][:1]:
        way.towards = feeds  # the object was made, then changed, and then went on
        _step(chapter, store, f"`{store.name}` changed in place", depth, way)
        if made is not None and made not in (feeds, way.towards):
            way.feeds[made] = [way.towards] if way.towards is not None else []
            way.last[identity] = way.towards or made
        _names(chapter, store.frame, store.number, store.seq, depth + 1, way)
        way.towards = made
    if isinstance(node, LOOPS):
        _loader(chapter, first, node, depth + 1, way)
    _names(chapter, first.frame, first.number, first.seq, depth + 1, way)


def _finished(row: Occurrence, before: int) -> bool:
    """Whether the line that bound a value was done before an event: one that is still running has not bound it yet."""
    begun = row.line.seq if row.line is not None else row.seq
    later = any(begun < line.seq <= before for line in row.frame.lines)
    return later or 0 < row.frame.return_seq < before


def _step(chapter: Chapter, row: Occurrence, label: str, depth: int, way: _Way) -> None:
    if row.value.get("len") == 0:
        return  # an empty container to be filled is not yet data
    place = chapter.location(row.frame.code, row.number)
    way.add(row.done or row.seq, depth, label, place, row.name, _whole(row))
    way.towards = (place.file, place.line, row.name)


def _whole(row: Occurrence) -> Summary:
    """The value that the line bound to the name, also when only an item of it was followed."""
    if row.line is not None and row.kind == "bound item":
        return next((bound.value for bound in row.line.bound if bound.name == row.name), row.value)
    return row.value


def _names(chapter: Chapter, frame: Frame, number: int, before: int, depth: int, way: _Way) -> None:
    """Go on with the data among the names that a statement reads."""
    source = chapter.source(frame.code)
    node = source.statement(number) if source is not None else None
    for name in _arguments_last(node):
        value = _value(chapter, frame, name, before)
        if value is None or has_parameters(value) or value.get("grad_fn"):
            continue
        if is_array(value):
            _back(chapter, value.get("id"), before, depth, way)
        elif str(value.get("type")) in CONTAINERS and name != "self":
            for item in [item for item in walk_items(value, 1) if is_array(item)][:2]:
                _back(chapter, item.get("id"), before, depth, way)
            _back(chapter, value.get("id"), before, depth, way)


def _value(chapter: Chapter, frame: Frame, name: str, before: int) -> Summary | None:
    """What a name stood for in a frame, or in the module that the frame's function belongs to."""
    bound = frame.binding(name, before)
    if bound is None and frame.code.type != "module":
        for other in chapter.trace.frames.values():
            if other.code.type == "module" and other.code.file == frame.code.file:
                bound = other.binding(name, before)
    return bound.value if bound is not None else None


def _arguments_last(node: ast.stmt | None) -> list[str]:
    """Names that a statement reads, without the functions it calls."""
    called = set(called_names(node))
    return [name for name in loaded_names(node) if name not in called]


def _is_forward(frame: Frame) -> bool:
    return bool(frame.args and frame.args[0].name == "self" and has_parameters(frame.args[0].value))


def _label(chapter: Chapter, row: Occurrence, node: ast.stmt) -> str:
    """What a statement did, by its form and by what was seen to happen on it."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        noun = "batch" if _batches(chapter, row, node) is not None else "round"
        return f"one {noun} of `{_short(node.iter)}`"
    event = _seen_on(chapter, row, ("read", "dataset", "split", "simulator", "simulator_step", "dataloader"))
    if event is not None:
        names = {"read": "read", "simulator_step": "given by the simulator", "split": "split", "dataset": "data set"}
        noun = names.get(event.name, event.name.replace("dataloader", "loader"))
        return f"{noun}, made here" if event.name in ("dataset", "simulator", "dataloader") else noun
    files = _files_on(chapter, row)
    if files:
        return f"read from `{files[0]}`"
    value = getattr(node, "value", None)
    if isinstance(value, ast.Tuple):
        value = value.elts[0]
    inner = value
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in CASTS:
        inner = inner.func.value
    if inner is not value and isinstance(inner, (ast.Name, ast.Attribute)):
        return f"moved or cast from `{dotted(inner)}`"
    value = inner
    if isinstance(value, ast.Subscript) and dotted(value.value):
        return f"taken from `{dotted(value.value)}`"
    if isinstance(value, ast.Call):
        made = _function(value)
        return f"made with `{made}`" if made else "computed"
    return f"taken from `{dotted(value)}`" if isinstance(value, (ast.Name, ast.Attribute)) else "computed"


def _function(call: ast.Call) -> str:
    return dotted(call.func) or (f".{call.func.attr}" if isinstance(call.func, ast.Attribute) else "")


def _short(node: ast.AST) -> str:
    text = ast.unparse(node).replace("`", "'")
    return text if len(text) <= 60 else text[:57] + "..."


def _seen_on(chapter: Chapter, row: Occurrence, names: Sequence[str]) -> Event | None:
    """The landmark that happened while a line ran."""
    return next((event for event in chapter.trace.landmarks(*names) if _while(chapter, row, event)), None)


def _files_on(chapter: Chapter, row: Occurrence) -> list[str]:
    """Files that were opened for reading while a line ran."""
    events = [event for event in chapter.trace.events if event.kind == "file" and event.name == "read"]
    return [str(event.data["path"]) for event in events if _while(chapter, row, event)]


def _while(chapter: Chapter, row: Occurrence, event: Event) -> bool:
    """Whether the repository's line that caused an event is the line that bound this value."""
    if event.place.frame != row.frame.id or row.line is None:
        return False
    after = next((line.seq for line in row.frame.lines if line.seq > row.line.seq), 1 << 60)
    return row.line.seq < event.seq < after and chapter.location(
        event.place.code, event.place.line
    ) == chapter.location(row.frame.code, row.number)


def _loader(chapter: Chapter, row: Occurrence, node: ast.AST, depth: int, way: _Way) -> None:
    """From a loop over a loader to the line that built it, its data set and the files that were read for it."""
    event = _batches(chapter, row, node)
    if event is None:
        return
    loader = event.argument("self")
    for made in chapter.bound(loader.get("id"))[:1]:
        place = _place(chapter, made)
        way.add(made.done, depth, "loader, made here", place, made.name, _whole(made))
        way.towards = (place.file, place.line, made.name)
    items = {str(key): item for key, item in loader.get("items", ())}
    _data_set(chapter, items.get("dataset", {}), event.seq, depth + 1, way)


def _batches(chapter: Chapter, row: Occurrence, node: ast.AST) -> Event | None:
    """The event of a loader being asked for its batches by a loop."""
    line = getattr(node, "lineno", 0)
    events = chapter.trace.landmarks("batches")
    return next((event for event in events if event.place.frame == row.frame.id and event.place.line == line), None)


def _place(chapter: Chapter, row: Occurrence) -> Location:
    return chapter.location(row.frame.code, row.number)


def _data_set(chapter: Chapter, value: Summary, before: int, depth: int, way: _Way) -> None:
    rows = [row for row in chapter.bound(value.get("id")) if row.seq < before]
    for row in rows[:1]:
        files = _files_on(chapter, row)
        label = f"data set, read from `{files[0]}`" if files else "data set, made here"
        place = _place(chapter, row)
        way.add(row.done, depth, label, place, row.name, row.value)
        way.towards = (place.file, place.line, row.name)
        _names(chapter, row.frame, row.number, row.seq, depth + 1, way)


def _items(chapter: Chapter, before: int, way: _Way) -> None:
    """What one item looks like, and what the library's transforms made of it, where a loader asked for them."""
    batches = [key for key, row in way.steps.items() if row[2].label.startswith("one batch of")]
    way.towards = batches[0] if batches else way.towards
    for frame in chapter.trace.frames.values():
        if frame.code.name == "__getitem__" and frame.seq < before and frame.returned is not None and _loads(frame.via):
            label = f"one item, given by `{frame.code.qualname}`"
            way.add(frame.left, 2, label, chapter.definition(frame.code), "return", frame.returned)
            break
    events = list(_transforms(chapter, before))[:3]
    batch = way.towards
    for event in events:
        way.towards = batch if event is events[-1] else None
        kind = str(event.data["module"].get("type", "")).rpartition(".")[2]
        place = chapter.location(event.place.code, event.place.line)
        value = event.data.get("value", {})
        # The batch is bound when its line is done, after the items in it were transformed: 1 is before any such line.
        when = _line_done(chapter, event) - 1
        way.add(when, 2, f"one item, transformed by `{kind}`", place, f"item after {kind}", value)


def _transforms(chapter: Chapter, before: int) -> Iterator[Event]:
    """The first call of each kind of module that a loader applied to its items."""
    told: set[str] = set()
    for event in chapter.trace.landmarks("module_call"):
        kind = str(event.data.get("module", {}).get("type", ""))
        if (
            event.seq < before
            and event.via.startswith(LOADING)
            and is_array(event.data.get("value", {}))
            and kind not in told
        ):
            told.add(kind)
            yield event


def _line_done(chapter: Chapter, event: Event) -> int:
    """Position in the trace at which the line that an event happened on was done."""
    frame = chapter.frame_of(event.place)
    rows = [line for line in frame.lines if line.seq < event.seq] if frame is not None else []
    return rows[-1].done if rows else event.seq


def _loads(via: tuple[str, str] | None) -> bool:
    return via is not None and via[0].startswith(LOADING)
