"""The fast first pass: one `ast` walk over each file, hundreds of files a second. Host side, purely static."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.garbage import without_collection
from tracer.notebooks import NotebookError, program_of, read_notebook
from tracer.survey.names import in_side_folder, role_of
from tracer.survey.sightings import ClassFacts, FileFacts, TrainingCall
from tracer.survey.training import training_call
from tracer.survey.wordlist import words

_PYTHON2 = re.compile(
    r"^\s*print\s+[\"'\w%(]|^\s*print\s*$|except\s+[\w.]+\s*,\s*\w+\s*:|^\s*raise\s+[\w.]+\s*,|^\s*exec\s+[\"'\w]|\burllib2\b|\bxrange\(",
    re.MULTILINE,
)
_PARSERS = words(
    """
    ArgumentParser parse_args parse_known_args HfArgumentParser fire.Fire tyro.cli hydra.main compose app.run
    click.command OptionParser typer.run Typer initialize TrainerParser simple_parsing
    """
)
_READERS = words(
    """
    open read_csv read_json read_table read_pickle loadtxt genfromtxt load_svmlight_file imread
    """
)
_UNINDENTED = re.compile(
    r"^(?:for|while|with|async (?:for|with))\b|^(?!\s|class\b|def\b)(?:[\w., ]+=\s*)?([A-Za-z_][\w.]*)\(", re.MULTILINE
)
_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TELLING = frozenset((ast.Import, ast.ImportFrom, *_BODIES, ast.AugAssign))
_LEAVES = frozenset(
    (ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, str, bool, type(None))
)
_PLAIN_FIELDS = frozenset(("ctx", "op", "ops", "type_comment", "kind", "conversion", "is_async", "simple"))
_FILE_NAME = re.compile(r"^[\w.][\w./-]*\.\w{1,8}$")


def read_facts(path: str, text: str) -> FileFacts:
    """All that one look at a Python file says; a file that does not parse is kept, with the reason."""
    lines = text.count("\n") + (0 if text.endswith("\n") or not text else 1)
    try:
        with warnings.catch_warnings(), without_collection():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = getattr(error, "lineno", None)
        why = f"line {place}: {getattr(error, 'msg', error)}" if place else str(error)
        return FileFacts(path, lines, syntax_error=why, python2=bool(_PYTHON2.search(text)), reason="cannot be parsed")
    return _Reader(path, lines, tree).facts()


def notebook_facts(root: Path, path: str) -> FileFacts:
    """All that one look at the code cells of a notebook says; lines without code are not counted."""
    role, reason = role_of(path)
    try:
        text = program_of(read_notebook(root / path)).text
    except NotebookError as error:
        return FileFacts(path, role=role, reason=reason, syntax_error=str(error))
    facts = read_facts(path, text)
    return replace(facts, lines=sum(1 for line in text.split("\n") if line.strip()))


def skim_facts(path: str, text: str) -> FileFacts:
    """A file of which only the text was looked at: its length and what its name promises."""
    role, reason = role_of(path)
    return FileFacts(path, text.count("\n") + 1, role=role, reason=reason, skimmed=True)


def glance(path: str, text: str) -> FileFacts:
    """Read a file in full only if it could be started; the others are read when something imports them."""
    worth = may_start(text) and not in_side_folder(path)
    return read_facts(path, text) if worth else skim_facts(path, text)


def may_start(text: str) -> bool:
    """Whether a file could do something when it is started, judged by its unindented lines: cheap, and never misses a
    guard, a loop or a call there."""
    if "__main__" in text:
        return True
    for match in _UNINDENTED.finditer(text):
        called = match.group(1)
        if called is None or called.rsplit(".", 1)[-1] not in _SETUP:
            return True
    return False


class _Inner(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of a kind of node under which something that tells can stand."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = self[kind] = tuple(name for name in kind._fields if name not in _PLAIN_FIELDS)
        return found


_INNER = _Inner({ast.Import: (), ast.ImportFrom: ()})


def dotted(node: ast.AST) -> str:
    """`a.b.c` for names and attributes, calls and subscripts skipped (`a().b` is `a.b`), else ""."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(node.id)
            return ".".join(reversed(parts))
        else:
            return ".".join(reversed(parts))


def is_main_guard(node: ast.AST) -> bool:
    """`if __name__ == "__main__":`, in either order and inside an `and`."""
    if not isinstance(node, ast.If):
        return False
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)) and any(
        isinstance(part, ast.Constant) and part.value == "__main__" for part in ast.walk(node.test)
    )


class _Reader:
    """Collects the facts of one parsed file."""

    def __init__(self, path: str, lines: int, tree: ast.Module) -> None:
        self.path = path
        self.lines = lines
        self.tree = tree
        self.imports: dict[str, bool] = {}
        self.classes: list[ClassFacts] = []
        self.functions: list[str] = []
        self.training: list[TrainingCall] = []
        self.files_read: dict[str, None] = {}
        self.changes_path = False
        self.parses = False
        self.main_line = 0

    def facts(self) -> FileFacts:
        """Walk once and sum up."""
        work: list[int] = []
        for statement in self.tree.body:
            if is_main_guard(statement):
                self.main_line = self.main_line or statement.lineno
            elif _does_something(statement):
                work.append(statement.lineno)
            inside = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or is_main_guard(
                statement
            )
            self._walk(statement, at_module_level=not inside)
        role, reason = role_of(self.path)
        return FileFacts(
            self.path,
            self.lines,
            imports=tuple(self.imports),
            has_main_guard=bool(self.main_line),
            main_line=self.main_line,
            role=role,
            reason=reason,
            top_work=len(work),
            top_line=work[0] if work else 0,
            training_calls=tuple(sorted(self.training, key=lambda call: call.line)),
            classes=tuple(self.classes),
            functions=tuple(self.functions),
            changes_path=self.changes_path,
            parses_arguments=self.parses,
            files_read=tuple(self.files_read),
            late_imports=tuple(name for name, late in self.imports.items() if late),
        )

    def _walk(self, statement: ast.stmt, *, at_module_level: bool) -> None:
        """Visit every node that can tell something: the innermost loop of a survey, so it calls as little as it can."""
        late = isinstance(statement, _BODIES)
        waiting: list[Any] = [statement]
        while waiting:
            node = waiting.pop()
            kind = node.__class__
            if kind is ast.Call:
                self._call(node, at_module_level)
            elif kind in _TELLING:
                self._tell(node, at_module_level, late=late)
            for name in _INNER[kind]:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    for item in value:
                        if item.__class__ not in _LEAVES:
                            waiting.append(item)
                elif value.__class__ not in _LEAVES:
                    waiting.append(value)

    def _tell(self, node: ast.AST, at_module_level: bool, *, late: bool) -> None:
        """What a node that is no call says."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, late=late)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions.append(node.name)
            for decorator in node.decorator_list:
                self._named(dotted(decorator))
        elif isinstance(node, ast.ClassDef):
            methods = tuple(
                part.name for part in node.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
            )
            bases = tuple(name for name in map(dotted, node.bases) if name)
            self.classes.append(ClassFacts(node.name, node.lineno, bases, methods))
        elif isinstance(node, ast.AugAssign):
            found = training_call(node, "", at_module_level)
            if found:
                self.training.append(found)

    def _call(self, node: ast.Call, at_module_level: bool) -> None:
        name = dotted(node.func)
        if not name:
            return
        self._named(name)
        found = training_call(node, name, at_module_level)
        if found:
            self.training.append(found)
        if name.rsplit(".", 1)[-1] in _READERS and node.args:
            self._reads(node)

    def _reads(self, node: ast.Call) -> None:
        first = node.args[0]
        mode = (
            node.args[1]
            if len(node.args) > 1
            else next((word.value for word in node.keywords if word.arg == "mode"), None)
        )
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value[:1] in ("w", "a", "x"):
            return
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and _FILE_NAME.match(first.value):
            self.files_read[first.value] = None

    def _named(self, name: str) -> None:
        last = name.rsplit(".", 1)[-1]
        if last in _PARSERS or ".".join(name.split(".")[-2:]) in _PARSERS:
            self.parses = True
        if name.startswith("sys.path.") or last == "setup_root":
            self.changes_path = True

    def _import(self, node: ast.Import | ast.ImportFrom, *, late: bool) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.name] = late and self.imports.get(alias.name, True)
            return
        stem = "." * node.level + (node.module or "")
        for alias in node.names:
            joint = "" if stem.endswith(".") or not stem else "."
            name = stem if alias.name == "*" else f"{stem}{joint}{alias.name}"
            self.imports[name] = late and self.imports.get(name, True)


def _does_something(statement: ast.stmt) -> bool:
    """Whether a module-level statement does work (loops, calls) instead of defining or naming things."""
    if isinstance(statement, (ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, (ast.Call, ast.Await)) and not _is_setup_call(statement.value)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return isinstance(statement.value, ast.Call) and not _is_setup_call(statement.value)
    if isinstance(statement, ast.If):
        return any(_does_something(part) for part in statement.body + statement.orelse)
    return False


_SETUP = words(
    """
    manual_seed seed empty_cache set_num_threads set_printoptions set_option
    getLogger filterwarnings simplefilter basicConfig namedtuple TypeVar NewType compile insert append getenv
    setdefault frozenset set dict list tuple defaultdict OrderedDict partial Path dirname abspath join
    is_available device seterr Registry Blueprint NamedTuple cast lru_cache jit import_module find_spec
    version register use
    """
)


def _is_setup_call(node: ast.expr) -> bool:
    """Calls that modules make when imported without being programs: loggers, seeds, path additions, a greeting."""
    name = dotted(node).rsplit(".", 1)[-1]
    if name == "print" and isinstance(node, ast.Call):
        return not any(isinstance(part, ast.Call) for argument in node.args for part in ast.walk(argument))
    return name in _SETUP
