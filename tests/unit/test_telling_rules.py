"""Every rule, on a hand-built trace: the sentence it derives, and none where the trace does not show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from telling_traces import (
    FORWARD,
    MAIN,
    MODULE,
    NET,
    SETTINGS,
    SOURCE,
    TRAIN,
    Recording,
    array,
    plain,
    program,
    scalar,
    story,
)

from walkthroughs.stop import Claim
from walkthroughs.telling import Witness, rederive
from walkthroughs.telling.claims import make, rules
from walkthroughs.telling.witness import Scene

TREE = [
    ["", "__main__", "Net", 0, 0, 60],
    ["body", "torch.nn", "Sequential", 0, 1, 61],
    ["body.0", "torch.nn", "Linear", 12, 2, 62],
    ["body.1", "torch.nn", "Linear", 8, 2, 63],
    ["head", "torch.nn", "LSTM", 5, 1, 64],
]
NET_VALUE = {
    "type": "__main__.Net",
    "id": 60,
    "parameters": 25,
    "training": True,
    "items": [
        ["body", {"type": "torch.nn.Sequential", "parameters": 20}],
        ["head", {"type": "torch.nn.LSTM", "parameters": 5}],
    ],
}
STATE = {"type": "dict", "id": 70, "len": 2, "value": "dict of 2", "items": [["w", array(3)], ["b", plain(1)]]}
LOADER = {"type": "torch.utils.data.DataLoader", "id": 80, "batch_size": 4, "dataset": "data.Points", "dataset_len": 40}


class Extra:
    """The numbers of the events that a recording holds besides the program's own."""


def extra() -> tuple[Recording, Extra]:
    """The program with a model, a loader, files, metrics, a checkpoint and settings."""
    made, at = program(), Extra()
    stack = [[MAIN, 24, 1], [MODULE, 28, 0]]
    made.code(SETTINGS, "Settings", 2, 4, "class")
    made.code(NET, "Net", 5, 10, "class")
    made.event("call", frame=20, code=SETTINGS, visit=0, parent=0, **{"from": [MODULE, 2]})
    made.event("line", frame=20, line=3, set=[["lr", plain(0.5)], ["__module__", plain("x")]])
    at.model = made.event("line", frame=1, line=24, set=[["net", NET_VALUE], ["loader", LOADER], ["state", STATE]])
    made.put("modules", root=60, rows=TREE)
    made.put("module_io", path="body.0", **{"in": [[4, 3]], "out": [[4, 4]]})
    made.put("module_io", path="head", **{"in": [[4, 4]], "out": [[4, 1], [4, 2]]})
    at.applied = made.landmark(
        "module_call",
        "Module._call_impl",
        stack,
        module=NET_VALUE,
        args=[["", array(4, 3)]],
        value=array(4, 1),
        grad=False,
    )
    at.optimizer = made.landmark(
        "optimizer",
        "torch.optim.SGD.__init__",
        stack,
        args=[
            ["self", {"type": "torch.optim.SGD", "id": 60}],
            ["defaults", {"items": [["lr", plain(0.5)], ["foreach", plain(None)]]}],
        ],
    )
    at.clip = made.landmark("clip_gradients", "clip_grad_norm_", stack, args=[["max_norm", plain(1.0)]])
    at.loss = made.landmark(
        "loss_function",
        "torch.nn.functional.mse_loss",
        stack,
        args=[["input", array(4)], ["target", array(4)]],
        value=scalar(0.25),
    )
    at.dataset = made.landmark(
        "dataset",
        "torchvision.datasets.MNIST.__init__",
        stack,
        args=[
            ["self", {"type": "torchvision.datasets.MNIST", "id": 60}],
            ["root", plain("data")],
            ["train", plain(True)],
        ],
    )
    at.loader = made.landmark(
        "dataloader",
        "torch.utils.data.DataLoader.__init__",
        stack,
        args=[["dataset", {"type": "data.Points", "len": 40}], ["batch_size", plain(4)]],
    )
    at.batches = made.landmark(
        "batches", "torch.utils.data.DataLoader.__iter__", [[MAIN, 25, 1]], args=[["self", LOADER]]
    )
    at.transform = made.landmark(
        "transform",
        "Compose.__init__",
        stack,
        args=[
            [
                "transforms",
                {
                    "len": 2,
                    "items": [
                        ["0", {"type": "torchvision.transforms.ToTensor"}],
                        ["1", {"type": "torchvision.transforms.Normalize"}],
                    ],
                },
            ]
        ],
    )
    at.read = made.landmark("read", "pandas.read_csv", stack, value={"type": "pandas.DataFrame", "shape": [3, 2]})
    at.simulator = made.landmark("simulator", "gymnasium.make", stack, args=[["id", plain("CartPole-v1")]])
    at.metric = made.landmark(
        "metric", "sklearn.metrics.accuracy_score", stack, args=[["y_true", array(4)]], value=plain(0.75)
    )
    at.fit = made.landmark("fit", "sklearn.svm.SVC.fit", stack, args=[["self", plain(1)], ["X", array(4, 2)]])
    at.save = made.landmark(
        "save", "torch.serialization.save", stack, args=[["f", plain("out/net.pt")], ["obj", STATE]]
    )
    at.restore = made.landmark("restore", "Module.load_state_dict", stack, args=[["state_dict", STATE]])
    at.file = made.event("file", mode="read", path="data/points.csv", stack=stack, via="numpy.genfromtxt")
    made.put("stuck", code=MAIN, line=24, iterations=3, reason="x")
    made.put("stuck", code=MODULE, line=28, iterations=3, ended=True, reason="x")
    made.event("fast_forward", code=MAIN, frame=1, line=24, to=25, iterations=5, role="evaluation")
    return made, at


class Case:
    """A scene of the extended recording, with the events it holds."""

    def __init__(self, folder: Path) -> None:
        made, self.at = extra()
        self.story = story(folder, made)
        self.witness = Witness(self.story)
        self.scene: Scene = self.witness.scene("main")

    def line(self, number: int, run: int = 0) -> int:
        """The event of a recorded run of a line."""
        rows = sorted(line.seq for _, line in self.scene.trace.lines() if line.line == number)
        return rows[run]

    def args(self, given: dict[str, Any]) -> dict[str, Any]:
        """Arguments with placeholders filled in: `@save` an event, `@17` the first run of a line, `@17.1` the second."""
        return {name: self.value(value) for name, value in given.items()}

    def value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return self.args(value)
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        number, _, run = value[1:].partition(".")
        return (
            self.line(int(number), int(run or 0))
            if number.isdigit()
            else getattr(self.at, value[1:], None) or self.landmark(value[1:])
        )

    def landmark(self, name: str) -> int:
        """The first event of a landmark of the program itself."""
        return self.scene.trace.landmarks(name)[0].seq


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("telling"))


def source(first: int, last: int | None = None) -> dict[str, Any]:
    """Lines of the program as the source of a claim."""
    return {"file": "train.py", "line": first, "text": "\n".join(SOURCE.splitlines()[first - 1 : last or first])}


TRAINER = "line 15 of `train.py` (in `train`)"
TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("calls.total", {"code": TRAIN}, "`train` was called once in this run."),
    ("calls.total", {"code": FORWARD}, "`forward` was called 3 times in this run."),
    ("calls.caller", {"frame": 2}, "It was called from line 25 of `train.py` (in `main`)."),
    (
        "calls.from",
        {"code": FORWARD},
        "In this run `forward` was called 3 times from line 16 of `train.py` (in `train`).",
    ),
    ("calls.inner", {"frames": [3]}, "From here `forward` (line 5 of `train.py`) was called."),
    ("calls.ran", {"code": TRAIN, "line": 17}, "Line 17 ran 3 times in this run."),
    ("calls.seen", {"code": TRAIN, "line": 20}, "1 run of line 20 was recorded."),
    ("checkpoint.saved", {"seq": "@save"}, "`torch.serialization.save` wrote a dict of 2 entries to `out/net.pt`."),
    ("checkpoint.keys", {"seq": "@save"}, "Its entries are `w` = a float32 tensor of shape (3,) and `b` = 1."),
    (
        "checkpoint.restored",
        {"seq": "@restore"},
        "`load_state_dict` was called from this line with a dict with the keys `w` and `b`.",
    ),
    (
        "config.options",
        {"seq": "@config"},
        "`argparse.ArgumentParser.parse_args` gave 2 options: `lr` = 0.5 and `steps` = 100.",
    ),
    ("config.given", {"seq": "@config"}, "The command line names `lr`; the other 1 is not named there."),
    ("config.command", {}, "The program was started as `train.py --lr 0.5`."),
    ("config.literals", {"seqs": ["@3"]}, "These lines set `lr` = 0.5 and `__module__` = `'x'`."),
    ("config.executed", {"seq": "@3"}, "After this line had run, `lr` = 0.5 and `__module__` = `'x'`."),
    (
        "config.keys",
        {"seq": "@model", "name": "state"},
        "`state` became 2 settings: `w` = a float32 tensor of shape (3,) and `b` = 1.",
    ),
    (
        "config.arrives",
        {"seq": "@config", "line": "@24"},
        (
            "`args` became the object that `argparse.ArgumentParser.parse_args` gave on line 24 of "
            "`train.py` (in `main`), with 2 options."
        ),
    ),
    ("config.fields", {"frame": 20}, "The body of the class sets `lr` = 0.5."),
    (
        "data.dataset",
        {"seq": "@dataset"},
        ("An object of class `torchvision.datasets.MNIST` was built here with `root` = `'data'` and `train` = `True`."),
    ),
    (
        "data.files",
        {"seqs": ["@file"]},
        "From this line `data/points.csv` was opened for reading by `genfromtxt` in `numpy`.",
    ),
    (
        "data.loader",
        {"seq": "@loader"},
        ("A loader over an object of class `data.Points` of 40 items was built here with `batch_size` = 4."),
    ),
    (
        "data.read",
        {"seq": "@read"},
        ("`pandas.read_csv` was called from this line and gave a `pandas.DataFrame` of 3 rows and 2 columns."),
    ),
    (
        "data.transform",
        {"seq": "@transform"},
        "2 transforms were put together, in this order: `ToTensor` and `Normalize`.",
    ),
    ("data.simulator", {"seq": "@simulator"}, "`gymnasium.make` was called with `'CartPole-v1'`."),
    (
        "data.batch",
        {"seq": "@batches", "line": "@25", "made": "@model"},
        (
            "When line 25 of `train.py` (in `main`) began to draw batches from `loader`, it first got "
            "`final` = 1.0 (a float32 tensor of one element)."
        ),
    ),
    (
        "evaluation.applied",
        {"seq": "@applied"},
        ("`Net` was applied on line 24 of `train.py` (in `main`), in training mode and with gradients switched off."),
    ),
    (
        "evaluation.library",
        {"seq": "@metric"},
        (
            "`sklearn.metrics.accuracy_score` was called from this line with `y_true` = a float32 tensor of "
            "shape (4,) and gave 0.75."
        ),
    ),
    (
        "evaluation.cut",
        {"code": MAIN},
        ("The tour left the evaluation loop on line 24 after 5 iterations, so the figures do not cover all data."),
    ),
    (
        "links.same",
        {"here": {"kind": "bound", "seq": "@16", "name": "y"}, "there": {"kind": "return", "frame": 3}},
        "`y` is the very object that `forward` returned.",
    ),
    (
        "links.same",
        {"here": {"kind": "return", "frame": 3}, "there": {"kind": "bound", "seq": "@16", "name": "y"}},
        "What it returned is the very object that line 16 of `train.py` then bound to `y`.",
    ),
    (
        "links.same",
        {
            "here": {"kind": "read", "seq": "@18", "name": "loss"},
            "there": {"kind": "bound", "seq": "@17", "name": "loss"},
        },
        "`loss` is the very object that line 17 of `train.py` bound.",
    ),
    ("links.named", {"seq": "@dataset", "line": "@model"}, "This object was bound to `net`."),
    (
        "loops.left",
        {"code": TRAIN, "line": 15},
        ("The tour left this loop after 3 iterations, so figures computed after it are not the program's own."),
    ),
    (
        "loops.stuck",
        {"code": MAIN, "line": 24},
        "The tour tried to leave this loop after 3 iterations and could not, so it went on.",
    ),
    (
        "loops.stuck",
        {"code": MODULE, "line": 28},
        ("The tour ended the run after 3 iterations of this loop, behind which the program does nothing more."),
    ),
    (
        "loops.passes",
        {
            "code": FORWARD,
            "line": 15,
            "body": 10,
            "source": {"file": "train.py", "line": 9, "text": "for a in b:\n    c = a"},
        },
        "Its body ran 3 times in 3 calls of `forward` in this run.",
    ),
    ("loops.over", {"source": source(15)}, "The loop iterates over `range(steps)`."),
    (
        "loops.over",
        {"source": {"file": "train.py", "line": 1, "text": "while True:"}},
        "The loop is written as `while True`.",
    ),
    (
        "loops.over",
        {"source": {"file": "train.py", "line": 1, "text": "while n < 3:"}},
        "The loop runs while `n < 3` holds.",
    ),
    (
        "loops.loader",
        {"seq": "@batches"},
        "Its batches come from a `DataLoader` over a `Points` of 40 items, with `batch_size` = 4.",
    ),
    ("loops.target", {"seqs": ["@15"]}, "On the first iteration, `step` was 0."),
    (
        "loops.step",
        {"seq": "@optimizer_step", "code": TRAIN, "line": 15, "end": 19},
        (
            "The optimizer, an object of class `torch.optim.SGD`, stepped inside it, on line 19 of "
            "`train.py` (in `train`)."
        ),
    ),
    (
        "loops.before",
        {"seq": "@26"},
        (
            f"The tour had already left the training loop on {TRAINER} after 3 iterations, so figures here are not "
            "the program's own."
        ),
    ),
    (
        "loops.before",
        {"seq": "@save", "saved": True},
        (
            f"The tour had already left the training loop on {TRAINER} after 3 iterations, so what "
            "was saved is not what the program itself would save."
        ),
    ),
    (
        "loops.handover",
        {"seq": "@fit"},
        (
            "This line called `sklearn.svm.SVC.fit` with `X` = a float32 tensor of shape (4, 2); the "
            "training loop is in the library."
        ),
    ),
    (
        "loss.value",
        {"seqs": ["@17"], "backward": "@backward"},
        (
            "The first time, `loss` became 4.0 (a float32 tensor of one element), and this very object is "
            "the one on which gradients were computed, on line 18 of `train.py` (in `train`)."
        ),
    ),
    (
        "loss.function",
        {"seq": "@loss"},
        (
            "`torch.nn.functional.mse_loss` was called here with `input` = a float32 tensor of shape (4,) "
            "and `target` = a float32 tensor of shape (4,); it gave 0.25 (a float32 tensor of one element)."
        ),
    ),
    (
        "loss.term",
        {"seqs": ["@16"], "name": "y", "loss": "@17"},
        (
            "The first time, `y` became a float32 tensor of shape (8,) with values from 0.0 to 1.0; line 17 "
            "reads it to make the value on which gradients were computed."
        ),
    ),
    (
        "backward.of",
        {"seq": "@backward"},
        (
            "The first time, gradients were computed on 4.0 (a float32 tensor of one element), the object "
            "bound to `loss` on line 17 of `train.py` (in `train`)."
        ),
    ),
    (
        "backward.through",
        {"seq": "@backward"},
        "The last operation that made this value, as autograd names it, is `MeanBackward0`.",
    ),
    ("model.built", {"seqs": ["@model"], "name": "net"}, "`net` became an object of class `Net` with 25 parameters."),
    (
        "model.parts",
        {"root": 60},
        ("Directly inside it are `body`, a `Sequential` with 20 parameters; `head`, an `LSTM` with 5 parameters."),
    ),
    (
        "model.holds",
        {"seq": "@model", "name": "net"},
        (
            "Among the modules directly inside it are `body`, a `Sequential` with 20 parameters; `head`, an "
            "`LSTM` with 5 parameters."
        ),
    ),
    (
        "model.total",
        {"root": 60, "class": "Net"},
        ("When it was first applied, `Net` consisted of 5 modules, itself included, with 25 parameters in all."),
    ),
    (
        "model.occurs",
        {"root": 60, "class": "Linear"},
        "`Net` holds 2 modules of class `Linear`: `body.0` and `body.1`, with 8 to 12 parameters each.",
    ),
    ("model.occurs", {"root": 60, "class": "LSTM"}, "`Net` holds one `LSTM`, at `head`, with 5 parameters."),
    (
        "model.applied",
        {"seq": "@applied"},
        (
            "The first time, `Net` was given a float32 tensor of shape (4, 3), and gave back a float32 "
            "tensor of shape (4, 1)."
        ),
    ),
    ("model.mode", {"seq": "@applied"}, "The module was in training mode and ran with gradients switched off."),
    (
        "model.shapes",
        {"root": 60},
        (
            "When `Net` was first applied, its innermost modules ran in this order: `body.0` (4, 3) → (4, "
            "4); `head` (4, 4) → (4, 1) and (4, 2)."
        ),
    ),
    (
        "optimizer.built",
        {"seq": "@optimizer"},
        "An optimizer of class `torch.optim.SGD` was built here; its defaults are `lr` = 0.5.",
    ),
    (
        "optimizer.stepped",
        {"seq": "@optimizer_step"},
        ("The first time, the optimizer, an object of class `torch.optim.SGD`, stepped with learning rate 0.5."),
    ),
    (
        "optimizer.changes",
        {"seq": "@optimizer_step"},
        (
            "Up to 48 numbers of each parameter tensor were compared before and after: 1 of 2 parameter "
            "tensors changed, the largest change being 0.5 in `w` of shape (1,)."
        ),
    ),
    (
        "optimizer.gradients",
        {"seq": "@optimizer_step"},
        (
            "The largest gradient norm was 2.5 for `w` of shape (1,), the smallest about 0.125 for `big` of "
            "shape (2000, 1000)."
        ),
    ),
    (
        "optimizer.clipped",
        {"seq": "@clip"},
        ("Before it the gradients were clipped on line 24 of `train.py` (in `main`) with `max_norm` = 1.0."),
    ),
    (
        "optimizer.by_hand",
        {"seq": "@19"},
        "Across this line `w` changed: a sampled number of `w` went from 0.25 to 0.125.",
    ),
    (
        "source.docstring",
        {"source": source(5, 9)},
        "The repository describes `forward` as “Multiply the input by the weight”.",
    ),
    (
        "source.comment",
        {"source": source(14), "place": "above"},
        "The repository's comment above it says “repeat until it is good”.",
    ),
    (
        "source.comment",
        {"source": source(17), "place": "behind"},
        "The repository's comment behind it says “squared error”.",
    ),
    ("values.bound", {"seqs": ["@25"]}, "`final` became 1.0 (a float32 tensor of one element)."),
    (
        "values.bound",
        {"seqs": ["@16.1"]},
        (
            "On the second recorded run of this line, `y` became a float32 tensor of shape (8,) with values "
            "from 0.0 to 1.0."
        ),
    ),
    ("values.received", {"frame": 2}, "`train` received `lr` = 0.5 and `steps` = 100."),
    (
        "values.received",
        {"frame": 4},
        (
            "On the second recorded visit `forward` received `x` = a float32 tensor of shape (8,) with "
            "values from -1.0 to 1.0 and `w` = a float32 tensor of shape (1,) with the one value 0.5."
        ),
    ),
    ("values.returned", {"frame": 2}, "It returned 1.0 (a float32 tensor of one element)."),
    (
        "values.returned",
        {"frame": 3, "lead": True},
        ("On the first visit `forward` returned a float32 tensor of shape (8,) with values from 0.0 to 1.0."),
    ),
    ("values.read", {"seq": "@17", "source": source(17)}, "The line reads `y` (a float32 tensor of shape (8,))."),
    ("values.printed", {"seqs": ["@26"]}, "This line printed `final loss 1.0`."),
    ("title.code", {"stage": "loss", "source": source(17)}, "Loss: loss = ((y - t) ** 2).mean()"),
    ("title.code", {"stage": "data", "source": source(5)}, "Data: forward()"),
    ("title.function", {"stage": "evaluation", "code": FORWARD}, "Evaluation: forward()"),
    ("title.options", {"stage": "config", "seq": "@config"}, "Configuration: 2 options parsed in main()"),
    ("title.set", {"stage": "loss", "seqs": ["@17"]}, "Loss: loss in train()"),
    ("title.model", {"stage": "model", "seq": "@model", "name": "net"}, "Model: Net with 25 parameters"),
    ("title.part", {"stage": "model", "root": 60, "class": "Linear"}, "Model: Linear, a part of Net"),
    ("title.tree", {"stage": "model", "root": 60, "class": "Net"}, "Model: class Net, 25 parameters"),
    ("title.optimizer", {"stage": "model", "seq": "@optimizer", "code": MAIN}, "Optimizer: SGD built in main()"),
    (
        "title.optimizer",
        {"stage": "optimizer_step", "seq": "@optimizer_step", "code": TRAIN},
        "Optimizer step: SGD in train()",
    ),
    ("title.loop", {"stage": "train_loop", "source": source(15)}, "Training loop: for step in range(steps)"),
    (
        "title.loop",
        {"stage": "train_loop", "source": {"file": "a", "line": 1, "text": "for i, (a, b) in c:"}},
        "Training loop: for i, (a, b) in c",
    ),
    ("title.applied", {"stage": "forward", "seq": "@applied", "code": MAIN}, "Forward pass: Net applied in main()"),
    ("title.loss", {"stage": "loss", "seq": "@loss", "code": MAIN}, "Loss: mse_loss in main()"),
    ("title.backward", {"stage": "backward", "seq": "@backward"}, "Backward pass: gradients of loss in train()"),
    ("title.file", {"stage": "data", "seq": "@file", "code": MODULE}, "Data: points.csv read in train.py"),
    ("title.saved", {"stage": "checkpoint", "seq": "@save", "code": MAIN}, "Checkpoint: net.pt saved in main()"),
    ("title.built", {"stage": "data", "seq": "@dataset", "code": MAIN}, "Data: MNIST built in main()"),
    ("title.called", {"stage": "evaluation", "frame": 2}, "Evaluation: train() called in main()"),
]


@pytest.mark.parametrize(("name", "args", "text"), TOLD, ids=[f"{row[0]}-{place}" for place, row in enumerate(TOLD)])
def test_sentence(case: Case, name: str, args: dict[str, Any], text: str) -> None:
    found = make(case.scene, name, **case.args(args))
    assert found is not None
    assert found.text == text
    assert rederive(case.witness, found) == found
    sourced = {"title.code", "title.loop", "source.docstring", "source.comment", "loops.over"}
    assert found.evidence or name in sourced, "a sentence about the run must rest on events"


def test_history_needs_consecutive_events_of_one_place(case: Case) -> None:
    events = [event.seq for event in case.scene.trace.landmarks("backward")]
    found = make(case.scene, "loss.history", seqs=events)
    assert found is not None
    assert found.text == "In the first 3 backward passes from that line, gradients were computed on 4.0, 2.0 and 1.0."
    assert make(case.scene, "loss.history", seqs=events[1:]) is None
    assert make(case.scene, "loss.history", seqs=events[:1]) is None


def test_every_rule_is_tested() -> None:
    assert set(rules()) == {row[0] for row in TOLD} | {"loss.history"}


EVENT_RULES = sorted({name for name, args, _ in TOLD if "seq" in args and name not in ("loops.before",)})


@pytest.mark.parametrize("name", EVENT_RULES)
def test_no_sentence_of_another_event(case: Case, name: str) -> None:
    """A rule asked about an event of another kind, or one that is not there, says nothing."""
    args = next(case.args(args) for row, args, _ in TOLD if row == name)
    for seq in (10_000, *([case.at.clip] if name != "optimizer.clipped" else [case.at.save])):
        changed = Claim("x", name, {**args, "seq": seq, "chapter": "main"})
        again = rederive(case.witness, changed)
        assert again is None, again


def test_unknown_rules_and_broken_arguments_are_no_sentences(case: Case) -> None:
    assert rederive(case.witness, Claim("x", "no.such", {"chapter": "main"})) is None
    assert rederive(case.witness, Claim("x", "calls.total", {"chapter": "elsewhere", "code": TRAIN})) is None
    assert rederive(case.witness, Claim("x", "calls.total", {"chapter": "main"})) is None
    assert rederive(case.witness, Claim("x", "loops.over", {"chapter": "main", "source": "for"})) is None


def test_shared_parameters_are_not_counted_twice(tmp_path: Path) -> None:
    made = program()
    made.put("modules", root=60, rows=TREE)
    smaller = {**NET_VALUE, "parameters": 20}
    made.landmark(
        "module_call", "Module._call_impl", [[MAIN, 24, 1]], module=smaller, args=[["", array(4, 3)]], value=array(4, 1)
    )
    scene = Witness(story(tmp_path, made)).scene("main")
    assert make(scene, "model.parts", root=60) is None
    total = make(scene, "model.total", root=60)
    assert total is not None and total.text.endswith("with 20 parameters in all, some of which several modules share.")
    occurs = make(scene, "model.occurs", root=60, **{"class": "Linear"})
    assert occurs is not None and occurs.text == "`Net` holds 2 modules of class `Linear`: `body.0` and `body.1`."


def test_a_value_bound_more_often_than_was_recorded_is_not_said_to_be_read(tmp_path: Path) -> None:
    made = program()
    made.event("line", frame=2, line=21, set=[["z", plain(1)]])
    scene = Witness(story(tmp_path, made)).scene("main")
    last = max(line.seq for _, line in scene.trace.lines() if line.line == 21)
    text = {"file": "train.py", "line": 21, "text": "z = y.sum()"}
    assert (
        make(scene, "values.read", seq=last, source=text) is None
    )  # line 16 bound `y` three times: a fourth leaves no event


def test_names_in_branches_are_not_said_to_be_read(case: Case) -> None:
    text = {"file": "train.py", "line": 17, "text": "loss = y if a else b"}
    assert make(case.scene, "values.read", seq=case.line(17), source=text) is None


def test_without_counts_nothing_is_said_about_the_whole_run(tmp_path: Path) -> None:
    made = program()
    made.rows = [row for row in made.rows if row["kind"] not in ("counts", "end")]
    scene = Witness(story(tmp_path, made)).scene("main")
    for name, args in (
        ("calls.total", {"code": TRAIN}),
        ("calls.from", {"code": FORWARD}),
        ("calls.ran", {"code": TRAIN, "line": 17}),
    ):
        assert make(scene, name, **args) is None
    bound = make(scene, "values.bound", seqs=[next(line.seq for _, line in scene.trace.lines() if line.line == 25)])
    assert bound is not None and bound.text.startswith("The first time, ")


def test_callers_of_a_function_called_very_often_are_not_counted_out(tmp_path: Path) -> None:
    made = program()
    for row in made.rows:
        if row["kind"] == "counts" and row["code"] == FORWARD:
            row["calls"] = 5000
    scene = Witness(story(tmp_path, made)).scene("main")
    assert make(scene, "calls.from", code=FORWARD) is None
    total = make(scene, "calls.total", code=FORWARD)
    assert (
        total is not None
        and total.text == "`forward` was called 5,000 times in this run, of which 3 visits were recorded."
    )


@pytest.mark.parametrize(
    "text",
    [
        "# print(x)",
        "x = 1  # noqa: E501",
        "x = '# not a comment'",
        "# ----",
        "# x = 1\n# exit()",
        "# type: ignore",
        "x = 1",
    ],
)
def test_what_is_no_prose_is_not_quoted(case: Case, text: str) -> None:
    assert (
        make(case.scene, "source.comment", source={"file": "train.py", "line": 1, "text": text}, place="above") is None
    )


def test_a_docstring_of_arguments_only_is_not_quoted(case: Case) -> None:
    text = 'def f(x):\n    """Args:\n        x: the input of it\n    """'
    assert make(case.scene, "source.docstring", source={"file": "train.py", "line": 1, "text": text}) is None


def test_a_docstring_that_goes_on_behind_the_excerpt_is_quoted(case: Case) -> None:
    found = make(
        case.scene,
        "source.docstring",
        source={"file": "a.py", "line": 1, "text": 'def f(x):\n    """Fit a line.\n\n    And more'},
    )
    assert found is not None and found.text == "The repository describes `f` as “Fit a line”."
