"""Cells that really run, in order and in one namespace, under the recorder, with every Python that is here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from interpreters import HERE, here
from written_notebooks import notebook

from tracer.engines.recorder import RunResult, record
from tracer.notebooks import parse_notebook
from tracer.notebooks.told import left_out
from tracer.plan import RunPlan
from tracer.trace import Trace


@dataclass(frozen=True)
class Ran:
    """A notebook that was run: what it printed, and what was recorded."""

    root: Path
    text: str
    result: RunResult
    trace: Trace
    out: str
    err: str

    def cell_of(self, line: int) -> tuple[int, int]:
        """The cell and the line in it of a line of the file."""
        cell = parse_notebook(self.text).cell_at(line)
        assert cell is not None
        return cell.number, line - cell.line + 1


def run(tmp_path: Path, text: str, python: str, **files: str) -> Ran:
    root = tmp_path / "repository"
    (root / "work").mkdir(parents=True)
    (root / "work" / "a.ipynb").write_text(text, "utf-8")
    for name, content in files.items():
        (root / "work" / name.replace("__", ".")).write_text(content)
    trace = tmp_path / "a.trace.jsonl"
    result = record(RunPlan(root, "work", "notebook", ("a.ipynb",), python), trace)
    return Ran(
        root, text, result, Trace.load(trace), result.stdout.read_text("utf-8"), result.stderr.read_text("utf-8")
    )  # fmt: skip


@pytest.fixture(params=HERE)
def python(request: pytest.FixtureRequest) -> str:
    return here(request.param)


def test_cells_are_one_program_with_the_lines_of_the_file(tmp_path: Path, python: str) -> None:
    text = notebook(
        "from __future__ import annotations\nimport sys\n1 + 1",
        "#md no code",
        "def double(x: Missing):\n    return 2 * x\n\nclass Holder:\n    def get(self): return double(3)",
        "from __future__ import division\nvalues = []\nfor i in range(3):\n    values.append(double(i))\nvalues",
        "Holder().get();",
        "print(__name__, '__file__' in globals(), sys.path[0] == '', sys.argv[0].endswith('a.ipynb'))\nprint('last')",
    )
    ran = run(tmp_path, text, python)
    assert ran.out == "2\n[0, 2, 4]\n__main__ False True True\nlast\n"
    assert ran.err == ""
    assert ran.trace.end is not None
    assert ran.trace.end["outcome"] == "finished"
    assert ran.trace.faults == []
    names = {code.qualname: code for code in ran.trace.codes.values()}
    assert {code.file for code in names.values()} == {"work/a.ipynb"}
    assert ran.cell_of(names["Holder.get"].line) == (2, 5)
    frame = next(frame for frame in ran.trace.frames.values() if frame.code.type == "module")
    bound = [(ran.cell_of(line.line), row.name) for line in frame.lines for row in line.bound if row.name == "values"]
    assert bound[0] == ((3, 2), "values")
    assert [ran.cell_of(line.line) for line in frame.lines if line.out == "last\n"] == [(5, 2)]


def test_what_fails_ends_it_and_is_shown_as_in_the_cell(tmp_path: Path, python: str) -> None:
    ran = run(tmp_path, notebook("x = 1", "y = [\n    x,\n    1 / 0]", "print('never')"), python)
    assert ran.result.code == 1
    assert ran.trace.end is not None
    assert (ran.trace.end["outcome"], ran.trace.end["type"]) == ("raised", "ZeroDivisionError")
    place = ran.trace.end["stack"][0]
    assert place["file"] == "work/a.ipynb"
    assert ran.cell_of(place["line"]) == (2, 3)
    assert "    1 / 0]\n" in ran.err
    assert "drivers" not in ran.err
    assert "never" not in ran.out


@pytest.mark.parametrize("broken", ["x = = 1", "return 3", "print 'two'"])
def test_a_cell_that_is_no_python_ends_it_where_it_stands(tmp_path: Path, broken: str) -> None:
    ran = run(tmp_path, notebook("print('before')", f"a = 1\n{broken}", "print('never')"), here(HERE[-1]))
    assert ran.out == "before\n"
    assert ran.trace.end is not None
    assert ran.trace.end["type"] == "SyntaxError"
    file, line = ran.trace.end["syntax"]
    assert file == "work/a.ipynb"
    assert ran.cell_of(line) == (2, 2)


def test_what_jupyter_adds(tmp_path: Path, python: str) -> None:
    text = notebook(
        "!echo $((1+2)) {len('four')} $missing",
        "name = 'here'\nlines = !echo $name; echo two\nprint(lines, lines.n == 'here\\ntwo', lines.s)",
        "!mkdir data\n%cd data\n%cd nowhere\nimport os; os.path.basename(os.getcwd())",
        "%%writefile m.py\nSIZE = 7\ntext = 'it''s'",
        "%run m.py\nSIZE",
        "%%bash\nprintf '%s\\n' from bash",
        "%env ANSWER=42\nos.environ['ANSWER']",
        "import asyncio\nasync def later(x):\n    return x\nawait later(5)",
        "print(await later(6) + 1, [await later(7)])\nget_ipython().magic('cd ..')",
        "display({'a': 1}, 'text')\nfalse = 0\n!exit 3\n_exit_code",
    )
    ran = run(tmp_path, text, python)
    assert ran.err == ""
    folder = str((ran.root / "work").resolve())
    assert ran.out.splitlines() == [
        "3 4", "['here', 'two'] True here two", f"{folder}/data", "[Errno 2] No such file or directory: 'nowhere'",
        "'data'", "Writing m.py", "7", "from", "bash", "'42'", "5", "7 [7]", folder, "{'a': 1}", "text", "3",
    ]  # fmt: skip


def test_waiting_outside_of_functions(tmp_path: Path, python: str) -> None:
    text = notebook(
        "import asyncio, contextlib\nasync def count(n):\n    for i in range(n):\n        await asyncio.sleep(0)\n"
        "        yield i\n@contextlib.asynccontextmanager\nasync def opened(name):\n    try:\n        yield name\n"
        "    except KeyError:\n        print('swallowed')\n    finally:\n        print('closed')",
        "async for i in count(3):\n    if i == 1: continue\n    print(i)\nelse:\n    print('all')",
        "async with opened('a') as a, opened('b'):\n    print(a)\n    raise KeyError('b')",
        "[i * 2 async for i in count(3) if await asyncio.sleep(0, True)]",
        "async def inner():\n    async for i in count(1):\n        print('inner', i)\nawait inner()",
    )
    ran = run(tmp_path, text, python)
    assert ran.err == ""
    assert ran.out.splitlines() == ["0", "2", "all", "a", "swallowed", "closed", "closed", "[0, 2, 4]", "inner 0"]
    frame = next(frame for frame in ran.trace.frames.values() if frame.code.type == "module")
    assert (2, 3) in {ran.cell_of(line.line) for line in frame.lines}


def test_stand_ins_for_what_only_jupyter_and_colab_have(tmp_path: Path) -> None:
    text = notebook(
        "!pip install torch\n%matplotlib inline\nfrom google.colab import drive, files\ndrive.mount('/content/drive')",
        "from IPython.display import Image, clear_output, display, set_matplotlib_formats",
        "from IPython import display as d",
        "set_matplotlib_formats('svg')\nclear_output(wait=True)\nd.clear_output()\ndisplay(Image('x.png'))\nfiles.upload()",
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
        "1 / 0",
        "!pip install never",
    )
    bare = next((here(version) for version in HERE if "venv" not in here(version)), None)
    if bare is None:
        pytest.skip("needs a Python without IPython")
    ran = run(tmp_path, text, bare)
    assert "ZeroDivisionError" in ran.err
    assert ran.out == "<Image>\n{}\n"
    assert left_out(ran.trace) == [
        ("left out of the notebook: `!pip install torch`", "nothing is installed by a tour")
    ]  # fmt: skip
    told = [row["text"] for row in ran.trace.adapted]
    assert [text.partition(" ")[0] for text in told] == ["google.colab", "IPython"]


def test_colab_is_not_stood_in_for_where_the_notebook_asks(tmp_path: Path) -> None:
    text = notebook(
        "try:\n    import google.colab\n    IN_COLAB = True\nexcept ImportError:\n    IN_COLAB = False\nIN_COLAB"
    )
    assert run(tmp_path, text, here(HERE[-1])).out == "False\n"


def test_notebooks_and_scripts_that_a_cell_runs(tmp_path: Path, python: str) -> None:
    other = notebook("SIZE = 5\ndef double(x):\n    return 2 * x", "%run deeper.ipynb\nname = 'other'")
    deeper = notebook("def triple(x):\n    return 3 * x")
    script = "import sys\nfound = double(SIZE) + int(sys.argv[1])\n"
    ran = run(
        tmp_path,
        notebook("%run other.ipynb", "print(double(SIZE), triple(SIZE), name)", "%run -i tool.py 4\nprint(found)"),
        python, other__ipynb=other, deeper__ipynb=deeper, tool__py=script,
    )  # fmt: skip
    assert ran.err == ""
    assert ran.out == "10 15 other\n14\n"
    codes = {code.qualname: code for code in ran.trace.codes.values() if code.type == "function"}
    assert {name: (code.file, code.in_cell(code.line)) for name, code in codes.items()} == {
        "double": ("work/other.ipynb", (1, 2)), "triple": ("work/deeper.ipynb", (1, 1)),
    }  # fmt: skip


def test_a_program_that_a_cell_starts_is_recorded_as_its_child(tmp_path: Path) -> None:
    ran = run(tmp_path, notebook("!python3 tool.py 3"), here(HERE[-1]), tool__py="import sys\nx = int(sys.argv[1])\n")
    assert ran.out == ""
    assert len(ran.result.children) == 1
    assert {code.file for code in Trace.load(ran.result.children[0]).codes.values()} == {"work/tool.py"}
