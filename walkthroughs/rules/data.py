"""Data: where raw data is read, transformed, split and batched.

Found from both ends: what reads, and what flowed into the model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line, Place, Summary
from walkthroughs.rules.evaluation_episodes import judged_episodes
from walkthroughs.sources import LOOPS, called_names, is_literal, loaded_names, stored_names
from walkthroughs.story import (
    LIBRARY_TRAINERS,
    Chapter,
    Finding,
    Occurrence,
    Story,
    by_library,
    definition_of,
    has_parameters,
    is_array,
    is_scalar,
    is_training,
    walk_items,
)

CONFIG_SUFFIXES = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf")
INTO_MODEL, INTO_LOSS = "what went into the model", "what went into the loss"
DEPTH = 6
READERS = (
    "numpy",
    "pandas",
    "json",
    "pickle",
    "csv",
    "gzip",
    "PIL",
    "h5py",
    "scipy.io",
    "pyarrow",
    "datasets",
    "sklearn.datasets",
    "torchvision.datasets",
    "zipfile",
    "tarfile",
    "pathlib",
    "io",
    "codecs",
    "cv2",
    "skimage",
    "imageio",
    "soundfile",
    "librosa",
)
CASTS = {
    "to",
    "float",
    "double",
    "half",
    "long",
    "int",
    "cuda",
    "cpu",
    "contiguous",
    "detach",
    "type",
    "astype",
    "requires_grad_",
    "clone",
    "bfloat16",
}


def rule(story: Story) -> Iterator[Finding]:
    """Reading, data sets, loaders, splits, simulators; then the way back from the model's input."""
    saved = {
        event.data["path"]
        for chapter in story.chapters
        if chapter.trains
        for event in chapter.trace.events
        if event.kind == "file" and event.name == "write"
    }
    for chapter in story.chapters:
        yield from _landmarks(chapter)
        yield from _items(chapter)
        yield from _files(chapter, saved)
        yield from _lineage(chapter)


def _landmarks(chapter: Chapter) -> Iterator[Finding]:
    told = {
        "dataset": ("a data set was built on this line", 3.0),
        "read": ("data was read on this line", 3.0),
        "split": ("the data was split on this line", 2.4),
        "dataloader": ("the loader that makes batches was built on this line", 2.5),
        "transform": ("the transforms of the data were put together here", 1.8),
        "simulator": ("the simulator that the data comes from was made here", 2.6),
        "simulator_step": ("the simulator was stepped here; what it gives is the data", 2.4),
        "transform_fit": ("the data was transformed on this line", 1.6),
    }
    judged = judged_episodes(chapter)
    judging = {event.place.code.id for event in judged}
    for event in chapter.trace.landmarks(*told):
        if by_model_stack(chapter, event) or event in judged:
            continue
        if event.name == "simulator" and event.place.code.id in judging:
            continue
        because, weight = told[event.name]
        place = event.place
        handed_over = event.name == "dataloader" and by_library(event)  # to a trainer, which builds its loaders itself
        if not handed_over:
            yield _at(chapter, event.seq, place.code, place.line, place.frame, weight, because, event.name, event)
        if event.name == "dataloader":
            yield from _built(chapter, event)
        sources = ("dataset", "read", "dataloader", "simulator")
        if event.name in sources and place.code.type == "function" and not handed_over:
            yield from _outwards(chapter, event)


def by_model_stack(chapter: Chapter, event: Event) -> bool:
    """Whether an event happened inside the model's own methods."""
    return chapter.is_method_of_module(event.place)


def _built(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """Where the data set that a loader was given had been made."""
    for row in chapter.bound(event.argument("dataset").get("id"))[:1]:
        if row.seq < event.seq:
            because = f"the data set that the loader reads was bound to `{row.name}` here"
            yield _at(chapter, row.seq, row.frame.code, row.number, row.frame.id, 2.9, because, "dataset", event)


def _outwards(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The function that reads, and the line further out that binds what came of it."""
    place = event.place
    for level in event.stack[1:]:
        frame = chapter.frame_of(level)
        if frame is None or level.code.name.startswith("__"):
            continue
        line = next(
            (row for row in frame.lines if row.line == level.line and row.seq < event.seq and _gives_data(row)), None
        )
        source = chapter.source(level.code)
        node = source.statement(level.line) if source is not None else None
        if line is not None and isinstance(node, (ast.Assign, ast.AnnAssign)):
            because = f"`{place.code.qualname}` is asked for the data here"
            yield _at(chapter, line.seq, level.code, level.line, level.frame, 1.9, because, "call", event)
            return


def _gives_data(line: Line) -> bool:
    """Whether a line bound something that can be data: an array, a container or an object, not a number or a word."""
    values = [bound.value for bound in line.bound if not bound.touched]
    return any(
        not is_scalar(value) and value.get("type") not in ("str", "bool", "NoneType", "function", "type", "module")
        for value in values
    )


def _items(chapter: Chapter) -> Iterator[Finding]:
    """`__getitem__` and iterators of the repository that a loader called."""
    seen: set[int] = set()
    for frame in chapter.trace.frames.values():
        code = frame.code
        if code.id in seen or code.name not in ("__getitem__", "collate_fn", "__iter__") or frame.via is None:
            continue
        if not frame.via[0].startswith(("torch.utils.data", "torch_geometric", "datasets", *LIBRARY_TRAINERS)):
            continue
        seen.add(code.id)
        because = (
            f"the loader calls `{code.qualname}` for each item"
            if code.name == "__getitem__"
            else f"the loader calls `{code.qualname}`"
        )
        yield Finding(
            Stage.DATA,
            chapter.definition(code),
            because,
            "item",
            chapter.number,
            frame.seq,
            weight=2.9,
            frame=frame.id,
            seqs=(frame.seq,),
            facts={"code": code},
        )


def _files(chapter: Chapter, saved: set[str]) -> Iterator[Finding]:
    """Files that the repository's code opens for data: read at any time, or written by a preparation program."""
    preparing = chapter.trace.chapter.startswith("before")
    written = {event.data["path"] for event in chapter.trace.events if event.kind == "file" and event.name == "write"}
    for event in chapter.trace.events:
        if event.kind != "file" or (event.name == "write" and not preparing):
            continue
        path = event.data["path"]
        if (
            path.endswith(CONFIG_SUFFIXES)
            or by_model_stack(chapter, event)
            or event.via.split(".")[0] in LIBRARY_TRAINERS
            or (event.name == "read" and path in written | saved)
        ):
            continue
        if event.via.startswith(
            (
                "torch.serialization",
                "torch.hub",
                "logging",
                "matplotlib",
                "hydra",
                "omegaconf",
                "yaml",
                "argparse",
                "huggingface_hub",
                "git.",
            )
        ):
            continue
        if path.startswith("<outside>") and event.via and not event.via.startswith(READERS):
            continue
        if not preparing and path.endswith(".json") and not chapter.loops(event.place):
            continue
        place = event.place
        frame = chapter.frame_of(place)
        line = handled(chapter, frame, event) if frame is not None else None
        number = line.line if line is not None else place.line
        seq = line.seq if line is not None else event.seq
        if event.name == "read":
            yield _at(chapter, seq, place.code, number, place.frame, 2.2, f"`{path}` was read here", "read", event)
            if place.code.type == "function":
                yield from _outwards(chapter, event)
        else:
            yield _at(chapter, seq, place.code, number, place.frame, 2.0, f"`{path}` was written here", "write", event)
            if frame is not None:
                yield from _written_from(chapter, frame, line or at_or_before(frame, event), path, 0, set())


def handled(chapter: Chapter, frame: Frame, event: Event) -> Line | None:
    """The line that uses the handle which an `open` gave (`data = f.read()` under `with open(...) as f:`)."""
    source = chapter.source(frame.code)
    if source is None:
        return None
    opened = source.statement(event.place.line)
    names = set(stored_names(opened))
    if not names or event.via or not any(name.rpartition(".")[2] == "open" for name in called_names(opened)):
        return None
    for line in frame.lines:
        node = source.statement(line.line)
        if (
            line.seq > event.seq
            and node is not None
            and names & set(loaded_names(node))
            and not isinstance(node, LOOPS)
        ):
            return line
    return None


def at_or_before(frame: Frame, event: Event) -> Line | None:
    """The recorded line that an event happened on."""
    rows = [line for line in frame.lines if line.line == event.place.line and line.seq < event.seq]
    return rows[-1] if rows else None


def _written_from(
    chapter: Chapter, frame: Frame, line: Line | None, path: str, depth: int, seen: set[str]
) -> Iterator[Finding]:
    """The lines of a preparation program that made what it writes, by the names they read and bind."""
    source = chapter.source(frame.code)
    if source is None or line is None or depth > 2:
        return
    for name in loaded_names(source.statement(line.line)):
        if name in seen:
            continue
        seen.add(name)
        rows = [
            row
            for row in frame.lines
            if row.seq < line.seq and any(bound.name == name and not bound.touched for bound in row.bound)
        ]
        if not rows:
            continue
        made = rows[-1]
        value = next(bound.value for bound in made.bound if bound.name == name)
        node = source.statement(made.line)
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or is_literal(node.value) or not _holds_data(value):
            continue
        because = f"`{name}`, from which `{path}` was made, was computed here"
        yield _at(chapter, made.seq, frame.code, made.line, frame.id, 2.1 - 0.15 * depth, because, "prepared", None)
        yield from _written_from(chapter, frame, made, path, depth + 1, seen)


def _holds_data(value: Summary) -> bool:
    """Whether a value can be data: an array, or a container or text of some length."""
    return is_array(value) or (
        int(value.get("len") or 0) > 1 and value.get("type") in ("list", "dict", "tuple", "set", "str")
    )


def _lineage(chapter: Chapter) -> Iterator[Finding]:
    """From the arguments of the training forward back to the functions and lines that made them."""
    outputs = {event.data.get("value", {}).get("id") for event in chapter.forwards}
    outputs |= {item.get("id") for event in chapter.forwards for item in walk_items(event.data.get("value", {}))}
    places: dict[tuple[int, int], Event] = {}
    for event in chapter.forwards:
        if is_training(event):
            places.setdefault((event.place.code.id, event.place.line), event)
    for event in list(places.values())[:4]:
        stack = chapter.outside_model(event.stack)
        starts = [value for _, value in event.data.get("args", ()) if is_array(value)]
        starts += [item for _, value in event.data.get("args", ()) for item in walk_items(value) if is_array(item)]
        if starts and all(value.get("grad_fn") for value in starts):
            continue  # another model made it, or an earlier part of this one: no data
        seen: set[int] = carried(chapter, stack[0], event.seq)
        if stack[0].code.id in chapter.machinery and len(stack) > 3:
            level = next((place for place in stack if place.code.id in chapter.training), stack[0])
            yield from _from_names(chapter, level, event.seq, outputs, seen, 0)
            return
        for value in starts[:2]:
            yield from _back(chapter, value.get("id"), event.seq, outputs, seen, 0)
        yield from _targets(chapter, event, outputs, seen)
        if not starts or not any(chapter.bound(value.get("id")) for value in starts):
            yield from _from_names(chapter, stack[0], event.seq, outputs, seen, 0)


def carried(chapter: Chapter, place: Place, before: int) -> set[int]:
    """Identities of state that goes round: `hidden` of `output, hidden = model(data, hidden)` is no data."""
    frame = chapter.frame_of(place)
    source = chapter.source(place.code)
    names = stored_names(source.statement(place.line)) if source is not None else []
    found: set[int] = set()
    if frame is None or len(names) < 2:
        return found
    # The line that applies the model has begun already, and in the end binds the same names anew.
    began = max((line.seq for line in frame.lines if line.line == place.line and line.seq < before), default=before)
    for name in names:
        bound = frame.binding(name, began)
        values = [bound.value, *walk_items(bound.value)] if bound is not None else []
        found.update(value["id"] for value in values if isinstance(value.get("id"), int))
    return found


def _targets(chapter: Chapter, forward: Event, outputs: set[int | None], seen: set[int]) -> Iterator[Finding]:
    """The same for what the loss compares with: the targets."""
    for event in chapter.trace.landmarks("loss_function", "module_call"):
        if event.seq < forward.seq or has_parameters(event.data.get("module")):
            continue
        if event.data.get("value", {}).get("grad_fn"):
            values = [value for _, value in event.data.get("args", ()) if is_array(value) and not value.get("grad_fn")]
            for value in values[:1]:
                for found in _back(chapter, value.get("id"), event.seq, outputs, seen, 1):
                    yield replace(found, because=found.because.replace(INTO_MODEL, INTO_LOSS))
            return


def _back(
    chapter: Chapter, identity: int | None, before: int, outputs: set[int | None], seen: set[int], depth: int
) -> Iterator[Finding]:
    if identity is None or identity in seen or identity in outputs or depth > DEPTH:
        return
    seen.add(identity)
    rows = [row for row in chapter.occurrences.get(identity, ()) if row.seq < before]
    made = [
        row
        for row in rows
        if row.kind in ("return", "returned item", "yield") and row.frame.code.type in ("function", "generator")
    ]
    if any(_is_forward(row.frame) for row in made):
        return  # the model itself made it
    for row in made[:1]:
        if not _is_forward(row.frame) and row.frame.code.name not in ("__init__",):
            yield _function(chapter, row.frame, 2.6 - 0.25 * depth)
    bound = [row for row in rows if row.kind in ("bound", "bound item")]
    if not bound:
        return
    first = bound[0]
    source = chapter.source(first.frame.code)
    node = source.statement(first.number) if source is not None else None
    if node is None or isinstance(node, LOOPS):
        return
    names = loaded_names(node)
    if not made or first.frame not in [row.frame for row in made]:
        calls = called_names(node)
        selects = any(isinstance(item, ast.Subscript) for item in ast.walk(node))
        if (depth > 0 or calls or selects) and not _only_casts(node):
            weight = 1.7 - 0.2 * depth + (0.4 if made else 0.0)
            because = f"{INTO_MODEL} comes from `{first.name}`, made here"
            yield _at(
                chapter, first.seq, first.frame.code, first.number, first.frame.id, weight, because, "lineage", None
            )
    yield from _from_list(chapter, first, names, outputs, seen, depth)


def _only_casts(node: ast.AST) -> bool:
    """Whether a statement only moves or casts: `x = x.float().to(device)`."""
    value = getattr(node, "value", None)
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    for item in values:
        current = item
        while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute) and current.func.attr in CASTS:
            current = current.func.value
        if current is item or not isinstance(current, (ast.Name, ast.Attribute)):
            return False
    return True


def _from_list(
    chapter: Chapter, row: Occurrence, names: list[str], outputs: set[int | None], seen: set[int], depth: int
) -> Iterator[Finding]:
    for name in names:
        bound = row.frame.binding(name, row.seq)
        value = bound.value if bound is not None else None
        if value is None:
            value = _global(chapter, row.frame, name, row.seq)
        if (
            value is None
            or has_parameters(value)
            or not (is_array(value) or any(is_array(item) for item in walk_items(value, 1)))
        ):
            continue
        if is_array(value):
            yield from _back(chapter, value.get("id"), row.seq, outputs, seen, depth + 1)
        else:
            for item in list(walk_items(value, 1))[:2]:
                yield from _back(chapter, item.get("id"), row.seq, outputs, seen, depth + 1)


def _global(chapter: Chapter, frame: Frame, name: str, before: int):  # type: ignore[no-untyped-def]
    """A name that a function read from its module."""
    for other in chapter.trace.frames.values():
        if other.code.type == "module" and other.code.file == frame.code.file:
            bound = other.binding(name, before)
            if bound is not None:
                return bound.value
    return None


def _from_names(
    chapter: Chapter, place: Place, before: int, outputs: set[int | None], seen: set[int], depth: int
) -> Iterator[Finding]:
    """Where the argument was never bound to a name: start from the names on the calling line."""
    frame = chapter.frame_of(place)
    source = chapter.source(place.code)
    if frame is None or source is None:
        return
    row = Occurrence(before, frame, None, "line", "", {})
    yield from _from_list(chapter, row, loaded_names(source.statement(place.line)), outputs, seen, depth)


def _is_forward(frame: Frame) -> bool:
    return bool(frame.args and frame.args[0].name == "self" and has_parameters(frame.args[0].value))


def _function(chapter: Chapter, frame: Frame, weight: float) -> Finding:
    because = f"`{frame.code.qualname}` gave back {INTO_MODEL}"
    return definition_of(chapter, frame, Stage.DATA, because, weight, "function")


def _at(
    chapter: Chapter,
    seq: int,
    code: Code,
    line: int,
    frame: int | None,
    weight: float,
    because: str,
    role: str,
    event: Event | None,
) -> Finding:
    return Finding(
        Stage.DATA,
        chapter.location(code, line),
        because,
        role,
        chapter.number,
        seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,) if event is not None else (seq,),
        facts={"event": event},
    )


RULE = rule
