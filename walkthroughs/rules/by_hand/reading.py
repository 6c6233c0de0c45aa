"""What a statement reads and which parts of containers it stores into, as paths: `self.params["w"]` is (self,
.params, [w])."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from walkthroughs.sources import LOOPS, SourceFile, dotted

Step = tuple[str, str]
SIZES = ("len", "shape", "zeros_like", "ones_like", "empty_like", "full_like")
ASPECTS = (("attribute", "shape"), ("attribute", "size"), ("attribute", "ndim"), ("attribute", "dtype"))
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """One statement: the paths it reads and stores into.

    `adds` when it builds on what it stores (`+=`), `bare` when it computes nothing and only names values; `shapes`
    are paths of which only the size is asked (`x.shape`, `len(x)`, `zeros_like(x)`) or that a comprehension goes
    over.
    """

    paths: tuple[Path, ...] = ()
    tests: tuple[Path, ...] = ()
    stores: tuple[Path, ...] = ()
    loop: bool = False
    calls: bool = False
    adds: bool = False
    bare: bool = False
    shapes: frozenset[Path] = frozenset()


NOTHING = Reads()


def reads_of(source: SourceFile, line: int) -> Reads:
    """The reads of the statement at a line; of a compound statement those of its header."""
    node = source.statement(line)
    return _reads(node) if node is not None else NOTHING


@lru_cache(maxsize=8192)
def _reads(node: ast.stmt) -> Reads:
    if isinstance(
        node,
        (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal),
    ):
        return NOTHING
    parts, targets = _parts(node)
    paths: list[Path] = []
    for part in parts:
        paths.extend(_paths(part))
    adds = isinstance(node, ast.AugAssign)
    stores: list[Path] = []
    for target in targets:
        for item in _leaves(target):
            stores.append(path_of(item))
            if isinstance(item, ast.Subscript):
                paths.extend(_paths(item.slice))
            if adds:
                paths.append(path_of(item))
    calls = any(isinstance(item, ast.Call) for part in parts for item in ast.walk(part))
    tests = tuple(paths) if isinstance(node, (ast.If, ast.While)) else ()
    bare = not adds and all(_is_bare(part) for part in parts)
    found = tuple(dict.fromkeys(path for path in paths if path))
    return Reads(found, tests, tuple(stores), isinstance(node, LOOPS), calls, adds, bare, _shapes(parts, paths))


def _shapes(parts: list[ast.AST], paths: list[Path]) -> frozenset[Path]:
    """The paths of which a statement asks only the size."""
    sized: list[Path] = []
    for part in parts:
        for item in ast.walk(part):
            if isinstance(item, ast.Call) and dotted(item.func).rpartition(".")[2] in SIZES:
                sized.extend(path_of(argument) for argument in item.args[:1])
            elif isinstance(item, ast.comprehension):
                handed = item.iter.args if isinstance(item.iter, ast.Call) else [item.iter]
                sized.extend(path_of(argument) for argument in handed)
    found = {path for path in set(sized) if paths.count(path) <= sized.count(path)}
    return frozenset(found | {path for path in paths if path[-1:] and path[-1] in ASPECTS})


def _is_bare(node: ast.AST) -> bool:
    """Whether an expression only names values: `self.w`, `a, b`, `return x`."""
    if isinstance(node, (ast.Return, ast.Expr)):
        return node.value is None or _is_bare(node.value)
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_bare(item) for item in node.elts)
    return isinstance(node, ast.Constant) or bool(path_of(node))


def _parts(node: ast.stmt) -> tuple[list[ast.AST], list[ast.AST]]:
    """What a statement evaluates, and what it stores into."""
    if isinstance(node, ast.Assign):
        return [node.value], list(node.targets)
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return ([node.value] if node.value is not None else []), [node.target]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.iter], [node.target]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [item.context_expr for item in node.items], []
    if isinstance(node, (ast.If, ast.While)):
        return [node.test], []
    if getattr(node, "body", None):
        return [], []
    return [node], []


def _leaves(target: ast.AST) -> Iterator[ast.AST]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from _leaves(item)
    elif isinstance(target, ast.Starred):
        yield from _leaves(target.value)
    else:
        yield target


def _paths(node: ast.AST, known: dict[str, Path] | None = None) -> Iterator[Path]:
    """Every longest path in an expression that begins at a name; a comprehension's names stand for parts of what it
    goes over."""
    known = known or {}
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        known = dict(known)
        for part in node.generators:
            yield from _paths(part.iter, known)
            _name_parts(part.target, part.iter, known)
            for test in part.ifs:
                yield from _paths(test, known)
        for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            yield from _paths(element, known)
        return
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        path = path_of(node)
        if path and path[0][1] in known:
            path = (*known[path[0][1]], *path[1:])
        if path:
            yield path
        inner: ast.AST = node
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            if isinstance(inner, ast.Subscript):
                yield from _paths(inner.slice, known)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            yield from _paths(inner, known)
        return
    for child in ast.iter_child_nodes(node):
        yield from _paths(child, known)


def _name_parts(target: ast.AST, iterated: ast.AST, known: dict[str, Path]) -> None:
    """What the names of a comprehension stand for: `p` in `for p in self.params` is any part of `self.params`."""
    if isinstance(target, ast.Name):
        path = path_of(iterated)
        if path and path[0][1] in known:
            path = (*known[path[0][1]], *path[1:])
        if path:
            known[target.id] = (*path, ("item", "*"))
    elif isinstance(target, ast.Tuple) and isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
        if iterated.func.id == "zip":
            for one, source in zip(target.elts, iterated.args, strict=False):
                _name_parts(one, source, known)
        elif iterated.func.id == "enumerate" and len(target.elts) == 2 and iterated.args:
            _name_parts(target.elts[1], iterated.args[0], known)


def path_of(node: ast.AST) -> Path:
    """The path of a name, an attribute or a part; () where it begins at something else. Keys that are no literals are
    ``*``."""
    if isinstance(node, ast.Name):
        return (("name", node.id),)
    if isinstance(node, ast.Attribute):
        inner = path_of(node.value)
        return (*inner, ("attribute", node.attr)) if inner else ()
    if isinstance(node, ast.Subscript):
        inner = path_of(node.value)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return (*inner, ("item", str(key) if isinstance(key, (str, int)) else "*")) if inner else ()
    return ()


def dotted_path(name: str) -> Path:
    """The path of a dotted name as the recorder writes it: `self.params`."""
    first, *rest = name.split(".")
    return (("name", first), *(("attribute", part) for part in rest))


def written(path: Path) -> str:
    """A path as it stands in the source, as far as the keys are known."""
    text = ""
    for kind, name in path:
        if kind == "item":
            text += f"[{name}]" if name == "*" or name.isdigit() else f'["{name}"]'
        else:
            text += "." + name if kind == "attribute" else name
    return text.replace("[*]", "[…]")
