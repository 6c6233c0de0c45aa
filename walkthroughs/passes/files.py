"""The files that took part: what each is for, how much of it ran, and what in it never ran. Runs on the host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tracer.stages import Stage
from tracer.trace import Code
from walkthroughs.passes import counting
from walkthroughs.sources import SourceFile, called_names, dotted
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import CodeRange, FileRole

BESIDE = 12
"""A folder with more files that did not run is a collection, of which this program is one."""
NAMED = 4
COMPILERS = {"tensorflow", "keras", "numba", "triton", "cython", "taichi"}
WORDS = {
    Stage.CONFIG: "configuration",
    Stage.DATA: "data",
    Stage.MODEL: "model",
    Stage.TRAIN_LOOP: "training loop",
    Stage.FORWARD: "forward pass",
    Stage.LOSS: "loss",
    Stage.BACKWARD: "backward pass",
    Stage.OPTIMIZER_STEP: "optimizer step",
    Stage.EVALUATION: "evaluation",
    Stage.CHECKPOINT: "checkpoint",
    Stage.ROLLOUT: "rollout",
    Stage.INFERENCE: "inference",
    Stage.LOGGING: "logging",
}


def panel(story: Story, findings: list[Finding]) -> tuple[FileRole, ...]:
    """Files that ran, those with stages first; then files beside these that did not run."""
    stages: dict[str, list[Stage]] = {}
    for finding in findings:
        stages.setdefault(finding.location.file, []).append(finding.stage)
    ran = list(dict.fromkeys(code.file for chapter in story.chapters for code in chapter.trace.codes.values()))
    told = [
        _ran(story, file, stages.get(file, []))
        for file in sorted(ran, key=lambda file: (file not in stages, ran.index(file)))
    ]
    beside = [_beside(story, file) for file in _neighbours(story, set(stages), set(ran))]
    return tuple(role for role in (*told, *beside) if role is not None)


def _ran(story: Story, file: str, stages: list[Stage]) -> FileRole | None:
    source = story.sources.get(file)
    codes = [
        (chapter, code) for chapter in story.chapters for code in chapter.trace.codes.values() if code.file == file
    ]
    executed = {line for chapter, code in codes for line, count in _seen(chapter, code).items() if count > 0}
    if source is None or (not stages and not source.text.strip()):
        return None
    return FileRole(
        path=file,
        role=_role(source, stages, _called(codes)),
        lines=len(source.lines),
        executed=len(executed),
        calls=sum(_calls_into(chapter, code) for chapter, code in codes),
        at_least=any(_more_into(chapter, code) for chapter, code in codes),
        never_ran=tuple(_never(story, source, [code for _, code in codes])),
    )


def _seen(chapter: Chapter, code: Code) -> dict[int, int]:
    counts = counting.line_counts(chapter, code)
    return counts or dict.fromkeys(chapter.trace.executed(code), 1)


def _called(codes: list[tuple[Chapter, Code]]) -> list[str]:
    names = [code.qualname for _, code in codes if code.type in ("function", "generator") and code.name[0] != "<"]
    return sorted(dict.fromkeys(names), key=lambda name: name.rpartition(".")[2].startswith("__"))


def _calls_into(chapter: Chapter, code: Code) -> int:
    """Calls of a function from other files."""
    if code.type not in ("function", "generator") or code.name.startswith("<"):
        return 0
    rows = chapter.trace.counts.get(code.id, {}).get("edges", ())
    known = chapter.trace.codes
    return sum(int(count) for caller, _, count in rows if caller in known and known[caller].file != code.file)


def _more_into(chapter: Chapter, code: Code) -> bool:
    """Whether there may have been more calls from other files than were counted."""
    row = chapter.trace.counts.get(code.id, {})
    return _calls_into(chapter, code) > 0 and bool(row.get("open") or row.get("edges_open"))


def _role(source: SourceFile, stages: list[Stage], called: list[str]) -> str:
    """The stages found in a file, else the functions that ran in it; then the first sentence of its own docstring."""
    words = [WORDS[stage] for stage in Stage if stage in stages]
    if words:
        text = words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
    elif called:
        more = f" and {len(called) - NAMED} more" if len(called) > NAMED else ""
        text = "runs " + ", ".join(f"`{name}`" for name in called[:NAMED]) + more
    else:
        text = "imported; no function of it was called"
    own = docstring(source)
    return f"{text}: “{own}”" if own else text


def docstring(source: SourceFile) -> str:
    """The first sentence of a file's own docstring, in its own words; "" when it has none."""
    if source.tree is None:
        return ""
    paragraph = (ast.get_docstring(source.tree) or "").strip().split("\n\n")[0]
    # Underlines of titles and lists are no words.
    paragraph = re.split(r"\n\s*(?:[=\-~^#*]{3,}|[-*+] )", paragraph)[0]
    text = " ".join(paragraph.strip("=-~^#* \n").split())
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`\"'])", text)[0] if text else ""
    return sentence if len(sentence) <= 200 else sentence[:199].rsplit(" ", 1)[0] + "…"


def _neighbours(story: Story, told: set[str], ran: set[str]) -> list[str]:
    """Python files in the folders of files with stages, that did not run themselves."""
    found: list[str] = []
    for folder in sorted({str(PurePosixPath(file).parent) for file in told}):
        try:
            names = sorted(path.name for path in (story.sources.root / folder).glob("*.py") if path.is_file())
        except OSError:
            continue
        files = [str(PurePosixPath(folder) / name) for name in names]
        idle = [file for file in files if file not in ran]
        found.extend(idle if len(idle) <= BESIDE else [])
    return found


def _beside(story: Story, file: str) -> FileRole | None:
    source = story.sources.get(file)
    if source is None or not source.text.strip():
        return None
    place = _executed_as_text(story, file)
    text = f"not imported; run as text at {place}" if place else "not imported in this run"
    own = docstring(source)
    return FileRole(file, f"{text}: “{own}”" if own else text, len(source.lines))


def _executed_as_text(story: Story, file: str) -> str:
    """The line that ran a file through `exec` or `runpy`, by the file's name on a line that was seen."""
    name = PurePosixPath(file).name
    for chapter in story.chapters:
        for frame, line in chapter.trace.lines():
            source = chapter.source(frame.code)
            if source is None or name not in source.line(line.line):
                continue
            node = source.statement(line.line)
            if node is not None and {"exec", "execfile", "runpy.run_path", "run_path"} & set(called_names(node)):
                return frame.code.place(line.line)
    return ""


def _never(story: Story, source: SourceFile, codes: list[Code]) -> Iterator[CodeRange]:
    """Functions and classes that were never entered; nothing where code may run without the recorder seeing it."""
    if (
        source.tree is None
        or _compiled(source)
        or any(counting.in_other_processes(chapter) for chapter in story.chapters)
    ):
        return
    if any(chapter.trace.elided or chapter.trace.looked_away for chapter in story.chapters):
        return
    entered = {(code.name, code.line) for code in codes}
    for node in _definitions(source):
        if {(node.name, counting.first_line(node)), (node.name, node.lineno)} & entered:
            continue
        if not _inside_never(source, node, entered) and not any(_compiles(item) for item in node.decorator_list):
            yield CodeRange(node.lineno, int(node.end_lineno or node.lineno), source.qualname(node))


def _definitions(source: SourceFile) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    found = [node for node in source.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    return sorted(found, key=lambda node: node.lineno)


def _inside_never(source: SourceFile, node: ast.AST, entered: set[tuple[str, int]]) -> bool:
    """Whether a function or class around the node never ran itself: then that one is told."""
    for parent in source.parents(node):
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names = {(parent.name, counting.first_line(parent)), (parent.name, parent.lineno)}
            if not names & entered:
                return True
    return False


def _compiled(source: SourceFile) -> bool:
    """Whether the file uses a compiler that runs its functions outside the interpreter."""
    if any(name.split(".")[0] in COMPILERS for name in source.imported):
        return True
    calls = (node for node in source.nodes if isinstance(node, ast.Call))
    return any(dotted(node.func).endswith(("jit.script", "jit.trace")) for node in calls)


def _compiles(decorator: ast.expr) -> bool:
    """Whether a decorator may run the function otherwise than as Python."""
    name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return "jit" in name or name.endswith((".script", ".function", ".kernel", "vectorize"))
