"""Ranking on small repositories made up for one trap each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from written_notebooks import notebook

from tracer.errors import RepoTourError
from tracer.survey import Survey, best_entry, equal_rank, survey
from tracer.survey.failures import require_entry

Plant = Callable[[dict[str, str]], Path]

LOOP = """
import torch
def train(model, data):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in data:
        loss = model(x, y)
        loss.backward()
        opt.step()
"""
GUARD = "\nif __name__ == '__main__':\n    train(None, [])\n"


def read(root: Path, folder: str = "") -> Survey:
    return survey(root, folder=folder, detail=False)


def best(root: Path, folder: str = "") -> str:
    entry = best_entry(read(root, folder))
    return entry.file if entry else ""


def test_a_train_file_that_only_defines_is_not_the_entry(plant: Plant) -> None:
    root = plant(
        {"train.py": LOOP, "main.py": "from train import train\nif __name__ == '__main__':\n    train(None, [])\n"}
    )
    found = read(root)
    assert [entry.file for entry in found.entries] == ["main.py"]
    assert any("reaches training code in train.py" in reason for reason in found.entries[0].reasons)


def test_a_name_with_test_in_it_can_be_the_program(plant: Plant) -> None:
    root = plant({"add_test.py": LOOP + GUARD, "model.py": "class Net: pass\n", "utils.py": "def f(): pass\n"})
    found = read(root)
    assert (found.entries[0].file, found.entries[0].role) == ("add_test.py", "train")


def test_what_a_test_runner_collects_is_no_entry(plant: Plant) -> None:
    pytest_file = LOOP + "def test_learns():\n    train(None, [])\n" + GUARD
    unittest_file = "import unittest\nclass A(unittest.TestCase):\n    pass\nunittest.main()\n"
    root = plant({"tests/test_train.py": pytest_file, "tests/test_b.py": unittest_file, "main.py": LOOP + GUARD})
    assert [entry.file for entry in read(root).entries] == ["main.py"]


def test_files_of_tools_are_no_entries(plant: Plant) -> None:
    root = plant({"setup.py": "setup()\n", "conftest.py": "run()\n", "docs/conf.py": "run()\n", "run.py": "run()\n"})
    assert [entry.file for entry in read(root).entries] == ["run.py"]


def test_training_beats_evaluation_and_preparation(plant: Plant) -> None:
    files = {
        "lib.py": LOOP,
        "evaluate.py": "from lib import train\nmodel = load()\nscore(model)\n",
        "prepare.py": "download()\n",
        "start.py": "from lib import train\ntrain(None, [])\n",
    }
    found = read(plant(files))
    assert [(entry.file, entry.role) for entry in found.entries] == [
        ("start.py", "train"),
        ("evaluate.py", "eval"),
        ("prepare.py", "prepare"),
    ]


def test_the_readme_decides_between_equals_and_gives_the_command(plant: Plant) -> None:
    root = plant(
        {
            "a.py": LOOP + GUARD,
            "b.py": LOOP + GUARD,
            "data/prepare.py": "make()\n",
            "README.md": "```\npython data/prepare.py\npython b.py --epochs 3\n```\n",
        }
    )
    entry = best_entry(read(root))
    assert entry is not None
    assert (entry.file, entry.command, entry.cwd) == ("b.py", ("b.py", "--epochs", "3"), "")
    assert entry.before == ("python data/prepare.py",)
    assert "the README runs it: README.md:3" in entry.reasons


def test_a_preparation_says_in_which_folder_it_is_typed(plant: Plant) -> None:
    readme = "```\npython prepare.py\npython train.py\n```\n"
    root = plant({"part/README.md": readme, "part/train.py": LOOP + GUARD, "part/prepare.py": "make()\n"})
    entry = best_entry(read(root))
    assert entry is not None
    assert (entry.file, entry.cwd, entry.before) == ("part/train.py", "part", ("cd part && python prepare.py",))


def test_commands_with_holes_or_launchers_are_not_taken_over(plant: Plant) -> None:
    readme = "`python a.py --data <path>`\n`torchrun --nproc_per_node 8 a.py --big`\n`python a.py --cpu --small`\n"
    entry = best_entry(read(plant({"a.py": LOOP + GUARD, "README.md": readme})))
    assert entry is not None
    assert entry.command == ("a.py", "--cpu", "--small")
    assert len(entry.commands) == 3


def test_only_a_command_with_holes_leaves_the_plain_script(plant: Plant) -> None:
    entry = best_entry(read(plant({"a.py": LOOP + GUARD, "README.md": "`python a.py --data <path>`\n"})))
    assert entry is not None
    assert entry.command == ("a.py",)


def test_a_sub_project_with_a_readme_of_its_own_does_not_win(plant: Plant) -> None:
    root = plant(
        {
            "run.py": "from lib import train\nimport argparse\nargparse.ArgumentParser().parse_args()\ntrain()\n",
            "lib.py": LOOP,
            "README.md": "`python run.py`\n",
            "other/main.py": LOOP + GUARD,
            "other/README.md": "`python main.py`\n`python main.py --again`\n",
        }
    )
    assert best(root) == "run.py"


def test_imported_files_and_side_folders_rank_lower(plant: Plant) -> None:
    root = plant(
        {
            "layers.py": LOOP + GUARD,
            "program.py": "import layers\n" + LOOP + GUARD,
            "third_party/train.py": LOOP + GUARD,
        }
    )
    assert best(root) == "program.py"


def test_a_folder_is_ranked_alone_but_imports_reach_the_root(plant: Plant) -> None:
    root = plant(
        {
            "pkg/__init__.py": "",
            "pkg/lib.py": LOOP,
            "train.py": LOOP + GUARD,
            "examples/one/go.py": "from pkg.lib import train\ntrain(None, [])\n",
        }
    )
    found = read(root, "examples/one")
    entry = found.entries[0]
    assert [item.file for item in found.entries] == ["examples/one/go.py"]
    assert (entry.command, entry.cwd, entry.needs_path) == (("go.py",), "examples/one", (".",))
    assert "its imports need the repository's root on PYTHONPATH" in entry.reasons


def test_a_script_that_extends_the_path_itself_needs_nothing(plant: Plant) -> None:
    script = "import sys\nsys.path.append('..')\nfrom pkg.lib import train\ntrain()\n"
    root = plant({"pkg/lib.py": LOOP, "bin/go.py": script})
    entry = best_entry(read(root))
    assert entry is not None
    assert (entry.file, entry.needs_path) == ("bin/go.py", ())


def test_packages_and_console_scripts(plant: Plant) -> None:
    root = plant(
        {
            "pkg/__init__.py": "",
            "pkg/__main__.py": "from pkg.cli import main\nmain()\n",
            "pkg/cli.py": LOOP + "def main():\n    train(None, [])\n",
            "pyproject.toml": "[project.scripts]\nlearn = 'pkg.cli:main'\n",
        }
    )
    found = read(root)
    launches = {entry.file: (entry.launch, entry.module, entry.command) for entry in found.entries}
    assert launches["pkg/__main__.py"] == ("module", "pkg", ("-m", "pkg"))
    assert launches["pkg/cli.py"] == ("console", "pkg.cli", ("-m", "pkg.cli"))


def test_files_that_need_a_missing_input_rank_lower(plant: Plant) -> None:
    root = plant({"a.py": LOOP + "open('input.txt').read()\ntrain(None, [])\n", "b.py": LOOP + "train(None, [])\n"})
    found = read(root)
    assert [entry.file for entry in found.entries] == ["b.py", "a.py"]
    assert "opens input.txt, which is not in the repository" in found.entries[1].reasons


def test_entries_of_equal_rank_are_named(plant: Plant) -> None:
    root = plant({f"{name}.py": LOOP + GUARD for name in ("dqn", "ppo", "sac")} | {"prepare.py": "x()\n"})
    assert {entry.file for entry in equal_rank(read(root))} == {"dqn.py", "ppo.py", "sac.py"}


def test_libraries_that_train_count(plant: Plant) -> None:
    sklearn = "from sklearn.svm import SVC\nmodel = SVC()\nmodel.fit([[0], [1]], [0, 1])\n"
    numpy = "import numpy as np\nw = np.zeros(3)\nfor _ in range(9):\n    grad = f(w)\n    w -= 0.1 * grad\n"
    by_hand = "lr = 0.1\nw = 1.0\nfor _ in range(9):\n    w -= lr * gradient(w)\n"
    for text, frameworks in ((sklearn, ("sklearn",)), (numpy, ("numpy",)), (by_hand, ())):
        entry = best_entry(read(plant({"go.py": text})))
        assert entry is not None
        assert (entry.role, entry.frameworks) == ("train", frameworks)


def test_notebooks_are_read_and_stand_behind_scripts_that_train(plant: Plant) -> None:
    cells = notebook("%matplotlib inline\nfrom lib import build", LOOP)
    helper = "def build():\n    return 1\n"
    only = survey(plant({"deep/explore.ipynb": cells, "deep/lib.py": helper, "README.md": "Open it.\n"}))
    entry = best_entry(only)
    assert entry is not None
    assert (entry.file, entry.role, entry.launch) == ("deep/explore.ipynb", "notebook", "notebook")
    assert (entry.command, entry.cwd, entry.frameworks) == (("explore.ipynb",), "deep", ("pytorch",))
    assert any("trains itself: loss.backward()" in reason for reason in entry.reasons)
    assert {sighting.stage.value for sighting in only.sightings if sighting.location.file == entry.file} >= {
        "backward", "optimizer_step",
    }  # fmt: skip
    both = read(plant({"explore.ipynb": cells, "deep/other/run.py": f"{LOOP}\ntrain()\n"}))
    assert both.entries[0].file == "deep/other/run.py"
    assert "explore.ipynb" in [entry.file for entry in both.entries]


def test_a_notebook_of_another_language_cannot_be_started(plant: Plant) -> None:
    error = failure(plant({"explore.ipynb": notebook("x <- 1", language="R")}))
    assert (error.slug, error.exit_code) == ("no-entry-point", 3)
    assert "explore.ipynb (nothing can be read from it: its cells are written in r)" in error.message


def failure(root: Path, entry: str = "") -> RepoTourError:
    with pytest.raises(RepoTourError) as caught:
        require_entry(read(root), "thing", entry)
    return caught.value


def test_no_python(plant: Plant) -> None:
    error = failure(plant({"README.md": "hello\n"}))
    assert (error.slug, error.exit_code) == ("no-python", 3)


def test_no_entry_point_says_what_came_closest(plant: Plant) -> None:
    error = failure(plant({"lib.py": LOOP, "other.py": "x = 1\n"}))
    assert (error.slug, error.exit_code) == ("no-entry-point", 3)
    assert "Looked at 2 files" in error.message
    assert "lib.py (has loss.backward() on line 6, but nothing starts it)" in error.message


def test_only_python_2(plant: Plant) -> None:
    error = failure(plant({"train.py": "print 'training'\n"}))
    assert error.slug == "no-entry-point"
    assert "written for Python 2" in error.message


def test_an_entry_that_does_not_exist_or_cannot_start(plant: Plant) -> None:
    root = plant({"main.py": LOOP + GUARD, "lib.py": "x = 1\n"})
    error = failure(root, "mian.py")
    assert (error.slug, "--entry main.py" in error.hint) == ("no-such-entry", True)
    assert failure(root, "lib.py").slug == "not-startable"
    assert require_entry(read(root), "thing", "./main.py").file == "main.py"


def test_an_entry_is_found_below_the_folder(plant: Plant) -> None:
    root = plant({"a/main.py": LOOP + GUARD, "main.py": LOOP + GUARD})
    assert require_entry(read(root, "a"), "thing", "main.py").file == "a/main.py"


def test_a_survey_as_data_has_no_absolute_path(plant: Plant) -> None:
    import json

    root = plant({"main.py": LOOP + GUARD, "README.md": "`python main.py`\n"})
    text = json.dumps(survey(root).to_dict())
    assert str(root) not in text
    data = json.loads(text)
    assert data["format"] == 1
    assert data["entries"][0]["command"] == ["main.py"]
    assert {item["stage"] for item in data["sightings"]} >= {"backward", "optimizer_step"}


def test_a_large_repository_is_skimmed_and_ranked_the_same(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracer.survey import surveyor

    root = plant(
        {
            "train.py": "from lib.core import train\ntrain(None, [])\n",
            "lib/__init__.py": "",
            "lib/core.py": LOOP,
            "lib/never_imported.py": LOOP,
            "README.md": "`python train.py --fast`\n",
        }
    )
    exact = read(root)
    monkeypatch.setattr(surveyor, "MAX_EXACT", 2)
    quick = read(root)
    assert quick.entries == exact.entries
    assert [facts.path for facts in quick.files if facts.skimmed] == ["lib/never_imported.py"]


SHOWN = """
import torch
model = torch.nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(9):
    loss = model(torch.ones(4, 2)).mean()
    loss.backward()
    opt.step()
"""


def test_of_equals_the_one_that_shows_most_comes_first(plant: Plant) -> None:
    saves = SHOWN + "torch.save(model.state_dict(), 'm.pt')\n"
    processes = "import torch.multiprocessing as mp\n" + saves
    root = plant({"demo/apple.py": SHOWN, "demo/berry.py": saves, "demo/cherry.py": processes})
    found = read(root)
    assert len({entry.score for entry in found.entries}) == 1
    assert [entry.file for entry in found.entries] == ["demo/berry.py", "demo/apple.py", "demo/cherry.py"]


def test_of_equals_the_one_that_the_readme_runs_first_stays_first(plant: Plant) -> None:
    saves = SHOWN + "torch.save(model.state_dict(), 'm.pt')\n"
    readme = "# Use\n\n```\npython apple.py\npython berry.py\n```\n"
    root = plant({"apple.py": SHOWN, "berry.py": saves, "README.md": readme})
    assert best(root) == "apple.py"
