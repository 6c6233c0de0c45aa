"""What a setting changed, where the trace proves it: the same value, on a line that names the setting. On the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.trace import Code, Event, Frame, Summary
from walkthroughs.passes.counting import line_counts
from walkthroughs.passes.options import Setting
from walkthroughs.sources import dotted, header_span
from walkthroughs.story import Chapter
from walkthroughs.telling.words import line_of


def effect_of(chapter: Chapter, code: Code, line: int, setting: Setting) -> str:
    """The effect of a setting on the statement at `line`, which reads it; "" when nothing proves one."""
    source = chapter.source(code)
    node = source.statement(line) if source is not None else None
    if node is None:
        return ""
    readers = {f"{holder}.{setting.name}" for _, holder in setting.prefixes if holder and not holder.endswith(":")}
    if any(not holder or holder.endswith(":") for _, holder in setting.prefixes):
        readers.add(setting.name)
    for texts in (
        _branch(chapter, code, node, readers, setting.value),
        _loop(chapter, code, node, readers, setting.value),
        _calls(chapter, code, node, readers, setting.value),
        _bound(chapter, code, node, readers, setting.value),
    ):
        for text in texts:
            return text
    return ""


def same_value(seen: Summary, value: Summary) -> bool:
    """Whether two recorded values are the same number, word or truth value."""
    if not seen:
        return False
    one, other = seen.get("scalar"), value.get("scalar")
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other
    texts = [str(item.get("value", "")).strip("'\"") for item in (seen, value)]
    return texts[0] == texts[1] and texts[0] != "" and not texts[0].startswith("<")


def _is_read(node: ast.AST | None, readers: set[str]) -> bool:
    return node is not None and dotted(node) in readers


def _ran(chapter: Chapter, code: Code, line: int) -> int:
    """How often a line was seen running."""
    counted = line_counts(chapter, code)
    if line in counted:
        return counted[line]
    return sum(1 for frame in chapter.by_code.get(code.id, ()) for row in frame.lines if row.line == line)


def _branch(chapter: Chapter, code: Code, node: ast.stmt, readers: set[str], value: Summary) -> Iterator[str]:
    """`if args.save:`: its body ran, or did not, as the truth value says."""
    if not isinstance(node, ast.If) or value.get("value") not in ("True", "False"):
        return
    truth = value["value"] == "True"
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, truth = test.operand, not truth
    ran = _ran(chapter, code, node.body[0].lineno) > 0
    if _is_read(test, readers) and ran == truth and node.body[0].lineno > node.lineno:
        yield f"the branch on {line_of(code, node.lineno)} {'ran' if ran else 'did not run'}"


def _loop(chapter: Chapter, code: Code, node: ast.stmt, readers: set[str], value: Summary) -> Iterator[str]:
    """`for epoch in range(args.epochs)`: its body ran as often as the setting says."""
    if not isinstance(node, ast.For) or chapter.trace.calls(code) != 1:
        return
    names = {dotted(item) for item in ast.walk(node.iter)}
    rounds = _ran(chapter, code, node.body[0].lineno)
    if names & readers and isinstance(value.get("scalar"), int) and rounds == value["scalar"] and rounds > 0:
        yield f"the loop on {line_of(code, node.lineno)} ran {rounds} time{'s' if rounds != 1 else ''}"


def _calls(chapter: Chapter, code: Code, node: ast.stmt, readers: set[str], value: Summary) -> Iterator[str]:
    """Arguments that were seen with the value: of the repository's own functions, and of what libraries built."""
    span = header_span(node)
    frames = [
        frame
        for frame in chapter.trace.frames.values()
        if frame.called_from is not None and frame.called_from[0] == code.id and frame.called_from[1] in span
    ]
    events = [
        event
        for event in chapter.trace.events
        if event.kind == "landmark" and event.place.code.id == code.id and event.place.line in span
    ]
    for call in [item for item in ast.walk(node) if isinstance(item, ast.Call)]:
        for keyword in call.keywords:
            if keyword.arg and _is_read(keyword.value, readers):
                yield from _given(keyword.arg, call, frames, events, value)
        for index, argument in enumerate(call.args):
            if _is_read(argument, readers):
                yield from _positional(index, call, frames, value)


def _given(name: str, call: ast.Call, frames: list[Frame], events: list[Event], value: Summary) -> Iterator[str]:
    called = _last(call)
    for frame in frames:
        fits = frame.code.name == called or frame.code.qualname == f"{called}.__init__"
        if fits and any(argument.name == name and same_value(argument.value, value) for argument in frame.args):
            yield f"argument `{name}` of `{called}`"
    for event in events:
        if called not in (*str(event.data.get("name", "")).split("."), _kind(event)):
            continue
        if any(key == name and same_value(item, value) for key, item in _arguments(event)):
            yield f"`{name}` of `{called}`"


def _positional(index: int, call: ast.Call, frames: list[Frame], value: Summary) -> Iterator[str]:
    called = _last(call)
    for frame in frames:
        if frame.code.name == called or frame.code.qualname == f"{called}.__init__":
            own = [argument for argument in frame.args if argument.name not in ("self", "cls")]
            if index < len(own) and same_value(own[index].value, value):
                yield f"argument `{own[index].name}` of `{called}`"


def _last(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _kind(event: Event) -> str:
    return str(event.argument("self").get("type", "")).rpartition(".")[2]


def _arguments(event: Event) -> Iterator[tuple[str, Summary]]:
    """Arguments of a library call, and the entries of those that are dictionaries of settings."""
    for name, value in event.data.get("args", ()):
        yield str(name), value
        for key, item in value.get("items", ()):
            if isinstance(item, dict):
                yield str(key), item


def _bound(chapter: Chapter, code: Code, node: ast.stmt, readers: set[str], value: Summary) -> Iterator[str]:
    """`self.lr = args.lr`, or an entry of a dictionary written on the line."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return
    target = dotted(node.targets[0] if isinstance(node, ast.Assign) else node.target)
    span = header_span(node)
    lines = [row for frame in chapter.by_code.get(code.id, ()) for row in frame.lines if row.line in span]
    seen = [bound.value for row in lines for bound in row.bound if bound.name == target]
    if not target or not seen:
        return
    if _is_read(node.value, readers) and same_value(seen[0], value) and target not in readers:
        yield f"`{target}` takes this value"
    if isinstance(node.value, ast.Dict):
        held = dict(seen[0].get("items", ()))
        for key, item in zip(node.value.keys, node.value.values, strict=True):
            if isinstance(key, ast.Constant) and _is_read(item, readers) and same_value(held.get(key.value, {}), value):
                yield f"entry `{key.value!s}` of `{target}`"
