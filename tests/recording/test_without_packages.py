"""What the recorder does without other modules: bytecode, trees and JSON as they would have it, and itself compiled."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from recordings import record_target, run_plain

import tracer.inprocess
from tracer.engines import recorder

PACKAGE = Path(tracer.inprocess.__file__).parent

BEGIN = """
import sys
before = set(sys.modules)
package = type(sys)("ours")
package.__path__ = [sys.argv[1]]
sys.modules["ours"] = package
"""

LOADED = """
import ours.recorder
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before} - {"ours"}))
"""

SAME_BYTECODE = """
import ours.instructions as own
import dis, glob, os

UNREAD = {"COMPARE_OP", "FORMAT_VALUE", "CONVERT_VALUE", "KW_NAMES"}

def every(code):
    yield code
    for one in code.co_consts:
        if type(one) is type(code):
            yield from every(one)

count = 0
for path in sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))[::4]:
    with open(path, "rb") as handle:
        top = compile(handle.read(), path, "exec", dont_inherit=True)
    for code in every(top):
        steps = list(dis.get_instructions(code))
        found = own.instructions_of(code)
        place = (path, code.co_name)
        assert [(s.offset, s.opcode, s.opname, s.arg) for s in steps] == [
            (s.offset, s.opcode, s.opname, s.arg) for s in found
        ], place
        for step, one in zip(steps, found):
            wanted = step.argrepr if step.opname == "BINARY_OP" else step.argval
            assert one.argval is wanted or one.argval == wanted or step.opname in UNREAD, (place, step, one.argval)
        lines = []
        for offset, line in dis.findlinestarts(code):
            if line is not None and (not lines or lines[-1][1] != line):
                lines.append((offset, line))
        assert list(own.line_starts(code)) == lines, place
        count += 1
assert count > 1000, count
"""

SAME_TREES = """
import ours.syntax as own
import ast, glob, os

for path in sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))[::8]:
    with open(path, "rb") as handle:
        source = handle.read()
    nodes, expected = list(own.walk(own.parse(source, path))), list(ast.walk(ast.parse(source)))
    assert [(type(n), getattr(n, "lineno", 0)) for n in nodes] == [(type(n), getattr(n, "lineno", 0)) for n in expected]
    assert all(own.is_a(node, type(node).__name__) and not own.is_a(node, "Nothing", "of", "these") for node in nodes)
"""

SAME_JSON = """
import ours.jsontext as own
import json

class Number(int): pass
class Name(str): pass

encode = json.JSONEncoder(separators=(",", ":"), default=lambda value: "<%s>" % type(value).__name__,
                          check_circular=False).encode
texts = ["", "a", "\\u00e4\\u2028\\U0001f600", "\\ud800 alone", '"\\\\/\\b\\f\\n\\r\\t\\x00\\x7f', Name("own")]
numbers = [0, -1, 2**70, 1.0, -0.0, 1e300, 1e-7, float("nan"), float("inf"), -float("inf"), True, None, Number(7)]
keys = {1: "int", 2.5: "float", float("nan"): "nan", True: "bool", None: "none", "text": "text"}
for value in [*texts, *numbers, texts, numbers, keys, {}, [], (), (1, (2, [])), object(), {"a": {1, 2}}, b"bytes"]:
    for shown in (value, [value], {"key": value}):
        assert own.json_text(shown) == encode(shown), shown
endless = []
endless.append(endless)
for wrong, error in (({(1, 2): 3}, TypeError), (endless, RecursionError)):
    try:
        own.json_text(wrong)
    except error:
        continue
    raise AssertionError(error)
"""


def check(python: str, program: str, *words: str) -> str:
    """What a program prints that knows the recorder's modules as `ours`."""
    command = [python, *words, "-c", BEGIN + program, str(PACKAGE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_target_pays_for_no_package(python: str) -> None:
    """Beside the modules of the interpreter itself only `opcode` is read; not `re`, `enum`, `collections`, `json`."""
    loaded = set(check(python, LOADED, "-S").split())
    of_the_start = {"os", "stat", "posixpath", "genericpath", "_collections_abc", "_stat"}
    own = {"__future__", "_ctypes", "_json", "_opcode", "_opcode_metadata", "_signal", "atexit", "gc", "opcode"}
    assert loaded <= of_the_start | own


def test_instructions_are_those_of_dis(python: str) -> None:
    check(python, SAME_BYTECODE)


def test_trees_are_walked_as_by_ast(python: str) -> None:
    check(python, SAME_TREES)


def test_json_is_that_of_the_encoder(python: str) -> None:
    check(python, SAME_JSON)


KEEPING = (
    "import sys\nprint(sys.dont_write_bytecode, sys.pycache_prefix, sys.flags.dont_write_bytecode)\nimport beside\n"
)


@pytest.mark.parametrize("kept", ["asked not to", "elsewhere", "cannot be"])
def test_the_recorder_is_read_compiled_and_the_target_keeps_what_it_wants(
    tmp_path: Path, python: str, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its compiled modules lie beside their source, as far as that can be written to, and nothing lies elsewhere."""
    installed, root, prefix = tmp_path / "installed", tmp_path / "repository", tmp_path / "prefix"
    shutil.copytree(PACKAGE, installed, ignore=shutil.ignore_patterns("__pycache__"))
    if kept == "cannot be":
        (installed / "__pycache__").write_text("not a folder")
    monkeypatch.setattr(recorder, "START", installed / "start")
    root.mkdir()
    (root / "main.py").write_text(KEEPING)
    (root / "beside.py").write_text("value = 1\n")
    if kept == "elsewhere":
        environment = {"PYTHONPYCACHEPREFIX": str(prefix), "PYTHONDONTWRITEBYTECODE": ""}
    else:
        environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    plain = run_plain(root, python, "main.py", environment=environment)
    seen = record_target(root, python, "main.py", environment=environment)
    assert (seen.out, seen.err, seen.result.code) == (plain.stdout, plain.stderr, 0)
    assert seen.trace.frames
    assert not (root / "__pycache__").exists()
    compiled = [path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.pyc")]
    assert ("installed" in compiled) == (kept != "cannot be")
    assert ("prefix" in compiled) == (kept == "elsewhere")
    # The interpreter itself reads what starts the recorder, and keeps it where it is told to.
    ours = {path.name.partition(".")[0] for path in prefix.rglob("installed/**/*.pyc")}
    assert ours <= {"sitecustomize"}


def test_the_compiled_recorder_is_used(tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run finds what the first wrote, and writes nothing."""
    installed, root = tmp_path / "installed", tmp_path / "repository"
    shutil.copytree(PACKAGE, installed, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(recorder, "START", installed / "start")
    root.mkdir()
    (root / "main.py").write_text("value = 1\n")
    written = []
    for name in ("first", "second"):
        assert record_target(root, python, "main.py", name=name).end["outcome"] == "finished"
        written.append({path.name: path.stat().st_mtime_ns for path in installed.rglob("*.pyc")})
    assert len(written[0]) > 30
    assert written[0] == written[1]
