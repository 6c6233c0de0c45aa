"""The tree of the model's modules: classes, parameter counts, shapes of the first forward. Runs on the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracer.trace import Event, Summary
from walkthroughs.rules.model import owners, trained_roots
from walkthroughs.rules.model_alone import forward_of
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import Module

Shapes = tuple[tuple[int, ...], ...]
COMPLETE = 400
"""The recorder writes at most as many modules of a tree; the counts of what it broke off in are not whole."""


def panel(story: Story, findings: list[Finding]) -> tuple[Module, ...]:
    """The modules of the models that were applied: each root with its parts, below the module that holds it."""
    del findings  # the trees were recorded whole, told or not
    for chapter in (story.main, *[other for other in story.chapters if other is not story.main]):
        roots = trained_roots(chapter)
        if roots:
            return tuple(_all(chapter, roots))
    return ()


def _all(chapter: Chapter, roots: list[int]) -> Iterator[Module]:
    holders: dict[int, list[int]] = {}
    for root in roots:
        holders.setdefault(owners(chapter, root), []).append(root)
    for holder, parts in holders.items():
        if parts == [holder]:
            yield from _tree(chapter, holder, "", 0)
            continue
        yield _holder(chapter, holder)
        for part in sorted(parts):
            yield from _tree(chapter, part, _attribute(chapter, part, holder), 1)


def _holder(chapter: Chapter, holder: int) -> Module:
    """A module that was never applied itself: one of its methods applies its parts."""
    values = [row.value for row in chapter.occurrences.get(holder, ())]
    kind = next((str(value.get("type", "")) for value in values), "")
    module, _, qualname = kind.rpartition(".")
    file, line = _defined(chapter, module, qualname)
    total = max((int(value.get("parameters") or 0) for value in values), default=0)
    return Module("", qualname, total, (), (), file, line, 0)


def _tree(chapter: Chapter, root: int, name: str, below: int) -> Iterator[Module]:
    """The rows of one root, `below` levels down, under the attribute `name` of what holds it."""
    rows = chapter.models[root]["rows"]
    shapes = _shapes(chapter, root)
    first = next((event for event in chapter.forwards if event.data["module"].get("id") == root), None)
    cut = rows[-1][0] if len(rows) >= COMPLETE else ""
    for path, module, qualname, _, depth, _ in rows:
        if cut and path and (cut == path or cut.startswith(path + ".")):
            continue
        inputs, outputs = shapes.get(path, ((), ()))
        total = sum(row[3] for row in rows if not path or row[0] == path or row[0].startswith(path + "."))
        if not path and first is not None:
            inputs, outputs = _outermost(first)
            # The recorder's own count knows parameters that two parts share, and trees that were too long to write.
            total = int(first.data["module"].get("parameters") or total)
        alone = forward_of(chapter, root) if not path and first is None else None
        if alone is not None:
            given = [row.value.get("shape") for row in alone.args[1:]]
            inputs, outputs = _pairs([shape for shape in given if shape]), _made(alone.returned or {})
            total = int(alone.args[0].value.get("parameters") or total)
        file, line = _defined(chapter, module, qualname)
        shown = f"{name}.{path}".strip(".")
        yield Module(shown, qualname.replace(".<locals>", ""), total, inputs, outputs, file, line, depth + below)


def _attribute(chapter: Chapter, root: int, holder: int) -> str:
    """The attribute by which a module holds another (`critic` of an agent); its class where that was not seen."""
    for row in chapter.bound(root):
        for bound in row.line.bound if row.line is not None else ():
            if bound.id == root and bound.owner == holder:
                return bound.name.rpartition(".")[2]
    for row in chapter.occurrences.get(holder, ()):
        for name, value in row.value.get("items", ()):
            if value.get("id") == root:
                return str(name)
    return str(chapter.models[root]["rows"][0][2])


def _shapes(chapter: Chapter, root: int) -> dict[str, tuple[Shapes, Shapes]]:
    """Shapes in and out of each part on the root's first call."""
    rows = chapter.trace.module_io
    if any("root" in row for row in rows):
        mine = [row for row in rows if row.get("root") == root]
    elif len(chapter.trace.modules) == 1:
        mine = rows
    else:
        mine = _calls_of(chapter).get(root) or _own_rows(chapter, root)
    found: dict[str, tuple[Shapes, Shapes]] = {}
    for row in mine:
        found.setdefault(str(row["path"]), (_pairs(row.get("in")), _pairs(row.get("out"))))
    return found


def _calls_of(chapter: Chapter) -> dict[int, list[dict[str, Any]]]:
    """The rows of several roots apart: each was first called on its own, going once through all its parts.

    Empty where the rows do not fall into one such group for each root.
    """
    groups: list[list[dict[str, Any]]] = []
    for row in chapter.trace.module_io:
        if not groups or row["path"] in {other["path"] for other in groups[-1]}:
            groups.append([])
        groups[-1].append(row)
    trees = chapter.trace.modules
    if len(groups) != len(trees):
        return {}
    for tree, group in zip(trees, groups, strict=True):
        paths = [row[0] for row in tree["rows"] if row[0]]
        leaves = {path for path in paths if not any(other.startswith(path + ".") for other in paths)}
        if not leaves <= {row["path"] for row in group} <= set(paths):
            return {}
    return {tree["root"]: group for tree, group in zip(trees, groups, strict=True)}


def _own_rows(chapter: Chapter, root: int) -> list[dict[str, Any]]:
    """The rows of one of several roots, where paths that only it has show which they are; else none."""
    mine = {row[0] for row in chapter.models[root]["rows"]}
    others = {row[0] for tree in chapter.trace.modules if tree["root"] != root for row in tree["rows"]}
    return [row for row in chapter.trace.module_io if row["path"] in mine and row["path"] not in others]


def _outermost(event: Event) -> tuple[Shapes, Shapes]:
    given = [value.get("shape") for _, value in event.data.get("args", ())]
    return _pairs([shape for shape in given if shape]), _made(event.data.get("value") or {})


def _made(value: Summary) -> Shapes:
    """The shapes of what came out."""
    if "shape" in value:
        return _pairs([value["shape"]])
    rows = [row[1].get("shape") for row in value.get("items", ()) if isinstance(row[1], dict)]
    return _pairs([shape for shape in rows if shape is not None])


def _pairs(shapes: Any) -> Shapes:
    return tuple(tuple(int(size) for size in shape) for shape in shapes or () if isinstance(shape, list))


def _defined(chapter: Chapter, module: str, qualname: str) -> tuple[str, int]:
    """Where the repository defines a class; ("", 0) for a library's class."""
    name = qualname.replace(".<locals>", "")
    tail = module.replace(".", "/")
    for code in chapter.trace.codes.values():
        if code.type != "class" or code.qualname != name:
            continue
        path = "/" + code.file
        if module == "__main__" or path.endswith((f"/{tail}.py", f"/{tail}/__init__.py")):
            return code.file, chapter.definition(code).line
    return "", 0
