"""A small recorded program, written by hand as a trace file: what the tests of the words tell about.

The program fits one number. Its trace holds one of everything that the words speak of; no recorder, no torch needed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.trace import Trace
from walkthroughs.sources import Sources
from walkthroughs.story import Story

SOURCE = '''"""Fit a line."""
import argparse


def forward(x, w):
    """Multiply the input by the weight.

    Args: both are arrays.
    """
    return x * w


def train(lr, steps):
    # repeat until it is good
    for step in range(steps):
        y = forward(x, w)
        loss = ((y - t) ** 2).mean()  # squared error
        loss.backward()
        optimizer.step()
    return loss


def main():
    args = parser.parse_args()
    final = train(args.lr, args.steps)
    print("final loss", final)


main()
'''

MODULE, FORWARD, TRAIN, MAIN, SETTINGS, NET = range(6)


def scalar(number: float | str, identity: int | None = None, **more: Any) -> dict[str, Any]:
    """A tensor of no dimension."""
    found = {"type": "torch.Tensor", "shape": [], "dtype": "float32", "device": "cpu", "scalar": number, **more}
    return {**found, "id": identity} if identity is not None else found


def array(
    *shape: int, identity: int | None = None, low: float | None = None, high: float = 1.0, **more: Any
) -> dict[str, Any]:
    """A float32 tensor; with `low`, also its range."""
    found: dict[str, Any] = {"type": "torch.Tensor", "shape": list(shape), "dtype": "float32", "device": "cpu", **more}
    if identity is not None:
        found["id"] = identity
    if low is not None:
        found["stats"] = {"min": low, "max": high, "mean": 0.5, "std": 0.1, "zeros": 0.0, "nan": 0}
    return found


def plain(value: Any) -> dict[str, Any]:
    """A Python number, text, truth value or None."""
    found = {"type": type(value).__name__, "value": repr(value)}
    return {**found, "scalar": value} if type(value) in (int, float) else found


class Recording:
    """Writes trace events; `seq` counts them."""

    def __init__(self, chapter: str = "main") -> None:
        self.rows: list[dict[str, Any]] = []
        self.seq = 0
        self.put(
            "header",
            format=1,
            argv=["train.py", "--lr", "0.5"],
            folder="",
            limits={"line_visits": 3},
            chapter=chapter,
            python="3.11.7",
            engine="settrace",
            launch="script",
        )

    def put(self, kind: str, **fields: Any) -> None:
        """One event as it is."""
        self.rows.append({"kind": kind, **fields})

    def event(self, kind: str, **fields: Any) -> int:
        """One event with a number of its own."""
        self.seq += 1
        self.put(kind, seq=self.seq, t=float(self.seq), **fields)
        return self.seq

    def code(
        self, identity: int, name: str, line: int, end_line: int, kind: str = "function", qualname: str = ""
    ) -> None:
        """A function, class or module."""
        self.put(
            "code",
            id=identity,
            file="train.py",
            name=name,
            qualname=qualname or name,
            line=line,
            end_line=end_line,
            type=kind,
        )

    def landmark(self, event: str, name: str, stack: list[list[Any]], **fields: Any) -> int:
        """A framework function that was hit."""
        return self.event("landmark", event=event, name=name, stack=stack, **{"nth": 0, "args": [], **fields})

    def save(self, path: Path) -> Path:
        """Write the trace file."""
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")
        return path


def program(chapter: str = "main", third: float = 1.0) -> Recording:
    """The recording of the program above: three iterations, then the loop was left. `third` is the last loss."""
    made = Recording(chapter)
    for row in (
        (MODULE, "<module>", 1, 29, "module"),
        (FORWARD, "forward", 5, 10),
        (TRAIN, "train", 13, 20),
        (MAIN, "main", 23, 26),
    ):
        made.code(*row)
    made.event("call", frame=0, code=MODULE, visit=0)
    made.event("line", frame=0, line=28)
    made.event("call", frame=1, code=MAIN, visit=0, parent=0, **{"from": [MODULE, 28]}, args=[])
    options = {"type": "argparse.Namespace", "id": 1, "len": 2, "items": [["lr", plain(0.5)], ["steps", plain(100)]]}
    made.event("line", frame=1, line=24, set=[["args", options]])
    made.landmark("config", "argparse.ArgumentParser.parse_args", [[MAIN, 24, 1], [MODULE, 28, 0]], value=options)
    made.event("line", frame=1, line=25, set=[["final", scalar(third, 33)]])
    made.event(
        "call",
        frame=2,
        code=TRAIN,
        visit=0,
        parent=1,
        **{"from": [MAIN, 25]},
        args=[["lr", plain(0.5)], ["steps", plain(100)]],
    )
    made.put("loop", code=TRAIN, line=15, end=19, role="training")
    values = [4.0, 2.0, third]
    for step, value in enumerate(values):
        iteration(made, step, value)
    made.event("fast_forward", code=TRAIN, frame=2, line=15, to=20, iterations=3, role="training")
    made.event("line", frame=2, line=20)
    made.event("return", frame=2, line=20, value=scalar(third, 33))
    made.event("line", frame=1, line=26, out=f"final loss {third}\n")
    counts(made)
    return made


def iteration(made: Recording, step: int, value: float) -> None:
    """One pass of the training loop."""
    stack = [[MAIN, 25, 1], [MODULE, 28, 0]]
    made.event("line", frame=2, line=15, set=[["step", plain(step)]])
    made.event("line", frame=2, line=16, set=[["y", array(8, identity=20 + step, low=0.0)]])
    made.event(
        "call",
        frame=3 + step,
        code=FORWARD,
        visit=step,
        parent=2,
        **{"from": [TRAIN, 16]},
        args=[["x", array(8, identity=10, low=-1.0)], ["w", array(1, identity=11, scalar=0.5)]],
    )
    made.event("line", frame=3 + step, line=10)
    made.event("return", frame=3 + step, line=10, value=array(8, identity=20 + step, low=0.0))
    made.event("line", frame=2, line=17, set=[["loss", scalar(value, 31 + step)]])
    made.event("line", frame=2, line=18)
    made.landmark(
        "backward",
        "torch.Tensor.backward",
        [[TRAIN, 18, 2], *stack],
        nth=step,
        of=scalar(value, 31 + step, grad_fn="MeanBackward0"),
    )
    made.event("line", frame=2, line=19, updated=[["w", [0.5, 0.25], [0.5, 0.125]]] if not step else [])
    made.landmark(
        "optimizer_step",
        "torch.optim.optimizer.wrapper",
        [[TRAIN, 19, 2], *stack],
        nth=step,
        optimizer={"type": "torch.optim.SGD", "id": 50, "lr": 0.5},
        **({"parameters": parameters()} if not step else {}),
    )


def parameters() -> list[dict[str, Any]]:
    """What a step did to two parameters."""
    return [
        {"name": "w", "shape": [1], "lr": 0.5, "grad_norm": 2.5, "before": [1.0], "after": [0.5], "change": 0.5},
        {
            "name": "big",
            "shape": [2000, 1000],
            "lr": 0.5,
            "grad_norm": 0.125,
            "before": [1.0],
            "after": [1.0],
            "change": 0.0,
        },
    ]


def counts(made: Recording) -> None:
    """The counts and the end of the run."""
    made.put("counts", code=MODULE, calls=1, recorded=1, edges=[], hits=[[28, 1]])
    made.put("counts", code=MAIN, calls=1, recorded=1, edges=[[MODULE, 28, 1]], hits=[[24, 1], [25, 1], [26, 1]])
    made.put(
        "counts",
        code=TRAIN,
        calls=1,
        recorded=1,
        edges=[[MAIN, 25, 1]],
        hits=[[15, 3], [16, 3], [17, 3], [18, 3], [19, 3], [20, 1]],
    )
    made.put("counts", code=FORWARD, calls=3, recorded=3, edges=[[TRAIN, 16, 3]], hits=[[10, 3]])
    made.put("end", t=99.0, exit_code=0, outcome="finished", detail="")


def story(folder: Path, *recordings: Recording) -> Story:
    """A story of recordings, with the program's source beside them."""
    (folder / "train.py").write_text(SOURCE, encoding="utf-8")
    traces = [Trace.load(made.save(folder / f"{number}.trace.jsonl")) for number, made in enumerate(recordings)]
    return Story(traces, Sources(folder))
