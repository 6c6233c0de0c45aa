"""What Jupyter understands beyond Python, as Python on the same lines."""

from __future__ import annotations

import ast

import pytest

from tracer.notebooks.lexing import Lines
from tracer.notebooks.translating import NO_INSTALLS, NO_SUCH, translate

LINES = [
    ("!ls -l data", "get_ipython().system('ls -l data')", ""),
    ("    !echo 'a b'", "    get_ipython().system(\"echo 'a b'\")", ""),
    ("files = !ls", "files = get_ipython().getoutput('ls')", ""),
    ("a, b = !ls", "a, b = get_ipython().getoutput('ls')", ""),
    ("!pip install torch", "pass  # !pip install torch", NO_INSTALLS),
    ("!{sys.executable} -m pip install torch", "pass  # !{sys.executable} -m pip install torch", NO_INSTALLS),
    ("! sudo apt-get install -y x", "pass  # ! sudo apt-get install -y x", NO_INSTALLS),
    ("pip install torch", "pass  # pip install torch", NO_INSTALLS),
    ("%pip install torch", "pass  # %pip install torch", NO_INSTALLS),
    ("%conda install torch", "pass  # %conda install torch", NO_INSTALLS),
    ("%matplotlib inline", "pass  # %matplotlib inline", ""),
    ("%load_ext autoreload", "pass  # %load_ext autoreload", ""),
    ("%tensorboard --logdir runs", "pass  # %tensorboard --logdir runs", NO_SUCH),
    ("%cd /content/x", "get_ipython().run_line_magic('cd', '/content/x')", ""),
    ("cd data/raw", "get_ipython().run_line_magic('cd', 'data/raw')", ""),
    ("%env KEY=1", "get_ipython().run_line_magic('env', 'KEY=1')", ""),
    ("here = %pwd", "here = get_ipython().run_line_magic('pwd', '')", ""),
    ("%run prepare.py --n 3", "get_ipython().run_line_magic('run', 'prepare.py --n 3')", ""),
    ("%time model.fit(x)", "model.fit(x)  # %time", ""),
    ("%timeit -n 10 -r 3 f(x)", "f(x)  # %timeit", ""),
    ("took = %timeit -o f(x)", "took = f(x)  # %timeit", ""),
    ("?model", "pass  # ?model", ""),
    ("model.fit?", "pass  # model.fit?", ""),
    ("model??", "pass  # model??", ""),
    ("x = 5 % 3", "x = 5 % 3", ""),
    ("x %= 3", "x %= 3", ""),
    ("y = '%d' % x", "y = '%d' % x", ""),
    ("assert x != 3", "assert x != 3", ""),
    ("ls = [cd for cd in rm]", "ls = [cd for cd in rm]", ""),
    ("# why?", "# why?", ""),
    ("if x:  # really?", "if x:  # really?", ""),
]


@pytest.mark.parametrize(("written", "wanted", "why"), LINES)
def test_single_lines(written: str, wanted: str, why: str) -> None:
    found = translate((written,))
    assert found.lines == [wanted]
    assert [(index, reason) for index, _, reason in found.left] == ([(0, why)] if why else [])


@pytest.mark.parametrize(
    "lines",
    [
        ('text = """', "!ls", "%cd x", '"""'),
        ("values = [", "1", "% 2,", "]"),
        ("text = 'a' \\", "    % b"),
        ("f(", "    'it''s (',", "    # a ' in a comment (", "!x", ")"),
    ],
)
def test_what_only_looks_like_it_is_left_alone(lines: tuple[str, ...]) -> None:
    assert tuple(translate(lines).lines) == lines


def test_a_command_over_several_lines_keeps_its_lines() -> None:
    found = translate(("!python train.py \\", "  --lr 1 \\", "  --epochs 2", "x = 1"))
    assert found.lines[0] == "get_ipython().system('python train.py --lr 1 --epochs 2')"
    assert [line[:1] for line in found.lines] == ["g", "#", "#", "x"]


def test_a_text_that_a_quote_ends_on_the_same_line_does_not_reach_further() -> None:
    state = Lines()
    for line in ("a = 'it\\'s' + \"x\"", "b = '''a'''", "c = 'unfinished"):
        state.take(line)
        assert state.begins, line
    state.take("d = (1,")
    assert not state.begins


@pytest.mark.parametrize("name", ["time", "timeit", "capture", "prun"])
def test_the_code_under_a_magic_is_run_as_it_stands(name: str) -> None:
    found = translate((f"%%{name}", "for x in y:", "    !ls", "    f(x)"))
    assert found.lines == [f"# %%{name}", "for x in y:", "    get_ipython().system('ls')", "    f(x)"]


def test_what_a_cell_captured_has_a_name() -> None:
    assert translate(("%%capture out", "x = 1")).lines[0].startswith("out = get_ipython().run_line_magic('capture'")


@pytest.mark.parametrize(
    ("name", "kind"), [("bash", "bash"), ("sh", "bash"), ("python3", "python"), ("writefile m.py", "writefile")]
)
def test_a_cell_of_text_becomes_one_call_on_the_same_lines(name: str, kind: str) -> None:
    body = ("pip install x", "echo 'it''s'", 'print("""a""")', "b = '\\n'", "", "last")
    found = translate((f"%%{name}", *body))
    assert len(found.lines) == 7
    call = ast.parse("\n".join(found.lines)).body[0].value  # type: ignore[attr-defined]
    assert call.end_lineno == 7
    given = [argument.value for argument in call.args]
    assert given[0] == kind
    wanted = "\n".join(body) + "\n"
    assert given[2] == (wanted.replace("pip", "# pip") if kind == "bash" else wanted)
    assert bool(found.left) == (kind == "bash")


@pytest.mark.parametrize(("name", "told"), [("cython", True), ("R", True), ("html", False), ("javascript", False)])
def test_a_cell_of_another_language_is_shown_and_left_out(name: str, told: bool) -> None:
    found = translate((f"%%{name}", "def f(int x):", "  return x"))
    assert found.lines == [f"pass  # %%{name}", "# def f(int x):", "#   return x"]
    assert [why for *_, why in found.left] == ([NO_SUCH] if told else [])
