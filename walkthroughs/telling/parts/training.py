"""Notes of training stops: loops, forward, loss, backward, optimizer step."""

from __future__ import annotations

import ast

from tracer.trace import Event, Line
from walkthroughs.sources import LOOPS, loaded_names, stored_names
from walkthroughs.story import is_scalar
from walkthroughs.telling.loops import counts
from walkthroughs.telling.parts.setup import bound, function
from walkthroughs.telling.parts.spot import Spot, first

IN_SIGHT = 5
"""Lines behind a statement that a tour's excerpt is sure to show."""


def train_loop(spot: Spot) -> None:
    """What a loop iterates over, its first iteration, how many were seen, and whether the tour left it."""
    node = spot.source.statement(spot.finding.location.line) if spot.source is not None else None
    if spot.role == "handover" or not isinstance(node, LOOPS) or spot.code is None:
        if spot.event is not None:
            spot.own_words()
            spot.say("loops.handover", seq=spot.event.seq)
        bound(spot)
        return
    number, line = spot.code.id, node.lineno
    spot.call_it("title.loop", source=spot.statement)
    spot.own_words()
    spot.say("loops.over", source=spot.statement)
    for event in batches(spot):
        spot.say("loops.loader", seq=event.seq)
    header = next((row for row in spot.run if row.bound), None)
    if header is not None and isinstance(node, (ast.For, ast.AsyncFor)):
        spot.say("loops.target", seqs=[header.seq], names=stored_names(node))
    spot.paragraph()
    for seq in spot.finding.seqs:
        spot.say("loops.step", seq=seq, code=number, line=line, end=int(node.end_lineno or line))
    if not spot.say("loops.left", code=number, line=line):
        passes(spot, node, number)
        spot.say("loops.stuck", code=number, line=line)


def passes(spot: Spot, node: ast.For | ast.AsyncFor | ast.While, number: int) -> None:
    """How often the body ran, by its first plain line."""
    body = next((item for item in node.body if counts(item)), None)
    if body is not None and body.lineno <= spot.finding.location.end_line + IN_SIGHT:
        spot.say(
            "loops.passes", code=number, line=node.lineno, body=body.lineno, source=spot.text(node.lineno, body.lineno)
        )


def batches(spot: Spot) -> list[Event]:
    """The start of iterating over a loader in the header of the loop, in the visit that is shown."""
    if spot.frame is None:
        return []
    rows = [event for event in spot.scene.trace.landmarks("batches") if event.place.frame == spot.frame.id]
    return [event for event in rows if spot.covers(event.place.line)][:1]


def forward(spot: Spot) -> None:
    """Who applied the model to what, and what came out; inside, the modules in order."""
    event = spot.event
    if event is None:
        function(spot) if spot.definition else bound(spot)
        if spot.definition and "root" in spot.finding.facts:
            spot.say("model.shapes", root=spot.finding.facts["root"])
        return
    root = (event.data.get("module") or {}).get("id")
    if spot.definition:
        if spot.code is not None:
            spot.call_it("title.function", code=spot.code.id)
        spot.own_words()
        if spot.frame is not None:
            received = spot.say("values.received", frame=spot.frame.id)
            spot.say("values.returned", frame=spot.frame.id, lead=not received)
        spot.paragraph()
        spot.say("model.shapes", root=root)
        if spot.code is not None:
            spot.say("calls.total", code=spot.code.id)
        return
    spot.call_it("title.applied", seq=event.seq, code=spot.code.id if spot.code else -1)
    spot.own_words()
    if not spot.say("model.applied", seq=event.seq):
        spot.say("evaluation.library", seq=event.seq)
        bound(spot)
    spot.say("model.mode", seq=event.seq)


def loss(spot: Spot) -> None:
    """The value, what it was made of, and how it went."""
    event, number = spot.event, spot.code.id if spot.code else -1
    made = spot.landmarks("loss_function")
    for row in made[:1]:
        spot.call_it("title.loss", seq=row.seq, code=number)
    spot.own_words()
    if event is not None:
        of = (event.data.get("of") or {}).get("id")
        told = spot.say("loss.value", seqs=spot.seqs, backward=event.seq)
        if told:
            names = [row.name for line in spot.run for row in line.bound if row.id == of]
            spot.call_it("title.set", seqs=spot.seqs, names=names[:1])
        else:
            told = terms(spot, event)
        if not told:
            bound(spot)
    for row in made[:1]:
        spot.say("loss.function", seq=row.seq)
    if not made and spot.line is not None:
        spot.say("values.read", seq=spot.line.seq, source=spot.statement)
    if event is not None and any(claim.rule == "loss.value" for claim in spot.claims):
        spot.say("loss.history", seqs=[row.seq for row in same_place(spot, event)])


def terms(spot: Spot, event: Event) -> bool:
    """The value as a term of the one on which gradients were computed."""
    of = (event.data.get("of") or {}).get("id")
    rows = [row for row in spot.scene.chapter.bound(of) if row.seq < event.seq and row.line is not None]
    if not rows or spot.source is None:
        return False
    made = rows[0]
    read = loaded_names(spot.source.statement(made.number))
    for line in spot.run:
        for row in line.bound:
            if row.name in read and not row.touched and is_scalar(row.value):
                spot.call_it("title.set", seqs=[line.seq], names=[row.name])
                if spot.say("loss.term", seqs=spot.seqs, name=row.name, loss=made.seq):
                    return True
    return False


def same_place(spot: Spot, event: Event) -> list[Event]:
    """The backward passes from the line of an event, from the first on, as far as they were recorded."""
    rows = [
        row for row in spot.scene.trace.landmarks("backward")
        if (row.place.code.id, row.place.line) == (event.place.code.id, event.place.line)
    ]  # fmt: skip
    return [row for place, row in enumerate(rows) if row.data.get("nth") == place]


def backward(spot: Spot) -> None:
    """Of which object gradients were computed."""
    event = spot.event
    if event is not None:
        spot.call_it("title.backward", seq=event.seq)
        spot.own_words()
        spot.say("backward.of", seq=event.seq)
        spot.say("backward.through", seq=event.seq)
    else:
        bound(spot)


def optimizer_step(spot: Spot) -> None:
    """Learning rate, gradient norms, and what the step changed."""
    event = spot.event
    if event is None:
        spot.own_words()
        line = spot.finding.facts.get("line")
        if isinstance(line, Line):
            spot.say("optimizer.by_hand", seq=line.seq)
        if not spot.told():
            bound(spot)
        return
    spot.call_it("title.optimizer", seq=event.seq, code=spot.code.id if spot.code else -1)
    spot.own_words()
    spot.say("optimizer.stepped", seq=event.seq)
    clipped = [
        row
        for row in spot.scene.trace.landmarks("clip_gradients")
        if row.seq < event.seq and row.place.frame == event.place.frame
    ]
    last = first(reversed(clipped))
    if last is not None:
        spot.say("optimizer.clipped", seq=last.seq)
    spot.say("optimizer.gradients", seq=event.seq)
    spot.paragraph()
    spot.say("optimizer.changes", seq=event.seq)
