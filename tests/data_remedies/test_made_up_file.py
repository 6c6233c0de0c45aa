"""A file that nobody has: made up where the code that reads it says its form, as the last way, and labelled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MakeRepo = Callable[..., Path]

TEXT = """
text = open("input.txt").read()
letters = sorted(set(text))
weight = 0.0
for step in range(4):
    weight += len(letters) / 100
print("letters", len(letters), weight)
"""


def tour_of(repo: Path, *words: str) -> dict[str, Any]:
    """The tour that `repotour run` makes of a repository."""
    out = repo.parent / "out"
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "run", str(repo), "--python", sys.executable, "--out", str(out), *words],
        cwd=repo.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return dict(json.loads(next(out.glob("*.tour.json")).read_text()))


def test_a_text_is_made_up_and_labelled(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": TEXT})
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "input.txt was made up: 4,000 words of no meaning (--synthetic-data=never forbids it)" in " ".join(
        row["remedy"] for row in tour["attempts"]
    )
    labels = {text for stop in tour["stops"] if stop["stage"] == "data" for text in stop.get("adapted", ())}
    assert labels == {"the file input.txt is made up by RepoTour (4,000 words of no meaning)"}
    assert not (repo / "input.txt").exists()


def test_never_forbids_it(make_repo: MakeRepo) -> None:
    tour = tour_of(make_repo(files={"train.py": TEXT}), "--synthetic-data", "never")
    assert tour["outcome"]["kind"] == "raised"
    assert tour["needs"][0]["path"] == "input.txt"
