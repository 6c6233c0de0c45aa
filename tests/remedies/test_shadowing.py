"""Two modules of one name: whoever asks gets the one that it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

MakeRepo = Callable[..., Path]


def test_a_library_that_finds_the_repository_s(make_repo: MakeRepo, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name, text in {
        "evaluating/__init__.py": "from metrics_of import score\n",
        "metrics_of/__init__.py": "from metrics_of.inner import score\n",
        "metrics_of/inner.py": "def score():\n    return 'installed'\n",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    files = {
        "metrics_of.py": "def mine():\n    return 1\n",
        "train.py": "import evaluating\nprint(evaluating.score())\n",
    }
    done = attempts_of(make_repo(files=files), "train.py", extra_path=(site,))
    assert done.last.out == "installed\n", done.last.err
    assert done.slugs == ["shadowing-metrics_of"]
    assert "metrics_of is the installed one, not the repository's of that name (at train.py:1)" in done.told


def test_a_module_of_the_standard_library(make_repo: MakeRepo) -> None:
    files = {
        "random.py": "SEED = 0\n",
        "train.py": "import tempfile\nimport random\nprint(random.Random(0).random() < 1)\n",
    }
    done = attempts_of(make_repo(files=files), "train.py")
    assert done.last.out == "True\n", done.last.err
    assert done.slugs == ["shadowing-random"]


def test_a_program_that_finds_the_installed_one(make_repo: MakeRepo, tmp_path: Path) -> None:
    (tmp_path / "site" / "models").mkdir(parents=True)
    (tmp_path / "site" / "models" / "__init__.py").write_text("")
    files = {"models/net.py": "NAME = 'net'\n", "scripts/train.py": "from models.net import NAME\nprint(NAME)\n"}
    done = attempts_of(make_repo(files=files), "scripts/train.py", extra_path=(tmp_path / "site",))
    assert done.last.out == "net\n", (done.last.err, done.slugs)
    assert done.slugs == ["shadowed-models.net"]
    assert done.plans[-1].needs_path == (".",)
