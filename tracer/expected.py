"""In what form a program expects a file: derived from the code that reads it, never from its name. Runs on the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.notebooks import source_text

KINDS = {
    "read_csv": "a CSV file",
    "read_table": "a text table",
    "read_fwf": "a text table",
    "read_excel": "an Excel file",
    "read_parquet": "a Parquet file",
    "read_feather": "a Feather file",
    "read_json": "a JSON file",
    "read_pickle": "a pickled table",
    "read_hdf": "an HDF5 file",
    "read_sql": "a database",
    "read_sql_query": "a database",
    "loadtxt": "a text file of numbers",
    "genfromtxt": "a text file of numbers",
    "fromfile": "a file of raw numbers",
    "memmap": "a file of raw numbers",
    "loadmat": "a MATLAB file",
    "imread": "a picture",
    "ImageFolder": "a folder with a folder of pictures for each class",
    "DatasetFolder": "a folder with a folder for each class",
    "DictReader": "a CSV file with a header",
    "File": "an HDF5 file",
    "listdir": "a folder",
    "scandir": "a folder",
    "glob": "a folder",
    "load_svmlight_file": "a file in svmlight form",
    "safe_load": "a YAML file",
    "load_dataset": "a data set",
}
LOADERS = {
    "np": "a NumPy file",
    "numpy": "a NumPy file",
    "torch": "a file that torch.save wrote",
    "pickle": "a pickle file",
    "pkl": "a pickle file",
    "cPickle": "a pickle file",
    "json": "a JSON file",
    "joblib": "a file that joblib wrote",
    "yaml": "a YAML file",
    "librosa": "a sound file",
    "torchaudio": "a sound file",
    "Image": "a picture",
    "sqlite3": "an SQLite database",
    "h5py": "an HDF5 file",
    "cv2": "a picture",
}
"""By the name before `.load`, `.open`, `.connect`."""

TABLES = ("a CSV file", "a text table", "an Excel file", "a Parquet file", "a Feather file", "a CSV file with a header")
NAMED = ("usecols", "names", "columns", "index_col", "parse_dates", "subset", "by", "on", "id_vars", "value_vars")
BY_NAME = ("get", "pop", "drop", "groupby", "sort_values", "set_index")
"""Methods whose first argument names keys or columns."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of a file: `kind` in words, the `columns` of a table or keys that are asked for, further `facts`.

    `reader` is the function that reads it as the code spells it, `file` and `line` where that is; `positions`: columns
    are asked for by number too, so that their names do not say all.
    """

    kind: str = "a file"
    reader: str = ""
    columns: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    positions: bool = False

    @property
    def text(self) -> str:
        """The form in words."""
        names = ", ".join(f"`{name}`" for name in self.columns[:SHOWN])
        more = f" and {len(self.columns) - SHOWN} more" if len(self.columns) > SHOWN else ""
        what = "columns" if self.kind in TABLES else "keys"
        held = f" with the {what} {names}{more}" if self.columns else ""
        return self.kind + held + "".join(f"; {fact}" for fact in self.facts)


def form_at(root: Path, file: str, line: int) -> Form:
    """The form that the code around a line of a file of the repository expects of what it reads there."""
    tree = _parsed(root / file)
    if tree is None:
        return Form(file=file, line=line)
    scope = _innermost(tree, line, (ast.FunctionDef, ast.AsyncFunctionDef)) or tree
    statement = _innermost(scope, line, (ast.stmt,))
    if statement is None:
        return Form(file=file, line=line)
    call = _reading(statement)
    form = Form(_kind(call), _spelled(call.func) if call is not None else "", file=file, line=line)
    if call is not None:
        form = replace(form, columns=tuple(_arguments(call)), facts=tuple(_facts(call)))
    inner, names = _through_open(statement, call)
    if inner is not None:
        form = replace(form, kind=_kind(inner, form.kind), reader=_spelled(inner.func))
        form = replace(form, facts=(*form.facts, *_facts(inner)), columns=(*form.columns, *_arguments(inner)))
    names |= _bound(statement)
    around = _class_of(tree, scope) if any(name.startswith("self.") for name in names) else scope
    used = list(_used(around or scope, names))
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) and _returns(scope, names):
        used += _by_callers(root, file, tree, scope.name)
    columns = dict.fromkeys([*form.columns, *(name for name in used if name)])
    return replace(form, columns=tuple(columns), positions="" in used)


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(source_text(path))
    except (OSError, SyntaxError, ValueError):
        return None


def _innermost(tree: ast.AST, line: int, kinds: tuple[type[ast.AST], ...]) -> ast.AST | None:
    found = None
    for node in ast.walk(tree):
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if isinstance(node, kinds) and first <= line <= last and first >= getattr(found, "lineno", 0):
            found = node
    return found


def _class_of(tree: ast.AST, scope: ast.AST) -> ast.ClassDef | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and scope in node.body:
            return node
    return None


def _spelled(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_spelled(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _kind(call: ast.Call | None, default: str = "a file") -> str:
    """What a call reads, in words."""
    if call is None:
        return default
    owner, _, name = _spelled(call.func).rpartition(".")
    if name in ("load", "loads", "open", "connect", "imread", "File"):
        found = LOADERS.get(owner.rpartition(".")[2]) or KINDS.get(name)
        if found:
            return found
    if name == "open" and not owner:
        modes = [one.value for one in call.args[1:2] if isinstance(one, ast.Constant)]
        return "a binary file" if modes and "b" in str(modes[0]) else "a text file"
    return KINDS.get(name, default)


def _reading(statement: ast.AST) -> ast.Call | None:
    """The call in a statement that reads: the one that is known to, else `open`; of a block only its header counts."""
    header: list[ast.AST] = [statement]
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        header = [item.context_expr for item in statement.items]
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        header = [statement.iter]
    elif isinstance(statement, (ast.If, ast.While)):
        header = [statement.test]
    calls = [node for part in header for node in ast.walk(part) if isinstance(node, ast.Call)]
    known = [call for call in calls if _kind(call) not in ("a file", "a text file", "a binary file")]
    opened = [call for call in calls if _kind(call) != "a file"]
    return next(iter(known or opened), None)


def _through_open(statement: ast.AST, call: ast.Call | None) -> tuple[ast.Call | None, set[str]]:
    """Where a file is opened in a `with`: the call that reads from it, and the names that hold what it gave."""
    if not isinstance(statement, (ast.With, ast.AsyncWith)) or call is None:
        return None, set()
    handles = {item.optional_vars.id for item in statement.items if isinstance(item.optional_vars, ast.Name)}
    for node in ast.walk(ast.Module(statement.body, [])):
        if isinstance(node, ast.stmt):
            for inner in ast.walk(node):
                takes = isinstance(inner, ast.Call) and any(
                    isinstance(arg, ast.Name) and arg.id in handles for arg in inner.args
                )
                if takes and isinstance(inner, ast.Call) and _kind(inner) != "a file":
                    return inner, _bound(node) | handles
    return None, handles


def _bound(node: ast.AST) -> set[str]:
    """Names and attributes of `self` that a statement binds, those of a loop over what it read too."""
    found = set()
    for part in ast.walk(node) if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            found.add(_spelled(part))
    return found


def _arguments(call: ast.Call) -> Iterator[str]:
    """Columns that the arguments of a reading call name."""
    for keyword in call.keywords:
        if keyword.arg in NAMED:
            yield from _strings(keyword.value)


def _facts(call: ast.Call) -> Iterator[str]:
    """What the arguments of a reading call say of the form."""
    words = {keyword.arg: keyword.value for keyword in call.keywords}
    for name in ("sep", "delimiter"):
        value = words.get(name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            shown = {"\t": "tabs", ",": "commas", " ": "spaces", r"\s+": "white space"}.get(value.value)
            yield f"separated by {shown or repr(value.value)}"
    header = words.get("header")
    if isinstance(header, ast.Constant) and header.value is None:
        yield "without a header"
    dtype = words.get("dtype")
    if dtype is not None and (_spelled(dtype) or isinstance(dtype, ast.Constant)):
        yield f"of type {_spelled(dtype) or getattr(dtype, 'value', '')}"


def _strings(node: ast.AST) -> Iterator[str]:
    parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _used(scope: ast.AST, names: set[str]) -> Iterator[str]:
    """Keys by which what was read is asked for, also through a loop over its rows; "" for one that is a number."""
    held = set(names)
    for _ in range(2):
        for node in ast.walk(scope):
            if isinstance(node, (ast.For, ast.comprehension)) and _spelled(_base(node.iter)) in held:
                held |= {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
    calls = [node for node in ast.walk(scope) if isinstance(node, (ast.Subscript, ast.Call))]
    for node in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        if isinstance(node, ast.Subscript) and _spelled(_base(node.value)) in held:
            keys = list(_strings(node.slice))
            yield from keys
            if not keys and isinstance(node.value, ast.Attribute) and node.value.attr in ("iloc", "values"):
                yield ""
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if _spelled(_base(node.func.value)) not in held:
                continue
            if node.func.attr in BY_NAME and node.args:
                yield from _strings(node.args[0])
            yield from _arguments(node)


def _base(node: ast.AST) -> ast.AST:
    """The name that an expression starts from: `df` of `df.iterrows()`, of `df.loc[0]`, of `enumerate(df)`."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            node = node.args[0]
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            node = node.value
        else:
            return node


def _returns(scope: ast.AST, names: set[str]) -> bool:
    """Whether a function returns what it read."""
    for node in ast.walk(scope):
        value = node.value if isinstance(node, ast.Return) else None
        if isinstance(value, ast.Call) or (value and {_spelled(part) for part in ast.walk(value)} & names):
            return True
    return False


def _by_callers(root: Path, file: str, tree: ast.AST, name: str) -> list[str]:
    """Keys that the callers of a function ask for, in its file and in those beside it."""
    found = []
    beside = sorted((root / file).parent.glob("*.py"))[:40]
    for path in beside:
        parsed = tree if path == root / file else _parsed(path)
        for node in ast.walk(parsed) if parsed is not None else ():
            called = node.value.func if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else node
            if called is not node and _spelled(called).rpartition(".")[2] == name and parsed is not None:
                found += list(_used(parsed, _bound(node)))
    return found
