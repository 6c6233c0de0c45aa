"""The tree of the model's modules: classes, parameter counts, shapes of the first forward. Runs on the host."""

from __future__ import annotations

from typing import Any

from tracer.trace import Event, Summary
from walkthroughs.rules.model import owners, trained_roots
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import Module

Shapes = tuple[tuple[int, ...], ...]
COMPLETE = 400
"""The recorder writes at most as many modules of a tree; the counts of what it broke off in are not whole."""


def panel(story: Story, findings: list[Finding]) -> tuple[Module, ...]:
    """The modules of the models that were applied, each root followed by its parts."""
    del findings  # the trees were recorded whole, told or not
    for chapter in (story.main, *[other for other in story.chapters if other is not story.main]):
        roots = trained_roots(chapter)
        if roots:
            return tuple(module for root in roots for module in _tree(chapter, root))
    return ()


def _tree(chapter: Chapter, root: int) -> list[Module]:
    rows = chapter.models[root]["rows"]
    shapes = _shapes(chapter, root)
    first = next((event for event in chapter.forwards if event.data["module"].get("id") == root), None)
    cut = rows[-1][0] if len(rows) >= COMPLETE else ""
    name = _attribute(chapter, root)
    found = []
    for path, module, qualname, _, depth, _ in rows:
        if cut and path and (cut == path or cut.startswith(path + ".")):
            continue
        inputs, outputs = shapes.get(path, ((), ()))
        total = sum(row[3] for row in rows if not path or row[0] == path or row[0].startswith(path + "."))
        if not path and first is not None:
            inputs, outputs = _outermost(first)
            # The recorder's own count knows parameters that two parts share, and trees that were too long to write.
            total = int(first.data["module"].get("parameters") or total)
        file, line = _defined(chapter, module, qualname)
        shown = f"{name}.{path}".strip(".") if name else path
        found.append(Module(shown, qualname.replace(".<locals>", ""), total, inputs, outputs, file, line, depth))
    return found


def _attribute(chapter: Chapter, root: int) -> str:
    """The attribute by which another module holds the root (`critic` of an agent); "" for a model of its own."""
    owner = owners(chapter, root)
    if owner == root:
        return ""
    for row in chapter.bound(root):
        line = row.line
        for bound in line.bound if line is not None else ():
            if bound.id == root and bound.owner == owner:
                return bound.name.rpartition(".")[2]
    return ""


def _shapes(chapter: Chapter, root: int) -> dict[str, tuple[Shapes, Shapes]]:
    """Shapes in and out of each part on the root's first call."""
    rows = chapter.trace.module_io
    if any("root" in row for row in rows):
        mine = [row for row in rows if row.get("root") == root]
    elif len(chapter.trace.modules) == 1:
        mine = rows
    else:
        mine = _own_rows(chapter, root)
    found: dict[str, tuple[Shapes, Shapes]] = {}
    for row in mine:
        found.setdefault(str(row["path"]), (_pairs(row.get("in")), _pairs(row.get("out"))))
    return found


def _own_rows(chapter: Chapter, root: int) -> list[dict[str, Any]]:
    """The rows of one of several roots, where paths that only it has show which they are; else none."""
    mine = {row[0] for row in chapter.models[root]["rows"]}
    others = {row[0] for tree in chapter.trace.modules if tree["root"] != root for row in tree["rows"]}
    return [row for row in chapter.trace.module_io if row["path"] in mine and row["path"] not in others]


def _outermost(event: Event) -> tuple[Shapes, Shapes]:
    given = [value.get("shape") for _, value in event.data.get("args", ())]
    value: Summary = event.data.get("value") or {}
    made = (
        [value.get("shape")]
        if "shape" in value
        else [row[1].get("shape") for row in value.get("items", ()) if isinstance(row[1], dict)]
    )
    return _pairs([shape for shape in given if shape]), _pairs([shape for shape in made if shape is not None])


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
