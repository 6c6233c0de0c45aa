"""Notes of configuration, data and model stops."""

from __future__ import annotations

from tracer.trace import Event, Line
from walkthroughs.sources import stored_names
from walkthroughs.telling.parts.spot import Spot


def config(spot: Spot) -> None:
    """Which names took which values, and what the command line said."""
    event = spot.event
    if spot.role == "parse" and event is not None:
        spot.call_it("title.options", seq=event.seq)
        spot.own_words()
        if not spot.say("config.options", seq=event.seq):
            bound(spot)
        spot.say("config.command")
        spot.say("config.given", seq=event.seq)
    elif spot.role == "literals":
        lines = [line for line in spot.finding.facts.get("lines", ()) if isinstance(line, Line)]
        spot.call_it("title.set", seqs=[line.seq for line in lines[:12]])
        spot.say("config.literals", seqs=[line.seq for line in lines])
    elif spot.definition:
        function(spot)
    elif spot.role == "arrival" and event is not None:
        spot.call_it("title.set", seqs=spot.seqs)
        spot.own_words()
        for line in spot.run:
            spot.say("config.arrives", seq=event.seq, line=line.seq)
    else:
        spot.own_words()
        for line in spot.run:
            for name in [row.name for row in line.bound if row.value.get("type") == "dict" and not row.touched]:
                spot.say("config.keys", seq=line.seq, name=name)
            if sum(not row.touched for row in line.bound) > 5:
                spot.say("config.executed", seq=line.seq)
        if not spot.claims:
            bound(spot)
        if event is not None and event.kind == "file":
            spot.call_it("title.file", seq=event.seq, code=spot.code.id if spot.code else -1)
            spot.say("data.files", seqs=[event.seq])


def bound(spot: Spot) -> None:
    """What the statement bound; the title takes the names too."""
    names = assigned(spot)
    if spot.run:
        spot.call_it("title.set", seqs=spot.seqs, names=names)
        spot.say("values.bound", seqs=spot.seqs, names=names)


def assigned(spot: Spot) -> list[str] | None:
    """The names that the statement itself binds, as the source says; None when it does not say."""
    node = spot.source.statement(spot.finding.location.line) if spot.source is not None else None
    return stored_names(node) or None


def function(spot: Spot) -> None:
    """A definition: the repository's description, what one visit received and gave back, who called it."""
    if spot.code is not None:
        spot.call_it("title.function", code=spot.code.id)
    spot.own_words()
    if spot.frame is not None:
        received = spot.say("values.received", frame=spot.frame.id)
        spot.say("values.returned", frame=spot.frame.id, lead=not received)
        if spot.frame.via is not None:
            spot.say("calls.caller", frame=spot.frame.id)
    elif spot.code is not None and spot.code.type == "class":
        for frame in spot.scene.chapter.by_code.get(spot.code.id, ())[:1]:
            spot.say("config.fields", frame=frame.id)
    if spot.code is not None and not spot.say("calls.from", code=spot.code.id):
        spot.say("calls.total", code=spot.code.id)


def data(spot: Spot) -> None:
    """Files, data sets, loaders, items and what was made of them."""
    if spot.definition:
        function(spot)
        return
    event, number = spot.event, spot.code.id if spot.code else -1
    opened = files(spot)
    if event is not None and event.place.frame == (spot.frame.id if spot.frame else None):
        tell_event(spot, event, number)
    if opened:
        spot.call_it("title.file", seq=opened[0].seq, code=number)
        spot.own_words()
        for mode in ("read", "write"):
            spot.say("data.files", seqs=[row.seq for row in opened if row.name == mode])
    spot.own_words()
    if not any(claim.rule == "links.named" for claim in spot.claims):
        bound(spot)
    batch(spot)


def tell_event(spot: Spot, event: Event, number: int) -> None:
    """What a landmark of data says."""
    if event.kind != "landmark":
        return
    spot.call_it("title.built", seq=event.seq, code=number)
    spot.own_words()
    names = {"dataset": "data.dataset", "dataloader": "data.loader", "transform": "data.transform"}
    name = names.get(event.name, "data.simulator" if event.name.startswith("simulator") else "data.read")
    spot.say(name, seq=event.seq)
    for line in spot.run:
        if event.name == "dataset" and spot.say("links.named", seq=event.seq, line=line.seq):
            break


def files(spot: Spot) -> list[Event]:
    """Files that the shown run of the statement opened."""
    if spot.frame is None or not spot.run:
        return []
    found = [
        event
        for event in spot.scene.trace.events
        if event.kind == "file" and spot.run[0].seq < event.seq < spot.after
        and any(level.frame == spot.frame.id and spot.covers(level.line) for level in event.stack)
    ]  # fmt: skip
    found = [event for event in found if event.place.frame == spot.frame.id]
    return found if spot.bounded else found[:1]


def batch(spot: Spot) -> None:
    """The first batch that was drawn from a loader that the statement bound."""
    owned = {row.id: line.seq for line in spot.run for row in line.bound if row.id is not None and not row.touched}
    for event in spot.scene.trace.landmarks("batches"):
        identity = event.argument("self").get("id")
        if identity not in owned:
            continue
        frame = spot.scene.chapter.frame_of(event.place)
        rows = [line for line in frame.lines if line.line == event.place.line and line.seq < event.seq] if frame else []
        if rows and rows[-1].bound:
            spot.say("data.batch", seq=event.seq, line=rows[-1].seq, made=owned[identity])
            return


def model(spot: Spot) -> None:
    """The model that was built, its class and its parts, its optimizer."""
    event, facts = spot.event, spot.finding.facts
    if spot.definition and spot.role not in ("class", "submodule"):
        function(spot)
        return
    tree = facts.get("tree")
    root = tree.get("root") if isinstance(tree, dict) else None
    if event is not None and event.name == "optimizer":
        spot.call_it("title.optimizer", seq=event.seq, code=spot.code.id if spot.code else -1)
        spot.own_words()
        spot.say("optimizer.built", seq=event.seq)
        if not any(spot.say("links.named", seq=event.seq, line=line.seq) for line in spot.run):
            bound(spot)
    elif spot.role in ("class", "submodule") and spot.code is not None:
        name = spot.code.name
        spot.call_it("title.part" if spot.role == "submodule" else "title.tree", root=root, **{"class": name})
        spot.call_it("title.function", code=spot.code.id)
        spot.own_words()
        constructor(spot)
        if not spot.say("model.occurs", root=root, **{"class": name}):
            spot.say("model.total", root=root, **{"class": name})
    else:
        rows = [
            (line, row) for line in spot.run for row in line.bound if row.value.get("parameters") and not row.touched
        ]
        for line, row in rows[:1]:
            spot.call_it("title.model", seq=line.seq, name=row.name)
        spot.own_words()
        for _, row in rows[:1]:
            spot.say("model.built", seqs=spot.seqs, name=row.name)
        if not rows:
            bound(spot)
        spot.paragraph()
        for line, row in rows[:1]:
            if row.id != root or not spot.say("model.parts", root=root):
                spot.say("model.holds", seq=line.seq, name=row.name)


def constructor(spot: Spot) -> None:
    """What the first recorded `__init__` of a class received."""
    if spot.code is None:
        return
    wanted = spot.code.qualname + ".__init__"
    for frame in spot.scene.trace.frames.values():
        if frame.code.file == spot.code.file and frame.code.qualname == wanted:
            spot.say("values.received", frame=frame.id)
            return
