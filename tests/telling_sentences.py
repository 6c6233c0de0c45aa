"""The sentence of every rule: its name, its arguments (`@` stands for an event of the recording), its words."""

from __future__ import annotations

from typing import Any

from telling_traces import FORWARD, MAIN, MODULE, SOURCE, TRAIN


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
    ("config.literals", {"seqs": ["@3"]}, "This line sets `lr` = 0.5 and `__module__` = `'x'`."),
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
        "loops.left",
        {"code": MAIN, "line": 26},
        (
            "The tour let this loop end after 3 iterations, by ending what it iterates over, so figures computed after "
            "it are not the program's own."
        ),
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
        "Its header sets no end: only something inside it can end the loop.",
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
