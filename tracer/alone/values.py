"""What an expression of a repository is worth, as far as reading alone can say, and where that stands. Host, pure.

The answer is a tree of plain data as `inprocess/drivers/building.py` describes it.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracer.alone.repository import File, Function, Repository, dotted
from tracer.survey import Argument

Tree = list[Any]

DEEP = 8
_LIBRARIES = ("torch", "flax", "jax", "keras", "tensorflow", "numpy", "equinox", "timm", "einops")
_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.Eq: operator.eq,
    ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_PLAIN: dict[str, Callable[..., Any]] = {
    "len": len, "int": int, "float": float, "str": str, "bool": bool, "max": max, "min": min, "sum": sum, "abs": abs,
    "round": round, "list": list, "tuple": tuple, "range": range, "sorted": sorted,
}  # fmt: skip
LARGEST = 10**7
_HOLDERS = re.compile(r"(.*_)?(args?|opts?|options|cfg|config|configs|conf|hparams|flags|settings)\Z", re.IGNORECASE)
"""Names of what holds all settings of a program."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value and where it is said: `why` is in words, "" for what stands in the expression itself."""

    tree: Tree
    why: str = ""


def value_of(tree: Tree) -> Any:
    """Plain data of a tree; raises `ValueError` for what is none."""
    kind = tree[0]
    if kind == "value":
        return tree[1]
    if kind in ("list", "tuple"):
        items = [value_of(item) for item in tree[1]]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {value_of(key): value_of(item) for key, item in tree[1]}
    raise ValueError(kind)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def tree_of(value: Any) -> Tree:
    """The tree of plain data; raises `ValueError` for what is none, or much."""
    if isinstance(value, (list, tuple, range)):
        if len(value) > 1000:
            raise ValueError("long")
        return ["list" if isinstance(value, list) else "tuple", [tree_of(item) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[tree_of(key), tree_of(item)] for key, item in value.items()]]
    if _is_plain(value):
        return ["value", value]
    raise ValueError(type(value).__name__)


def settings_of(arguments: tuple[Argument, ...]) -> dict[str, tuple[Tree, str]]:
    """The settings of a program with their defaults, as trees, by the last part of their names."""
    found: dict[str, tuple[Tree, str]] = {}
    for argument in arguments:
        name = argument.name.rpartition(".")[2].lstrip("-").replace("-", "_")
        try:
            tree = tree_of(ast.literal_eval(argument.default))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            if argument.kind not in ("file", "hydra") or not argument.default or not argument.default.isidentifier():
                continue
            tree = ["value", argument.default]
        if tree == ["value", None] and argument.required:
            continue
        flag = argument.flags[-1] if argument.flags else argument.name
        at = f" at {argument.location.file}:{argument.location.line}" if argument.location.file else ""
        found.setdefault(name, (tree, f"the default of `{flag}`{at}"))
    return found


class Evaluator:
    """Evaluates expressions of a repository without running anything of it."""

    def __init__(self, repository: Repository, settings: dict[str, tuple[Tree, str]]) -> None:
        self.repository = repository
        self.settings = settings

    def evaluate(self, node: ast.AST | None, file: File, depth: int = 0) -> Known | None:
        """The value of an expression that stands in a file; None when reading does not say it."""
        if node is None or depth > DEEP:
            return None
        if isinstance(node, ast.Constant):
            return Known(tree_of(node.value)) if _is_plain(node.value) else None
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        try:
            found: Known | None = method(node, file, depth + 1) if method is not None else None
        except (ValueError, TypeError, ArithmeticError, IndexError, KeyError, AttributeError):
            return None
        return found

    # -- literals and operations -------------------------------------------------------------------------------------

    def _list(self, node: ast.List | ast.Tuple, file: File, depth: int) -> Known | None:
        items = [self.evaluate(item, file, depth) for item in node.elts]
        if any(item is None for item in items):
            return None
        kind = "list" if isinstance(node, ast.List) else "tuple"
        return Known([kind, [item.tree for item in items if item]], _joined(items))

    _tuple = _list

    def _dict(self, node: ast.Dict, file: File, depth: int) -> Known | None:
        rows, whys = [], []
        for key, item in zip(node.keys, node.values, strict=True):
            name, value = self.evaluate(key, file, depth), self.evaluate(item, file, depth)
            if name is None or value is None:
                return None
            rows.append([name.tree, value.tree])
            whys.append(value)
        return Known(["dict", rows], _joined(whys))

    def _unaryop(self, node: ast.UnaryOp, file: File, depth: int) -> Known | None:
        inner = self.evaluate(node.operand, file, depth)
        if inner is None:
            return None
        value = value_of(inner.tree)
        result = not value if isinstance(node.op, ast.Not) else -value if isinstance(node.op, ast.USub) else value
        return Known(tree_of(result), inner.why)

    def _binop(self, node: ast.BinOp, file: File, depth: int) -> Known | None:
        return self._operated(node.left, node.op, node.right, file, depth)

    def _compare(self, node: ast.Compare, file: File, depth: int) -> Known | None:
        if len(node.ops) != 1:
            return None
        return self._operated(node.left, node.ops[0], node.comparators[0], file, depth)

    def _operated(self, left: ast.expr, op: ast.AST, right: ast.expr, file: File, depth: int) -> Known | None:
        first, second = self.evaluate(left, file, depth), self.evaluate(right, file, depth)
        act = _OPERATIONS.get(type(op))
        if first is None or second is None or act is None:
            return None
        one, two = value_of(first.tree), value_of(second.tree)
        if isinstance(op, ast.Pow) and abs(two) > 64:
            return None
        if isinstance(op, ast.Mult) and any(isinstance(item, int) and item > LARGEST for item in (one, two)):
            return None
        return Known(tree_of(act(one, two)), _joined([first, second]))

    def _ifexp(self, node: ast.IfExp, file: File, depth: int) -> Known | None:
        test = self.evaluate(node.test, file, depth)
        if test is not None:
            return self.evaluate(node.body if value_of(test.tree) else node.orelse, file, depth)
        return self.evaluate(node.body, file, depth) or self.evaluate(node.orelse, file, depth)

    def _subscript(self, node: ast.Subscript, file: File, depth: int) -> Known | None:
        held, key = self.evaluate(node.value, file, depth), self.evaluate(node.slice, file, depth)
        if key is None:
            return None
        if held is not None and held.tree[0] in ("dict", "list", "tuple"):
            return Known(tree_of(value_of(held.tree)[value_of(key.tree)]), held.why)
        name = key.tree[1]
        return self._setting(name) if isinstance(name, str) and held is None else None

    # -- names -------------------------------------------------------------------------------------------------------

    def _name(self, node: ast.Name, file: File, depth: int) -> Known | None:
        function = file.function_of(node)
        if function is not None:
            local = assigned(function, node.id, node.lineno)
            if local is not None:
                return self._placed(self.evaluate(local, file, depth), local, file)
            if node.id in _parameters(function):
                return self._parameter(function, node.id, file, depth)
        value = assigned(file.tree, node.id, node.lineno if function is None else 1 << 30)
        if value is not None:
            return self._placed(self.evaluate(value, file, depth), value, file)
        return self._symbol(node.id, file, depth)

    def _symbol(self, name: str, file: File, depth: int) -> Known | None:
        found = self.repository.symbol(file, name)
        if found is None:
            return self._of_other_file(name, file, depth)
        if found.file:
            if isinstance(found.node, (ast.ClassDef, ast.FunctionDef)):
                return Known(["class", found.file, found.name])
            return None
        if found.name.partition(".")[0] in _LIBRARIES:
            return Known(["library", found.name])
        return None

    def _of_other_file(self, name: str, file: File, depth: int) -> Known | None:
        """A setting that is imported from another file: `from config import HIDDEN`, `config.HIDDEN`."""
        first, _, rest = name.partition(".")
        target = file.imports.get(first, "")
        module, _, last = (f"{target}.{rest}" if rest else target).rpartition(".")
        found = self.repository.symbol(file, first) if rest else None
        path = found.file if found is not None else ""
        if not path and module:
            inner = self.repository._imported(file, module, 0)
            path = inner.file if inner is not None else ""
        other = self.repository.get(path) if path else None
        if other is None or "." in rest:
            return None
        value = assigned(other.tree, last, 1 << 30)
        return self._placed(self.evaluate(value, other, depth), value, other) if value is not None else None

    def _parameter(self, function: Function, name: str, file: File, depth: int) -> Known | None:
        """An argument of the function around: as its callers give it, else its default."""
        for other in (file, *[item for item in self.repository.files() if item is not file]):
            for call in other.calls:
                if dotted(call.func).rpartition(".")[2] == function.name:
                    given = _given(call, function, name)
                    known = self.evaluate(given, other, depth) if given is not None else None
                    if known is not None and given is not None:
                        return self._placed(known, given, other)
        default = _default(function, name)
        return self._placed(self.evaluate(default, file, depth), default, file) if default is not None else None

    def _attribute(self, node: ast.Attribute, file: File, depth: int) -> Known | None:
        name = dotted(node)
        first = name.partition(".")[0]
        if first == "self" and name.count(".") == 1:
            return self._of_self(node, file, depth)
        if (first in file.imports and file.function_of(node) is None) or first in file.imports:
            found = self._symbol(name, file, depth) or self._of_other_file(name, file, depth)
            if found is not None:
                return found
        holder = self._holder(node.value, file, depth)
        if holder is not None:
            body, place = holder
            value = assigned(body, node.attr, 1 << 30)
            if value is not None:
                return self._placed(self.evaluate(value, place, depth), value, place)
        return self._setting(node.attr)

    def _holder(self, node: ast.AST, file: File, depth: int) -> tuple[ast.ClassDef, File] | None:
        """The class of the repository that an expression is, or is an instance of."""
        known = self.evaluate(node, file, depth)
        tree: Tree = known.tree if known is not None else [""]
        tree = tree[1] if tree[0] == "call" else tree
        place = self.repository.get(tree[1]) if tree[0] == "class" else None
        body = place.classes.get(tree[2]) if place is not None else None
        return (body, place) if body is not None and place is not None else None

    def _of_self(self, node: ast.Attribute, file: File, depth: int) -> Known | None:
        """`self.hidden`: as a method of the same class sets it."""
        owner = file.class_of(node)
        for inner in ast.walk(owner) if owner is not None else ():
            if isinstance(inner, ast.Assign) and any(dotted(target) == dotted(node) for target in inner.targets):
                found = self.evaluate(inner.value, file, depth)
                if found is not None:
                    return self._placed(found, inner.value, file)
        return self._setting(node.attr)

    def _setting(self, name: str) -> Known | None:
        found = self.settings.get(name)
        return Known(found[0], found[1]) if found is not None else None

    # -- calls -------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, file: File, depth: int) -> Known | None:
        name = dotted(node.func)
        if name == "getattr" and len(node.args) > 1:
            inner = self.evaluate(node.args[1], file, depth)
            known = self._setting(str(inner.tree[1])) if inner is not None else None
            return known or (self.evaluate(node.args[2], file, depth) if len(node.args) > 2 else None)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("to", "cuda", "cpu", "float", "double"):
            return self.evaluate(node.func.value, file, depth)
        if name in _PLAIN and not node.keywords:
            values = [self.evaluate(item, file, depth) for item in node.args]
            if any(item is None for item in values):
                return None
            return Known(tree_of(_PLAIN[name](*[value_of(item.tree) for item in values if item])), _joined(values))
        called = self._symbol(name, file, depth) if name else None
        if called is None:
            return None
        if called.tree[0] == "class":
            target = self.repository.get(called.tree[1])
            if target is None or called.tree[2] not in target.classes:
                return None
        elif called.tree[1].startswith(("torch.load", "torch.hub", "numpy.load", "torch.cuda")):
            return None
        elif called.tree[1] == "torch.device":
            return Known(["value", "cpu"], "the CPU stands for any device")
        arguments, words = self.arguments(node, file, depth)
        return Known(["call", called.tree, arguments, words])

    def arguments(self, node: ast.Call, file: File, depth: int = 0) -> tuple[list[Tree], dict[str, Tree]]:
        """What a call is given, each with where it is said; what is not known is `["unknown"]`."""
        arguments = []
        for item in node.args:
            if isinstance(item, ast.Starred):
                known = self.evaluate(item.value, file, depth)
                if known is None or known.tree[0] not in ("list", "tuple"):
                    break
                arguments += [_because(Known(inner, known.why), item, file) for inner in known.tree[1]]
            else:
                arguments.append(_because(self.evaluate(item, file, depth), item, file))
        words = {
            word.arg: _because(self.evaluate(word.value, file, depth), word.value, file)
            for word in node.keywords
            if word.arg
        }
        return arguments, words

    def _placed(self, known: Known | None, node: ast.AST, file: File) -> Known | None:
        """A value with the place where it is set, when nothing nearer to its origin is known."""
        if known is None or known.why:
            return known
        return Known(known.tree, f"as at {file.path}:{getattr(node, 'lineno', 0)}")


def _because(known: Known | None, node: ast.AST, file: File) -> Tree:
    if known is None:
        return ["settings", {}] if _HOLDERS.match(dotted(node).rpartition(".")[2]) else ["unknown"]
    return ["because", known.tree, known.why or f"as at {file.path}:{getattr(node, 'lineno', 0)}"]


def _joined(items: list[Known | None] | list[Known]) -> str:
    return "; ".join(dict.fromkeys(item.why for item in items if item is not None and item.why))


def assigned(body: ast.AST, name: str, before: int) -> ast.expr | None:
    """The last value that a name is given in a body before a line, nested functions left out."""
    found: ast.expr | None = None
    pending = list(ast.iter_child_nodes(body))
    rows = []
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and node.lineno < before:
            rows.append(node)
        pending.extend(ast.iter_child_nodes(node))
    for node in sorted(rows, key=lambda row: row.lineno):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                found = node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for left, right in zip(target.elts, node.value.elts, strict=False):
                    found = right if isinstance(left, ast.Name) and left.id == name else found
    return found


def _parameters(function: Function) -> list[str]:
    rows = function.args
    return [item.arg for item in (*rows.posonlyargs, *rows.args, *rows.kwonlyargs)]


def _default(function: Function, name: str) -> ast.expr | None:
    rows = function.args
    places = [*rows.posonlyargs, *rows.args]
    pairs = dict(zip([item.arg for item in places][len(places) - len(rows.defaults) :], rows.defaults, strict=True))
    pairs.update(
        (item.arg, default)
        for item, default in zip(rows.kwonlyargs, rows.kw_defaults, strict=True)
        if default is not None
    )
    return pairs.get(name)


def _given(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """What a call gives for an argument of a function."""
    found = next((word.value for word in call.keywords if word.arg == name), None)
    if found is not None:
        return found
    places = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
    places = places[1:] if places[:1] in (["self"], ["cls"]) else places
    index = places.index(name) if name in places else len(call.args)
    if any(isinstance(item, ast.Starred) for item in call.args) or index >= len(call.args):
        return None
    return call.args[index]
