"""What a library was given to train on, followed back: the functions that returned it and the lines that made it."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Binding, Frame, Summary
from walkthroughs.rules.library_estimators import fit_calls
from walkthroughs.sources import LOOPS, called_names, loaded_names
from walkthroughs.story import Chapter, Finding, Occurrence, Story, has_parameters, is_array, walk_items

DEPTH = 4
INPUTS = ("X", "dtrain", "train_set", "data", "y", "x", "datamodule", "train_dataloaders", "train_dataset")
TABLES = ("pandas.", "scipy.sparse", "polars.", "numpy.", "xgboost.", "lightgbm.", "catboost.", "jax", "datasets.")

KEYS = ("random.split", "random.key", "random.PRNGKey", "random.fold_in")  # seeds of random numbers, not data


def rule(story: Story) -> Iterator[Finding]:
    """From the arguments of a fit back to where they were made; a data module is shown where it was built."""
    for chapter in story.chapters:
        lineage = Lineage(chapter)
        for event in fit_calls(chapter)[:2]:
            for name in INPUTS:
                value = event.argument(name)
                if value:
                    yield from lineage.back(value.get("id"), event.seq, 0)
            frame = chapter.frame_of(event.place)
            source = chapter.source(event.place.code)
            if frame is not None and source is not None and not lineage.told:
                yield from lineage.names(frame, event.seq, loaded_names(source.statement(event.place.line)), -1)


class Lineage:
    """One walk backwards over the bindings and returns of a chapter; every object is visited once."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.seen: set[int] = set()
        self.told = 0

    def back(self, identity: int | None, before: int, depth: int) -> Iterator[Finding]:
        """The function that returned an object, the line that bound it first, and the same for what that line read."""
        if identity is None or identity in self.seen or depth > DEPTH:
            return
        self.seen.add(identity)
        rows = [row for row in self.chapter.occurrences.get(identity, ()) if row.seq < before]
        made = next(
            (row for row in rows if row.kind in ("return", "returned item", "yield", "item") and _is_maker(row.frame)),
            None,
        )
        if made is not None:
            yield self._function(made.frame, 2.6 - 0.2 * depth)
            yield from self._read_by(made)
            asked = next(
                (row for row in rows if row.kind == "bound" and row.done > made.done and row.frame is not made.frame),
                None,
            )
            if asked is not None and asked.line is not None and not self._is_loop(asked):
                yield self._line(asked, 1.6 - 0.2 * depth)
        first = next((row for row in rows if row.kind in ("bound", "bound item")), None)
        if first is None or first.line is None:
            return
        source = self.chapter.source(first.frame.code)
        node = source.statement(first.number) if source is not None else None
        if node is None:
            return
        if any(name.endswith(KEYS) for name in called_names(node)):
            return
        if not isinstance(node, LOOPS) and (made is None or first.frame is not made.frame) and called_names(node):
            yield self._line(first, 1.9 - 0.2 * depth)
        yield from self.names(first.frame, first.seq, loaded_names(node), depth)

    def _is_loop(self, row: Occurrence) -> bool:
        source = self.chapter.source(row.frame.code)
        return source is None or isinstance(source.statement(row.number), LOOPS)

    def _read_by(self, made: Occurrence) -> Iterator[Finding]:
        """What the returning line itself read, for functions that return an expression."""
        source = self.chapter.source(made.frame.code)
        if source is not None:
            line = made.frame.return_line or (made.frame.lines[-1].line if made.frame.lines else 0)
            yield from self.names(
                made.frame, made.frame.return_seq or made.seq + 1000, loaded_names(source.statement(line)), 1
            )

    def names(self, frame: Frame, before: int, names: list[str], depth: int) -> Iterator[Finding]:
        """The walk from names as a frame, or its module, bound them."""
        for name in names:
            bound = (
                frame.binding(name, before) or self._attribute(frame, name, before) or self._global(frame, name, before)
            )
            if bound is not None and is_data(bound.value):
                yield from self.back(bound.id, before, depth + 1)
                for item in list(walk_items(bound.value, 1))[:2]:
                    if is_data(item):
                        yield from self.back(item.get("id"), before, depth + 1)

    def _attribute(self, frame: Frame, name: str, before: int) -> Binding | None:
        """An attribute that another method of the same object had set."""
        owner = frame.args[0].id if frame.args and name.startswith(f"{frame.args[0].name}.") else None
        if owner is None:
            return None
        for other, line in self.chapter.trace.lines():
            for bound in line.bound if line.seq < before else ():
                if bound.name == name and (bound.owner == owner or _holder(other) == owner):
                    return bound
        return None

    def _global(self, frame: Frame, name: str, before: int) -> Binding | None:
        for other in self.chapter.trace.frames.values():
            if other.code.type == "module" and other.code.file == frame.code.file:
                return other.binding(name, before)
        return None

    def _function(self, frame: Frame, weight: float) -> Finding:
        self.told += 1
        code = frame.code
        verb = "yielded" if code.type == "generator" else "gave back"
        return Finding(
            Stage.DATA,
            self.chapter.definition(code),
            f"`{code.qualname}` {verb} what the model is trained on",
            "definition",
            self.chapter.number,
            frame.seq,
            weight=weight,
            frame=frame.id,
            seqs=(frame.seq,),
            facts={"code": code},
        )

    def _line(self, row: Occurrence, weight: float) -> Finding:
        self.told += 1
        because = f"what the model is trained on comes from `{row.name}`, made here"
        return Finding(
            Stage.DATA,
            self.chapter.location(row.frame.code, row.number),
            because,
            "lineage",
            self.chapter.number,
            row.seq,
            weight=weight,
            frame=row.frame.id,
            seqs=(row.seq,),
            facts={"occurrence": row},
        )


def is_data(value: Summary) -> bool:
    """Whether a value is an array, a table, a native matrix, or a container with one."""
    if has_parameters(value):
        return False
    kind = str(value.get("type", ""))
    if is_array(value) or (
        kind.startswith(TABLES)
        and value.get("id") is not None
        and kind.rpartition(".")[2] not in ("Booster", "Generator", "RandomState")
    ):
        return True
    return kind in ("list", "tuple", "dict") and any(
        is_array(item) or str(item.get("type", "")) in ("list", "str") for item in walk_items(value, 1)
    )


def _holder(frame: Frame) -> int | None:
    return frame.args[0].id if frame.args else None


def _is_maker(frame: Frame) -> bool:
    return frame.code.type in ("function", "generator") and frame.code.name not in ("__init__", "main", "__new__")


RULE = rule
