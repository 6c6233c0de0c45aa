"""`repotour map` and `repotour export` as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from repotour.commands.export import derived_name
from tests.build import a_realistic_tour
from walkthroughs.tour import Tour

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tour_file(tmp_path: Path) -> Path:
    path = tmp_path / "spirals.tour.json"
    a_realistic_tour().save(path)
    return path


def repotour(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repotour", *words]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("html", "spirals.html"),
        ("markdown", "spirals.md"),
        ("map-html", "spirals.map.html"),
        ("codetour", "spirals.tour"),
        ("ipynb", "spirals.ipynb"),
        ("perfetto", "spirals.perfetto.json"),
        ("text", "spirals.txt"),
        ("json", "spirals.json"),
    ],
)
def test_export_writes_next_to_the_tour_and_never_over_a_file_unasked(tour_file: Path, name: str, file: str) -> None:
    done = repotour("export", str(tour_file), "--to", name)
    target = tour_file.with_name(file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Wrote {target}\n")
    target.write_text("mine")
    refused = repotour("export", str(tour_file), "--to", name)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error[file-exists]")
    assert target.read_text() == "mine"
    assert repotour("export", str(tour_file), "--to", name, "--force").returncode == 0
    assert target.read_text() != "mine"
    assert Tour.load(tour_file) == a_realistic_tour()


def test_export_to_standard_output_writes_no_file(tour_file: Path) -> None:
    done = repotour("export", str(tour_file), "--to", "json", "-o", "-")
    assert Tour.from_dict(json.loads(done.stdout)) == a_realistic_tour()
    assert done.stderr == ""
    assert list(tour_file.parent.iterdir()) == [tour_file]


def test_the_derived_name_is_never_the_tour_itself() -> None:
    assert derived_name("a/b.tour.json", ".html") == "a/b.html"
    assert derived_name("b.json", ".json") == "b.normalised.json"
    assert derived_name("b", ".md") == "b.md"
    assert derived_name(".tour.json", ".md") == ".tour.json.md"


def test_an_unknown_format_and_an_unknown_tour_are_named(tour_file: Path) -> None:
    unknown = repotour("export", str(tour_file), "--to", "pdf")
    assert (unknown.returncode, unknown.stderr.partition(":")[0]) == (2, "error[unknown-format]")
    missing = repotour("map", "none.tour.json")
    assert (missing.returncode, missing.stderr.partition(":")[0]) == (1, "error[tour-missing]")
    listed = repotour("export", "--formats")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        "codetour",
        "html",
        "ipynb",
        "json",
        "map-html",
        "markdown",
        "perfetto",
        "text",
    ]


def test_the_map_of_a_tour_is_the_onboarding_map(tour_file: Path, tmp_path: Path) -> None:
    done = repotour("map", str(tour_file))
    assert done.stdout.startswith("# spirals: onboarding map\n")
    written = repotour("map", str(tour_file), "-o", str(tmp_path / "MAP.md"))
    assert (tmp_path / "MAP.md").read_text(encoding="utf-8") == done.stdout
    assert written.stdout == ""


def test_the_map_of_a_folder_is_the_static_map_and_runs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "train.py").write_text(
        "import argparse\nimport torch\n\nopen('was_run', 'w')\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--lr', default=0.1, help='the rate')\nargs = parser.parse_args()\n"
        "model = torch.nn.Linear(2, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=args.lr)\n"
        "for step in range(10):\n    loss = model(torch.ones(4, 2)).mean()\n    loss.backward()\n    optimizer.step()\n"
    )
    done = repotour("map", str(folder))
    assert done.returncode == 0, done.stderr
    assert "**Nothing was run.**" in done.stdout
    assert "python train.py" in done.stdout
    assert "`--lr`" in done.stdout
    assert "`train.py:12`" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["train.py"]
    assert str(tmp_path) not in done.stdout
