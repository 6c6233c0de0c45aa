"""Commands in shell lines and in documents: truth tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.survey.commands import has_placeholder, mine_commands, shell_variables, substitute
from tracer.survey.console import console_scripts
from tracer.survey.shellwords import commands_in
from tracer.survey.sightings import ReadmeCommand
from tracer.survey.walk import list_tree

Plant = Callable[[dict[str, str]], Path]


@pytest.mark.parametrize(
    ("line", "words", "cwd"),
    [
        ("python train.py --lr 0.1", ("train.py", "--lr", "0.1"), ""),
        ("$ python3 train.py", ("train.py",), ""),
        ("(env) user@host:~$ python train.py", ("train.py",), ""),
        ("!python train.py", ("train.py",), ""),
        ("CUDA_VISIBLE_DEVICES=0,1 python -u train.py", ("train.py",), ""),
        ("python -W ignore -O train.py", ("train.py",), ""),
        ("python -m pkg.train --x 1", ("-m", "pkg.train", "--x", "1"), ""),
        ("cd examples/mnist && python main.py", ("main.py",), "examples/mnist"),
        ("cd a; cd ..; python b.py", ("b.py",), ""),
        ("torchrun --nproc_per_node=4 train.py --lr 1", ("train.py", "--lr", "1"), ""),
        ("python -m torch.distributed.launch --nproc 2 train.py -x", ("train.py", "-x"), ""),
        ("accelerate launch --config_file c.yaml run.py --a b", ("run.py", "--a", "b"), ""),
        ("mpirun -n 2 python train.py", ("train.py",), ""),
        ("uv run python train.py --seed 1", ("train.py", "--seed", "1"), ""),
        ("uv run --with torch train.py", ("train.py",), ""),
        ("poetry run python -m pkg", ("-m", "pkg"), ""),
        ("nohup python train.py > log.txt 2>&1 &", ("train.py",), ""),
        ("./train.py --fast", ("./train.py", "--fast"), ""),
        ('python train.py --text "two words"', ("train.py", "--text", "two words"), ""),
        ("python train.py --lr 1  # the usual", ("train.py", "--lr", "1"), ""),
        ("time python train.py | tee log", ("train.py",), ""),
        ("timeout 60 python train.py", ("train.py",), ""),
    ],
)
def test_what_a_shell_line_runs(line: str, words: tuple[str, ...], cwd: str) -> None:
    commands = [command for command in commands_in(line)[0] if command.launcher != "console"]
    assert [(command.words, command.cwd) for command in commands] == [(words, cwd)]


@pytest.mark.parametrize(
    "line", ["# python train.py", "python -c 'import torch'", "pip install torch", "python", "", ">>> python"]
)
def test_lines_that_run_no_file(line: str) -> None:
    assert [command for command in commands_in(line)[0] if command.launcher != "console"] == []


def mined(root: Path) -> list[ReadmeCommand]:
    tree = list_tree(root)
    return list(mine_commands(tree, console_scripts(tree)))


def shown(root: Path) -> list[tuple[str, int, str]]:
    return [(command.file, command.line, " ".join(command.words)) for command in mined(root)]


def test_markdown(plant: Plant) -> None:
    root = plant(
        {
            "train.py": "",
            "eval.py": "",
            "README.md": """
                # Name
                ## Training
                Run `python train.py --a 1` or
                ```bash
                python train.py \\
                    --b 2 \\
                    --c 3
                ```

                ```python
                python = train.py
                ```
                Then:

                    python eval.py --d

                $ python eval.py --e
                ```python train.py```
                - python train.py --g
                `python missing.py` is not here.
                """,
        }
    )
    assert shown(root) == [
        ("README.md", 3, "train.py --a 1"),
        ("README.md", 5, "train.py --b 2 --c 3"),
        ("README.md", 15, "eval.py --d"),
        ("README.md", 17, "eval.py --e"),
        ("README.md", 18, "train.py"),
        ("README.md", 19, "train.py --g"),
    ]


def test_restructured_text(plant: Plant) -> None:
    root = plant(
        {
            "train.py": "",
            "README.rst": """
                Usage
                =====
                Train with::

                    $ python train.py --epochs 3

                or ``python train.py --fast``.
                """,
        }
    )
    assert shown(root) == [("README.rst", 5, "train.py --epochs 3"), ("README.rst", 7, "train.py --fast")]


def test_ci_makefile_shell_and_dvc(plant: Plant) -> None:
    root = plant(
        {
            "src/train.py": "",
            "src/prepare.py": "",
            ".github/workflows/ci.yml": """
                jobs:
                  test:
                    steps:
                      - run: python src/train.py --one
                      - name: more
                        run: |
                          cd src
                          python train.py --two
                """,
            "Makefile": "train:\n\tpython src/train.py --three\n",
            "scripts/go.sh": "LR=0.1\nfor n in 96 192\ndo\npython src/train.py --lr $LR \\\n  --n ${n}\ndone\n",
            "dvc.yaml": """
                stages:
                  prepare:
                    cmd: python src/prepare.py raw
                  train:
                    cmd: python src/train.py --four
                """,
        }
    )
    found = {(command.kind, " ".join(command.words), command.cwd, command.before) for command in mined(root)}
    assert found == {
        ("ci", "src/train.py --one", "", ()),
        ("ci", "train.py --two", "src", ()),
        ("makefile", "src/train.py --three", "", ()),
        ("shell", "src/train.py --lr 0.1 --n 96", "", ()),
        ("dvc", "src/prepare.py raw", "", ()),
        ("dvc", "src/train.py --four", "", ("python src/prepare.py raw",)),
    }


def test_a_readme_that_names_a_shell_script_names_what_it_runs(plant: Plant) -> None:
    root = plant(
        {
            "run.py": "",
            "scripts/a.sh": "model=Small\npython -u run.py --model $model\n",
            "README.md": "```\nsh scripts/a.sh\n```\n",
        }
    )
    first = mined(root)[0]
    assert (first.file, first.line, first.words, first.target) == (
        "README.md",
        2,
        ("run.py", "--model", "Small"),
        "run.py",
    )


def test_preparation_stands_before_training_within_its_section(plant: Plant) -> None:
    root = plant(
        {
            "train.py": "",
            "data/small/prepare.py": "",
            "data/large/prepare.py": "",
            "README.md": """
                ## Quick start
                `python data/small/prepare.py` then `python train.py small`
                ## The real thing
                `python data/large/prepare.py` then `python train.py large`
                """,
        }
    )
    trains = [command for command in mined(root) if command.target == "train.py"]
    assert [(command.words[1], command.before) for command in trains] == [
        ("small", ("python data/small/prepare.py",)),
        ("large", ("python data/large/prepare.py",)),
    ]


def test_a_script_named_without_its_folder_is_found_when_only_one_fits(plant: Plant) -> None:
    root = plant(
        {"pkg/train.py": "", "a/main.py": "", "b/main.py": "", "README.md": "`python train.py` `python main.py`\n"}
    )
    assert [(command.target, command.cwd, command.guessed) for command in mined(root)] == [
        ("pkg/train.py", "pkg", True)
    ]


def test_a_readme_in_a_folder_speaks_of_that_folder(plant: Plant) -> None:
    root = plant({"a/main.py": "", "main.py": "", "a/README.md": "`python main.py --x`\n"})
    assert [(command.target, command.cwd) for command in mined(root)] == [("a/main.py", "a")]


def test_console_scripts_of_three_files(plant: Plant) -> None:
    root = plant(
        {
            "pkg/cli.py": "",
            "pyproject.toml": '[project]\nname = "x"\n[project.scripts]\none = "pkg.cli:main"\n[tool.x]\nno = "a:b"\n',
            "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    two = pkg.cli:two\nother =\n    no = a:b\n",
            "setup.py": "setup(entry_points={'console_scripts': ['three=pkg.cli:three']})\n",
            "README.md": "```\none --fast\n```\n",
        }
    )
    scripts = console_scripts(list_tree(root))
    assert [(script.name, script.module, script.function) for script in scripts] == [
        ("one", "pkg.cli", "main"),
        ("two", "pkg.cli", "two"),
        ("three", "pkg.cli", "three"),
    ]
    assert [(command.words, command.target) for command in mined(root)] == [(("one", "--fast"), "pkg/cli.py")]


def test_what_generates_before_the_training_prepares(plant: Plant) -> None:
    readme = "```\npython generate_waves.py\npython train.py\npython generate_text.py\npython train.py --again\n```\n"
    root = plant({"train.py": "", "generate_waves.py": "", "generate_text.py": "", "README.md": readme})
    assert [command.before for command in mined(root) if command.target == "train.py"] == [
        ("python generate_waves.py",),
        ("python generate_waves.py",),
    ]


def test_holes_in_commands() -> None:
    assert has_placeholder(("train.py", "--data", "<path>"))
    assert has_placeholder(("train.py", "$DATA"))
    assert has_placeholder(("train.py", "--data", "/path/to/data"))
    assert not has_placeholder(("train.py", "split=[500,100]", "--lr", "1e-3"))


def test_shell_variables() -> None:
    known = shell_variables("A=1\nexport B='two words'\nC=$(date)\nfor x in p q; do\n")
    assert known == {"A": "1", "B": "two words", "x": "p"}
    assert substitute("run $A ${B} $C $x", known) == "run 1 two words $C p"
