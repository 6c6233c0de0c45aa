"""A file that a program of the repository writes: that program runs first (`prepared_data`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from line_fit import LOOP, READ, ROWS
from touring import toured

MakeRepo = Callable[..., Path]


def test_a_program_that_writes_it_runs_first(make_repo: MakeRepo) -> None:
    prepare = (
        "import os\n\ndef main():\n    os.makedirs('data', exist_ok=True)\n"
        f"    with open(os.path.join('data', 'rows.csv'), 'w') as out:\n        out.write({ROWS!r})\n\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'data/rows.csv'"), "make_rows.py": prepare})
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert "python make_rows.py was run first" in made.remedies
    assert "make_rows.py writes rows.csv" in made.remedies
    assert {stop.get("chapter", "main") for stop in made.tour["stops"]} >= {"before-1", "main"}
    assert not (repo / "data").exists()


def test_a_program_that_the_error_names_runs_first(make_repo: MakeRepo) -> None:
    prepare = "import pathlib\n\npathlib.Path('cache.bin').write_bytes(b'1')\n"
    train = (
        "import os, sys\n" + LOOP + "if not os.path.exists('cache.bin'):\n"
        "    raise RuntimeError('cache.bin not found, please run tools/get_ready.py first')\n"
        "print('weight', train([(1.0, 2.0)]))\n"
    )
    repo = make_repo(files={"train.py": train, "tools/get_ready.py": prepare})
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert "the program says that tools/get_ready.py has to run first" in made.remedies
