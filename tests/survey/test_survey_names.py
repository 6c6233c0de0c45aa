"""What a name refers to: libcst and the quick fallback agree; values are followed to where they were made."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tracer.survey import scopes, source
from tracer.survey.facts import read_facts
from tracer.survey.imports import ImportGraph
from tracer.survey.program import SourceFile

TEXT = textwrap.dedent(
    """
    import torch.nn as nn
    import torch
    from torch import optim
    from .model import Net
    from env import make as build

    rate = 0.1
    é = optim.SGD(Net().parameters(), lr=rate)

    def train(data, env):
        from torch.optim import Adam
        optimizer = Adam(data)
        def inner():
            return optimizer.step()
        env.step()
        return inner, rate

    class Trainer:
        limit = 3
        def __init__(self):
            self.opt = optim.Adam([])
        def fit(self):
            global rate
            rate = 2
            self.opt.step()
            return print(limit)
    """
)


def named(table: dict[tuple[int, int, int, int], str], text: str) -> dict[str, str]:
    """Spelling (with its line) -> name."""
    lines = text.split("\n")
    return {
        f"{line}:{lines[line - 1][start:end]}": name for (line, start, last, end), name in table.items() if line == last
    }


def test_libcst_and_ast_agree() -> None:
    close = source.resolve_names(TEXT)
    quick = scopes.resolve_names(ast.parse(TEXT), TEXT)
    assert close is not None
    left, right = named(close, TEXT), named(quick, TEXT)
    shared = left.keys() & right.keys()
    assert len(shared) > 20
    assert {key: left[key] for key in shared} == {key: right[key] for key in shared}


def test_names_lead_home() -> None:
    close = source.resolve_names(TEXT)
    assert close is not None
    names = named(close, TEXT)
    assert names["9:optim.SGD"] == "torch.optim.SGD"
    assert names["13:Adam"] == "torch.optim.Adam"
    assert names["15:optimizer.step"] == "train.<locals>.optimizer.step"
    assert names["16:env.step"] == "train.<locals>.env.step"


def test_a_file_that_libcst_should_not_read() -> None:
    assert source.resolve_names("x = 1\n" * 20_000) is None
    assert source.resolve_names("def f(:\n") is None


def opened(text: str) -> SourceFile:
    body = textwrap.dedent(text)
    tree = ast.parse(body)
    return SourceFile("a.py", body, tree, scopes.resolve_names(tree, body), {"Net": "model"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import torch\nx = torch.optim.Adam([])\nx.step()", ("optimizer", True)),
        ("import gymnasium as gym\nx = gym.make('A')\nx.step()", ("environment", True)),
        ("optimizer.step()", ("optimizer", False)),
        ("env.step()", ("environment", False)),
        ("thing.step()", ("", False)),
        ("from m import Net\nx = Net().to('cpu')\nx.step()", ("", False)),
        ("x = Net().to('cpu')\nx.step()", ("model", True)),
        ("import torch\nx = torch.compile(Net())\nx.step()", ("model", True)),
        ("import torch\ndef f(o):\n    o.step()\nf(torch.optim.SGD([]))", ("optimizer", True)),
        ("import torch\ndef f(*, o):\n    o.step()\nf(o=torch.optim.SGD([]))", ("optimizer", True)),
        (
            "import torch\nclass T:\n  def __init__(s, o):\n    self = s\n  def g(self):\n    self.o.step()\n",
            ("", False),
        ),
        (
            """
            import torch
            class T:
                def __init__(self, o):
                    self.o = o
                def g(self):
                    self.o.step()
            T(torch.optim.SGD([]))
            """,
            ("optimizer", True),
        ),
        ("import torch\ndef make():\n    return torch.optim.SGD([])\nx = make()\nx.step()", ("optimizer", True)),
        ("import torch\na, x = 1, torch.optim.SGD([])\nx.step()", ("optimizer", True)),
        ("import collections\nx = collections.Net()\nx.step()", ("", False)),
    ],
)
def test_what_a_variable_holds(text: str, expected: tuple[str, bool]) -> None:
    program = opened(text)
    call = next(call for call in program.calls if call.last == "step")
    value = program.value(call.receiver)
    assert (value.kind, value.sure) == expected


FILES = {
    "pkg/__init__.py": "from .core import run\n",
    "pkg/core.py": "from . import model\nfrom ..other import x\n",
    "pkg/model.py": "",
    "other.py": "",
    "src/lib.py": "",
    "app/main.py": "import pkg.core\nimport helper\nimport lib\nimport numpy\n",
    "app/helper.py": "import main\n",
}


def test_imports_are_followed_as_python_would() -> None:
    graph = ImportGraph(FILES, lambda path: read_facts(path, FILES[path]))
    reached = {(item.path, item.distance, item.needs) for item in graph.reach("app/main.py")}
    assert reached == {
        ("pkg/__init__.py", 1, "."),
        ("pkg/core.py", 1, "."),
        ("app/helper.py", 1, ""),
        ("src/lib.py", 1, "src"),
        ("pkg/model.py", 2, ""),
        ("other.py", 2, ""),
    }
