"""A file that a program of the repository writes: that program runs first (`prepared_data`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MakeRepo = Callable[..., Path]

LOOP = """

def train(rows):
    weight = 0.0
    for epoch in range(4):
        for x, y in rows:
            weight -= 0.1 * 2 * (weight * x - y) * x
    return weight

"""
READ = "rows = [tuple(map(float, line.split(','))) for line in open({path})]\nprint('weight', train(rows))\n"
ROWS = "1,2\n2,4\n1,2\n"


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


def remedies(tour: dict[str, Any]) -> str:
    """What was changed, and why, of all attempts."""
    return "\n".join(f"{row['remedy']} | {row['reason']}" for row in tour["attempts"])


def test_a_program_that_writes_it_runs_first(make_repo: MakeRepo) -> None:
    prepare = (
        "import os\n\ndef main():\n    os.makedirs('data', exist_ok=True)\n"
        f"    with open(os.path.join('data', 'rows.csv'), 'w') as out:\n        out.write({ROWS!r})\n\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'data/rows.csv'"), "make_rows.py": prepare})
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "python make_rows.py was run first" in remedies(tour)
    assert "make_rows.py writes rows.csv" in remedies(tour)
    assert {stop.get("chapter", "main") for stop in tour["stops"]} >= {"before-1", "main"}
    assert not (repo / "data").exists()


def test_a_program_that_the_error_names_runs_first(make_repo: MakeRepo) -> None:
    prepare = "import pathlib\n\npathlib.Path('cache.bin').write_bytes(b'1')\n"
    train = (
        "import os, sys\n" + LOOP + "if not os.path.exists('cache.bin'):\n"
        "    raise RuntimeError('cache.bin not found, please run tools/get_ready.py first')\n"
        "print('weight', train([(1.0, 2.0)]))\n"
    )
    repo = make_repo(files={"train.py": train, "tools/get_ready.py": prepare})
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "the program says that tools/get_ready.py has to run first" in remedies(tour)
