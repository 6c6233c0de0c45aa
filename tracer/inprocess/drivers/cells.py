"""Runs the cells of a notebook in order, as `Run all` does after a fresh start. Runs in the target.

All cells are one program: their statements are compiled together under the notebook's own name and with the numbers of
its lines, so that to a reader of the trace a notebook is a script. As in Jupyter the value of a cell's last expression
is shown unless a `;` ends it, `await` may stand outside of functions, there is no `__file__`, and what fails ends it.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import json
import linecache
import re
import sys

from . import shell, standins, tracebacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable, Optional

_QUIET = re.compile(r";\s*(#.*)?$")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SHOW = "__import__('sys').displayhook(0)"
_WAIT = "get_ipython().wait(0)"
_EACH = "get_ipython().each(0)"
_WITHIN = "get_ipython().within(0)"


def run(data: str) -> None:
    """Run the notebook that the file `data` describes: path, cells (number, first line, text), colab; with `go_on`
    a cell that fails does not end it."""
    with open(data, encoding="utf-8") as handle:
        plan = json.load(handle)
    main = sys.modules["__main__"].__dict__
    for name in ("sys", "run"):  # of the lines that brought us here
        main.pop(name, None)
    path = plan["path"]
    sys.argv[:] = [path]
    ours = shell.Shell(main, data + ".told")
    code, text = program(path, plan["cells"], ours.left_out if plan.get("go_on") else None)
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)

    def run_other(other: str) -> None:
        """Run the cells of another notebook in the same names."""
        code, text = program(other, plan["others"][other])
        linecache.cache[other] = (len(text), None, text.splitlines(True), other)
        exec(code, main)

    ours.notebooks = dict.fromkeys(plan.get("others", ()), run_other)
    builtins.get_ipython = lambda: ours  # type: ignore[attr-defined]
    builtins.display = ours.display  # type: ignore[attr-defined]
    standins.install(plan["colab"], ours)
    sys.excepthook = tracebacks.without_ours(sys.excepthook)
    exec(code, main)


def program(path: str, cells: list[Any], left_out: Optional[Callable[[int, str], None]] = None) -> tuple[CodeType, str]:
    """The code of all cells up to the first that is no Python, which is made to fail as it would; and its text.

    With `left_out`, which is told of cells that are no Python, the cells behind one that fails are run too.
    """
    body: list[ast.stmt] = []
    flags = 0
    rows: list[str] = []
    for number, first, text in cells:
        rows += [""] * (first - 1 - len(rows)) + text.split("\n")
        try:
            statements, future = _statements(path, text, first, flags)
        except SyntaxError as error:
            if left_out is not None:
                left_out(number, error.msg)
                continue
            body += _failure(error, path, first)
            break
        body += _guarded(statements, number, first) if left_out is not None and statements else statements
        flags |= future
    whole = ast.Module(body=body, type_ignores=[])
    return compile(whole, path, "exec", flags, True), "\n".join(rows) + "\n"


def _statements(path: str, text: str, first: int, flags: int) -> tuple[list[ast.stmt], int]:
    """The statements of a cell at their lines, and the compiler's flags that it asks for; SyntaxError for no Python."""
    tree = ast.parse(text, path)
    future = 0
    for node in list(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                future |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
            tree.body.remove(node)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        end = text.split("\n")[(last.end_lineno or last.lineno) - 1]
        if not _QUIET.search(end):
            last.value = _call(_SHOW, last.value)
    _Waiting().visit(tree)
    # What only the compiler refuses, such as a `return` outside of a function, has to come out here.
    compile(tree, path, "exec", flags | future, True)
    ast.increment_lineno(tree, first - 1)
    return tree.body, future


class _Waiting(ast.NodeTransformer):
    """Turns `await`, `async for` and `async with` outside of functions into their like that wait."""

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, _FUNCTIONS):
            return node
        node = self.generic_visit(node)
        if isinstance(node, ast.Await):
            return _call(_WAIT, node.value)
        if isinstance(node, ast.AsyncFor):
            loop = ast.For(node.target, _call(_EACH, node.iter), node.body, node.orelse)
            return ast.copy_location(loop, node)
        if isinstance(node, ast.AsyncWith):
            items = [ast.withitem(_call(_WITHIN, item.context_expr), item.optional_vars) for item in node.items]
            return ast.copy_location(ast.With(items, node.body), node)
        if isinstance(node, ast.comprehension) and node.is_async:
            return ast.comprehension(node.target, _call(_EACH, node.iter), node.ifs, 0)
        return node


def _call(form: str, value: ast.expr) -> ast.expr:
    """A call of the given form with a value in the place of its argument, standing where the value stands."""
    made: Any = ast.parse(form, mode="eval").body
    made.args = [value]
    for node in ast.walk(made.func):
        ast.copy_location(node, value)
    call: ast.expr = ast.copy_location(made, value)
    return call


def _guarded(statements: list[ast.stmt], number: int, first: int) -> list[ast.stmt]:
    """The statements of a cell, behind whose failure the program goes on. What is added stands above the cell."""
    tree = ast.parse("try:\n pass\nexcept Exception:\n get_ipython().failed(%d)" % number)
    guard = tree.body[0]
    assert isinstance(guard, ast.Try)
    for node in ast.walk(guard):
        if hasattr(node, "lineno"):
            node.lineno = node.end_lineno = max(1, first - 1)  # type: ignore[attr-defined]
    guard.body[:] = statements
    return [guard]


def _failure(error: SyntaxError, path: str, first: int) -> list[ast.stmt]:
    """The statement that stands for a cell which is no Python: it raises what the compiler said."""
    line = first - 1 + (error.lineno or 1)
    text = "raise SyntaxError(%r, (%r, %d, %r, %r))" % (error.msg, path, line, error.offset or 1, error.text or "")
    tree = ast.parse(text)
    return ast.increment_lineno(tree, line - 1).body
