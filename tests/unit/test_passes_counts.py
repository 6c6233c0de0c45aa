"""What panels say of loops and branches agrees with what a really recorded program counted itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.engines.recorder import record
from tracer.location import Location
from tracer.plan import RunPlan
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.passes import branches, call_path, counting, files, loops, model_tree, other, update
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story
from walkthroughs.tour import Loop, ParameterChange

PROGRAM = '''"""
Shapes of loops
===============

Each counts its own passes.
"""
import json

passes = {}


def mark(name):
    passes[name] = passes.get(name, 0) + 1


def plain():
    for i in range(7):
        mark("plain")


def nested():
    for i in range(3):
        for j in range(4):
            mark("inner")
        mark("outer")


def left_by_break():
    for i in range(100):
        mark("break")
        if i == 4:
            break


def skipped():
    for i in range(6):
        if i % 2:
            continue
        mark("skipped")


def until():
    n = 0
    while n < 5:
        n += 1
        mark("while")


def forever():
    n = 0
    while True:
        n += 1
        mark("forever")
        if n > 8:
            return n


def only_branches():
    for i in range(9):
        if i > 4:
            mark("high")
        else:
            mark("low")


def lists():
    for i in range(3):
        rows = [j for j in range(10)]
        mark("lists")


def empty():
    for i in []:
        mark("empty")


def decide(flag):
    if flag:
        mark("true")
    if not flag:
        mark("never")
    if flag and passes:
        mark("both")
    else:
        mark("no")
    if flag:
        pass
    for i in range(3):
        if i > 10:
            mark("late")
    if i == 2: mark("same line")
    if flag: return 1
    return 0


def often(i):
    if i > 50:
        mark("often")


plain()
plain()
nested()
left_by_break()
skipped()
until()
forever()
only_branches()
lists()
empty()
decide(True)
for i in range(60):
    often(i)
exec(open("settings.py").read())
with open("passes.json", "w") as handle:
    json.dump(passes, handle)
'''


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, dict[str, int]]:
    root = tmp_path_factory.mktemp("program")
    (root / "program.py").write_text(PROGRAM, "utf-8")
    (root / "settings.py").write_text('"""Read as text."""\nrate = 1\n', "utf-8")
    (root / "spare.py").write_text("def unused():\n    return 1\n", "utf-8")
    folder = tmp_path_factory.mktemp("trace")
    record(RunPlan(root, "", "script", ("program.py",), sys.executable), folder / "main.trace.jsonl")
    passes = json.loads((root / "passes.json").read_text("utf-8"))
    return Story([Trace.load(folder / "main.trace.jsonl")], Sources(root)), passes


def told(story: Story, *names: str) -> list[Finding]:
    """Findings that stand in the given functions, so that panels speak of them."""
    found = []
    for code in story.main.trace.codes.values():
        if code.qualname in names:
            place = Location(code.file, code.line, code.line, code.qualname)
            found.append(Finding(Stage.DATA, place, "for the test", "call", 0, 1))
    return found


@pytest.fixture(scope="module")
def iterations(recorded: tuple[Story, dict[str, int]]) -> Callable[[str], list[int]]:
    """The iterations of the loops of a function, in the order of its lines."""
    found = loops.panel(recorded[0], told(recorded[0], "plain"))

    def of(name: str) -> list[int]:
        return [loop.iterations for loop in sorted(found, key=lambda loop: loop.line) if loop.qualname == name]

    return of


@pytest.mark.parametrize(
    ("function", "marks"),
    [
        ("plain", ["plain"]),
        ("nested", ["outer", "inner"]),
        ("left_by_break", ["break"]),
        ("until", ["while"]),
        ("forever", ["forever"]),
        ("lists", ["lists"]),
        ("empty", []),
    ],
)
def test_loops_are_counted_as_the_program_counts_them(
    recorded: tuple[Story, dict[str, int]], iterations: Callable[[str], list[int]], function: str, marks: list[str]
) -> None:
    expected = [recorded[1][mark] for mark in marks] or [0]
    assert iterations(function) == expected


def test_a_loop_without_a_plain_line_is_counted_by_its_header(
    recorded: tuple[Story, dict[str, int]], iterations: Callable[[str], list[int]]
) -> None:
    assert iterations("only_branches") == [recorded[1]["high"] + recorded[1]["low"]] == [9]


def test_a_loop_whose_passes_cannot_be_counted_is_left_out(iterations: Callable[[str], list[int]]) -> None:
    assert iterations("skipped") == []


def test_branches_are_told_only_where_one_side_never_ran(recorded: tuple[Story, dict[str, int]]) -> None:
    found = branches.panel(recorded[0], told(recorded[0], "decide", "left_by_break", "only_branches"))
    rows = [(item.condition, item.taken, item.not_taken) for item in found if item.qualname == "decide"]
    assert rows == [("flag", 1, 0), ("not flag", 0, 1), ("flag and passes", 1, 0), ("i > 10", 0, 3)]
    assert {item.qualname for item in found} == {"decide"}


def test_a_function_that_was_not_followed_to_the_end_is_no_ground_for_never(
    recorded: tuple[Story, dict[str, int]],
) -> None:
    code = next(code for code in recorded[0].main.trace.codes.values() if code.name == "often")
    assert recorded[0].main.trace.calls(code) == 60
    assert recorded[1]["often"] == 9
    assert not counting.whole(recorded[0].main, code)
    assert branches.panel(recorded[0], told(recorded[0], "often")) == ()


def test_calls_are_counted_as_the_program_counts_them(recorded: tuple[Story, dict[str, int]]) -> None:
    root = call_path.panel(recorded[0], [])
    assert root is not None
    calls = {child.qualname: child.calls for child in root.children}
    assert (calls["plain"], calls["often"], calls["decide"]) == (2, 60, 1)
    inner = next(child for child in root.children if child.qualname == "plain").children
    assert [(child.qualname, child.calls) for child in inner] == [("mark", recorded[1]["plain"])]


def test_files_tell_what_was_run_as_text_and_what_was_not_used(recorded: tuple[Story, dict[str, int]]) -> None:
    roles = {item.path: item.role for item in files.panel(recorded[0], told(recorded[0], "plain"))}
    line = PROGRAM.splitlines().index('exec(open("settings.py").read())') + 1
    assert roles == {
        "program.py": "data: “Shapes of loops”",
        "settings.py": f"not imported; run as text at program.py:{line}: “Read as text.”",
        "spare.py": "not imported in this run",
    }


def test_a_break_that_only_the_tour_took_is_not_a_side_that_ran(tmp_path: Path) -> None:
    """The recorder left the loop by its `break` when a fourth pass was about to begin."""
    text = (
        "def fit(quick):\n    for i in range(9):\n        x = i\n        if quick:\n            break\n    return x\n"
    )
    (tmp_path / "fit.py").write_text(text, "utf-8")
    rows = [
        {"kind": "header", "format": 1, "argv": ["fit.py"], "folder": "", "launch": "script"},
        {"kind": "code", "id": 0, "file": "fit.py", "qualname": "fit", "name": "fit", "line": 1, "end_line": 6,
         "type": "function"},
        {"kind": "call", "seq": 1, "frame": 0, "code": 0, "visit": 0},
        {"kind": "fast_forward", "seq": 9, "code": 0, "frame": 0, "line": 2, "to": 5, "iterations": 3},
        {"kind": "counts", "code": 0, "calls": 1, "recorded": 1, "edges": [],
         "hits": [[2, 4], [3, 4], [4, 3], [5, 1], [6, 1]]},
        {"kind": "end", "outcome": "finished"},
    ]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    story = Story([Trace.load(tmp_path / "t.jsonl")], Sources(tmp_path))
    assert [(item.line, item.taken, item.not_taken) for item in branches.panel(story, told(story, "fit"))] == [
        (4, 0, 3)
    ]
    assert [(item.line, item.iterations, item.left) for item in loops.panel(story, told(story, "fit"))] == [
        (2, 3, True)
    ]


def test_a_loop_whose_source_was_ended_ran_each_pass_that_was_counted(tmp_path: Path) -> None:
    """Unlike at a jump, which is made when the first line of the next pass was counted already."""
    (tmp_path / "fit.py").write_text("def fit():\n    for i in range(9):\n        x = i\n", "utf-8")
    rows = [
        {"kind": "header", "format": 1, "argv": ["fit.py"], "folder": "", "launch": "script"},
        {"kind": "code", "id": 0, "file": "fit.py", "qualname": "fit", "name": "fit", "line": 1, "end_line": 3,
         "type": "function"},
        {"kind": "call", "seq": 1, "frame": 0, "code": 0, "visit": 0},
        {"kind": "source_ended", "seq": 9, "code": 0, "frame": 0, "line": 2, "iterations": 3, "role": "training",
         "source": "range_iterator"},
        {"kind": "counts", "code": 0, "calls": 1, "recorded": 1, "edges": [], "hits": [[2, 4], [3, 3]]},
        {"kind": "end", "outcome": "finished"},
    ]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    story = Story([Trace.load(tmp_path / "t.jsonl")], Sources(tmp_path))
    assert [(item.line, item.iterations, item.left) for item in loops.panel(story, told(story, "fit"))] == [
        (2, 3, True)
    ]
    (left,) = other.fast_forwards(story)
    assert (left.line, left.iterations) == (2, 3)
    assert left.detail == "an optimizer stepped in it; what it iterates over was ended"


def holder_trace(tmp_path: Path, inner: list[dict[str, object]]) -> Story:
    """Two parts of one object, each applied by a method of it; `inner` are the calls inside them, in order."""
    text = "class Agent(Module):\n    def value(self, x):\n        return self.critic(x), self.actor(x)\n"
    (tmp_path / "agent.py").write_text(text, "utf-8")
    agent = {"type": "agent.Agent", "id": 1, "parameters": 30}
    parts = [
        {"type": "torch.nn.modules.container.Sequential", "id": number, "parameters": size, "training": True}
        for number, size in ((2, 10), (3, 20))
    ]
    shape = {"type": "torch.Tensor", "shape": [4, 2], "dtype": "float32"}
    rows: list[dict[str, object]] = [
        {"kind": "header", "format": 1, "argv": ["agent.py"], "folder": "", "launch": "script"},
        {"kind": "code", "id": 0, "file": "agent.py", "qualname": "Agent", "name": "Agent", "line": 1, "end_line": 3,
         "type": "class"},
        {"kind": "code", "id": 1, "file": "agent.py", "qualname": "Agent.value", "name": "value", "line": 2,
         "end_line": 3, "type": "function"},
        {"kind": "call", "seq": 1, "frame": 0, "code": 1, "visit": 0,
         "args": [["self", {**agent, "items": [["critic", parts[0]], ["actor", parts[1]]]}], ["x", shape]]},
    ]  # fmt: skip
    for seq, part in enumerate(parts, 2):
        stack = [[1, 3, 0]]
        rows.append(
            {"kind": "landmark", "event": "module_call", "name": "torch.call", "seq": seq, "stack": stack,
             "module": part, "args": [["", shape]], "value": shape, "grad": True}
        )  # fmt: skip
        kinds = [["", "torch.nn.modules.container", "Sequential", 0, 0, part["id"]]]
        kinds.append(["0", "torch.nn.modules.linear", "Linear", part["parameters"], 1, 10 * seq])
        rows.append({"kind": "modules", "root": part["id"], "rows": kinds})
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in [*rows, *inner]), "utf-8")
    return Story([Trace.load(tmp_path / "t.jsonl")], Sources(tmp_path))


def test_parts_that_are_applied_alone_stand_below_what_holds_them(tmp_path: Path) -> None:
    inner = [{"kind": "module_io", "path": "0", "in": [[4, 2]], "out": [[4, size]]} for size in (1, 7)]
    found = model_tree.panel(holder_trace(tmp_path, inner), [])
    rows = [(item.path, item.class_name, item.parameters, item.depth) for item in found]
    assert rows == [
        ("", "Agent", 30, 0),
        ("critic", "Sequential", 10, 1),
        ("critic.0", "Linear", 10, 2),
        ("actor", "Sequential", 20, 1),
        ("actor.0", "Linear", 20, 2),
    ]
    assert (found[0].file, found[0].line) == ("agent.py", 1)
    assert [item.outputs for item in found if item.path.endswith(".0")] == [((4, 1),), ((4, 7),)]


def test_shapes_that_cannot_be_told_apart_are_left_out(tmp_path: Path) -> None:
    inner = [{"kind": "module_io", "path": "0", "in": [[4, 2]], "out": [[4, size]]} for size in (1, 1, 7)]
    found = model_tree.panel(holder_trace(tmp_path, inner), [])
    assert [item.outputs for item in found if item.path.endswith(".0")] == [(), ()]


def test_a_program_that_was_ended_at_its_last_loop_is_told_with_the_passes_that_ran(tmp_path: Path) -> None:
    """The recorder ended the program when a third pass was about to begin: its line was counted, and did not run."""
    (tmp_path / "run.py").write_text("for epoch in range(9):\n    train(epoch)\n", "utf-8")
    rows = [
        {"kind": "header", "format": 1, "argv": ["run.py"], "folder": "", "launch": "script"},
        {"kind": "code", "id": 0, "file": "run.py", "qualname": "<module>", "name": "<module>", "line": 1,
         "end_line": 2, "type": "module"},
        {"kind": "call", "seq": 1, "frame": 0, "code": 0, "visit": 0},
        {"kind": "loop", "code": 0, "line": 1, "end": 2, "role": "training"},
        {"kind": "stuck", "code": 0, "line": 1, "iterations": 2, "ended": True},
        {"kind": "counts", "code": 0, "calls": 1, "recorded": 1, "edges": [], "hits": [[1, 3], [2, 3]]},
        {"kind": "end", "outcome": "ended"},
    ]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    story = Story([Trace.load(tmp_path / "t.jsonl")], Sources(tmp_path))
    assert loops.panel(story, []) == (Loop("run.py", 1, "<module>", 2, True, True),)
    left = other.fast_forwards(story)
    assert [(item.file, item.line, item.iterations) for item in left] == [("run.py", 1, 2)]
    assert "ended here" in left[0].detail


def test_arrays_that_a_told_line_replaced_are_an_update(tmp_path: Path) -> None:
    """Without a framework's parameters: what an attribute held before, and what the line bound to it."""
    (tmp_path / "layer.py").write_text(
        "def start(self):\n    self.W = zeros()\n\n\ndef step(it, g):\n    it.W = it.W - g\n"
    )

    def array(*sample: float) -> dict[str, object]:
        return {"type": "numpy.ndarray", "shape": [3], "dtype": "float64", "sample": list(sample)}

    def function(index: int, name: str, line: int) -> list[dict[str, object]]:
        return [
            {"kind": "code", "id": index, "file": "layer.py", "qualname": name, "name": name, "line": line,
             "end_line": line + 1, "type": "function"},
            {"kind": "call", "seq": 10 * index + 1, "frame": index, "code": index, "visit": 0},
        ]  # fmt: skip

    rows = [
        {"kind": "header", "format": 1, "argv": ["layer.py"], "folder": "", "launch": "script"},
        *function(0, "start", 1),
        {
            "kind": "line",
            "seq": 2,
            "frame": 0,
            "line": 2,
            "set": [["self.W", array(1, 2, 3), 5], ["b", array(0, 0, 0)]],
        },
        {"kind": "line", "seq": 3, "frame": 0, "line": 2, "set": [["self.W", array(8, 8, 8), 6]]},
        *function(1, "step", 5),
        {
            "kind": "line",
            "seq": 12,
            "frame": 1,
            "line": 6,
            "set": [["it.W", array(1, 1.5, 3), 5], ["b", array(1, 1, 1)]],
        },
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    story = Story([Trace.load(tmp_path / "t.jsonl")], Sources(tmp_path))
    line = story.main.trace.frames[1].lines[0]
    place = Location("layer.py", 6, 6, "step")
    finding = Finding(
        Stage.OPTIMIZER_STEP, place, "for the test", "update by hand", 0, 12, frame=1, facts={"line": line}
    )
    found = update.panel(story, [finding])
    assert found is not None
    assert found.parameters == (ParameterChange("it.W", (3,), None, (1.0, 2.0, 3.0), (1.0, 1.5, 3.0), 0.5),)
    assert found.location == place
