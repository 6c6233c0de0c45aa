"""What a program imports that is not its repository's own: names, places, and whether it can do without. Host.

Reading only. An import that stands in a `try` whose failure is caught, under a condition, or in a function is not made
by every run: what is missing there shows when a run gets there.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.environment.cells import cells_of
from tracer.notebooks import files_run
from tracer.survey import Survey

MAX_FILES = 400
"""Files after which imports are no longer followed; more is a framework, not a program."""

_CATCHES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "OSError", "AttributeError"}
_GONE_FROM_PYTHON = {"distutils", "imp", "asynchat", "asyncore", "smtpd", "cgi", "crypt", "telnetlib", "pipes"}
_OLD_PYTHON = {
    "urllib2", "urlparse", "cPickle", "ConfigParser", "Queue", "StringIO", "cStringIO", "Tkinter", "commands",
    "__builtin__", "exceptions", "httplib", "itertools_", "md5", "sets", "thread", "copy_reg", "HTMLParser",
}  # fmt: skip
"""Modules of Python 2: no index has them."""


SHARED = frozenset({"google", "ruamel", "mpl_toolkits"})
"""Packages that many distributions fill: the first part of a name does not say which."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the dotted name, where it stands first, and whether running the program is sure to make it."""

    name: str
    file: str
    line: int
    certain: bool

    @property
    def top(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @property
    def module(self) -> str:
        """The package that an installation has to bring; "" when the name alone does not say which."""
        if self.top not in SHARED:
            return self.top
        return ".".join(self.name.split(".")[:2]) if "." in self.name else ""

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def imports_of(survey: Survey, file: str) -> tuple[Import, ...]:
    """The foreign modules that a program imports, itself and through the files of the repository that it reaches.

    One entry per dotted name; the certain ones first, in the order in which they are met.
    """
    if not file:
        return ()
    entry = survey.entry(file)
    reader = _Reach(survey, file, entry.needs_path if entry is not None else ())
    found: dict[str, Import] = {}
    for item in reader.all():
        known = found.get(item.name)
        if known is None or (item.certain and not known.certain):
            found[item.name] = item
    return tuple(sorted(found.values(), key=lambda item: not item.certain))


def modules_to_ask(imports: Iterable[Import]) -> tuple[str, ...]:
    """The modules that an interpreter has to have: top-level packages, and those below a shared one (`google.…`)."""
    return tuple(sorted({item.module for item in imports if item.certain} - {""}))


class _Reach:
    """Follows imports through the files of one repository, from the program on."""

    def __init__(self, survey: Survey, file: str, needs_path: tuple[str, ...]) -> None:
        self.root = Path(survey.root)
        self.start = file
        self.files = {facts.path for facts in survey.files}
        self.folders = {part for path in self.files for part in _folders(path)}
        self.bases = list(dict.fromkeys([*_upward(file), "src", *(_plain(part) for part in needs_path)]))
        facts = survey.facts(file)
        # A program that changes its path can import any file of the repository by its bare name.
        self.anywhere = (
            {part for path in self.files for part in (path.rpartition("/")[2].removesuffix(".py"),)} | self.folders
            if facts is not None and facts.changes_path
            else set()
        )

    def all(self) -> Iterator[Import]:
        """Every import of the program and of what it reaches, own ones followed and not given."""
        waiting, seen = [(self.start, True)], {(self.start, True)}
        while waiting and len(seen) < MAX_FILES:
            path, certain = waiting.pop(0)
            for target in files_run(self.root, path):
                if (target, certain) not in seen:
                    seen.add((target, certain))
                    waiting.append((target, certain))
            for found in imports_in(self.root / path, path):
                item = found if certain else replace(found, certain=False)
                own = self._own(item.name, path)
                for target in own:
                    if (target, item.certain) not in seen and (target, True) not in seen:
                        seen.add((target, item.certain))
                        waiting.append((target, item.certain))
                if not own and not item.name.startswith(".") and not self._is_known(item.top):
                    yield item

    def _is_known(self, top: str) -> bool:
        """Whether a name comes with Python, or is some file of a repository that changes its path."""
        return (top in sys.stdlib_module_names and top not in _GONE_FROM_PYTHON) or top in (
            _OLD_PYTHON | self.anywhere | {"__main__", ""}
        )

    def _own(self, name: str, path: str) -> list[str]:
        """The files of the repository that an import runs."""
        folder = path.rpartition("/")[0]
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            return self._files(folder, name.lstrip("."))
        for base in dict.fromkeys([*self.bases, folder]):
            found = self._files(base, name)
            if found or self._is_folder(base, name):
                return found or [path]
        return []

    def _is_folder(self, base: str, name: str) -> bool:
        """A folder without `__init__.py` is a package too."""
        return "/".join(filter(None, [base, name.partition(".")[0]])) in self.folders

    def _files(self, base: str, name: str) -> list[str]:
        found, here = [], base
        for part in [part for part in name.split(".") if part]:
            here = f"{here}/{part}" if here else part
            if f"{here}/__init__.py" in self.files:
                found.append(f"{here}/__init__.py")
            elif f"{here}.py" in self.files:
                found.append(f"{here}.py")
                break
            elif here not in self.folders:
                break
        return found


def imports_in(path: Path, shown: str) -> Iterator[Import]:
    """The imports of one file, relative ones with their dots; `shown` is how places name it. A file, or a cell of a
    notebook, that cannot be parsed has none."""
    try:
        sources = cells_of(path) if path.suffix == ".ipynb" else [path.read_bytes()]
    except OSError:
        return
    for source in sources:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield from _of_body(tree.body, shown, certain=True)


def _of_body(body: list[ast.stmt], shown: str, *, certain: bool) -> Iterator[Import]:
    """The imports of a block; `certain` is whether the block itself is sure to run."""
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from _of_statement(statement, shown, certain)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _of_body(statement.body, shown, certain=False)
        elif isinstance(statement, ast.Try):
            yield from _of_try(statement, shown, certain=certain)
        elif isinstance(statement, ast.If):
            yield from _of_condition(statement, shown, certain=certain)
        else:
            sure = certain and isinstance(statement, (ast.ClassDef, ast.With))
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(statement, part, None)
                if isinstance(inner, list):
                    yield from _of_body(inner, shown, certain=sure)


def _of_try(statement: ast.Try, shown: str, *, certain: bool) -> Iterator[Import]:
    caught = any(
        handler.type is None or any(name in _CATCHES for name in _names(handler.type))
        for handler in statement.handlers
        if not any(isinstance(part, ast.Raise) for part in handler.body)
    )
    yield from _of_body(statement.body, shown, certain=certain and not caught)
    for handler in statement.handlers:
        yield from _of_body(handler.body, shown, certain=False)
    yield from _of_body(statement.orelse, shown, certain=False)
    yield from _of_body(statement.finalbody, shown, certain=certain)


def _of_condition(statement: ast.If, shown: str, *, certain: bool) -> Iterator[Import]:
    names = set(_names(statement.test))
    if "TYPE_CHECKING" in names:
        return
    main = "__name__" in names
    yield from _of_body(statement.body, shown, certain=certain and main)
    yield from _of_body(statement.orelse, shown, certain=False)


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _of_statement(statement: ast.Import | ast.ImportFrom, shown: str, certain: bool) -> Iterator[Import]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield Import(alias.name, shown, statement.lineno, certain)
        return
    stem = "." * statement.level + (statement.module or "")
    if stem.strip("."):
        yield Import(stem, shown, statement.lineno, certain)
    # `from package import module` runs the module too, when it is one of the repository's own.
    for alias in statement.names:
        if alias.name != "*":
            joint = "" if stem.endswith(".") else "."
            yield Import(f"{stem}{joint}{alias.name}", shown, statement.lineno, certain)


def _folders(path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _upward(file: str) -> list[str]:
    return [*_folders(file), ""]


def _plain(folder: str) -> str:
    return "" if folder == "." else folder
