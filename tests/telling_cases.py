"""The small recorded program with one of everything else that the words speak of, and its events by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telling_traces import MAIN, MODULE, NET, SETTINGS, Recording, array, plain, program, scalar, story

from walkthroughs.telling import Witness
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
    made.event("source_ended", code=MAIN, frame=1, line=26, iterations=3, role="training", source="range_iterator")
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
        """Arguments with placeholders filled in: `@save` an event, `@17` the first run of a line, `@17.1` its next."""
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
