"""Data: files, data sets, loaders, simulators, and what came out of them."""

from __future__ import annotations

from walkthroughs.story import walk_items
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import (
    class_name,
    code,
    count,
    describe,
    hide_paths,
    is_array,
    library,
    listed,
    settings,
    short_class,
    short_function,
    where,
)

FILES = 3


@rule("data.dataset")
def dataset(scene: Scene, args: Args) -> str | None:
    """A data set of a library that was built on a line, with its arguments."""
    event = scene.event(args["seq"])
    kind = str(event.argument("self").get("type", ""))
    if event.name != "dataset" or not kind:
        return None
    rows = [
        row
        for row in event.data.get("args", ())
        if row[0] != "self" and row[1].get("type") in ("str", "bool", "int", "float")
    ]
    told, _ = settings(rows, 4)
    return f"An object of class `{kind}` was built here{' with ' + listed(told) if told else ''}."


@rule("data.files")
def files(scene: Scene, args: Args) -> str | None:
    """Files that were opened from a line, and by which library function."""
    events = [scene.event(seq) for seq in args["seqs"]]
    if any(event.kind != "file" for event in events) or len({event.name for event in events}) != 1:
        return None
    paths = list(dict.fromkeys(str(event.data["path"]) for event in events))
    outside = [path for path in paths if path.startswith("<outside>")]
    names = [code(hide_paths(path).removeprefix("<outside>/")) for path in paths[:FILES]]
    mode = "reading" if events[0].name == "read" else "writing"
    via = events[0].via
    by = f" by {library(via)}" if via and len({event.via for event in events}) == 1 else ""
    beyond = " (outside the repository)" if outside and len(outside) == len(paths) else ""
    verb = "was" if len(paths) == 1 else "were"
    return f"From this line {listed(names, len(paths) - len(names))}{beyond} {verb} opened for {mode}{by}."


@rule("data.loader")
def loader(scene: Scene, args: Args) -> str | None:
    """A loader that was built on a line."""
    event = scene.event(args["seq"])
    source = event.argument("dataset")
    if event.name != "dataloader" or not source.get("type"):
        return None
    rows = [row for row in event.data.get("args", ()) if row[0] != "dataset" and row[1].get("type") in ("int", "bool")]
    told, _ = settings(rows, 4)
    length = source.get("len")
    size = f" of {count(length, 'item')}" if isinstance(length, int) else ""
    kind = class_name(str(source["type"]))
    with_ = f" with {listed(told)}" if told else ""
    return f"A loader over an object of class `{kind}`{size} was built here{with_}."


@rule("data.read")
def read(scene: Scene, args: Args) -> str | None:
    """A library function that read data and what it gave."""
    event = scene.event(args["seq"])
    if event.name not in ("read", "split", "transform_fit") or event.kind != "landmark":
        return None
    name = code(short_function(str(event.data["name"])))
    result = describe(event.data.get("value") or {}) if event.data.get("value") else ""
    return f"{name} was called from this line and gave {result}." if result else f"{name} was called from this line."


@rule("data.transform")
def transform(scene: Scene, args: Args) -> str | None:
    """The transforms that were put together, in order."""
    event = scene.event(args["seq"])
    rows = event.argument("transforms").get("items", ())
    names = [f"`{short_class(str(row[1].get('type', '')))}`" for row in rows]
    length = event.argument("transforms").get("len")
    if event.name != "transform" or not names:
        return None
    more = int(length) - len(names) if isinstance(length, int) else 0
    if more < 1 and len(names) == 1:
        return f"The one transform in it is {names[0]}."
    return f"{count(len(names) + max(0, more), 'transform')} were put together, in this order: {listed(names, more)}."


@rule("data.simulator")
def simulator(scene: Scene, args: Args) -> str | None:
    """A simulator that was made, or one step of it."""
    event = scene.event(args["seq"])
    name = code(short_function(str(event.data.get("name", ""))))
    if event.name == "simulator":
        made = describe(event.data.get("value") or {})
        told = [describe(shown) for key, shown in event.data.get("args", ()) if key != "self"]
        told = [text for text in told if text]
        if not told and not made:
            return None
        return f"{name} was called{' with ' + listed(told) if told else ''}{' and gave ' + made if made else ''}."
    if event.name in ("simulator_step", "simulator_reset"):
        result = describe(event.data.get("value") or {})
        return f"{name} was called from this line{' and gave ' + result if result else ''}."
    return None


@rule("data.batch")
def batch(scene: Scene, args: Args) -> str | None:
    """The first batch that was drawn from a loader."""
    event = scene.event(args["seq"])
    frame, line = scene.line(args["line"])
    _, made = scene.line(args["made"])
    loader_ = next(
        (row for row in made.bound if row.id is not None and row.id == event.argument("self").get("id")), None
    )
    if loader_ is None:
        return None
    if (
        event.name != "batches"
        or event.place.frame != frame.id
        or event.place.line != line.line
        or line.seq > event.seq
    ):
        return None
    told = [(row.name, describe(row.value)) for row in line.bound if not row.touched]
    parts = [f"{code(name)} = {text}" for name, text in told if text]
    arrays = [row for row in line.bound if is_array(row.value) or any(is_array(item) for item in walk_items(row.value))]
    if not parts or not arrays:
        return None
    what = listed(parts[:4], max(0, len(parts) - 4))
    return f"When {where(frame.code, line.line)} began to draw batches from {code(loader_.name)}, it first got {what}."
