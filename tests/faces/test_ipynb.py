"""The notebook: valid, safe to run as a whole, true to its tour; its saved output is what running it prints."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from markdown_it import MarkdownIt

from tests.build import a_realistic_tour, a_stop, a_tour
from tests.faces.hostile import HOSTILE, hostile_tour
from tests.faces.test_perfetto import a_recording
from walkthroughs.renderers.base import find_renderer
from walkthroughs.tour import Attempt, Location, Tour

ROOT = Path(__file__).resolve().parents[2]
RUN_ALL = """
import json, sys
names = {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), "cell", "exec"), names)
        print(chr(0), end="")
"""


def a_stepped_tour() -> Tour:
    """A realistic tour with a recording in which its loss stop has a step."""
    tour = a_realistic_tour()
    stops = tuple(replace(stop, step=1) if stop.stage == "loss" else stop for stop in tour.stops)
    return replace(tour, stops=stops, recording=a_recording())


def notebook_of(tour: Tour) -> Any:
    """The notebook as nbformat reads it, valid and with nothing that its reader had to repair."""
    text = find_renderer("ipynb").render(tour)
    nbformat.validate(json.loads(text))
    return nbformat.reads(text, as_version=4)


def cells_of(tour: Tour, kind: str) -> list[str]:
    return [cell.source for cell in notebook_of(tour).cells if cell.cell_type == kind]


def run_all(folder: Path, *options: str) -> list[str]:
    """What each code cell prints when all are run, by a Python with `options`."""
    command = [sys.executable, *options, "-c", RUN_ALL, str(folder / "a.ipynb")]
    environment = {} if "-I" in options else {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, encoding="utf-8", timeout=60,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize("tour", [a_stepped_tour(), hostile_tour()], ids=["realistic", "hostile"])
def test_running_all_cells_beside_the_tour_prints_what_was_saved(tour: Tour, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(find_renderer("ipynb").render(tour), encoding="utf-8")
    tour.save(tmp_path / "a.tour.json")
    replace(a_tour(a_stop()), provenance=replace(tour.provenance, recorded_at="2001-01-01")).save(
        tmp_path / "other.tour.json"
    )
    saved = [
        "".join(output.text for output in cell.outputs) for cell in notebook_of(tour).cells if cell.cell_type == "code"
    ]
    assert saved[0] == f"{len(tour.stops)} stops\n"
    assert run_all(tmp_path) == saved


def test_running_all_cells_without_the_tour_or_without_repotour_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(find_renderer("ipynb").render(a_stepped_tour()), encoding="utf-8")
    for options, hint in (((), "is not beside it"), (("-I", "-S"), "install RepoTour")):
        printed = run_all(tmp_path, *options)
        assert hint in printed[0] and printed[0].count("\n") == 1
        assert printed[1:] == ["", ""]


def test_the_program_s_own_code_stands_in_no_live_cell() -> None:
    for tour in (a_stepped_tour(), hostile_tour()):
        for source in cells_of(tour, "code"):
            imported = {
                name
                for node in ast.walk(ast.parse(source))
                if isinstance(node, (ast.Import, ast.ImportFrom))
                for name in ([node.module] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names])
            }
            assert imported <= {
                "pathlib", "repotour", "walkthroughs.captions", "walkthroughs.stepping", "walkthroughs.visible",
            }  # fmt: skip
            texts = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
            assert not [text for text in texts if isinstance(text, str) and "cross_entropy" in text]
    assert not cells_of(Tour(), "code")


def test_each_stop_is_told_with_its_place_its_code_and_its_values() -> None:
    tour = a_stepped_tour()
    cells = {cell.id: cell.source for cell in notebook_of(tour).cells}
    assert len([name for name in cells if name.startswith("stop-")]) == len(tour.stops)
    number = next(number for number, stop in enumerate(tour.stops, 1) if stop.stage == "loss")
    told = cells[f"stop-{number}"]
    assert told.startswith(f"### {number}. The loss of one batch\n")
    assert "[`train.py:26`](https://github.com/example/demo/blob/" in told
    assert "            loss = torch.nn.functional.cross_entropy(logits, y)  # \u25c0 line 26\n" in told
    assert told.count("\u25c0") == 1
    assert "| **`loss`** | torch.Tensor () float32 | `1.1042` |" in told
    assert "called from `main (train.py:43)`" in told


def test_what_was_changed_and_what_was_only_read_is_said() -> None:
    changed = a_tour(attempts=(Attempt((), "", "", "rows were halved", "memory ran out."), Attempt()))
    assert "- rows were halved: memory ran out" in cells_of(changed, "markdown")[0]
    opening, *_, stop = cells_of(a_tour(a_stop(basis="inferred"), rung="static"), "markdown")[:3]
    assert "made by reading alone" in opening and "The command" not in opening
    assert "*Inferred, not observed.*" in stop


def test_hostile_text_is_text_in_every_cell() -> None:
    tour = hostile_tour()
    for source in cells_of(tour, "markdown"):
        tokens = [
            inner
            for token in MarkdownIt("commonmark").enable("table").parse(source)
            for inner in (token, *(token.children or ()))
        ]
        assert not {token.type for token in tokens} & {"html_inline", "html_block", "link_open", "image"}
        assert "\x1b" not in source and "\u202e" not in source
    lone = a_stop(location=Location("a.py", 1), note="\ud800", title=HOSTILE)
    assert "\\ud800" in find_renderer("ipynb").render(a_tour(lone))
