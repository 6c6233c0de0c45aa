"""Files of a package that are started as scripts run as modules of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

MakeRepo = Callable[..., Path]


def test_a_script_inside_its_package(make_repo: MakeRepo) -> None:
    files = {
        "src/net/__init__.py": "",
        "src/net/layers.py": "WIDTH = 8\n",
        "src/net/beside.py": "DEPTH = 2\n",
        "src/net/train.py": (
            "import beside\nfrom .layers import WIDTH\nprint(WIDTH, beside.DEPTH, open('data.txt').read())\n"
        ),
        "data.txt": "data",
    }
    done = attempts_of(make_repo(files=files), "src/net/train.py")
    assert done.last.out == "8 2 data\n", done.last.err
    assert done.slugs == ["relative-import net.train"]
    assert done.remedies[0].what == "it was started as python -m net.train, with src on PYTHONPATH"
    assert done.plans[-1].command() == ["python", "-m", "net.train"]


def test_dots_that_reach_further_up(make_repo: MakeRepo) -> None:
    files = {"lib/values.py": "RATE = 0.5\n", "lib/tools/train.py": "from ..values import RATE\nprint(RATE)\n"}
    done = attempts_of(make_repo(files=files), "train.py", folder="lib/tools")
    assert done.last.out == "0.5\n", done.last.err
    assert done.slugs == ["relative-import lib.tools.train"]


def test_a_package_that_begins_too_low(make_repo: MakeRepo) -> None:
    files = {
        "a/__init__.py": "",
        "a/top.py": "X = 1\n",
        "a/b/__init__.py": "",
        "a/b/run.py": "from ..top import X\nprint(X)\n",
    }
    done = attempts_of(make_repo(files=files), "b.run", launch="module", folder="a")
    assert done.last.out == "1\n", done.last.err
