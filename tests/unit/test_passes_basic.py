"""The panels of a tour that follow from counts and events alone, on a small run written by hand as a trace file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracer.location import Location
from tracer.stages import CORE_STAGES, Stage
from tracer.trace import Trace
from walkthroughs.passes import branches, call_path, files, loops, model_tree, not_seen, other, update
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story
from walkthroughs.tour import Branch, CallNode, CodeRange, FastForward, Loop, Outcome

TRAIN = '''"""Fit a line. Nothing else happens here."""
import net


def step(model, x):
    return model(x)


def train(model, epochs, verbose):
    for epoch in range(epochs):
        loss = step(model, epoch)
        if verbose:
            print(loss)
        if loss > 100:
            raise ValueError("diverged")
        else:
            total = loss
        if epoch % 2:
            total += 1
        else:
            total -= 1
        optimizer.step()
    return total


def evaluate(model):
    right = 0
    for x in range(2):
        right += step(model, x)
    return right


def unused():
    def inner():
        return 1

    return inner


train(net.Net(), 100, False)
evaluate(net.Net())
'''

NET = """class Net(Module):
    def __init__(self):
        self.layer = Linear(2, 1)

    def forward(self, x):
        return self.layer(x)


class Spare(Module):
    def forward(self, x):
        return x
"""

MAIN, MODULE, CLASS, INIT, STEP, FORWARD, FIT, EVALUATE = range(8)
MODEL = {"type": "net.Net", "id": 7, "value": "<net.Net>", "training": True, "parameters": 3}
ROWS = [
    ["", "net", "Net", 0, 0, 7],
    ["block", "torch.nn.modules.container", "Sequential", 0, 1, 9],
    ["block.layer", "torch.nn.modules.linear", "Linear", 3, 2, 8],
]
IN, OUT = {"type": "torch.Tensor", "shape": [4, 2]}, {"type": "torch.Tensor", "shape": [4, 1]}


def code(index: int, file: str, qualname: str, lines: tuple[int, int], kind: str = "function") -> dict[str, Any]:
    name = qualname.rpartition(".")[2]
    return {"kind": "code", "id": index, "file": file, "qualname": qualname, "name": name,
            "line": lines[0], "end_line": lines[1], "type": kind}  # fmt: skip


def counts(index: int, calls: int, edges: list[list[int]], hits: dict[int, int]) -> dict[str, Any]:
    return {"kind": "counts", "code": index, "calls": calls, "recorded": calls,
            "edges": edges, "hits": [list(row) for row in hits.items()]}  # fmt: skip


def call(index: int, seq: int, t: float, came: list[int] | None = None, parent: int | None = None) -> dict[str, Any]:
    """The frame of a code object has the code's number: each is recorded once."""
    found = {"kind": "call", "seq": seq, "frame": index, "code": index, "visit": 0, "t": t}
    return found if came is None else {**found, "from": came, "parent": parent}


def back(index: int, seq: int, t: float) -> dict[str, Any]:
    return {"kind": "return", "seq": seq, "frame": index, "line": 1, "t": t, "value": {"type": "int"}}


def landmark(event: str, seq: int, stack: list[list[int]], **more: Any) -> dict[str, Any]:
    return {"kind": "landmark", "event": event, "name": f"lib.{event}", "seq": seq, "t": seq, "stack": stack, **more}


def parameter(name: str, lr: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"name": name, "shape": [1, 2], "lr": lr, "grad_norm": 2.0, "before": [1.0, 2.0], "after": [0.5, 2.0],
            "change": 0.5, **more}  # fmt: skip


def run() -> list[dict[str, Any]]:
    """The program trains for three of its hundred epochs, is left as the fourth begins, and evaluates two items."""
    fit = {10: 4, 11: 4, 12: 3, 14: 3, 17: 3, 18: 3, 19: 1, 21: 2, 22: 3, 23: 1}
    return [
        {"kind": "header", "format": 1, "argv": ["train.py", "--fast"], "folder": "", "launch": "script",
         "chapter": "main"},
        code(MAIN, "train.py", "<module>", (1, 41), "module"),
        call(MAIN, 1, 0.0),
        code(MODULE, "net.py", "<module>", (1, 11), "module"),
        call(MODULE, 2, 1.0, [MAIN, 2], MAIN),
        code(CLASS, "net.py", "Net", (1, 6), "class"),
        call(CLASS, 3, 1.0, [MODULE, 1], MODULE),
        code(INIT, "net.py", "Net.__init__", (2, 3)),
        code(FIT, "train.py", "train", (9, 23)),
        call(FIT, 10, 1000.0, [MAIN, 40], MAIN),
        code(STEP, "train.py", "step", (5, 6)),
        code(FORWARD, "net.py", "Net.forward", (5, 6)),
        landmark("module_call", 12, [[STEP, 6, None], [FIT, 11, FIT], [MAIN, 40, MAIN]],
                 module=MODEL, args=[["x", IN]], value=OUT, grad=True),
        {"kind": "modules", "root": 7, "rows": ROWS},
        {"kind": "module_io", "path": "block.layer", "in": [[4, 2]], "out": [[4, 1]]},
        {"kind": "loop", "code": FIT, "line": 10, "end": 22, "role": "training"},
        landmark("optimizer_step", 14, [[FIT, 22, FIT], [MAIN, 40, MAIN]],
                 optimizer={"type": "torch.optim.SGD", "lr": 0.5}, parameters=[parameter("weight"), parameter("bias")]),
        {"kind": "fast_forward", "seq": 20, "code": FIT, "frame": FIT, "line": 10, "to": 23, "iterations": 3,
         "role": "training"},
        back(FIT, 21, 3500.0),
        code(EVALUATE, "train.py", "evaluate", (26, 30)),
        call(EVALUATE, 30, 3600.0, [MAIN, 41], MAIN),
        back(EVALUATE, 39, 3700.0),
        back(MAIN, 40, 4000.0),
        counts(MAIN, 1, [], {1: 1, 2: 1, 5: 1, 9: 1, 26: 1, 33: 1, 40: 1, 41: 1}),
        counts(MODULE, 1, [[MAIN, 2, 1]], {1: 1, 9: 1}),
        counts(CLASS, 1, [[MODULE, 1, 1]], {1: 1, 2: 1, 5: 1}),
        counts(INIT, 2, [[MAIN, 40, 1], [MAIN, 41, 1]], {3: 2}),
        counts(FIT, 1, [[MAIN, 40, 1]], fit),
        counts(STEP, 5, [[FIT, 11, 3], [EVALUATE, 29, 2]], {6: 5}),
        counts(FORWARD, 5, [[STEP, 6, 5]], {6: 5}),
        counts(EVALUATE, 1, [[MAIN, 41, 1]], {27: 1, 28: 3, 29: 2, 30: 1}),
        {"kind": "end", "t": 4000.0, "exit_code": 0, "outcome": "finished", "detail": ""},
    ]  # fmt: skip


def told(tmp_path: Path, rows: list[dict[str, Any]], sources: dict[str, str] | None = None) -> Story:
    for name, text in {"train.py": TRAIN, "net.py": NET, **(sources or {})}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path / "main.trace.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Story([Trace.load(path)], Sources(tmp_path))


def ended(rows: list[dict[str, Any]], **end: Any) -> list[dict[str, Any]]:
    return [*rows[:-1], {**rows[-1], **end}]


def finding(stage: Stage, qualname: str, at: int, file: str = "train.py", **facts: Any) -> Finding:
    return Finding(stage, Location(file, at, at, qualname), "seen", "call", 0, 10, facts=facts)


def found() -> list[Finding]:
    return [
        finding(Stage.TRAIN_LOOP, "train", 10),
        finding(Stage.OPTIMIZER_STEP, "train", 22),
        finding(Stage.EVALUATION, "evaluate", 28),
        finding(Stage.MODEL, "Net", 1, "net.py"),
    ]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return told(tmp_path, run())


def test_a_loop_that_was_left_is_told_with_the_passes_it_had(story: Story) -> None:
    assert other.fast_forwards(story) == (FastForward("train.py", 10, 3, "an optimizer stepped in it"),)


def test_a_loop_that_was_left_twice_is_told_once_with_its_range(tmp_path: Path) -> None:
    rows = run()
    again = {**next(row for row in rows if row["kind"] == "fast_forward"), "seq": 25, "iterations": 5}
    (only,) = other.fast_forwards(told(tmp_path, [*rows[:-1], again, rows[-1]]))
    assert (only.line, only.iterations) == (10, 5)
    assert "left 2 times" in only.detail
    assert "3 to 5" in only.detail


def test_a_run_that_finished_has_no_failure(story: Story) -> None:
    assert other.failure(story) is None


def test_the_exception_is_told_with_its_innermost_place_and_the_stack_above(tmp_path: Path) -> None:
    stack = [{"file": "train.py", "line": 15, "qualname": "outer.<locals>.train"},
             {"file": "train.py", "line": 40, "qualname": "<module>"}]  # fmt: skip
    broken = other.failure(
        told(tmp_path, ended(run(), outcome="raised", type="ValueError", detail="diverged", stack=stack))
    )
    assert broken is not None
    assert (broken.type, broken.message) == ("ValueError", "diverged")
    assert broken.location == Location("train.py", 15, 15, "outer.train")
    assert broken.stack == (Location("train.py", 40, 40, "<module>"),)


def test_each_core_stage_without_a_finding_has_one_reason(story: Story) -> None:
    panel = not_seen.panel(story, found(), Outcome("finished"))
    seen = {Stage.TRAIN_LOOP, Stage.OPTIMIZER_STEP, Stage.EVALUATION, Stage.MODEL}
    assert [item.stage for item in panel] == [stage.value for stage in CORE_STAGES if stage not in seen]
    assert all(item.reason for item in panel)


def test_nothing_saved_is_said_only_where_nothing_was_written_after_training_began(tmp_path: Path) -> None:
    write = {"kind": "file", "mode": "write", "path": "out/log.csv", "seq": 5, "t": 5, "stack": [[MAIN, 40, MAIN]]}
    rows = run()
    before = not_seen.panel(told(tmp_path, [*rows[:-1], write, rows[-1]]), found(), Outcome("finished"))
    after = not_seen.panel(told(tmp_path, [*rows[:-1], {**write, "seq": 30}, rows[-1]]), found(), Outcome("finished"))
    texts = [next(item.reason for item in panel if item.stage == "checkpoint") for panel in (before, after)]
    assert texts[0].startswith("nothing was saved")
    assert "out/log.csv" not in texts[0]
    assert "nothing was saved" not in texts[1]
    assert "`out/log.csv`" in texts[1]


def test_training_by_a_library_is_named_with_the_line_that_called_it(tmp_path: Path) -> None:
    rows = [row for row in run() if row.get("event") != "optimizer_step"]
    fit = landmark("fit", 13, [[MAIN, 40, MAIN]]) | {"name": "boosting.training.train"}
    story = told(tmp_path, [*rows[:-1], fit, rows[-1]])
    reasons = {item.stage: item.reason for item in not_seen.panel(story, [], Outcome("finished"))}
    assert "`boosting.train`, called at train.py:40" in reasons["backward"]
    assert "boosting" not in reasons["checkpoint"]


def test_a_run_that_failed_says_so_in_every_reason(tmp_path: Path) -> None:
    stack = [{"file": "train.py", "line": 15, "qualname": "train"}]
    story = told(tmp_path, ended(run(), outcome="raised", type="ValueError", detail="diverged", stack=stack))
    panel = not_seen.panel(story, found(), Outcome("raised", "diverged"))
    assert panel
    assert all("the run ended with ValueError at train.py:15" in item.reason for item in panel)


def test_the_call_path_starts_at_the_program_and_counts_calls_from_each_caller(story: Story) -> None:
    root = call_path.panel(story, found())
    assert root is not None
    assert (root.file, root.qualname, root.line, root.seconds) == ("train.py", "<module>", 1, 4.0)
    by_name = {child.qualname: child for child in root.children}
    assert set(by_name) == {"train", "evaluate", "Net.__init__"}
    assert (by_name["train"].line, by_name["train"].calls, by_name["train"].seconds) == (9, 1, 2.5)
    assert by_name["Net.__init__"].calls == 2
    assert [(child.qualname, child.calls) for child in by_name["train"].children] == [("step", 3)]
    assert [(child.qualname, child.calls) for child in by_name["evaluate"].children] == [("step", 2)]


def test_a_function_that_calls_itself_ends_the_call_path(tmp_path: Path) -> None:
    rows = run()
    for row in rows:
        if row["kind"] == "counts" and row["code"] == STEP:
            row["edges"] += [[STEP, 6, 9], [FORWARD, 6, 4]]
    root = call_path.panel(told(tmp_path, rows), [])

    def depth(node: CallNode) -> int:
        return 1 + max((depth(child) for child in node.children), default=0)

    assert root is not None
    assert depth(root) == 5, "module, train, step, forward, step again without its own calls"


def test_files_say_what_they_are_for_how_much_ran_and_what_never_did(story: Story) -> None:
    panel = {item.path: item for item in files.panel(story, found())}
    train, net = panel["train.py"], panel["net.py"]
    assert train.role == "training loop, optimizer step and evaluation: “Fit a line.”"
    assert net.role == "model"
    assert train.lines == len(TRAIN.splitlines())
    # eight lines of the module, ten of train, one of step, four of evaluate
    assert train.executed == 8 + 10 + 1 + 4
    assert net.calls == 2 + 5, "two constructions and five forwards came from the other file"
    assert train.calls == 0
    assert train.never_ran == (CodeRange(33, 37, "unused"),), "a function inside one that never ran is not told again"
    assert net.never_ran == (CodeRange(9, 11, "Spare"),)


def test_a_file_without_stages_names_what_ran_in_it(story: Story) -> None:
    panel = {item.path: item for item in files.panel(story, [])}
    assert panel["train.py"].role.startswith("runs `train`, `step`, `evaluate`")


def test_nothing_is_called_unused_where_the_recording_broke_off(tmp_path: Path) -> None:
    rows = run()
    story = told(tmp_path, [*rows[:-1], {"kind": "elided", "reason": "trace_bytes"}, rows[-1]])
    assert [item.never_ran for item in files.panel(story, found())] == [(), ()]


def test_branches_that_always_went_one_way(story: Story) -> None:
    assert branches.panel(story, found()) == (
        Branch("train.py", 12, "train", 0, 3, "verbose"),
        Branch("train.py", 14, "train", 0, 3, "loss > 100"),
    )


def test_branches_are_silent_about_functions_that_were_not_followed_all_the_way(tmp_path: Path) -> None:
    rows = run()
    for row in rows:
        if row["kind"] == "counts" and row["code"] == FIT:
            row["calls"] = 2
        if row["kind"] == "loop":
            row["code"] = EVALUATE
    assert branches.panel(told(tmp_path, rows), found()) == ()


def test_branches_of_functions_that_are_not_told_are_left_out(story: Story) -> None:
    assert branches.panel(story, [finding(Stage.EVALUATION, "evaluate", 28)]) == ()


def test_loops_count_the_passes_that_ran_and_say_which_was_left(story: Story) -> None:
    assert loops.panel(story, found()) == (
        Loop("train.py", 10, "train", 3, left=True, training=True),
        Loop("train.py", 28, "evaluate", 2, left=False, training=False),
    )


def test_loops_of_functions_with_calls_that_were_not_followed_are_left_out(tmp_path: Path) -> None:
    rows = run()
    for row in rows:
        if row["kind"] == "counts" and row["code"] == EVALUATE:
            row["calls"] = 9
    assert [loop.line for loop in loops.panel(told(tmp_path, rows), found())] == [10]


def test_the_model_tree_counts_parameters_with_the_parts_and_finds_own_classes(story: Story) -> None:
    root, block, layer = model_tree.panel(story, found())
    assert (root.path, root.class_name, root.parameters, root.file, root.line) == ("", "Net", 3, "net.py", 1)
    assert (root.inputs, root.outputs) == (((4, 2),), ((4, 1),))
    assert (block.path, block.class_name, block.parameters, block.inputs) == ("block", "Sequential", 3, ())
    assert (layer.path, layer.class_name, layer.parameters, layer.depth) == ("block.layer", "Linear", 3, 2)
    assert (layer.file, layer.line) == ("", 0), "a library's class has no place in the repository"
    assert (layer.inputs, layer.outputs) == (((4, 2),), ((4, 1),))


def test_a_program_without_modules_has_no_model_tree(tmp_path: Path) -> None:
    assert model_tree.panel(told(tmp_path, [row for row in run() if row["kind"] != "modules"]), found()) == ()


def test_the_update_shows_what_one_step_did(story: Story) -> None:
    made = update.panel(story, found())
    assert made is not None
    assert (made.optimizer, made.learning_rate) == ("SGD", 0.5)
    assert made.location == Location("train.py", 22, 22, "train")
    assert [item.name for item in made.parameters] == ["weight", "bias"]
    first = made.parameters[0]
    assert (first.shape, first.grad_norm, first.before, first.after, first.change) == (
        (1, 2),
        2.0,
        (1.0, 2.0),
        (0.5, 2.0),
        0.5,
    )


def test_groups_with_rates_of_their_own_have_no_one_rate(tmp_path: Path) -> None:
    rows = run()
    step = next(row for row in rows if row.get("event") == "optimizer_step")
    step["parameters"] = [parameter("weight", 0.5), parameter("bias", 0.1)]
    made = update.panel(told(tmp_path, rows), found())
    assert made is not None
    assert made.learning_rate is None
    assert len(made.parameters) == 2


def test_weights_changed_by_a_plain_statement_are_an_update_too(tmp_path: Path) -> None:
    rows = [row for row in run() if row.get("event") != "optimizer_step"]
    line = {
        "kind": "line",
        "seq": 15,
        "frame": FIT,
        "line": 22,
        "t": 2000.0,
        "updated": [["w", [1.0, 2.0], [0.25, 2.5]]],
    }
    story = told(tmp_path, [*rows[:-1], line, rows[-1]])
    seen = story.main.trace.frames[FIT].lines[0]
    made = update.panel(story, [finding(Stage.OPTIMIZER_STEP, "train", 22, line=seen)])
    assert made is not None
    assert (made.optimizer, made.learning_rate, made.location) == ("", None, Location("train.py", 22, 22, "train"))
    (change,) = made.parameters
    assert (change.name, change.before, change.after, change.change) == ("w", (1.0, 2.0), (0.25, 2.5), 0.75)


def test_without_any_change_of_weights_there_is_no_update(tmp_path: Path) -> None:
    assert update.panel(told(tmp_path, [row for row in run() if row.get("event") != "optimizer_step"]), found()) is None
