"""Programs that need more memory than there is run with smaller batches, by their own options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

from tracer.survey import survey

MakeRepo = Callable[..., Path]

HUNGRY = """
import argparse
import os

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--num-batches", type=int, default=100)
args = parser.parse_args()
if args.batch_size > 8:
    {END}
print("batch of", args.batch_size, args.num_batches)
"""


def test_an_array_that_does_not_fit(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": HUNGRY.format(END="raise MemoryError('Unable to allocate 80 GiB')")})
    found = survey(repo)
    done = attempts_of(repo, "train.py", survey=found, entry=found.entry("train.py"))
    assert done.last.out == "batch of 4 100\n"
    assert [one.what for one in done.remedies] == [
        "less is taken at a time (--batch-size 16 instead of 64)",
        "less is taken at a time (--batch-size 4 instead of 16)",
    ]


def test_a_program_that_the_system_kills(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": HUNGRY.format(END="os.kill(os.getpid(), 9)")})
    found = survey(repo)
    done = attempts_of(repo, "train.py", survey=found, entry=found.entry("train.py"))
    assert done.last.out == "batch of 4 100\n"
    assert "killed without a word" in done.remedies[0].why
