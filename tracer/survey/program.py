"""One file as the detectors see it: calls, loops, functions and classes with resolved names. Host side, pure.

The structure comes from `ast`; what a name refers to comes from a table made by `source.py` (libcst) or `scopes.py`.
What sort of thing a variable holds is followed through assignments, attributes of `self`, and calls within the file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracer.location import Location
from tracer.stages import Stage
from tracer.survey.kinds import NOTHING, Value, kind_of_base, kind_of_call, kind_of_name
from tracer.survey.sightings import Sighting

Place = tuple[int, int, int, int]
NameTable = dict[Place, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

_METHOD_OF_SELF = re.compile(r"(?:^|\.)\w+\.<locals>\.(?:self|cls)\.")
_KEEPS_KIND = frozenset(
    ("to", "cuda", "cpu", "half", "float", "double", "train", "eval", "bfloat16", "requires_grad_", "module")
)
_WRAPS = frozenset(
    ("DataParallel", "DistributedDataParallel", "compile", "prepare", "prepare_model", "script", "DDP", "watch")
)


def place_of(node: ast.expr, lines: list[str]) -> Place:
    """Where an expression stands, columns counted in characters as libcst does (`ast` counts bytes)."""
    end_line = node.end_lineno or node.lineno
    return (
        node.lineno,
        _column(lines, node.lineno, node.col_offset),
        end_line,
        _column(lines, end_line, node.end_col_offset or 0),
    )


def _column(lines: list[str], line: int, offset: int) -> int:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode("utf-8")[:offset].decode("utf-8", "ignore"))


@dataclass(frozen=True, slots=True)
class Loop:
    """A `for` or `while`: its header's lines and the function it stands in."""

    node: ast.For | ast.While | ast.AsyncFor
    line: int
    end_line: int
    qualname: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the qualified name of what is called, its spelling, and where it stands."""

    name: str
    spelled: str
    node: ast.Call
    statement: ast.stmt
    qualname: str
    loops: tuple[Loop, ...]

    @property
    def last(self) -> str:
        """The last part of the spelling: the method's or function's own name."""
        return self.spelled.rsplit(".", 1)[-1]

    @property
    def receiver(self) -> ast.expr | None:
        """The object a method is called on, or None."""
        return self.node.func.value if isinstance(self.node.func, ast.Attribute) else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or method: its dotted name, and the class it belongs to ("" for plain functions)."""

    node: Function
    qualname: str
    owner: str
    decorators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """A class with the resolved names of its bases, and its sort (model, dataset, ... or "")."""

    node: ast.ClassDef
    qualname: str
    bases: tuple[str, ...]
    kind: str


class SourceFile:
    """A parsed file with resolved names.

    `class_kinds` are the sorts of the whole repository's classes by their plain names, so that a model imported from a
    neighbour file is known as one; `own_modules` are the top-level names that import the repository's own code.
    """

    def __init__(
        self,
        file: str,
        text: str,
        tree: ast.Module,
        names: NameTable,
        class_kinds: Mapping[str, str] | None = None,
        own_modules: frozenset[str] = frozenset(),
    ) -> None:
        self.file = file
        self.text = text
        self.tree = tree
        self.lines = text.split("\n")
        self._names = names
        self._class_kinds = dict(class_kinds or {})
        self._own_modules = own_modules
        self.nodes = tuple(ast.walk(tree))
        self.calls: list[Call] = []
        self.loops: list[Loop] = []
        self.functions: list[Definition] = []
        self.classes: list[ClassDefinition] = []
        self._walk_body(tree.body, "", "", ())
        self._values: dict[str, Value] = {}
        for _ in range(3):  # parameters learn from callers, which learn from their own parameters
            self._learn()

    # -- structure ---------------------------------------------------------------------------------------------------

    def _walk_body(self, body: list[ast.stmt], prefix: str, owner: str, loops: tuple[Loop, ...]) -> None:
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                qualname = f"{prefix}{statement.name}"
                decorators = tuple(self.qualified(_function_of(node)) for node in statement.decorator_list)
                self.functions.append(Definition(statement, qualname, owner, decorators))
                self._expressions(statement, statement.decorator_list, prefix, loops)
                self._walk_body(statement.body, f"{qualname}.", "", ())
            elif isinstance(statement, ast.ClassDef):
                qualname = f"{prefix}{statement.name}"
                bases = tuple(self.qualified(_function_of(base)) for base in statement.bases)
                kind = next(filter(None, map(kind_of_base, bases)), "") or self._class_kinds.get(statement.name, "")
                self.classes.append(ClassDefinition(statement, qualname, bases, kind))
                if kind:
                    self._class_kinds.setdefault(statement.name, kind)
                self._walk_body(statement.body, f"{qualname}.", qualname, ())
            else:
                self._walk_statement(statement, prefix, loops)

    def _walk_statement(self, statement: ast.stmt, prefix: str, loops: tuple[Loop, ...]) -> None:
        here = loops
        if isinstance(statement, (ast.For, ast.While, ast.AsyncFor)):
            header = statement.test if isinstance(statement, ast.While) else statement.iter
            loop = Loop(statement, statement.lineno, header.end_lineno or statement.lineno, prefix[:-1] or "<module>")
            self.loops.append(loop)
            here = (*loops, loop)
        own = [child for child in ast.iter_child_nodes(statement) if isinstance(child, (ast.expr, ast.withitem))]
        self._expressions(statement, own, prefix, loops)
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list):
                self._walk_body(inner, prefix, "", here if name == "body" else loops)
        for handler in getattr(statement, "handlers", ()):
            self._walk_body(handler.body, prefix, "", loops)
        for case in getattr(statement, "cases", ()):
            self._walk_body(case.body, prefix, "", loops)

    def _expressions(self, statement: ast.stmt, nodes: Sequence[ast.AST], prefix: str, loops: tuple[Loop, ...]) -> None:
        for root in nodes:
            for node in ast.walk(root):
                if isinstance(node, ast.Call):
                    spelled = spelling(node.func)
                    name = self.qualified(node.func)
                    self.calls.append(Call(name, spelled, node, statement, prefix[:-1] or "<module>", loops))

    # -- names and values --------------------------------------------------------------------------------------------

    def qualified(self, node: ast.AST) -> str:
        """The qualified name of a name or attribute; its spelling where it has none (`a().b`)."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            found = self._names.get(place_of(node, self.lines))
            if found:
                return _METHOD_OF_SELF.sub(".self.", found)
        return spelling(node)

    def value(self, node: ast.AST | None) -> Value:
        """What sort of thing an expression holds: known from where it was made, else guessed from its name."""
        if isinstance(node, ast.Call):
            return self._value_of_call(node)
        if isinstance(node, ast.Subscript):
            return self.value(node.value)
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return NOTHING
        known = self._values.get(self.qualified(node))
        if known is not None:
            return known
        last = node.id if isinstance(node, ast.Name) else node.attr
        if isinstance(node, ast.Attribute) and last in _KEEPS_KIND:
            return self.value(node.value)
        guessed = kind_of_name(last)
        return Value(guessed, sure=False) if guessed else NOTHING

    def _value_of_call(self, node: ast.Call) -> Value:
        name = self.qualified(node.func)
        kind = kind_of_call(name)
        if kind:
            return Value(kind)
        own = self.class_kind(name)
        if own:
            return Value(own)
        last = name.rsplit(".", 1)[-1]
        if isinstance(node.func, ast.Attribute) and last in _KEEPS_KIND:
            return self.value(node.func.value)
        if last in _WRAPS and node.args:
            return self.value(node.args[0])
        return self._returns.get(last, NOTHING)

    @cached_property
    def _returns(self) -> dict[str, Value]:
        """What the file's own functions return, where a returned expression is a construction."""
        found: dict[str, Value] = {}
        for function in self.functions:
            for node in ast.walk(function.node):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
                    name = self.qualified(node.value.func)
                    kind = kind_of_call(name) or self.class_kind(name)
                    if kind:
                        found.setdefault(function.node.name, Value(kind))
        return found

    def _learn(self) -> None:
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, node.value)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._assign(node.optional_vars, node.context_expr)
        for call in self.calls:
            definition = self._called(call.last)
            if definition is not None:
                self._pass_arguments(call.node, definition)

    def _called(self, name: str) -> Definition | None:
        """The function of this file, or the constructor of its class, that a plain name calls."""
        owner = next((item.qualname for item in self.classes if item.node.name == name), "")
        wanted = "__init__" if owner else name
        return next(
            (item for item in self.functions if item.node.name == wanted and (not owner or item.owner == owner)), None
        )

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
                for left, right in zip(target.elts, value.elts, strict=True):
                    self._assign(left, right)
            elif (
                isinstance(value, ast.Call)
                and len(value.args) == len(target.elts)
                and spelling(value.func).endswith(".prepare")
            ):
                for left, right in zip(target.elts, value.args, strict=True):
                    self._assign(left, right)
            return
        found = self.value(value)
        if found.kind and found.sure and isinstance(target, (ast.Name, ast.Attribute)):
            self._values[self.qualified(target)] = found

    def _pass_arguments(self, call: ast.Call, target: Definition) -> None:
        parameters = [argument.arg for argument in (*target.node.args.posonlyargs, *target.node.args.args)]
        if target.owner and parameters[:1] in (["self"], ["cls"]):
            parameters = parameters[1:]
        pairs = list(zip(parameters, call.args, strict=False))
        pairs += [(word.arg, word.value) for word in call.keywords if word.arg]
        for name, argument in pairs:
            found = self.value(argument)
            if found.kind and found.sure:
                self._values.setdefault(f"{target.qualname}.<locals>.{name}", found)

    # -- answers -----------------------------------------------------------------------------------------------------

    def sighting(
        self, stage: Stage, node: ast.AST, qualname: str, confidence: float, detector: str, end_line: int = 0
    ) -> Sighting:
        """A sighting at a node, with its source line as the evidence."""
        line = getattr(node, "lineno", 1)
        last = end_line or getattr(node, "end_lineno", None) or line
        evidence = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return Sighting(stage, Location(self.file, line, last, qualname), evidence[:160], detector, confidence)

    def class_kind(self, name: str) -> str:
        """The sort of a repository's class by its qualified name; a library's class of that name is none ("")."""
        first, _, rest = name.partition(".")
        if first == "builtins":  # most likely brought by a star import
            return self._class_kinds.get(rest, "")
        if first and rest and first not in self._own_modules and first not in self._own_names:
            return ""
        return self._class_kinds.get(name.rsplit(".", 1)[-1], "")

    @cached_property
    def _own_names(self) -> frozenset[str]:
        """Names defined by this file's own functions and classes."""
        return frozenset({item.node.name for item in self.functions} | {item.node.name for item in self.classes})

    @cached_property
    def inner_models(self) -> frozenset[str]:
        """Model classes of this file that are only parts: built within another model's own code."""
        models = [item for item in self.classes if item.kind == "model"]
        built = {
            call.name.rsplit(".", 1)[-1]
            for call in self.calls
            for item in models
            if call.qualname.startswith(item.qualname + ".") and item.node.name != call.name.rsplit(".", 1)[-1]
        }
        return frozenset(item.qualname for item in models if item.node.name in built)

    def in_model(self, qualname: str) -> bool:
        """Whether a function is a model's own method."""
        return any(item.kind == "model" and qualname.startswith(item.qualname + ".") for item in self.classes)

    def scope_at(self, line: int) -> str:
        """The dotted name of the innermost function that holds a line, or `<module>`."""
        inside = [item for item in self.functions if item.node.lineno <= line <= (item.node.end_lineno or 0)]
        return max(inside, key=lambda item: item.node.lineno).qualname if inside else "<module>"

    def loops_at(self, line: int) -> tuple[Loop, ...]:
        """The loops around a line within its own function, outermost first."""
        scope = self.scope_at(line)
        return tuple(
            loop
            for loop in self.loops
            if loop.qualname == scope and loop.node.lineno < line <= (loop.node.end_lineno or 0)
        )

    def trains_in(self, qualname: str) -> bool:
        """Whether gradients are taken or weights changed by code that stands in this function."""
        return qualname in self._training_scopes

    @cached_property
    def _training_scopes(self) -> frozenset[str]:
        return frozenset(call.qualname for call in self.calls if self.is_update(call) or is_backward(call))

    def is_update(self, call: Call) -> bool:
        """Whether a call changes the weights through an optimizer object."""
        if call.last == "step" and call.receiver is not None:
            kind = self.value(call.receiver).kind
            return kind == "optimizer" or (kind == "scaler" and bool(call.node.args))
        if call.last == "update" and call.receiver is not None:
            value = self.value(call.receiver)
            return value.kind == "optimizer" and bool(call.node.args)
        return call.last in ("apply_gradients", "apply_updates")

    def own_calls(self, function: Function) -> Iterator[Call]:
        """Calls that stand within a function, nested ones included."""
        end = function.end_lineno or function.lineno
        return (call for call in self.calls if function.lineno <= call.node.lineno <= end)


def is_backward(call: Call) -> bool:
    """`loss.backward()` and its relatives; not `super().backward()`."""
    if call.last == "backward":
        return call.receiver is not None and not call.spelled.startswith("super")
    if call.name.startswith("jax.") or ".nnx." in call.name or call.name.startswith("equinox."):
        return call.last in ("grad", "value_and_grad", "filter_grad", "filter_value_and_grad")
    return call.last == "gradient" and call.spelled.startswith(("tape.", "t.", "g."))


def spelling(node: ast.AST) -> str:
    """The dotted spelling of an expression, calls and subscripts left out: `a(b).c[d].e` is `a.c.e`."""
    if isinstance(node, ast.Attribute):
        stem = spelling(node.value)
        return f"{stem}.{node.attr}" if stem else node.attr
    if isinstance(node, (ast.Call, ast.Subscript)):
        return spelling(node.func if isinstance(node, ast.Call) else node.value)
    return node.id if isinstance(node, ast.Name) else ""


def _function_of(node: ast.expr) -> ast.expr:
    """What a decorator or a base names, without its call."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node
