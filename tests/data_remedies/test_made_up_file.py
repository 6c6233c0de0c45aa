"""A file that nobody has: made up where the code that reads it says its form, as the last way, and labelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from touring import toured

MakeRepo = Callable[..., Path]

TEXT = """
text = open("input.txt").read()
letters = sorted(set(text))
weight = 0.0
for step in range(4):
    weight += len(letters) / 100
print("letters", len(letters), weight)
"""


def test_a_text_is_made_up_and_labelled(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": TEXT})
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert "input.txt was made up: 4,000 words of no meaning (--synthetic-data=never forbids it)" in made.remedies
    labels = {text for stop in made.tour["stops"] if stop["stage"] == "data" for text in stop.get("adapted", ())}
    assert labels == {"the file input.txt is made up by RepoTour (4,000 words of no meaning)"}
    assert not (repo / "input.txt").exists()


def test_what_was_made_up_is_not_taken_for_data_of_the_repository(make_repo: MakeRepo) -> None:
    program = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', default='d/one.txt')\n"
        "text = open(p.parse_args().data).read()\nraise RuntimeError('away')\n"
    )
    readme = "```\npython train.py --data d/one.txt\npython train.py --data d/two.txt\n```\n"
    made = toured(make_repo(files={"train.py": program, "README.md": readme}))
    assert "d/one.txt was made up" in made.remedies
    assert "d/two.txt was made up" in made.remedies
    assert "is in the repository" not in made.remedies


def test_never_forbids_it(make_repo: MakeRepo) -> None:
    tour = toured(make_repo(files={"train.py": TEXT}), "--synthetic-data", "never").tour
    assert tour["outcome"]["kind"] == "raised"
    assert tour["needs"][0]["path"] == "input.txt"
