"""What parsers complain about, in the sentences that they print, and what is done about it."""

from __future__ import annotations

import dataclasses
import importlib
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.command import parse_target
from tracer.fitting.complaint import required_names, unknown_names, wrong_choices
from tracer.machine import Machine
from tracer.plan import RunPlan
from tracer.remedies import Situation, next_attempt
from tracer.survey import survey
from tracer.trace import Trace

Plant = Callable[[dict[str, str]], Path]

REQUIRED = {
    "Error: Missing argument 'DATA'.": ["DATA"],
    "╭─ Error ───╮\n│ Missing option '--arch'.   │\n╰───────────╯": ["--arch"],
    "FATAL Flags parsing error: flag --workdir=None: Flag --workdir must have a value other than None.": ["--workdir"],
    "ERROR: The function received no value for the required argument: out_dir": ["out_dir"],
    "╭─ Required options ─╮\n│ Missing from t.py: │\n│     --env STR      │\n│       (required)   │": ["--env"],
    'error: expected "subcommand" to be one of {fit,test}, but it was not provided.': ["{fit,test}"],
    "t.py: error: the following arguments are required: data, --model/-m, {train,eval}": [
        "data", "--model/-m", "{train,eval}",
    ],
}  # fmt: skip
UNKNOWN = {
    "t.py: error: unrecognized arguments: --foo 3": ["--foo", "3"],
    "Error: No such option '--foo'.": ["--foo"],
    "FATAL Flags parsing error: Unknown command line flag 'foo'": ["--foo"],
    "│ Unrecognized options: --foo, 3   │": ["--foo", "3"],
    "Could not override 'model.foo'.": ["model.foo"],
    "ValueError: Unknown config key: foo": ["foo"],
    "t.py: error: argument -n/--num: invalid int value: 'x'": ["--num"],
}
CHOICES = {
    "t.py: error: argument -a/--arch: invalid choice: 'c' (choose from 'a', 'b')": ("--arch", "c", ("a", "b")),
    "Error: Invalid value for '--arch': 'c' is not one of 'a', 'b'.": ("--arch", "c", ("a", "b")),
    "flag --mode=z: value should be one of <x|y>": ("mode", "z", ("x", "y")),
    "│ invalid choice 'z' for argument '--mode'. Expected one of ('x', 'y'). │": ("--mode", "z", ("x", "y")),
    "Could not find 'net/foo'\n\nAvailable options in 'net':\n\tgru\n\tlstm\nConfig search path:\n\tprovider": (
        "net", "foo", ("gru", "lstm"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REQUIRED)
def test_required(text: str) -> None:
    assert required_names(text) == REQUIRED[text]


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown(text: str) -> None:
    assert unknown_names(text) == UNKNOWN[text]


@pytest.mark.parametrize("text", CHOICES)
def test_choices(text: str) -> None:
    (found,) = wrong_choices(text)
    assert (found.option, found.value, found.choices) == CHOICES[text]


def failed(root: Path, command: str) -> Situation:
    """A program really run, with what it printed and the error that ended it."""
    words = tuple(shlex.split(command))
    done = subprocess.run([sys.executable, *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode, "it should fail"
    found = survey(root, detail=False)
    target = parse_target(words, root, "")[-1]
    last = done.stderr.strip().split("\n")[-1]
    error, _, message = last.partition(": ")
    raised = "Traceback" in done.stderr
    end = {"outcome": "raised" if raised else "exited", "type": error, "detail": message, "stack": []}
    if raised:
        place = [line for line in done.stderr.split("\n") if line.startswith("  File ") and str(root) in line][-1]
        file, line = place.split('"')[1], int(place.split("line ")[1].split(",")[0])
        end["stack"] = [{"file": str(Path(file).relative_to(root)), "line": line, "variables": []}]
    trace = Trace(root, {}, {}, {}, [], [], [], [], [], [], {}, [], end, False)
    plan = RunPlan(root, target.folder, target.launch, target.argv, sys.executable)
    return Situation(
        plan, trace, found.entry(words[0]), found, Machine(0, 2, 0), str(end["outcome"]), False,
        done.stdout + done.stderr,
    )  # fmt: skip


PARSER = "import argparse\np = argparse.ArgumentParser()\n{}\na = p.parse_args()\n"
GUARD = "if __name__ == '__main__':\n    print('x')\n"
PROGRAMS = {
    "required_arguments: required": (
        PARSER.format("p.add_argument('--net', required=True, choices=['big', 'tiny'])"), "",
        "--net tiny",
    ),
    "required_arguments: a sub-command": (
        PARSER.format("s = p.add_subparsers(dest='verb', required=True)\ns.add_parser('test')\ns.add_parser('train')"),
        "", "train",
    ),
    "required_arguments: an assertion": (
        PARSER.format("p.add_argument('-c', '--config')") + "assert a.config, 'add -c config.json'\n", "",
        "--config configs/small.yaml",
    ),
    "required_arguments: a path that is None": (
        PARSER.format("p.add_argument('--data_dir')") + "import os\nos.path.join(a.data_dir, 'x')\n", "",
        "--data_dir data",
    ),
    "required_arguments: an error of the program's own": (
        PARSER.format("p.add_argument('--data_dir')") + "if not a.data_dir: p.error('please specify --data_dir')\n", "",
        "--data_dir data",
    ),
    "required_arguments: a name in quotes": (
        PARSER.format("p.add_argument('--dataroot')")
        + "if not a.dataroot: raise ValueError('`dataroot` is required')\nroot = dict(download=True)\n", "",
        "--dataroot data",
    ),
    "unknown_option: unknown": (PARSER.format("p.add_argument('--lr')"), "--lr 1 --old 3 --flag", "--lr 1"),
    "unknown_option: a value that cannot be read": (PARSER.format("p.add_argument('--n', type=int)"), "--n x", ""),
    "unknown_choice: a refused choice": (
        PARSER.format("p.add_argument('--net', choices=['mlp', 'resnet18'])"), "--net ResNet18", "--net resnet18",
    ),
    "unknown_choice: a refused name": (
        PARSER.format("p.add_argument('--data', default='imagenet')")
        + "if a.data == 'cora':\n    pass\nelse:\n    raise ValueError(f'unknown dataset {a.data}')\n", "",
        "--data cora",
    ),
    "unknown_choice: a key": (
        PARSER.format("p.add_argument('--data', default='big')")
        + "known = {'small': 1}\nif a.data in ('small', 'toy'):\n    pass\nknown[a.data]\n", "",
        "--data toy",
    ),
    "own_usage: a usage": (
        "import sys\nif len(sys.argv) != 3:\n    print('Usage: train.py data out_dir')\n    sys.exit(1)\n", "",
        "data tour_output",
    ),
    "own_usage: words that are not there": (
        "import sys\ndata_dir = sys.argv[1]\nout = sys.argv[2]\n", "", "data tour_output",
    ),
    "other_data: a file that is not there": (
        PARSER.format("p.add_argument('--csv', default='gone.csv')") + "open('data/' + a.csv)\n", "", "--csv x.csv",
    ),
    "other_data: a folder that is not there": (
        PARSER.format("p.add_argument('--dir', default='data/big')") + "open(a.dir + '/train.txt')\n", "",
        "--dir data/tiny",
    ),
    "short_data: windows": (
        PARSER.format("p.add_argument('--seq_len', type=int, default=96)\np.add_argument('--pred_len', default=48)")
        + "class D:\n    def __len__(self):\n        return 10 - a.seq_len\nlen(D())\n", "",
        "--seq_len 12 --pred_len 6",
    ),
}  # fmt: skip


def situation_of(plant: Plant, program: str, command: str) -> Situation:
    root = plant({"train.py": program, "configs/small.yaml": "a: 1\n", "configs/large.yaml": "a: 1\n",
                  "data/x.csv": "1\n", "data/tiny/train.txt": "a\n"})  # fmt: skip
    # The loop at its end would fail in its own way.
    (root / "train.py").write_text((root / "train.py").read_text().partition("\nimport torch")[0] + GUARD)
    return failed(root, f"train.py {command}")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_remedy_gives_the_program_what_it_asks_for(name: str, plant: Plant) -> None:
    program, command, expected = PROGRAMS[name]
    situation = situation_of(plant, program, command)
    adaptation = next_attempt(situation)
    assert adaptation is not None
    remedy = importlib.import_module(f"tracer.remedies.{name.partition(':')[0]}").REMEDY
    assert remedy.adapt(situation) == adaptation
    assert shlex.join(adaptation.plan.argv[1:]) == expected
    assert adaptation.what
    assert adaptation.why


def test_nothing_is_guessed_where_nothing_is_known(plant: Plant) -> None:
    declared = PARSER.format("p.add_argument('--alpha', type=float, required=True)")
    assert next_attempt(situation_of(plant, declared, "")) is None


def test_a_choice_is_not_tried_twice(plant: Plant) -> None:
    program, command, _ = PROGRAMS["unknown_choice: a refused choice"]
    root = plant({"train.py": program})
    (root / "train.py").write_text((root / "train.py").read_text().partition("\nimport torch")[0] + GUARD)
    situation = failed(root, f"train.py {command}")
    first = next_attempt(situation)
    assert first is not None
    second = next_attempt(dataclasses.replace(situation, tried=(first.slug,)))
    assert second is not None
    assert second.plan.argv[-1] == "mlp"
