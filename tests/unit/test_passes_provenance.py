"""Provenance panels over a small hand-written trace: ideas, histories, data, settings, metrics."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.passes import data_lineage, histories, hyperparameters, ideas, metrics
from walkthroughs.passes.options import file_settings
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story

SOURCE = """\
import argparse
class Net(nn.Module):
    def forward(self, x):
        return self.fc(x)
def get_batch(data, n):
    ix = draw(n)
    x = data[ix]
    return x
def test(model, data):
    out = model(data)
    correct = (out > 0).sum()
    return correct / len(data)
def main():
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("-b", "--batch-size", type=int, default=4)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    data = np.load("data.npy")
    model = Net()
    opt = SGD(model.parameters(), lr=args.lr)
    for epoch in range(args.epochs):
        x = get_batch(data, args.batch_size)
        y = model(x)
        loss = F.mse(y, x)
        started = time.time()
        spent = time.time() - started
        loss.backward()
        opt.step()
    if args.verbose:
        print("done")
    acc = test(model, data)
    print(f"loss so far {loss:.3f}")
    print(f"accuracy {acc:.2f}")
main()
"""

MODEL = {"type": "__main__.Net", "id": 1, "parameters": 6, "training": True}


def number(value: float, **more: Any) -> dict[str, Any]:
    return {"type": type(value).__name__, "value": repr(value), "scalar": value, **more}


def array(identity: int, *shape: int, **more: Any) -> dict[str, Any]:
    return {"type": "torch.Tensor", "id": identity, "shape": list(shape), "dtype": "float32", **more}


def loss(identity: int, value: float) -> dict[str, Any]:
    return array(identity, scalar=value, grad_fn="MseLossBackward0", grad=True)


class Recording:
    """Writes the events of a trace in the order of the file."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.seq = 0

    def put(self, kind: str, **more: Any) -> int:
        self.seq += 1
        self.rows.append({"kind": kind, "seq": self.seq, "t": float(self.seq), **more})
        return self.seq

    def line(self, frame: int, number_: int, *bound: tuple[str, dict[str, Any]], out: str = "") -> None:
        self.put("line", frame=frame, line=number_, set=[list(row) for row in bound], **({"out": out} if out else {}))

    def during(self, frame: int, number_: int, bound: tuple[str, dict[str, Any]], *events: dict[str, Any]) -> None:
        """A line during which landmarks happen: it begins before them and is written after them."""
        begun = self.seq = self.seq + 1
        for event in events:
            self.put(event.pop("kind", "landmark"), **event)
        self.rows.append(
            {"kind": "line", "seq": begun, "t": float(begun), "frame": frame, "line": number_, "set": [list(bound)]}
        )


def forward(line: int, frame: int, x: dict[str, Any], y: dict[str, Any], *, grad: bool = True) -> dict[str, Any]:
    code = 1 if frame == 1 else 3
    stack = [[code, line, frame]] + ([] if frame == 1 else [[1, 32, 1]])
    return {
        "event": "module_call", "name": "Module.__call__", "stack": stack, "grad": grad,
        "module": {**MODEL, "training": grad}, "args": [["x", x]], "value": y,
    }  # fmt: skip


def record() -> list[dict[str, Any]]:
    r = Recording()
    r.put("header", format=1, argv=["train.py", "--epochs", "2", "-b", "2"], folder="", chapter="main")
    codes = [
        ("<module>", 1, 35, "module"),
        ("main", 13, 34, "function"),
        ("get_batch", 5, 8, "function"),
        ("test", 9, 12, "function"),
    ]
    for identity, (name, first, last, kind) in enumerate(codes):
        r.put("code", id=identity, file="train.py", qualname=name, name=name, line=first, end_line=last, type=kind)
    r.put("call", frame=0, code=0, visit=0)
    r.put("call", frame=1, code=1, visit=0, parent=0, **{"from": [0, 35]}, args=[])
    values = [
        ["lr", number(0.1)],
        ["epochs", number(2)],
        ["batch_size", number(2)],
        ["verbose", {"type": "bool", "value": "False"}],
    ]
    space = {"type": "argparse.Namespace", "id": 50, "value": "<Namespace>", "len": 4, "items": values}
    r.during(
        1,
        18,
        ("args", space),
        {"event": "config", "name": "parse_args", "stack": [[1, 18, 1]], "args": [], "value": space},
    )
    stats = {"min": -1.0, "max": 1.0, "mean": 0.0, "std": 0.5, "zeros": 0.0, "nan": 0}
    read = {"kind": "file", "mode": "read", "path": "data.npy", "stack": [[1, 19, 1]]}
    r.during(1, 19, ("data", array(60, 8, 3, stats=stats)), read)
    r.line(1, 20, ("model", MODEL))
    optimizer = {"type": "torch.optim.SGD", "id": 70}
    made = {"event": "optimizer", "name": "torch.optim.Optimizer.__init__", "stack": [[1, 21, 1]]}
    settings = {"type": "dict", "id": 71, "items": [["lr", number(0.1)]]}
    r.during(1, 21, ("opt", optimizer), {**made, "args": [["self", optimizer], ["defaults", settings]]})
    for epoch, (value, rate) in enumerate([(0.75, 0.1), (0.5, 0.05)]):
        base = 100 + 10 * epoch
        r.line(1, 22, ("epoch", number(epoch)))
        begun = r.seq = r.seq + 1
        r.put(
            "call",
            frame=10 + epoch,
            code=2,
            visit=epoch,
            parent=1,
            **{"from": [1, 23]},
            args=[["data", array(60, 8, 3)], ["n", number(2)]],
        )
        r.line(10 + epoch, 6, ("ix", array(base, 2)))
        r.line(10 + epoch, 7, ("x", array(base + 1, 2, 3)))
        r.put("return", frame=10 + epoch, line=8, value=array(base + 1, 2, 3))
        x, y = array(base + 1, 2, 3), array(base + 2, 2, 1, grad_fn="AddmmBackward0")
        r.rows.append({"kind": "line", "seq": begun, "t": 0.0, "frame": 1, "line": 23, "set": [["x", x]]})
        r.during(1, 24, ("y", y), forward(24, 1, x, y))
        r.line(1, 25, ("loss", loss(base + 3, value)))
        r.line(1, 26, ("started", number(5.0 + epoch)))
        r.line(1, 27, ("spent", number(0.25 + epoch)))
        r.put("landmark", event="backward", name="Tensor.backward", stack=[[1, 28, 1]], of=loss(base + 3, value))
        step = {**optimizer, "lr": rate}
        r.put("landmark", event="optimizer_step", name="SGD.step", stack=[[1, 29, 1]], optimizer=step)
    begun = r.seq = r.seq + 1
    r.put(
        "call",
        frame=20,
        code=3,
        visit=0,
        parent=1,
        **{"from": [1, 32]},
        args=[["model", MODEL], ["data", array(60, 8, 3)]],
    )
    out = array(201, 8, 1)
    r.during(20, 10, ("out", out), forward(10, 20, array(60, 8, 3), out, grad=False))
    r.line(20, 11, ("correct", array(202, scalar=5)))
    r.put("return", frame=20, line=12, value=number(0.625))
    r.rows.append({"kind": "line", "seq": begun, "t": 0.0, "frame": 1, "line": 32, "set": [["acc", number(0.625)]]})
    r.line(1, 33, out="loss so far 0.500\n")
    r.line(1, 34, out="accuracy 0.62\n")
    hits = [[line, 1] for line in (18, 19, 20, 21, 30, 32, 33, 34)] + [[22, 3], *[[line, 2] for line in range(23, 30)]]
    r.put("counts", code=1, calls=1, recorded=1, hits=hits)
    return r.rows


def found(
    stage: Stage, line: int, role: str, *, frame: int | None = 1, qualname: str = "main", **facts: Any
) -> Finding:
    place = Location("train.py", line, line, qualname)
    return Finding(stage, place, "seen", role, 0, 0, weight=1.0, frame=frame, facts=facts)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    (tmp_path / "train.py").write_text(SOURCE, encoding="utf-8")
    trace = tmp_path / "main.trace.jsonl"
    trace.write_text("".join(json.dumps(row) + "\n" for row in record()), encoding="utf-8")
    return Story([Trace.load(trace)], Sources(tmp_path))


@pytest.fixture
def findings(story: Story) -> list[Finding]:
    built = story.main.trace.landmarks("optimizer")[0]
    return [
        found(Stage.MODEL, 20, "construction"), found(Stage.MODEL, 2, "class", qualname="Net"),
        found(Stage.MODEL, 21, "optimizer", event=built), found(Stage.DATA, 5, "function", qualname="get_batch"),
        found(Stage.LOSS, 25, "value"), found(Stage.TRAIN_LOOP, 22, "header"),
        found(Stage.EVALUATION, 9, "definition", frame=20, qualname="test"),
        found(Stage.EVALUATION, 11, "metric", frame=20, qualname="test"),
    ]  # fmt: skip


def test_ideas_name_what_stands_on_the_lines(story: Story, findings: list[Finding]) -> None:
    found_ = {idea.what: idea for idea in ideas.panel(story, findings)}
    assert list(found_) == ["model", "loss", "data", "metric", "optimizer"]
    assert found_["model"].text == "Replace `Net()` on this line; the class `Net` starts at train.py:2."
    assert found_["model"].location is not None and found_["model"].location.line == 20
    assert found_["loss"].text.startswith("Replace `F.mse(y, x)` on this line; `loss`")
    assert "`get_batch`" in found_["data"].text
    assert found_["metric"].text.startswith("`correct` is computed on this line")
    assert (
        found_["optimizer"].text == "Replace `SGD(model.parameters(), lr=args.lr)` on this line by another optimizer."
    )


def test_ideas_without_findings_are_none(story: Story) -> None:
    assert ideas.panel(story, []) == ()


def test_histories_follow_loss_and_learning_rate(story: Story, findings: list[Finding]) -> None:
    found_ = {item.name: item for item in histories.panel(story, findings)}
    assert [(p.iteration, p.value) for p in found_["loss"].points] == [(0, 0.75), (1, 0.5)]
    assert [p.value for p in found_["learning rate of SGD"].points] == [0.1, 0.05]
    place = found_["loss"].location
    assert place is not None and (place.file, place.line) == ("train.py", 25)


def test_histories_leave_out_times_and_what_was_bound_once(story: Story, findings: list[Finding]) -> None:
    assert {item.name for item in histories.panel(story, findings)} == {"loss", "learning rate of SGD"}


def test_histories_keep_first_last_and_spread_points() -> None:
    points = histories._points([(value, float(value), 2.0 * value) for value in range(1000)])
    assert len(points) == 40
    assert (points[0].value, points[-1].value) == (0.0, 999.0)
    assert (points[0].at, points[-1].at) == (0.0, 1.998)
    gaps = [after.iteration - before.iteration for before, after in itertools.pairwise(points)]
    assert max(gaps) - min(gaps) <= 1


def test_data_is_followed_from_the_file_to_the_model(story: Story, findings: list[Finding]) -> None:
    steps = data_lineage.panel(story, findings)
    told = [
        (step.label, step.location.line if step.location else 0, step.value.name if step.value else "")
        for step in steps
    ]
    assert told == [
        ("read from `data.npy`", 19, "data"),
        ("made with `draw`", 6, "ix"),
        ("taken from `data`", 7, "x"),
        ("made by `get_batch`", 23, "x"),
        ("into the model", 24, "x"),
    ]
    first, last = steps[0].value, steps[-1].value
    assert first is not None and first.shape == (8, 3) and first.stats is not None and first.stats.max == 1.0
    assert last is not None and (last.shape, last.dtype) == ((2, 3), "float32")


def test_settings_name_their_source_and_where_they_are_read(story: Story, findings: list[Finding]) -> None:
    found_ = {item.name: item for item in hyperparameters.panel(story, findings)}
    assert {name: item.source for name, item in found_.items()} == {
        "lr": "default", "epochs": "option", "batch_size": "option", "verbose": "default",
    }  # fmt: skip
    assert {name: item.set_at.line for name, item in found_.items() if item.set_at} == {
        "lr": 14, "epochs": 15, "batch_size": 16, "verbose": 17,
    }  # fmt: skip
    assert [place.line for place in found_["lr"].read_at] == [21]
    assert (found_["lr"].value, found_["epochs"].value) == ("0.1", "2")


def test_effects_are_those_the_trace_proves(story: Story, findings: list[Finding]) -> None:
    found_ = {item.name: item.effect for item in hyperparameters.panel(story, findings)}
    assert found_ == {
        "lr": "`lr` of `SGD`",
        "epochs": "the loop on line 22 ran 2 times",
        "batch_size": "argument `n` of `get_batch`",
        "verbose": "the branch on line 30 did not run",
    }


def test_a_loop_that_the_tour_left_did_not_run_as_often_as_the_setting_says(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE, encoding="utf-8")
    left = {"kind": "fast_forward", "seq": 900, "code": 1, "frame": 1, "line": 22, "to": 30, "iterations": 1}
    rows = record()
    text = "".join(json.dumps(row) + "\n" for row in [*rows[:-1], left, rows[-1]])
    (tmp_path / "main.trace.jsonl").write_text(text, encoding="utf-8")
    story = Story([Trace.load(tmp_path / "main.trace.jsonl")], Sources(tmp_path))
    found_ = {item.name: item.effect for item in hyperparameters.panel(story, [])}
    assert found_["epochs"] == ""


def test_an_effect_needs_the_same_value(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE, encoding="utf-8")
    text = "".join(json.dumps(row) + "\n" for row in record())
    changed = text.replace(
        '["n", {"type": "int", "value": "2", "scalar": 2}]', '["n", {"type": "int", "value": "3", "scalar": 3}]'
    )
    assert changed != text
    (tmp_path / "main.trace.jsonl").write_text(changed, encoding="utf-8")
    story = Story([Trace.load(tmp_path / "main.trace.jsonl")], Sources(tmp_path))
    effects = {item.name: item.effect for item in hyperparameters.panel(story, [])}
    assert effects["batch_size"] == ""


def test_settings_files_give_keys_that_stand_once() -> None:
    lines = ["train:", "  lr: 0.1  # small", "  name: a", "test:", "  name: b"]
    assert file_settings("conf.yaml", lines) == {"lr": ("0.1", 2)}
    assert file_settings("conf.json", ['{"a": {"lr": 0.5,', '"deep": true}, "name": "x"}']) == {
        "lr": ("0.5", 1), "deep": ("True", 2), "name": ("x", 2),
    }  # fmt: skip
    assert file_settings("conf.json", ["{broken"]) == {}


def test_a_printed_metric_is_followed_back_to_the_predictions(story: Story, findings: list[Finding]) -> None:
    (metric,) = metrics.panel(story, findings)
    assert (metric.name, metric.value, metric.printed) == ("acc", "0.625", "accuracy 0.62")
    lines = [link.location.line for link in metric.chain]
    assert lines == [10, 11, 12, 32, 34]
    names = [link.variable.name if link.variable else "" for link in metric.chain]
    assert names == ["out", "correct", "return", "acc", ""]


def test_a_number_that_was_not_printed_is_told_as_such(story: Story, findings: list[Finding]) -> None:
    for frame, line in story.main.trace.lines():
        if frame.code.name == "main":
            line.out = ""
    (metric,) = metrics.panel(story, findings)
    assert (metric.name, metric.value, metric.printed) == ("correct", "5", "")
    assert [link.location.line for link in metric.chain] == [10, 11]


def test_a_number_is_matched_at_the_digits_printed() -> None:
    value = number(0.62549)
    assert metrics._line_with(value, "first\n  acc: 0.625 \n") == "acc: 0.625"
    assert metrics._line_with(value, "acc: 0.635") == ""
    assert metrics._line_with(number(115), "Accuracy: 115/200") == "Accuracy: 115/200"
    assert metrics._line_with(number(115), "Accuracy: 1150/2000") == ""
    assert metrics._line_with(number(2.0e-4), "lr 2.00e-04") == "lr 2.00e-04"
