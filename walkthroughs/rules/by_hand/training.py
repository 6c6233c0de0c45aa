"""Forward, loss, backward, update and loops of training without autograd or optimizer objects, from the steps that
were taken apart."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Frame
from walkthroughs.rules.by_hand.graph import Node
from walkthroughs.rules.by_hand.naming import bound_name, loss_name, receiver_name
from walkthroughs.rules.by_hand.step import data_read
from walkthroughs.rules.by_hand.teller import Teller, hands_over, listed
from walkthroughs.rules.by_hand.weights import BACKWARD, Weight, enclosing, goes_back, stack_of
from walkthroughs.sources import header_span
from walkthroughs.story import Finding, is_float

FORWARD_LINES = 3
GRADIENT_LINES = 3


class Training(Teller):
    """Turns one step into findings."""

    def findings(self) -> Iterator[Finding]:
        """The findings of one step and of the loops around it."""
        yield from self.updates()
        if goes_back(self.chapter, self.step.first):
            yield from self.gone_back()
        else:
            yield from self.forward()
            yield from self.loss()
            yield from self.backward()
        yield from self.loops()

    @property
    def by(self) -> str:
        """What was seen to be made with the weights before they changed."""
        return "gradients" if goes_back(self.chapter, self.step.first) else "predictions"

    # -- the stages ----------------------------------------------------------------------------------------------------

    def updates(self) -> Iterator[Finding]:
        """The lines across which weights changed, the line of the step that leads there, the function that computes
        new values."""
        sites: dict[tuple[int, int], list[Weight]] = {}
        for weight in self.step.weights:
            sites.setdefault(weight.site, []).append(weight)
        for order, held in enumerate(sites.values()):
            update = held[0].update
            because = f"{listed(held)} took new values on this line, computed from {self.by} made with the old ones"
            yield self.node(Stage.OPTIMIZER_STEP, update, 3.0 - 0.1 * order, because, "update by hand")
            for child in [child for child in self.called_at(held[0].site) if not self.holds(child, held[0].read)][:2]:
                yield from self.definition(
                    Stage.OPTIMIZER_STEP,
                    child,
                    2.4,
                    f"`{child.code.qualname}` computes the new values of {listed(held)}",
                )
        outer = next((weight.outer for weight in self.step.weights if weight.outer is not None), None)
        if outer is not None:
            yield self.node(
                Stage.OPTIMIZER_STEP,
                outer,
                2.9,
                f"{self.names} take the new values that the call on this line gives back",
                "call",
            )
        for number, node in enumerate(self.other_updates(set(sites))):
            because = f"{self.names} took new values on this line too"
            yield self.node(Stage.OPTIMIZER_STEP, node, 2.7 - 0.1 * number, because, "update by hand")
        update = self.step.weights[0].update
        if update.frame.id != self.step.frame.id and self.step.update_line not in self.backward_lines():
            called = self.below(update, self.step.frame)[1][0]
            because = f"{self.names} changed inside `{called.code.qualname}`, called from this line"
            yield self.line(
                Stage.OPTIMIZER_STEP, self.step.frame, self.step.update_line, called.seq, 2.95, because, "call"
            )

    def other_updates(self, known: set[tuple[int, int]]) -> list[Node]:
        """Further lines that set the weights from their old values and from what the predictions led to."""
        found: dict[tuple[int, int], Node] = {}
        for weight in self.step.weights:
            for index in self.flow.versions[weight.slot]:
                node = self.flow.nodes[index]
                site = (node.frame.code.id, node.number)
                if (
                    index > weight.read.index
                    and node.index in self.step.tainted
                    and site not in known
                    and weight.slot in node.reads
                    and not node.what.bare
                ):
                    found.setdefault(site, node)
        return list(found.values())

    def forward(self) -> Iterator[Finding]:
        """From the first use of a weight to the last value before the targets enter."""
        step = self.step
        first = step.first
        if first.index == step.weights[0].update.index:
            for node in self.tests()[:1]:
                yield self.node(Stage.FORWARD, node, 3.0, f"{self.names} are used here to decide on the update", "line")
            yield self.node(
                Stage.FORWARD,
                first,
                2.0,
                f"{self.names} are used for a prediction within the line that updates them",
                "line",
            )
            return
        chain = self.below(first, step.inner)
        if len(chain) > 1:
            because = f"the prediction is asked for here: {self.names} are used in `{chain[1][0].code.qualname}`"
            yield self.line(Stage.FORWARD, step.inner, step.inner_line, first.seq, 3.0, because, "call")
            yield from self.definition(
                Stage.FORWARD,
                chain[1][0],
                2.8,
                f"`{chain[1][0].code.qualname}` computes the prediction from {self.names}",
            )
            for frame, _ in chain[2:][-1:]:
                yield from self.definition(Stage.FORWARD, frame, 2.5, f"`{frame.code.qualname}` uses {self.names}")
        else:
            yield from self.inline_forward()
        yield from self.other_forward()
        if step.inner.id != step.frame.id:
            because = f"`{step.inner.code.qualname}`, called here, predicts and computes gradients"
            yield self.line(Stage.FORWARD, step.frame, step.read_line, step.inner.seq, 2.2, because, "call")

    def tests(self) -> list[Node]:
        """Conditions in the loops of the step that read the weights."""
        slots = {weight.slot for weight in self.step.weights}
        nodes = [
            self.flow.nodes[index] for index in self.flow.of_frame[self.step.frame.id] if index in self.step.tainted
        ]
        around = set(enclosing(self.chapter, self.step.first))
        return [
            node
            for node in nodes
            if node.what.tests and not slots.isdisjoint(node.reads) and around & set(enclosing(self.chapter, node))
        ]

    def other_forward(self) -> Iterator[Finding]:
        """Functions that use the weights and are called in the training loop from elsewhere than the step (an agent
        that acts)."""
        step = self.step
        if len(self.below(step.first, step.frame)) > 1:
            return
        around = set(enclosing(self.chapter, step.first)) & set(enclosing(self.chapter, step.weights[0].update))
        slots = {weight.slot for weight in step.weights}
        readers = {
            self.flow.nodes[index].frame.code.id
            for index in step.tainted
            if not slots.isdisjoint(self.flow.nodes[index].reads)
        }
        readers -= {weight.update.frame.code.id for weight in step.weights} | {step.inner.code.id}
        for code in sorted(readers):
            for frame in self.chapter.by_code.get(code, []):
                caller = self.chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
                if (
                    caller is None
                    or frame.called_from is None
                    or frame.code.type != "function"
                    or caller.id in (step.inner.id, step.frame.id)
                ):
                    continue
                source = self.chapter.source(caller.code)
                loops = source.loops(frame.called_from[1]) if source is not None else []
                if any((caller.id, loop.lineno) in around for loop in loops):
                    because = f"`{frame.code.qualname}`, which uses {self.names}, is called here in each pass"
                    yield self.line(Stage.FORWARD, caller, frame.called_from[1], frame.seq, 2.9, because, "call")
                    yield from self.definition(
                        Stage.FORWARD, frame, 2.85, f"`{frame.code.qualname}` decides by {self.names}"
                    )
                    break

    def inline_forward(self) -> Iterator[Finding]:
        """Lines of the step itself that lead from the weights to the prediction."""
        step = self.step
        end = step.boundary or (step.gradients[0].index if step.gradients else step.last)
        sites: dict[int, Node] = {}
        for node in step.path:
            if (
                node.frame.id == step.inner.id
                and node.kind == "line"
                and node.index < end
                and node.sets
                and not node.what.loop
            ):
                sites.setdefault(node.number, node)
        nodes = list(sites.values()) or [step.first]
        yield self.node(Stage.FORWARD, nodes[0], 3.0, f"{self.names} are used here for the prediction", "line")
        for order, node in enumerate(reversed(nodes[1:][-FORWARD_LINES:])):
            because = f"the prediction goes on here: `{bound_name(node)}` depends on {self.names}"
            yield self.node(Stage.FORWARD, node, 2.6 - 0.1 * order, because, "line")

    def loss(self) -> Iterator[Finding]:
        """The number computed from predictions and targets; where there is none, the line where the targets enter."""
        step = self.step
        if step.losses:
            main = step.losses[0]
            name = loss_name(main)
            because = f"`{name}` is computed here from the prediction and data that the prediction did not see"
            yield self.node(Stage.LOSS, main, 3.0, because, "value")
            children = self.flow.children.get(main.line.done, []) if main.line is not None else []
            for child in [child for child in children if self.tainted(child) and not self.holds(child, step.first)][:1]:
                yield from self.definition(
                    Stage.LOSS, child, 2.6, f"`{child.code.qualname}` computes what is bound to `{name}`"
                )
            inner = [
                node
                for node in step.errors
                if node.index < main.index and node.index in self.flow.behind([main.index], after=step.first.index)
            ]
            for node in inner[:1]:
                if (node.frame.code.id, node.number) != (main.frame.code.id, main.number):
                    yield self.node(
                        Stage.LOSS,
                        node,
                        2.0,
                        f"`{bound_name(node)}`, from which `{name}` comes, sets predictions against data",
                        "term",
                    )
            yield from self.object_of_loss(children)
            if step.inner.id != step.frame.id:
                outer = [
                    node
                    for node in step.path
                    if node.frame.id == step.frame.id and node.number == step.read_line and node.kind == "line"
                ]
                for node in outer[:1]:
                    yield self.node(
                        Stage.LOSS,
                        node,
                        2.4,
                        f"`{loss_name(node)}` comes back from `{step.inner.code.qualname}` on this line",
                        "call",
                    )
            return
        found = (
            self.differentiated() or [node for node in step.errors if node.what.paths and step.weights[0].direct][:1]
        )
        for node in found:
            because = (
                f"the gradients were computed from `{bound_name(node)}`, bound here"
                if node not in step.errors
                else f"no loss is computed in the step: its gradient begins here, with `{bound_name(node)}`"
            )
            yield self.node(Stage.LOSS, node, 3.0, because, "value")
            children = (
                self.flow.children.get(node.line.done, []) if node.line is not None and node not in step.errors else []
            )
            for child in [child for child in children if child.code.name[:2] != "__" and len(child.args) > 1][:1]:
                yield from self.definition(
                    Stage.LOSS, child, 2.2, f"`{child.code.qualname}` was called to compute `{bound_name(node)}`"
                )

    def object_of_loss(self, children: list[Frame]) -> Iterator[Finding]:
        """The other method of the object that computes the loss: its gradient."""
        owners = {frame.args[0].id for frame in children if frame.args and frame.args[0].name == "self"} - {None}
        lines = [self.flow.nodes[index] for index in self.flow.of_frame[self.step.inner.id]]
        for node in lines:
            late = node.index > self.step.losses[0].index and node.index < self.step.last and node.sets != {}
            frames = self.flow.children.get(node.line.done, []) if node.line is not None and late else []
            for frame in [frame for frame in frames if not is_float(frame.returned or {})][:1]:
                if frame.args and frame.args[0].name == "self" and frame.args[0].id in owners:
                    yield self.node(
                        Stage.LOSS,
                        node,
                        2.2,
                        f"`{frame.code.qualname}`: the derivative of the loss, by the object that computes the loss",
                        "gradient",
                    )
                    return

    def differentiated(self) -> list[Node]:
        """Where the object was bound whose own method computed the gradients (`loss.backward()`)."""
        for gradient in self.step.gradients:
            chain = self.below(gradient, self.step.inner)
            if len(chain) < 2 or not chain[1][0].args:
                continue
            receiver = chain[1][0].args[0]
            source = self.chapter.source(self.step.inner.code)
            call = source.statement(chain[0][1]) if source is not None else None
            name = receiver_name(call)
            lines = [
                self.flow.nodes[index]
                for index in self.flow.of_frame[self.step.inner.id]
                if index < gradient.index and index in self.step.tainted
            ]
            bound = [node for node in lines if node.kind == "line" and any(slot[2] == name for slot in node.sets)]
            if name and receiver.name == "self" and bound:
                return bound[:1]
        return []

    def gone_back(self) -> Iterator[Finding]:
        """The backward pass of an engine whose prediction was not recorded: it ran too often before."""
        step = self.step
        chain = self.below(step.first, step.inner)
        called = next((index for index, (frame, _) in enumerate(chain) if BACKWARD.match(frame.code.name)), 0)
        if not called:
            return
        (caller, line), (engine, _) = chain[called - 1], chain[called]
        because = f"`{engine.code.qualname}`, called from this line, uses {self.names} before they change"
        yield self.line(Stage.BACKWARD, caller, line, engine.seq, 3.0, because, "call")
        because = f"`{engine.code.qualname}` uses {self.names} on the way to their new values"
        yield from self.definition(Stage.BACKWARD, engine, 2.7, because)
        innermost = chain[-1][0]
        if innermost.code.id != engine.code.id:
            yield from self.definition(Stage.BACKWARD, innermost, 2.4, f"`{innermost.code.qualname}` is what uses them")
        source = self.chapter.source(caller.code)
        name = receiver_name(source.statement(line) if source is not None else None)
        bound = [
            node
            for node in (self.flow.nodes[index] for index in self.flow.of_frame[caller.id])
            if name and node.kind == "line" and node.seq < engine.seq and ("name", caller.id, name) in node.sets
        ]
        if bound:
            because = f"`{name}`, bound here, is what `{engine.code.qualname}` is then asked of"
            yield self.node(Stage.LOSS, bound[-1], 2.6, because, "value")

    def backward_lines(self) -> set[int]:
        """Lines of the step's own function under which gradients were computed."""
        return {self.below(node, self.step.frame)[0][1] for node in self.step.gradients}

    def backward(self) -> Iterator[Finding]:
        """Where values of the weights' shapes were made from the error, and the functions that made them."""
        told: set[int] = set()
        if not self.step.gradients:
            yield from self.folded_gradient()
        for order, node in enumerate(self.step.gradients[: GRADIENT_LINES + 3]):
            chain = self.below(node, self.step.inner)
            if len(chain) == 1:
                because = f"`{bound_name(node)}` has the shape of the weights that it changes: their gradient"
                yield self.node(Stage.BACKWARD, node, 3.0 - 0.1 * order, because, "gradient")
                for child in self.called_at((node.frame.code.id, node.number))[:1] if order == 0 else []:
                    yield from self.definition(
                        Stage.BACKWARD, child, 2.95, f"`{child.code.qualname}` computes gradients for {self.names}"
                    )
                continue
            called, line = chain[1][0], chain[0][1]
            if line in told:
                continue
            told.add(line)
            because = f"gradients for {self.names} are computed in `{called.code.qualname}`, called from this line"
            yield self.line(Stage.BACKWARD, self.step.inner, line, called.seq, 3.0, because, "call")
            yield from self.definition(
                Stage.BACKWARD, called, 2.7, f"`{called.code.qualname}` computes gradients for {self.names}"
            )
            if len(chain) > 2:
                inner = chain[-1][0]
                yield from self.definition(
                    Stage.BACKWARD,
                    inner,
                    2.4,
                    f"`{inner.code.qualname}` makes `{bound_name(node)}`, of the shape of the weights",
                )
        if self.step.inner.id != self.step.frame.id and self.step.gradients:
            because = f"the gradients come back from `{self.step.inner.code.qualname}` on this line"
            yield self.line(
                Stage.BACKWARD, self.step.frame, self.step.read_line, self.step.inner.seq, 2.95, because, "call"
            )
            yield from self.definition(
                Stage.BACKWARD,
                self.step.inner,
                2.85,
                f"`{self.step.inner.code.qualname}` computes gradients for {self.names}",
            )

    def folded_gradient(self) -> Iterator[Finding]:
        """Where no gradient was bound: the line that multiplies the error with the data and updates at once."""
        told: set[tuple[int, int]] = set()
        for weight in self.step.weights:
            if weight.direct and weight.site not in told and data_read(self.flow, self.step, weight.update):
                told.add(weight.site)
                because = (
                    f"the gradient for `{weight.name}` is computed from data and error within the line that updates it"
                )
                yield self.node(Stage.BACKWARD, weight.update, 2.0 - 0.1 * len(told), because, "gradient")

    def loops(self) -> Iterator[Finding]:
        """Loops in which weights are used and updated again and again, and the call that runs the outermost."""
        step = self.step
        update = step.weights[0].update
        around = set(enclosing(self.chapter, step.first)) & set(enclosing(self.chapter, update)) - set(
            enclosing(self.chapter, step.weights[0].made)
        )
        outermost: Frame | None = None
        frames = {frame.id: frame for frame, _ in stack_of(self.chapter, update)}
        for (frame_id, line), loop in enclosing(self.chapter, update).items():
            if (frame_id, line) not in around:
                continue
            frame = frames[frame_id]
            outermost = frame
            span = header_span(loop)
            seq = next((row.seq for row in frame.lines if row.line == line), update.seq)
            yield Finding(
                Stage.TRAIN_LOOP, Location(frame.code.file, span.line, span.end_line, frame.code.qualname),
                f"each pass of this loop uses {self.names} for {self.by} and then updates them", "header",
                self.chapter.number, seq,
                weight=2.8, frame=frame.id, seqs=(seq, update.seq), facts={"node": loop, "weights": self.names},
            )  # fmt: skip
        if (
            outermost is not None
            and hands_over(self.chapter, outermost)
            and outermost.called_from is not None
            and outermost.parent in self.chapter.trace.frames
        ):
            caller = self.chapter.trace.frames[outermost.parent]
            because = f"the training loop runs inside `{outermost.code.qualname}`, called from this line"
            yield self.line(Stage.TRAIN_LOOP, caller, outermost.called_from[1], outermost.seq, 1.6, because, "call")
