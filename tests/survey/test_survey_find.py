"""`repotour find`, as a user runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Plant = Callable[[dict[str, str]], Path]

FILES = {
    "train.py": """
        import argparse
        import torch
        from model import Net

        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float, default=0.1, help="learning [rate]")
            args = parser.parse_args()
            model = Net()
            optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
            for epoch in range(3):
                loss = model(torch.ones(1)).sum()
                loss.backward()
                optimizer.step()
            torch.save(model.state_dict(), "model.pt")

        if __name__ == "__main__":
            open("was_run", "w")
            main()
        """,
    "model.py": """
        import torch
        class Net(torch.nn.Module):
            def forward(self, x):
                return x
        """,
    "README.md": "# Thing\n\n```\npython train.py --lr 0.5\n```\n",
}


def test_what_is_shown(plant: Plant, run_cli: Run) -> None:
    root = plant(FILES)
    done = run_cli("find", str(root))
    assert done.returncode == 0
    for text in (
        "1 entry point in 2 Python files",
        "train.py:17  train",
        "python train.py --lr 0.5",
        "the README runs it: README.md:4",
        "--lr",
        "= 0.1",
        "train.py:11",
        "optimizer.step()",
        "model.py:3",
        "Not found by reading: data, evaluation.",
    ):
        assert text in done.stdout
    assert "repotour run" in done.stdout.splitlines()[-1]
    assert "\x1b" not in done.stdout
    assert not (root / "was_run").exists()


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_width(plant: Plant, run_cli: Run, columns: int) -> None:
    root = plant(FILES)
    done = run_cli("find", "repository", cwd=root.parent, COLUMNS=str(columns))
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert ("learning [rate]" in done.stdout) is (columns == 120)


def test_json(plant: Plant, run_cli: Run) -> None:
    root = plant(FILES)
    done = run_cli("find", str(root), "--json")
    data = json.loads(done.stdout)
    assert (data["format"], data["chosen"], data["repository"]["name"]) == (1, "train.py", "repository")
    assert data["entries"][0]["arguments"][0]["name"] == "lr"
    assert data["read_closely"] == ["train.py", "model.py"]
    assert str(root) not in done.stdout


def test_another_entry_is_read_closely(plant: Plant, run_cli: Run) -> None:
    root = plant(FILES | {"bench.py": "from model import Net\nSIZE = 4\nprint(Net())\n"})
    done = run_cli("find", str(root), "--entry", "bench.py")
    assert done.returncode == 0
    assert "Settings of bench.py" in done.stdout
    assert done.stdout.rstrip().endswith("--entry bench.py")


@pytest.mark.parametrize(
    ("files", "words", "slug", "code"),
    [
        ({"notes.txt": "x\n"}, (), "no-python", 3),
        ({"lib.py": "x = 1\n"}, (), "no-entry-point", 3),
        (FILES, ("--entry", "trian.py"), "no-such-entry", 1),
        (FILES, ("--entry", "model.py"), "not-startable", 3),
    ],
)
def test_when_there_is_nothing_to_find(
    plant: Plant, run_cli: Run, files: dict[str, str], words: tuple[str, ...], slug: str, code: int
) -> None:
    done = run_cli("find", str(plant(files)), *words)
    assert done.returncode == code
    assert f"error[{slug}]" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_such_folder(run_cli: Run) -> None:
    done = run_cli("find", "no/such/folder")
    assert done.returncode in (1, 3)
    assert "error[not-a-repository]" in done.stderr


def test_the_command_is_right_for_its_folder(plant: Plant, run_cli: Run) -> None:
    script = "from pkg.model import Net\nmodel = Net()\nmodel.fit(1)\n"
    root = plant(
        {"pkg/model.py": FILES["model.py"], "a/b/go.py": script, "README.md": "`cd a/b && python go.py --x`\n"}
    )
    done = run_cli("find", str(root))
    assert "PYTHONPATH=../.. python go.py --x  (in a/b/)" in done.stdout
