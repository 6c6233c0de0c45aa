"""Hand-built tours for tests of the faces: no recording is needed to test what is made of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from walkthroughs.tour import (
    Attempt,
    Branch,
    CallNode,
    ChainLink,
    CodeRange,
    Entry,
    Excerpt,
    FastForward,
    FileRole,
    History,
    Hyperparameter,
    Idea,
    LineageStep,
    Location,
    Loop,
    Metric,
    Module,
    NotSeen,
    OtherEntry,
    Outcome,
    ParameterChange,
    Point,
    Provenance,
    Stats,
    Stop,
    Tour,
    Update,
    Variable,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"

TRAIN = '''"""Classify points on three spiral arms with a small network."""
import argparse

import torch
from torch.utils.data import DataLoader

from data import Spirals
from model import Net


def evaluate(model, loader):
    """Share of points whose arm is predicted right."""
    hits = total = 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            hits += (logits.argmax(1) == y).sum().item()
            total += len(y)
    return hits / total


def train(model, loader, optimizer, epochs):
    for epoch in range(epochs):
        for x, y in loader:
            logits = model(x)  # (B, 3)
            loss = torch.nn.functional.cross_entropy(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch} loss {loss.item():.4f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--epochs", type=int, default=20)
    args = parser.parse_args()
    torch.manual_seed(0)
    data = Spirals(300)
    loader = DataLoader(data, batch_size=32, shuffle=True)
    model = Net(2, 16, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    train(model, loader, optimizer, args.epochs)
    accuracy = evaluate(model, DataLoader(data, batch_size=100))
    print(f"accuracy {accuracy:.1%}")
    torch.save(model.state_dict(), "spiral.pt")


if __name__ == "__main__":
    main()
'''.splitlines()

DATA = '''"""Points on spiral arms."""
import math

import torch


class Spirals(torch.utils.data.Dataset):
    """Each item is a point (2,) and the number of its arm."""

    def __init__(self, count):
        turn = torch.rand(count) * 2 * math.pi
        self.arm = torch.randint(3, (count,))
        angle = turn + self.arm * 2 * math.pi / 3
        self.points = torch.stack([turn * angle.cos(), turn * angle.sin()], 1)

    def __len__(self):
        return len(self.arm)

    def __getitem__(self, index):
        return self.points[index], self.arm[index]
'''.splitlines()

MODEL = '''"""A network of two layers."""
from torch import nn


class Net(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.hidden = nn.Linear(inputs, hidden)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, x):
        x = self.hidden(x).relu()
        return self.out(x)
'''.splitlines()

SOURCES = {"train.py": TRAIN, "data.py": DATA, "model.py": MODEL}

MODULE = Location("train.py", 50, 50, "<module>")


def line_of(file: str, text: str) -> int:
    """The number of the first line of a source of the realistic tour that contains the text."""
    return next(number for number, line in enumerate(SOURCES[file], 1) if text in line)


def a_stop(id: str = "loss-train-1", stage: str = "loss", **changes: Any) -> Stop:
    """A small stop; any field can be given."""
    stop = Stop(
        id=id,
        stage=stage,
        title="The loss of one batch",
        because="Gradients are computed on this value.",
        location=Location("train.py", 3, 3, "train"),
        excerpt=Excerpt(1, ("def train(model, x, y):", "    logits = model(x)", "    loss = criterion(logits, y)")),
        variables=(Variable("loss", "torch.Tensor", "2.31", shape=(), dtype="float32", device="cpu", changed=True),),
        note="The batch `x` becomes the scalar `loss`.",
        visits=6,
        first_seen=1.8,
    )
    return replace(stop, **changes)


def a_tour(*stops: Stop, **changes: Any) -> Tour:
    """A small tour over the given stops, or over one; any field can be given."""
    tour = Tour(
        title="demo",
        provenance=Provenance(
            url="https://github.com/example/demo.git",
            commit=COMMIT,
            recorded_at="2026-11-20T10:00:00Z",
            python="3.11.7",
            repotour="0.1.0",
        ),
        entry=Entry("train.py", 1, "It has a `__main__` guard and trains."),
        command=("python", "train.py"),
        rung="full run",
        outcome=Outcome("finished", "", 2.5),
        stops=stops or (a_stop(),),
    )
    return replace(tour, **changes)


def a_place(file: str, text: str, qualname: str) -> Location:
    """The place in the realistic tour's sources where a text stands."""
    line = line_of(file, text)
    return Location(file, line, line, qualname)


def _tensor(name: str, shape: tuple[int, ...], dtype: str = "float32", **more: Any) -> Variable:
    return Variable(name, "torch.Tensor", shape=shape, dtype=dtype, device="cpu", **more)


def _seen(id: str, stage: str, file: str, text: str, qualname: str, title: str, note: str, **more: Any) -> Stop:
    """A stop of the realistic tour, with the lines around the text."""
    place = a_place(file, text, qualname)
    first, last = max(1, place.line - 9), min(len(SOURCES[file]), place.line + 8)
    executed = tuple(number for number in range(first, last + 1) if SOURCES[file][number - 1].strip())
    return a_stop(
        id,
        stage,
        title=title,
        note=note,
        location=place,
        excerpt=Excerpt(first, tuple(SOURCES[file][first - 1 : last]), executed[: len(executed) // 2 + 3]),
        **{"variables": (), "call_stack": (MODULE,), "because": f"The run reached this line: {title}.", **more},
    )


def realistic_stops() -> tuple[Stop, ...]:
    """Fourteen stops of a PyTorch program, from its options to its checkpoint."""
    main = a_place("train.py", "train(model, loader, optimizer, args.epochs)", "main")
    loop = a_place("train.py", "logits = model(x)  # (B, 3)", "train")
    tested = a_place("train.py", "accuracy = evaluate", "main")
    x = _tensor("x", (32, 2), stats=Stats(-5.9, 6.1, 0.11, 2.4))
    y = _tensor("y", (32,), "int64")
    logits = _tensor("logits", (32, 3), stats=Stats(-1.2, 1.4, 0.05, 0.41), changed=True)
    loss = _tensor("loss", (), value="1.1042", changed=True)
    args = Variable(
        "args",
        "argparse.Namespace",
        length=2,
        items=(Variable("lr", "float", "0.01"), Variable("epochs", "int", "20")),
        changed=True,
    )
    history = tuple(Point(index, value) for index, value in enumerate((1.1042, 1.0713, 1.0386)))
    return (
        _seen("config-main-1", "config", "train.py", "args = parser", "main", "The options take their values",
              "`parse_args` fills `args` with 2 options: `lr` is 0.01 and `epochs` is 20. Both are the defaults; the "
              "command gave none.", variables=(args,), visits=1, first_seen=0.9),
        _seen("data-spirals-1", "data", "data.py", "self.points = torch.stack", "Spirals.__init__",
              "The points are made", "300 points are drawn on three arms. `self.points` is a tensor of shape (300, 2).",
              variables=(_tensor("turn", (300,)), _tensor("angle", (300,), changed=True)),
              call_stack=(a_place("train.py", "data = Spirals", "main"), MODULE), visits=1, first_seen=1.0),
        _seen("data-main-1", "data", "train.py", "loader = DataLoader", "main", "The points are cut into batches",
              "`DataLoader` cuts the 300 points into 10 batches of up to 32, in a new order each epoch.",
              variables=(Variable("data", "data.Spirals", length=300),
                         Variable("loader", "torch.utils.data.DataLoader", length=10, changed=True)), visits=1),
        _seen("data-item-1", "data", "data.py", "return self.points[index]", "Spirals.__getitem__", "One data item",
              "An item is a point of shape (2,) and the number of its arm, here 1.",
              variables=(Variable("index", "int", "217"), _tensor("return", (2,))),
              call_stack=(loop, main, MODULE), visits=96),
        _seen("model-net-1", "model", "model.py", "class Net", "Net", "The model's class",
              "`Net` is two linear layers with a ReLU between them.", visits=1,
              call_stack=(a_place("train.py", "model = Net", "main"), MODULE)),
        _seen("model-main-1", "model", "train.py", "model = Net", "main", "The model is built",
              "`Net(2, 16, 3)` has 99 parameters in 4 tensors.",
              variables=(Variable("model", "model.Net", changed=True),), visits=1),
        _seen("optimizer-main-1", "model", "train.py", "optimizer = torch.optim", "main", "The optimizer is built",
              "`Adam` gets the 4 parameter tensors of `model` and the learning rate 0.01 from `args.lr`.",
              variables=(Variable("optimizer", "torch.optim.Adam", changed=True),), visits=1),
        _seen("train_loop-train-1", "train_loop", "train.py", "for epoch in", "train", "The loop over epochs",
              "This loop would run 20 times. The tour left it after 1 epoch.",
              variables=(Variable("epochs", "int", "20"),), call_stack=(main, MODULE), visits=1),
        _seen("train_loop-train-2", "train_loop", "train.py", "for x, y in loader", "train", "The loop over batches",
              "Each pass takes one batch from `loader`: `x` of shape (32, 2) and `y` of shape (32,).",
              variables=(x, y), call_stack=(main, MODULE), visits=3),
        _seen("forward-train-1", "forward", "train.py", "logits = model(x)  #", "train", "The batch enters the model",
              "`x` of shape (32, 2) goes into `Net` and comes out as `logits` of shape (32, 3).",
              variables=(logits, x, y), call_stack=(main, MODULE), visits=3),
        _seen("forward-net-1", "forward", "model.py", "x = self.hidden", "Net.forward", "Inside the model",
              "The hidden layer turns (32, 2) into (32, 16); 48% of the values are zero after the ReLU.",
              variables=(_tensor("x", (32, 16), stats=Stats(0.0, 3.9, 0.61, 0.8, 0.48), changed=True),),
              call_stack=(loop, main, MODULE), visits=6),
        _seen("loss-train-1", "loss", "train.py", "loss = torch", "train", "The loss of one batch",
              "`cross_entropy` compares `logits` (32, 3) with `y` (32,): the loss is 1.1042 in the first iteration.",
              variables=(loss, logits, y), call_stack=(main, MODULE), visits=3, history=history, first_seen=1.8),
        _seen("backward-train-1", "backward", "train.py", "loss.backward()", "train", "Gradients are computed",
              "`loss.backward()` gives each of the 4 parameters a gradient.", variables=(loss,),
              call_stack=(main, MODULE), visits=3),
        _seen("optimizer_step-train-1", "optimizer_step", "train.py", "optimizer.step()", "train", "The weights change",
              "`Adam` moves all 4 parameters; the largest change is 0.01, in `hidden.weight`.",
              call_stack=(main, MODULE), visits=3),
        _seen("evaluation-main-1", "evaluation", "train.py", "accuracy = evaluate", "main", "The model is evaluated",
              "`evaluate` returns 0.36.", variables=(Variable("accuracy", "float", "0.36", changed=True),), visits=1),
        _seen("evaluation-evaluate-1", "evaluation", "train.py", "hits += ", "evaluate", "The hits are counted",
              "Of the first 100 points, 38 are predicted right.",
              variables=(Variable("hits", "int", "38", changed=True), _tensor("logits", (100, 3))),
              call_stack=(tested, MODULE), visits=3),
        _seen("checkpoint-main-1", "checkpoint", "train.py", "torch.save", "main", "The weights are saved",
              "The state of `model`, 4 tensors, is written to `spiral.pt`.", visits=1, output="accuracy 36.0%\n"),
    )  # fmt: skip


def a_realistic_tour() -> Tour:
    """A tour with every section filled, of the program whose sources stand above."""
    main = a_place("train.py", "train(model, loader, optimizer, args.epochs)", "main")
    loss = a_place("train.py", "loss = torch", "train")
    return a_tour(
        *realistic_stops(),
        title="spirals",
        attempts=(
            Attempt(("python", "train.py"), "raised", "ModuleNotFoundError: No module named 'wandb'", "stand-in-wandb",
                    "wandb only reports; a silent stand-in took its place."),
            Attempt(("python", "train.py"), "finished", "", "", ""),
        ),
        rung="run with remedies",
        fast_forwards=(FastForward("train.py", loss.line - 2, 3),),
        call_path=CallNode("train.py", 50, "<module>", 1, 2.4, (
            CallNode("train.py", 33, "main", 1, 2.3, (
                CallNode("data.py", 10, "Spirals.__init__", 1, 0.01),
                CallNode("model.py", 6, "Net.__init__", 1, 0.01),
                CallNode("train.py", 22, "train", 1, 1.1, (
                    CallNode("data.py", 19, "Spirals.__getitem__", 96, 0.02),
                    CallNode("model.py", 11, "Net.forward", 3, 0.1))),
                CallNode("train.py", 11, "evaluate", 1, 0.2, (CallNode("model.py", 11, "Net.forward", 3, 0.1),)))),)),
        files=(
            FileRole("train.py", "the program: reads options, trains, evaluates, saves", 50, 30, 4),
            FileRole("data.py", "makes the data", 20, 9, 97, (CodeRange(16, 17, "Spirals.__len__"),)),
            FileRole("model.py", "defines the model", 13, 8, 7),
        ),
        loops=(Loop("train.py", 23, "train", 1, True, True), Loop("train.py", 24, "train", 3, True, True)),
        model_tree=(
            Module("", "Net", 99, ((32, 2),), ((32, 3),), "model.py", 5, 0),
            Module("hidden", "Linear", 48, ((32, 2),), ((32, 16),), depth=1),
            Module("out", "Linear", 51, ((32, 16),), ((32, 3),), depth=1),
        ),
        hyperparameters=(
            Hyperparameter("lr", "0.01", "default", a_place("train.py", '"--lr"', "main"),
                           (a_place("train.py", "optimizer = torch", "main"),), "the learning rate of Adam"),
            Hyperparameter("epochs", "20", "default", a_place("train.py", '"--epochs"', "main"), (main,), ""),
        ),
        data_lineage=(
            LineageStep("Spirals", a_place("data.py", "self.points =", "Spirals.__init__"),
                        _tensor("points", (300, 2))),
            LineageStep("one item", a_place("data.py", "return self.points", "Spirals.__getitem__"),
                        _tensor("item", (2,))),
            LineageStep("batch", a_place("train.py", "for x, y in loader", "train"), _tensor("x", (32, 2))),
        ),
        update=Update("Adam", 0.01, a_place("train.py", "optimizer.step()", "train"), (
            ParameterChange("hidden.weight", (16, 2), 0.31, (0.1, -0.2), (0.11, -0.21), 0.01),
            ParameterChange("out.bias", (3,), 0.05, (0.3,), (0.29,), 0.01),
        )),
        histories=(History("loss", loss, tuple(Point(i, v) for i, v in enumerate((1.1042, 1.0713, 1.0386)))),),
        metrics=(Metric("accuracy", "0.36", "accuracy 36.0%", a_place("train.py", 'print(f"accuracy', "main"), (
            ChainLink(a_place("train.py", "hits += ", "evaluate"), Variable("hits", "int", "108")),
            ChainLink(a_place("train.py", "return hits", "evaluate"), Variable("return", "float", "0.36")),
        )),),
        branches=(Branch("train.py", 50, "<module>", 1, 0, '__name__ == "__main__"'),),
        ideas=(
            Idea("model", a_place("model.py", "def forward", "Net.forward"),
                 "Change what happens between (32, 2) and (32, 3)."),
            Idea("loss", loss, "Compute another scalar from `logits` and `y`."),
        ),
        other_entries=(OtherEntry("plot.py", "It draws the points and trains nothing."),),
        not_seen=(NotSeen("rollout", "No environment was stepped."),),
        output_tail="epoch 0 loss 1.0386\naccuracy 36.0%\n",
    )  # fmt: skip
