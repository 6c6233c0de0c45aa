"""Values of configuration files are found with their places, and changed without touching anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.edited import write_edited
from tracer.fitting.config_files import named_files
from tracer.fitting.documents import changed, values_of
from tracer.plan import Edited, RunPlan

YAML = """# how to train
model: &base
  width: 64   # of each layer
  name: "small net"
data:
  - {path: train.csv, limit: 100}
  - path: more.csv
train: {batch_size: 64, "epochs": 10, amp: yes}
note: |
  width: 3
other: *base
"""
JSON = '{\n\t"trainer": {"epochs": 100, "save": true, "list": [1, {"lr": 1e-3}]},\n\t"device": "cuda"\n}\n'
TOML = """title = "x"  # the name
[train]
batch_size = 64 # items
name = 'a # b'
[train.optim]
lr=1e-3
sizes = [1, 2]
"""
INI = "; about\n[train]\nbatch: 64\ndevice = cuda:0 ; here\n"
PYTHON = (
    "name, size = 'ä', 3\ncfg = dict(lr=0.1, model=dict(depth=50))\nclass Config:\n    batch_size = 64  # ä\n"
    "    batch_size_2: int = 2\ndef get_config():\n    config.train.steps = 10 * 1000\n    return {'seed': -1}\n"
    "é = 'ö'; epochs = 5\n"
)

YAML_NAMES = (
    "model.width model.name data.0.path data.0.limit data.1.path train.batch_size train.epochs train.amp other.width "
    "other.name"
)
PYTHON_NAMES = "cfg.lr cfg.model.depth Config.batch_size Config.batch_size_2 config.train.steps seed é epochs"


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("a.yaml", YAML, YAML_NAMES),
        ("a.json", JSON, "trainer.epochs trainer.save trainer.list.0 trainer.list.1.lr device"),
        ("a.toml", TOML, "title train.batch_size train.name train.optim.lr"),
        ("a.ini", INI, "train.batch train.device"),
        ("a.py", PYTHON, PYTHON_NAMES),
        ("a.txt", "a: 1", ""),
        ("a.yaml", "a: [1", ""),
        ("a.json", "{", ""),
        ("a.py", "a =", ""),
    ],
)  # fmt: skip
def test_values_are_found(path: str, text: str, names: str) -> None:
    found = values_of(path, text)
    assert [item.name for item in found] == names.split()
    for item in found:
        assert text[item.start : item.stop] == item.text
        assert item.text in text.split("\n")[item.line - 1]


@pytest.mark.parametrize(
    ("path", "text", "name", "value", "before", "after"),
    [
        ("a.yaml", YAML, "model.width", "4", "width: 64   # of", "width: 4   # of"),
        ("a.yaml", YAML, "train.amp", "False", "amp: yes", "amp: no"),
        ("a.yaml", YAML, "model.name", "tiny", '"small net"', '"tiny"'),
        ("a.yaml", YAML, "train.epochs", "1", '"epochs": 10', '"epochs": 1'),
        ("a.json", JSON, "trainer.save", "False", "true", "false"),
        ("a.json", JSON, "device", "cpu", '"cuda"', '"cpu"'),
        ("a.json", JSON, "trainer.epochs", "1", "100", "1"),
        ("a.toml", TOML, "train.batch_size", "4", "64 # items", "4 # items"),
        ("a.toml", TOML, "train.name", "it's", "'a # b'", "'its'"),
        ("a.ini", INI, "train.device", "cpu", "cuda:0 ; here", "cpu ; here"),
        ("a.py", PYTHON, "Config.batch_size", "4", "64  # ä", "4  # ä"),
        ("a.py", PYTHON, "epochs", "1", "epochs = 5", "epochs = 1"),
        ("a.py", PYTHON, "config.train.steps", "7", "10 * 1000", "7"),
    ],
)
def test_one_value_is_changed_and_nothing_else(
    path: str, text: str, name: str, value: str, before: str, after: str
) -> None:
    line = next(item.line for item in values_of(path, text) if item.name == name)
    assert changed(path, text, name, line, value) == text.replace(before, after)
    assert changed(path, text, name, line + 1, value) is None


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "copy", tmp_path / "original"
    for folder in (root, outside):
        folder.mkdir()
        (folder / "small.yaml").write_text("width: 64\n")
    (root / "linked").symlink_to(outside)
    (root / "one.yaml").symlink_to(outside / "small.yaml")
    changed = [Edited(path, "width: 4\n", path) for path in ("small.yaml", "linked/small.yaml", "one.yaml")]
    write_edited(root, changed)
    assert (outside / "small.yaml").read_text() == "width: 64\n"
    assert [(root / name).read_text() for name in ("small.yaml", "one.yaml")] == ["width: 4\n"] * 2
    plan = RunPlan(root, "", "script", ("train.py", "linked/small.yaml", "small.yaml"), "python")
    assert named_files(plan) == ["small.yaml"]
