"""Every rule, on a hand-built trace: the sentence it derives, and none where the trace does not show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from telling_cases import NET_VALUE, TREE, Case
from telling_sentences import TOLD
from telling_traces import FORWARD, MAIN, TRAIN, array, plain, program, story

from walkthroughs.stop import Claim
from walkthroughs.telling import Witness, rederive
from walkthroughs.telling.claims import make, rules


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("telling"))


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
    elsewhere = ("processes.", "inferred.")  # tests/unit/test_telling_processes.py, test_telling_inferred.py
    here = {name for name in rules() if not name.startswith(elsewhere)}
    assert here == {row[0] for row in TOLD} | {"loss.history"}


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
