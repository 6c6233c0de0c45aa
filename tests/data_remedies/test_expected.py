"""In what form code expects a file, and what is made up in that form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.expected import form_at
from tracer.invented import invented
from tracer.missing import named

PANDAS = """
import pandas as pd

class Houses:
    def __init__(self, path):
        self.frame = pd.read_csv(path, sep=";", parse_dates=["date"])
        self.price = self.frame["price"].values

    def item(self, index):
        row = self.frame.iloc[index]
        return self.frame[["size", "rooms"]]
"""
CALLER = """
import json

def load(path):
    with open(path) as source:
        return json.load(source)

def main():
    settings = load("x.json")
    return settings["rate"], settings["depth"]
"""


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        (PANDAS, 6, "a CSV file with the columns `date`, `price`, `size`, `rooms`; separated by ';'"),
        (CALLER, 5, "a JSON file with the keys `rate`, `depth`"),
        ("import numpy as np\nd = np.load('a.npz')\nx = d['x']\n", 2, "a NumPy file with the keys `x`"),
        ("import torch\nc = torch.load('a.pt')\nc['model']\n", 2, "a file that torch.save wrote with the keys `model`"),
        ("import csv\nwith open('a') as f:\n    for r in csv.DictReader(f):\n        print(r['b'])\n", 2,
         "a CSV file with a header"),
        ("import numpy as np\nx = np.loadtxt('a', delimiter=',')\n", 2, "a text file of numbers; separated by commas"),
        ("x = open('a').read()\n", 1, "a text file"),
        ("x = 1\n", 1, "a file"),
    ],
)  # fmt: skip
def test_forms(tmp_path: Path, source: str, line: int, text: str) -> None:
    (tmp_path / "a.py").write_text(source)
    assert form_at(tmp_path, "a.py", line).text.startswith(text)


def test_a_table_is_made_up_with_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PANDAS.replace("row = self.frame.iloc[index]", "pass"))
    made = invented(form_at(tmp_path, "a.py", 6), tmp_path)
    assert made is not None
    first, second, *_ = made[0].splitlines()
    assert first == "date;price;size;rooms"
    assert second.startswith("2016-01-01;")
    assert float(second.split(";")[1]) == pytest.approx(0, abs=5)
    assert made[0] == (invented(form_at(tmp_path, "a.py", 6), tmp_path) or ("",))[0]


@pytest.mark.parametrize(
    "source",
    [
        PANDAS,  # columns are asked for by number too
        "rows = [line.split(',') for line in open('a')]\n",
        "import pickle\nx = pickle.load(open('a', 'rb'))\n",
        "import pandas as pd\nx = pd.read_csv('a').values\n",
    ],
)
def test_what_is_not_known_is_not_made_up(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.py").write_text(source)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "open(" in text or "read_csv" in text)
    assert invented(form_at(tmp_path, "a.py", line), tmp_path) is None


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("[Errno 2] No such file or directory: 'data/a.csv'", "data/a.csv"),
        ("[Errno 2] File b'data/a.csv' does not exist: b'data/a.csv'", "data/a.csv"),
        ("Unable to open file (unable to open file: name = 'a.h5', errno = 2, error message = 'No such", "a.h5"),
        ("data.txt not found.", "data.txt"),
        ("Couldn't find any class folder in data/train.", "data/train"),
        ("Parent directory checkpoints does not exist.", "checkpoints"),
        ("Cannot save file into a non-existent directory: 'out'", "out"),
        ("Error: file ./data/x.bin does not exist", "./data/x.bin"),
        ("could not find the file data/x.bin", "data/x.bin"),
        ("list index out of range", ""),
        ("No module named 'x'", ""),
    ],
)
def test_paths_in_messages(said: str, path: str) -> None:
    assert named(said) == path
