"""Model: where the module that was trained is built, its class, and the optimizer over its parameters."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Code
from walkthroughs.story import Chapter, Finding, Story, by_library, is_training

SUBMODULES = 2


def rule(story: Story) -> Iterator[Finding]:
    """Construction sites and classes of the root modules, construction of optimizers."""
    for chapter in story.chapters:
        trained = trained_roots(chapter)
        for root in trained:
            yield from _construction(chapter, root)
            yield from _classes(chapter, root)
        yield from _optimizers(chapter)


def trained_roots(chapter: Chapter) -> list[int]:
    """Identities of the modules applied from outside, largest first; modules inside another root left out."""
    inner = {row[5] for tree in chapter.models.values() for row in tree["rows"] if row[0]}
    roots = [root for root in chapter.models if root not in inner]
    trained = {event.data["module"].get("id") for event in chapter.forwards if is_training(event)}
    if chapter.training and trained & set(roots):
        # A copy that is only applied (a target network, a model loaded again for the test) is not what is trained.
        roots = [root for root in roots if root in trained]
    return sorted(roots, key=lambda root: -sum(row[3] for row in chapter.models[root]["rows"]))[:3]


def _role(chapter: Chapter, root: int) -> str:
    """What a model was seen to be for: one that is only asked (a frozen network in a loss) is not what is trained."""
    if _is_alone(chapter):
        return "was run alone"
    learns = any(event.data["module"].get("id") == root and is_training(event) for event in chapter.forwards)
    return "is trained" if learns and chapter.trains else "is applied"


def owners(chapter: Chapter, root: int) -> int:
    """The module that holds `root` when the outermost call was of a part (`agent.critic(x)`), else `root` itself."""
    for event in chapter.forwards:
        if event.data["module"].get("id") != root:
            continue
        for place in event.stack:
            if not chapter.is_method_of_module(place):
                break
            frame = chapter.frame_of(place)
            if frame is not None and frame.args[0].id is not None:
                root = frame.args[0].id
        break
    return root


def _construction(chapter: Chapter, root: int) -> Iterator[Finding]:
    identity = owners(chapter, root)
    rows = [
        row for row in chapter.bound(identity) if not row.frame.code.qualname.endswith("__init__") or "." in row.name
    ] or chapter.bound(identity)
    for row in rows[:1]:
        yield Finding(
            Stage.MODEL,
            chapter.location(row.frame.code, row.number),
            f"the model that {_role(chapter, root)} was bound to `{row.name}` here",
            "construction",
            chapter.number,
            row.seq,
            weight=3.0,
            frame=row.frame.id,
            seqs=(row.seq,),
            facts={"occurrence": row, "root": identity, "tree": chapter.models.get(root)},
        )


def class_code(chapter: Chapter, module: str, qualname: str) -> Code | None:
    """The repository's class of a module and qualified name, when it has one."""
    tail = module.replace(".", "/") + ".py"
    named = [code for code in chapter.trace.codes.values() if code.type == "class" and code.qualname == qualname]
    exact = [code for code in named if code.file.endswith(tail) or module == "__main__"]
    found = exact or named
    return found[0] if found else None


def _classes(chapter: Chapter, root: int) -> Iterator[Finding]:
    identity = owners(chapter, root)
    rows = chapter.models.get(identity, chapter.models[root])["rows"]
    names: list[tuple[str, str, int]] = []
    if identity != root:
        kind = next((row.value.get("type", "") for row in chapter.occurrences.get(identity, ())), "")
        names.append((kind.rpartition(".")[0], kind.rpartition(".")[2], 1))
    sizes: dict[tuple[str, str], int] = {}
    for path, module, qualname, _, _, _ in rows:
        inside = sum(row[3] for row in rows if not path or row[0] == path or row[0].startswith(path + "."))
        sizes[(module, qualname)] = max(sizes.get((module, qualname), 0), inside)
    names.extend(
        (module, qualname, size) for (module, qualname), size in sorted(sizes.items(), key=lambda item: -item[1])
    )
    told = 0
    for module, qualname, size in names:
        code = class_code(chapter, module, qualname)
        if code is None or size == 0:
            continue
        location = chapter.definition(code)
        yield Finding(
            Stage.MODEL,
            Location(location.file, location.line, location.end_line, code.qualname),
            f"`{qualname}` is the class of the model that {_role(chapter, root)}"
            if told == 0
            else f"`{qualname}` is a part of the model with parameters of its own",
            "class" if told == 0 else "submodule",
            chapter.number,
            _built(chapter, code),
            weight=2.8 if told == 0 else 1.0,
            facts={"code": code, "tree": chapter.models.get(identity) or chapter.models[root], "size": size},
        )
        told += 1
        if told > SUBMODULES:
            return


def _is_alone(chapter: Chapter) -> bool:
    """Whether the chapter is that of a model that was run by itself."""
    return chapter.trace.chapter == "alone"


def _built(chapter: Chapter, code: Code) -> int:
    """When the class was first instantiated: its `__init__`, else when it was defined."""
    for frame in chapter.trace.frames.values():
        if frame.code.file == code.file and frame.code.qualname == code.qualname + ".__init__":
            return frame.seq
    return next((frame.seq for frame in chapter.by_code.get(code.id, ())), 0)


def _optimizers(chapter: Chapter) -> Iterator[Finding]:
    for event in chapter.trace.landmarks("optimizer"):
        if by_library(event):
            continue  # a trainer built its own
        stack = list(event.stack)
        identity = event.argument("self").get("id")
        while len(stack) > 1 and stack[0].code.name == "__init__":
            frame = chapter.frame_of(stack[0])
            if frame is None or not frame.args or frame.args[0].id != identity:
                break
            stack.pop(0)
        place = stack[0]
        yield Finding(
            Stage.MODEL,
            chapter.location(place.code, place.line),
            "the optimizer was built here",
            "optimizer",
            chapter.number,
            event.seq,
            weight=2.4,
            frame=place.frame,
            seqs=(event.seq,),
            facts={"event": event},
        )


RULE = rule
