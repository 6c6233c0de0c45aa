"""A repository whose only program is a notebook, from the command line to a tour that names cells."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from written_notebooks import notebook

from walkthroughs.markup import Links
from walkthroughs.renderers.base import find_renderer
from walkthroughs.tour import Provenance, Tour

TRAINS = notebook(
    "#md # Fit a line",
    "%matplotlib inline\n!pip install torch\nimport torch\nfrom torch import nn",
    "lr = 0.1\nepochs = 50",
    "class Line(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.inner = nn.Linear(1, 1)"
    "\n    def forward(self, x):\n        return self.inner(x)",
    "from points import make\nxs, ys = make()\nxs.shape",
    "model = Line()\noptimizer = torch.optim.SGD(model.parameters(), lr=lr)",
    "%%time\nfor epoch in range(epochs):\n    loss = ((model(xs) - ys) ** 2).mean()\n    optimizer.zero_grad()\n"
    "    loss.backward()\n    optimizer.step()",
    "with torch.no_grad():\n    error = (model(xs) - ys).abs().mean().item()\nerror",
    "torch.save(model.state_dict(), 'line.pt')",
)
POINTS = "import torch\n\n\ndef make():\n    xs = torch.linspace(0, 1, 16)[:, None]\n    return xs, 2 * xs + 1\n"
WANTED = {
    "config": (2, 1), "model": (5, 1), "train_loop": (6, 2), "loss": (6, 3), "backward": (6, 5),
    "optimizer_step": (6, 6), "checkpoint": (8, 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("notebooks")
    repo = folder / "line"
    (repo / "lessons").mkdir(parents=True)
    (repo / "lessons" / "fit.ipynb").write_text(TRAINS, "utf-8")
    (repo / "lessons" / "points.py").write_text(POINTS)
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "run", str(repo), "--python", sys.executable, "--out", str(folder / "out")],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {"folder": folder / "out", "said": done.stdout, "repo": repo}


@pytest.mark.torch
def test_stops_stand_in_the_cells_in_which_it_happens(made: dict[str, Any]) -> None:
    tour = Tour.load(made["folder"] / "line.tour.json")
    assert tour.command == ("jupyter", "execute", "fit.ipynb")
    assert tour.outcome.kind == "finished"
    places = {(stop.stage, (stop.location.cell, stop.location.cell_line)) for stop in tour.stops}
    assert {(stage, place) for stage, place in places if WANTED.get(stage) == place} == set(WANTED.items())
    rows = (made["repo"] / "lessons" / "fit.ipynb").read_text("utf-8").split("\n")
    for stop in tour.stops:
        shown = stop.excerpt.lines[stop.location.line - stop.excerpt.first_line]
        if stop.location.file.endswith(".ipynb"):
            assert json.loads(rows[stop.location.line - 1].strip().removesuffix(",")).rstrip("\n") == shown
        else:
            assert stop.location.cell == 0
    assert any(stop.location.file == "lessons/points.py" for stop in tour.stops)
    (left,) = [attempt.remedy for attempt in tour.attempts]
    assert "left out of the notebook: `!pip install torch`" in left


@pytest.mark.torch
def test_faces_name_the_cell(made: dict[str, Any]) -> None:
    tour = Tour.load(made["folder"] / "line.tour.json")
    loss = next(stop for stop in tour.stops if stop.stage == "loss").location
    shown = f"lessons/fit.ipynb:{loss.line} (cell 6, line 3)"
    assert shown in " ".join(made["said"].split())
    for name in ("text", "html", "markdown"):
        assert shown in find_renderer(name).render(tour).replace("\n", " ")
    links = Links(Provenance("https://github.com/a/b", "0" * 40))
    assert f"/lessons/fit.ipynb?plain=1#L{loss.line})" in links.place(loss)


@pytest.mark.torch
def test_sentences_name_the_cell(made: dict[str, Any]) -> None:
    tour = Tour.load(made["folder"] / "line.tour.json")
    notes = " ".join(stop.note for stop in tour.stops)
    assert "cell 4, line 2 of `lessons/fit.ipynb`" in notes
    assert not re.search(r"\bline \d+ of `lessons/fit.ipynb`", re.sub(r"cell \d+, line \d+", "", notes))
    assert re.search(r"fit.ipynb:\d+ \(cell 6, line 2\) was left after 3", " ".join(made["said"].split()))


@pytest.mark.torch
def test_verify_derives_it_again(made: dict[str, Any], run_cli: Callable[..., Any]) -> None:
    done = run_cli("verify", str(made["folder"] / "line.tour.json"))
    assert done.returncode == 0, done.stdout
    assert " 0 differ" in done.stdout
