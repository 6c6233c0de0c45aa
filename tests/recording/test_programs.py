"""What the recorder tells of small programs, with every Python that is here; each behaves as without the recorder."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import TARGETS, Recording, record_target

Run = Callable[..., Recording]
STEP = {"event": "optimizer_step", "modules": ["tiny_optim"], "names": ["step"], "probe": "optimizer_step"}


def values(recording: Recording, qualname: str) -> list[str]:
    """What the recorded visits of a function returned."""
    return [(frame.returned or {}).get("value", "nothing") for frame in recording.frames(qualname)]


def test_recursion(run_target: Run) -> None:
    seen = run_target("recursion.py", code_visits=8)
    assert seen.calls("factorial") == 6
    assert [{one.name: one.value["value"] for one in frame.args}["n"] for frame in seen.frames("factorial")] == list(
        "654321"
    )
    assert values(seen, "factorial") == ["720", "120", "24", "6", "2", "1"]
    assert seen.marks("factorial") == ["deeper"] * 5 + ["bottom"]
    depths = [len(seen.trace.stack_of(frame)) for frame in seen.frames("factorial")]
    assert depths == [1, 2, 3, 4, 5, 6]


def test_recursion_to_the_limit_does_not_end_the_recording(run_target: Run) -> None:
    seen = run_target("recursion.py")
    assert "caught maximum recursion depth exceeded" in seen.out
    assert seen.bound("last") == {"done": "'recorded'"}
    assert seen.end["outcome"] == "finished"


def test_generators_are_suspended_and_resumed(run_target: Run) -> None:
    seen = run_target("generators.py")
    first = seen.frames("count")[0]
    assert [one["value"] for one in first.yields] == ["1", "2", "3"]
    assert not first.raised
    # Called once for each generator that was started: list, delegate, many, sum. Resuming is no call.
    assert seen.calls("count") == 4
    assert [one["value"] for one in seen.frames("receiving")[0].yields] == ["0", "2", "5"]
    assert values(seen, "receiving") == ["'done'"]
    assert seen.bound("receive", 1) == {"value": "3"}


def test_generators_that_are_closed_end(run_target: Run) -> None:
    seen = run_target("generators.py")
    (closed,) = seen.frames("closed")
    assert [one["value"] for one in closed.yields] == ["1"]
    assert closed.raised and closed.returned is None
    assert seen.bound("closed") == {"note": "'closed'"}
    (abandoned,) = seen.frames("abandoned")
    # From 3.13 on the interpreter drops a generator with nothing to clean up without going back to it.
    assert (len(abandoned.yields), abandoned.returned) == (1, None)
    assert seen.raw("exception") == []


def test_comprehensions_are_told_as_the_line_around_them(run_target: Run) -> None:
    seen = run_target("generators.py")
    assert seen.bound("squares") == {"squares": "[0, 1, 4, 9]"}
    assert {code.name for code in seen.trace.codes.values()} == {
        "<module>", "count", "delegating", "receiving", "closed", "abandoned"
    }  # fmt: skip


def test_coroutines(run_target: Run) -> None:
    seen = run_target("coroutines.py")
    assert seen.calls("load") == 2
    assert sorted(values(seen, "load")) == ["10", "20"]
    assert seen.bound("gather") == {"both": "[10, 20]"}
    assert seen.bound("opened") == {"opened": "<__main__.Session>"}
    assert seen.bound("items") == {"items": "[0, 1, 2]"}
    assert [seen.bound("last", visit) for visit in (0, 1)] == [{"last": "0"}, {"last": "1"}]
    assert values(seen, "main") == ["tuple of 4"]


def test_threads_are_followed_though_threading_is_imported_late(run_target: Run) -> None:
    seen = run_target("threads.py", code_visits=8)
    assert seen.calls("start_all.work") == 4
    frames = seen.frames("start_all.work")
    assert len({frame.id for frame in frames}) == 4
    assert all([line.line for line in frame.lines].count(seen.number("add")) == 3 for frame in frames)
    numbers = [event["seq"] for kind in ("call", "line", "return") for event in seen.raw(kind)]
    assert len(numbers) == len(set(numbers))


def test_threads_that_outlive_the_main_thread_are_recorded(run_target: Run) -> None:
    seen = run_target("threads.py")
    assert seen.bound("late") == {"message": "'after the main thread'"}
    assert seen.raw("end") and seen.result.trace.read_text().splitlines()[-1].startswith('{"kind":"end"')


def counted(seen: Recording, marker: str) -> tuple[int, bool]:
    """How often a marked line ran, and whether it may have been more often."""
    (place,) = seen.places(marker)
    found = [
        (dict(map(tuple, counts["hits"]))[place[1]], counts["hits_open"])
        for number, counts in seen.trace.counts.items()
        if place[1] in dict(map(tuple, counts["hits"]))
    ]
    assert len(found) == 1
    return found[0]


def test_a_line_that_is_not_counted_to_its_end_is_told_so(run_target: Run) -> None:
    seen = run_target("same_code.py")
    count, more = counted(seen, "often")
    assert (count == 100_000) != more
    assert 1000 <= count <= 100_000


def test_a_generator_is_told_although_another_of_its_kind_ran_often(run_target: Run) -> None:
    seen = run_target("same_code.py")
    first, second = seen.frames("echo")
    for frame in (first, second):
        lines = [line for line in frame.lines if line.line in (seen.number("given"), seen.number("more"))]
        assert [line.bound[0].value["value"] for line in lines] == ["0", "1000", "1", "1001", "2", "1002"]


def test_generators_that_are_dropped_leave_nothing_to_follow(run_target: Run) -> None:
    seen = run_target("same_code.py")
    count, more = counted(seen, "last")
    monitored = seen.trace.header["engine"] == "sys.monitoring"
    assert (count < 2000, more) == (monitored, monitored)


def test_an_exception_out_of_a_deep_recursion_is_followed(run_target: Run) -> None:
    seen = run_target("same_code.py")
    outer = next(frame for frame in seen.frames("halved") if frame.args[0].value["value"] == "14")
    places = [seen.number(marker) for marker in ("handler", "failed", "after", "given_back")]
    told = {line.line: [(one.name, one.value.get("value")) for one in line.bound] for line in outer.lines}
    assert [told[place] for place in places[1:]] == [[("total", "-1")], [("after", "7")], [("given", "-1")]]
    assert [line.line for line in outer.lines if line.line in places] == places


def test_a_recursion_in_another_thread_takes_no_lines_away(run_target: Run) -> None:
    seen = run_target("same_code.py")
    assert seen.bound("noted") == {"noted": "-1"}
    assert seen.bound("said") == {"said": "-1"}


def test_an_exception_ends_the_trace_with_its_values(run_target: Run) -> None:
    seen = run_target("raises.py")
    assert (seen.end["outcome"], seen.end["type"], seen.end["detail"]) == ("raised", "Broken", "no rows")
    places = [(row["qualname"], row["line"]) for row in seen.end["stack"]]
    assert places[:2] == [("inner", seen.number("raise")), ("outer", seen.number("passes"))]
    assert [dict(row["variables"])["size"]["value"] for row in seen.end["stack"][:1]] == ["0"]
    told = [
        (event.name, event.data["message"], event.place.line)
        for event in seen.trace.events
        if event.kind == "exception"
    ]
    assert told == [("ValueError", "1", seen.number("raise")), ("Broken", "no rows", seen.number("raise"))]
    assert "recorder" not in seen.err and "sitecustomize" not in seen.err
    assert seen.bound("recovered") == {}


@pytest.mark.parametrize(
    ("how", "code", "outcome", "detail"),
    [
        ("code", 3, "exited", ""),
        ("text", 1, "exited", "it is over"),
        ("nothing", 0, "finished", ""),
        ("false", 0, "finished", ""),
        ("caught", 0, "finished", ""),
        ("end", 0, "finished", ""),
        ("interrupt", -signal.SIGINT, "interrupted", ""),
    ],
)
def test_leaving(run_target: Run, how: str, code: int, outcome: str, detail: str) -> None:
    seen = run_target("leaves.py", how)
    assert seen.result.code == code
    assert (seen.end["outcome"], seen.end["detail"]) == (outcome, detail)
    if how == "code":
        assert seen.end["exit_code"] == 3
        assert seen.end["stack"][0]["line"] == seen.number("code")
    # What runs at exit is recorded, in the order in which it runs.
    assert [seen.bound("write", visit)["line"] for visit in (0, 1)] == [
        "'second registered, first run!'", "'first registered, last run!'"
    ]  # fmt: skip


@pytest.mark.parametrize(("how", "code"), [("hard", 7), ("signal", -signal.SIGKILL)])
def test_a_program_that_is_gone_at_once_leaves_a_trace(run_target: Run, how: str, code: int) -> None:
    seen = run_target("leaves.py", how)
    assert seen.result.code == code
    assert seen.trace.end is None
    assert seen.seen("write") == []
    assert seen.bound("how") == {"how": repr(how)}
    whole = seen.result.trace.read_bytes()
    assert whole.endswith(b"}\n")


def test_bodies_of_classes_and_decorated_functions(run_target: Run) -> None:
    seen = run_target("bodies.py")
    kinds = {code.qualname: code.type for code in seen.trace.codes.values() if code.name[0] != "<"}
    assert {name: kind for name, kind in kinds.items() if kind == "class"}.keys() >= {"Base", "Child"}
    assert seen.bound("size") == {"size": "3"}
    assert seen.bound("extra") == {"extra": "'x'"}
    assert seen.bound("inner") == {"depth": "1", "size_of": "1"}
    assert seen.bound("state") == {"self.state": "{'on': True}"}
    assert len(seen.seen("wrapped")) >= 2
    (method,) = [frame for frame in seen.trace.frames.values() if frame.code.name == "method"]
    assert (method.returned or {})["value"] == "2"
    # A decorated function begins at its decorator on every Python: the stop is the `def` below it.
    assert method.code.line <= seen.number("method") - 1
    assert next(frame.returned for frame in seen.trace.frames.values() if frame.code.name == "doubled")["value"] == "6"


def test_text_that_is_executed(run_target: Run) -> None:
    seen = run_target("bodies.py")
    made = seen.bound("exec")
    assert (made["x"], made["y"], made["made"]) == ("41", "42", "function made")
    assert seen.bound("planted") == {"planted": "5"}
    # Code made again and again from the same text is one code to a reader.
    assert len([code for code in seen.trace.codes.values() if code.name == "again"]) == 1
    assert seen.calls("again") == 30


def test_folded_bodies(run_target: Run) -> None:
    seen = run_target("bodies.py")
    assert seen.bound("table") == {"table": "dict of 3"}
    assert seen.bound("pairs") == {"pairs": "list of 2"}
    names = {code.name for code in seen.trace.codes.values()}
    assert not names & {"<listcomp>", "<dictcomp>", "<genexpr>", "<lambda>"}


def test_a_program_that_never_ends_is_ended_like_ctrl_c(run_target: Run) -> None:
    seen = run_target("forever.py", alike=False, seconds=1.0)
    assert seen.result.reason == "its time of 1 s was up"
    assert seen.result.code == 0
    assert seen.out == "saved ['interrupted']\n"
    assert seen.bound("save") == {"kept": "'interrupted'"}
    assert len(seen.seen("step")) == 3
    assert dict(seen.trace.counts[0]["hits"])[seen.number("step")] > 50
    assert seen.end["outcome"] == "finished"
    assert [event.data["path"] for event in seen.trace.events if event.kind == "file"] == ["kept.txt"]


def test_a_repository_may_shadow_the_standard_library(run_target: Run) -> None:
    seen = run_target("shadows", script="main.py")
    assert seen.out == "('our json', 3, 'our dis', 'ours')\n"
    assert len(seen.seen("dumps")) == 1


def test_a_repository_may_shadow_the_standard_library_from_pythonpath(run_target: Run, tmp_path: Path) -> None:
    seen = run_target("shadows", script="main.py", environment={"PYTHONPATH": str(tmp_path / "repository")})
    assert seen.out == "('our json', 3, 'our dis', 'ours')\n"


def test_a_repository_may_have_modules_named_like_ours(run_target: Run, tmp_path: Path) -> None:
    seen = run_target("own_names", script="main.py", environment={"PYTHONPATH": str(tmp_path / "repository")})
    assert seen.out == "our tracer ['ours'] ('ours', 3) our hook our start of the user\n"
    assert len(seen.seen("trace")) == 1


def test_a_module_with_relative_imports(run_target: Run) -> None:
    seen = run_target("relative", "--rate", "1", script="package", launch="module")
    assert seen.out == "package loaded\n__main__ package ['--rate', '1'] once model of 4 4\n"
    assert seen.bound("package") == {"loaded": "'once'"}
    assert values(seen, "build") == ["'model of 4'"]
    assert seen.trace.header["argv"] == ["package", "--rate", "1"]


def test_a_module_that_is_not_there(run_target: Run) -> None:
    seen = run_target("relative", script="package.missing", launch="module")
    assert seen.result.code == 1
    assert (seen.end["outcome"], seen.end["detail"]) == ("exited", "No module named package.missing")


def test_a_console_script(place: Callable[[str], Path], python: str) -> None:
    seen = record_target(place("relative"), python, "package.settings:start", "--fast", launch="console")
    assert seen.out == "package loaded\nstarted as ['--fast']\n"
    assert (seen.result.code, seen.end["outcome"], seen.end["exit_code"]) == (6, "exited", 6)
    assert len(seen.seen("started")) == 1


def test_names_beyond_ascii(run_target: Run) -> None:
    seen = run_target("unicode päth & more", "--größe", "ü", script="tréin é.py")
    assert seen.out.startswith("['tréin é.py', '--größe', 'ü'] tréin é.py")
    assert seen.trace.codes[0].file == "tréin é.py"
    assert seen.end["detail"] == "ümlaut ✗"
    assert seen.trace.header["argv"] == ["tréin é.py", "--größe", "ü"]


def test_hostile_values_are_never_asked(run_target: Run) -> None:
    seen = run_target("hostile.py")
    assert seen.out == "[]\n"
    assert seen.end["outcome"] == "finished"
    assert seen.bound("result")["result"] == "<__main__.Strange>"
    assert seen.bound("here")["here"] == "<__main__.Hostile>"
    assert len(seen.bound("big")["big"]) < 300
    assert seen.bound("caught") == {"caught": "True"}


def test_changed_folder_forks_and_children(run_target: Run) -> None:
    seen = run_target("folders.py")
    assert seen.bound("inside") == {"where": "'work'"}
    assert len(seen.seen("back")) == 1
    assert seen.seen("child") == []
    assert [event.data["path"] for event in seen.trace.events if event.kind == "file"] == ["work/made.txt"]
    assert len(seen.raw("end")) == 1
    assert seen.out.splitlines()[-1] == "False"


def test_a_flood_of_output(run_target: Run) -> None:
    seen = run_target("megabytes.py")
    assert len(seen.out) > 1_200_000
    _, line = seen.seen("print")[0]
    assert line.out.startswith("0000000xxx") and len(line.out) <= 600
    assert seen.seen("straight")[0][1].out == "straight\n"
    assert seen.seen("error")[0][1].err.startswith("eee")
    assert seen.seen("b")[0][1].out == "b\n"
    assert seen.result.trace.stat().st_size < 100_000


def test_pickled_main_and_spawned_processes(run_target: Run) -> None:
    seen = run_target("spawned.py")
    assert seen.out == "__main__ 2\n[2, 10]\n"
    assert seen.bound("results")["results"] == "[2, 10]"
    assert seen.seen("work") == []
    assert len(seen.raw("header")) == 1


def test_a_question_to_the_user_meets_an_empty_input(run_target: Run) -> None:
    seen = run_target("asks.py")
    assert (seen.result.code, seen.end["type"], seen.out) == (1, "EOFError", "your name? ")
    assert seen.end["stack"][0]["line"] == seen.number("ask")


def test_a_syntax_error(run_target: Run) -> None:
    seen = run_target("broken_syntax.py")
    assert seen.result.code == 1
    assert (seen.end["outcome"], seen.end["type"], seen.end["syntax"]) == (
        "raised",
        "SyntaxError",
        ["broken_syntax.py", 2],
    )
    assert "SyntaxError" in seen.err


def test_warnings_and_stacks_hold_no_frame_of_ours(run_target: Run) -> None:
    seen = run_target("warns.py")
    assert "UserWarning: from further out" in seen.err
    assert "inprocess" not in seen.err
    assert seen.out.startswith("1 ['<module>']")
    assert "call stack is not deep enough" in seen.out
    assert seen.err.count("once per line") == 2


def test_lines_and_tracebacks_are_right_where_the_recorder_was_switched_off(run_target: Run) -> None:
    seen = run_target("busy.py", jumps=False)
    assert seen.end["outcome"] == "raised"
    assert seen.err.count("busy(1_200_000)") == 1


def test_replaced_builtins_are_the_target_s_alone(run_target: Run) -> None:
    seen = run_target("own_builtins.py")
    assert seen.out.startswith("[]")
    assert seen.bound("result") == {"result": "[6, 1, 2, 3]"}


def test_a_warning_of_the_compiler_is_given_once(run_target: Run) -> None:
    seen = run_target("escapes.py", landmarks=[STEP], environment={"PYTHONPATH": str(TARGETS / "library")})
    assert [row["kind"] for row in seen.trace.left_loops] == ["fast_forward"]


def test_a_program_that_traces_itself(run_target: Run) -> None:
    seen = run_target("traces_itself.py")
    assert "True\n['call', 'line', 'return']\n" in seen.out
    assert seen.bound("ordinary") == {"done": "'recorded'"}
    assert [event["reason"] for event in seen.raw("elided")] == ["the program traces itself"]
    assert seen.end["type"] == "BdbQuit"


def test_values_that_write_down_who_asks_them_are_asked_nothing(run_target: Run) -> None:
    """Every special method, property, metaclass and namespace of the target's own: the log is that of the plain run."""
    seen = run_target("notices.py", code_visits=1000, line_visits=1000)
    assert "set by the program" in seen.out
    shown = {frame.args[0].value["type"] for frame in seen.frames("take") if frame.args}
    assert {"__main__.Hidden", "__main__.Owndict", "__main__.Lazy", "pandas.DataFrame"} <= shown
    messages = [event["message"] for event in seen.raw("exception")]
    assert "[Errno 2] No such file or directory" not in messages


def test_objects_die_when_they_would_and_locals_are_the_program_s_own(run_target: Run, python: str) -> None:
    """Reference counts, deaths, `locals()`, variables that threads share: the same as without a recorder."""
    try:
        seen = run_target("lifetimes.py", code_visits=8)
    except AssertionError:
        if not python.endswith(("3.9", "3.10")):
            raise
        # Up to 3.10 a moment is left in which the interpreter writes a shared variable back (`namespaces.renew`).
        seen = run_target("lifetimes.py", code_visits=8)
    assert "9600" in seen.out
    assert len(seen.frames("namespace")) == 1


def test_a_library_call_that_an_exception_ended_gave_nothing_back(place: Callable[[str], Path], python: str) -> None:
    root = place("raises.py")
    text = (
        "import json\nfor text in ('null', '{'):\n    try:\n        json.loads(text)\n"
        "    except ValueError:\n        pass\n"
    )
    (root / "reads.py").write_text(text)
    marks = [{"event": "reads", "modules": ["json"], "names": ["loads"], "arguments": ["s"], "returns": True}]
    seen = record_target(root, python, "reads.py", landmarks=marks)
    ends = [(event.get("value", {}).get("value"), event.get("raised")) for event in seen.raw("landmark")]
    assert ends == [("None", None), (None, True)]
