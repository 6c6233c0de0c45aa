"""Notes of evaluation, checkpoint and the remaining stops."""

from __future__ import annotations

from tracer.trace import Frame
from walkthroughs.telling.parts.setup import bound, files, function, tell_event
from walkthroughs.telling.parts.spot import Spot


def evaluation(spot: Spot) -> None:
    """How the model was applied, which figures came of it, and whether they are the program's own."""
    number = spot.code.id if spot.code else -1
    event = spot.event
    if spot.definition:
        function(spot)
        if event is not None and event.name == "module_call":
            spot.say("evaluation.applied", seq=event.seq, code=number)
        spot.say("evaluation.cut", code=number)
        caveat(spot)
        return
    called = evaluating(spot)
    if spot.role == "call" and called is not None:
        spot.call_it("title.called", frame=called.id)
    spot.own_words()
    for row in spot.landmarks("metric", "evaluate", "predict"):
        spot.say("evaluation.library", seq=row.seq)
    if spot.role == "application" and event is not None:
        spot.call_it("title.applied", seq=event.seq, code=number)
        spot.say("evaluation.applied", seq=event.seq, code=number)
    bound(spot)
    if (
        not any(claim.rule == "values.bound" for claim in spot.claims)
        and spot.frame is not None
        and spot.role == "metric"
    ):
        if spot.covers(spot.frame.return_line):
            spot.say("values.returned", frame=spot.frame.id, lead=True)
        elif called is not None:
            spot.say("values.returned", frame=called.id, lead=True)
    if spot.line is not None and spot.role in ("metric", "report"):
        spot.say("values.read", seq=spot.line.seq, source=spot.statement)
    spot.say("values.printed", seqs=spot.seqs, last=spot.role == "call")
    if called is not None and spot.role == "call" and not any(claim.rule == "values.bound" for claim in spot.claims):
        spot.say("values.returned", frame=called.id, lead=True)
    caveat(spot)


def evaluating(spot: Spot) -> Frame | None:
    """The recorded visit that the statement called."""
    if spot.frame is None or not spot.run:
        return None
    rows = [
        child for child in spot.scene.chapter.children.get(spot.frame.id, ())
        if spot.run[0].seq < child.seq < spot.after
        and child.called_from is not None and spot.covers(child.called_from[1])
    ]  # fmt: skip
    return rows[0] if rows else None


def caveat(spot: Spot) -> None:
    """That loops had been left before, so that figures are not the program's own."""
    seq = spot.run[0].seq if spot.run else spot.frame.seq if spot.frame is not None else spot.finding.seq
    spot.say("loops.before", seq=seq)


def checkpoint(spot: Spot) -> None:
    """What was saved or restored, and where."""
    event = spot.event
    number = spot.code.id if spot.code else -1
    if event is None:
        written = [row for row in files(spot) if row.name == "write"]
        if written:
            spot.call_it("title.file", seq=written[0].seq, code=number)
            spot.own_words()
            spot.say("data.files", seqs=[row.seq for row in written])
            spot.say("loops.before", seq=written[0].seq, saved=True)
        bound(spot)
        return
    if event.kind == "file":
        spot.call_it("title.file", seq=event.seq, code=number)
    spot.call_it("title.saved", seq=event.seq, code=number)
    spot.own_words()
    if event.kind == "file":
        spot.say("data.files", seqs=[event.seq])
    elif event.name == "restore":
        spot.say("checkpoint.restored", seq=event.seq)
    else:
        spot.say("checkpoint.saved", seq=event.seq)
    spot.say("checkpoint.keys", seq=event.seq)
    if event.name != "load":
        spot.say("loops.before", seq=event.seq, saved=True)


def other(spot: Spot) -> None:
    """Stops of the remaining stages: what the library was asked and what names were bound."""
    if spot.definition:
        function(spot)
        return
    spot.own_words()
    if spot.event is not None:
        tell_event(spot, spot.event, spot.code.id if spot.code else -1)
    bound(spot)
    spot.say("values.printed", seqs=spot.seqs)
