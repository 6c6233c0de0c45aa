"""How findings of hand-written training are made: places of nodes, functions on the way to them, names of the
weights."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame
from walkthroughs.rules.by_hand.flow import Flow
from walkthroughs.rules.by_hand.graph import Node
from walkthroughs.rules.by_hand.reading import reads_of
from walkthroughs.rules.by_hand.step import Step
from walkthroughs.rules.by_hand.weights import Weight, stack_of
from walkthroughs.story import Chapter, Finding


class Teller:
    """Makes the findings of one step."""

    def __init__(self, chapter: Chapter, flow: Flow, step: Step) -> None:
        self.chapter = chapter
        self.flow = flow
        self.step = step
        self.names = listed(step.weights)

    def line(
        self, stage: Stage, frame: Frame, number: int, seq: int, weight: float, because: str, role: str
    ) -> Finding:
        """A finding on the statement at a line."""
        return Finding(
            stage, self.chapter.location(frame.code, number), because, role, self.chapter.number, seq,
            weight=weight, frame=frame.id, seqs=(seq,), facts={"weights": self.names},
        )  # fmt: skip

    def node(self, stage: Stage, node: Node, weight: float, because: str, role: str) -> Finding:
        """A finding on the statement of a node."""
        return self.line(stage, node.frame, node.number, node.seq, weight, because, role)

    def definition(self, stage: Stage, frame: Frame, weight: float, because: str) -> Iterator[Finding]:
        """A finding on the function that a frame ran."""
        if frame.code.type in ("function", "generator"):
            yield Finding(
                stage, self.chapter.definition(frame.code), because, "definition", self.chapter.number, frame.seq,
                weight=weight, frame=frame.id, seqs=(frame.seq,), facts={"code": frame.code, "weights": self.names},
            )  # fmt: skip

    def below(self, node: Node, frame: Frame) -> list[tuple[Frame, int]]:
        """The frames between `frame` and a node, outermost first, with the line each stands on; `frame` itself comes
        first."""
        stack = stack_of(self.chapter, node)
        position = next((index for index, (level, _) in enumerate(stack) if level.id == frame.id), len(stack) - 1)
        return list(reversed(stack[: position + 1]))

    def called_at(self, site: tuple[int, int]) -> list[Frame]:
        """The functions that a line called in any recorded run of it, each once."""
        found: dict[int, Frame] = {}
        for frame in self.chapter.by_code.get(site[0], []):
            for line in frame.lines:
                for child in self.flow.children.get(line.done, []) if line.line == site[1] else []:
                    found.setdefault(child.code.id, child)
        return list(found.values())

    def tainted(self, frame: Frame) -> bool:
        """Whether what a call gave back depends on the weights."""
        return any(index in self.step.tainted for index in self.flow.of_frame.get(frame.id, ()))

    def holds(self, frame: Frame, node: Node) -> bool:
        """Whether an event ran inside a call."""
        return any(level.id == frame.id for level, _ in stack_of(self.chapter, node))


def hands_over(chapter: Chapter, frame: Frame) -> bool:
    """Whether the line that called a function names more than the function: `main()` tells a reader nothing."""
    caller = chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
    source = chapter.source(caller.code) if caller is not None else None
    if source is None or frame.called_from is None:
        return False
    return any(len(path) > 1 or path[0][1] != frame.code.name for path in reads_of(source, frame.called_from[1]).paths)


def listed(weights: list[Weight]) -> str:
    """`the weights W, b`: their names, each once, few of them."""
    names = list(dict.fromkeys(weight.name for weight in weights))
    text = "the weights " + ", ".join(f"`{name}`" for name in names[:3])
    return text + (f" and {len(names) - 3} more" if len(names) > 3 else "")
