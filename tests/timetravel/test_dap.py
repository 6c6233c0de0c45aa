"""The replay debug adapter: driven forward and backward by real clients, and by what no client would send."""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from dap_client import node_with_client

from walkthroughs.timetravel.dap.adapter import Adapter
from walkthroughs.timetravel.dap.messages import Malformed, framed, read_message
from walkthroughs.timetravel.dap.server import serve
from walkthroughs.tour import Tour

Body = dict[str, Any]


class Client:
    """Speaks to an adapter in this process; keeps the events that came last."""

    def __init__(self, tour: Tour | None, root: str = "", **options: Any) -> None:
        self.adapter = Adapter(tour, root)
        self.seq = 0
        self.messages: list[Body] = []
        self.events: list[Body] = []
        self.able = self.ask("initialize", adapterID="repotour", **options)

    def send(self, command: str, arguments: Any) -> Body:
        """The response to a request; its events are kept."""
        self.seq += 1
        request = {"seq": self.seq, "type": "request", "command": command, "arguments": arguments}
        # What goes over the wire is JSON.
        answers = [json.loads(json.dumps(row)) for row in self.adapter.handle(request)]
        self.messages += answers
        response, *events = answers
        self.events = events or self.events
        assert (response["type"], response["request_seq"]) == ("response", self.seq)
        assert all(event["type"] == "event" for event in events)
        return dict(response)

    def ask(self, command: str, **arguments: Any) -> Body:
        """The body of a response, which must be a success."""
        response = self.send(command, arguments)
        assert response["success"], response
        return dict(response.get("body") or {})

    def refused(self, command: str, **arguments: Any) -> str:
        """Why a request is refused."""
        response = self.send(command, arguments)
        assert not response["success"], response
        return str(response["message"])

    def begin(self, **arguments: Any) -> Body:
        """Launch; gives where the run begins."""
        self.ask("launch", **arguments)
        self.ask("configurationDone")
        return self.stopped()

    def stopped(self) -> Body:
        """The event with which the last request ended."""
        event = self.events[-1]
        assert event["event"] == "stopped", self.events
        return dict(event["body"])

    def move(self, command: str, **arguments: Any) -> tuple[str, int, str]:
        """(reason, line, function) of where a move leads."""
        self.ask(command, threadId=1, **arguments)
        frame = self.stack()[0]
        return self.stopped()["reason"], frame["line"], frame["name"]

    def stack(self) -> list[Body]:
        return list(self.ask("stackTrace", threadId=1)["stackFrames"])

    def locals(self, frame: int = 1) -> dict[str, Body]:
        reference = self.ask("scopes", frameId=frame)["scopes"][0]["variablesReference"]
        return {row["name"]: row for row in self.ask("variables", variablesReference=reference)["variables"]}

    def output(self) -> str:
        return "".join(row["body"]["output"] for row in self.events if row["event"] == "output")


@pytest.fixture
def client(tour: Tour) -> Client:
    found = Client(tour)
    assert found.begin()["reason"] == "entry"
    return found


def test_it_says_what_it_can_and_begins_when_both_sides_are_ready(tour_file: Path) -> None:
    client = Client(None)
    assert client.able["supportsStepBack"]
    assert client.events == []
    assert "no tour has been launched" in client.refused("stackTrace", threadId=1)
    client.ask("launch", tour=str(tour_file))
    assert [event["event"] for event in client.events] == ["initialized"]
    client.ask("configurationDone")
    assert client.stopped()["reason"] == "entry"
    assert [row["seq"] for row in client.messages] == list(range(1, len(client.messages) + 1))


def test_breakpoints_in_both_directions(client: Client, line: dict[str, int]) -> None:
    number = line["y = x + 1"]
    rows = [{"line": number, "condition": "x >= 1"}, {"line": 2}, {"line": number + 1, "hitCondition": "frequently"}]
    (one, never, unknown) = client.ask("setBreakpoints", source={"path": "/any/where/steps.py"}, breakpoints=rows)[
        "breakpoints"
    ]
    assert (one["verified"], one["line"]) == (True, number)
    assert not never["verified"]
    assert "the nearest that was is" in never["message"]
    assert "not understood" in unknown["message"]
    assert client.move("continue") == ("breakpoint", number, "leaf")
    assert client.stopped()["hitBreakpointIds"] == [one["id"]]
    assert client.output().startswith("fact 24\n")
    assert client.locals()["x"]["value"] == "1"
    assert client.move("continue")[0] == "breakpoint"
    assert client.locals()["x"]["value"] == "2"
    assert client.move("reverseContinue") == ("breakpoint", number, "leaf")
    assert client.locals()["x"]["value"] == "1"
    client.ask("setBreakpoints", source={"path": "steps.py"}, breakpoints=[])
    assert client.move("continue")[0] == "step"
    assert "ends here" in client.stopped()["description"]
    client.ask("continue", threadId=1)
    assert client.events[-1]["event"] == "terminated"


def test_functions_values_and_exceptions(client: Client, line: dict[str, int]) -> None:
    (one,) = client.ask("setFunctionBreakpoints", breakpoints=[{"name": "Box.squares"}])["breakpoints"]
    assert one["verified"]
    assert client.move("continue")[0] == "function breakpoint"
    client.ask("setFunctionBreakpoints", breakpoints=[])
    client.ask("setExceptionBreakpoints", filters=["raised"])
    assert client.move("reverseContinue")[0] == "exception"
    assert client.ask("exceptionInfo", threadId=1)["exceptionId"] == "ValueError"
    client.ask("setExceptionBreakpoints", filters=[])
    assert client.ask("dataBreakpointInfo", name="nothing_here")["dataId"] is None
    found = client.ask("dataBreakpointInfo", name="total", variablesReference=1000)
    client.ask("setDataBreakpoints", breakpoints=[{"dataId": found["dataId"]}])
    reason, number, _ = client.move("reverseContinue")
    assert (reason, number) == ("data breakpoint", line["return found"])
    assert client.ask("evaluate", expression="total", frameId=1)["result"] == "8"


def test_moves(client: Client, line: dict[str, int]) -> None:
    client.ask("setFunctionBreakpoints", breakpoints=[{"name": "loop"}])
    client.move("continue")
    client.ask("setFunctionBreakpoints", breakpoints=[])
    names = [client.move("next")[1] for _ in range(3)]
    assert names == [line["kept = []"], line["for index in range(rounds):"], line["value = leaf(index)"]]
    assert client.move("stepIn")[2] == "leaf"
    assert client.move("stepOut")[1:] == (line["if index == 5:"], "loop")
    assert client.move("stepBack")[1:] == (line["value = leaf(index)"], "loop")
    assert client.move("restartFrame", frameId=1)[1] == names[0] - 1
    targets = client.ask("gotoTargets", source={"path": "steps.py"}, line=line["return kept"])["targets"]
    assert [row["label"] for row in targets] == [f"run {n} of 2 of line {line['return kept']}" for n in (1, 2)]
    assert client.move("goto", targetId=targets[1]["id"])[1:] == (line["return kept"], "loop")
    scopes = client.ask("scopes", frameId=1)["scopes"]
    assert [row["name"] for row in scopes] == ["Locals", "Module", "Returns"]
    (given,) = client.ask("variables", variablesReference=scopes[2]["variablesReference"])["variables"]
    assert given["value"] == "[1, 2]"
    assert "no such place" in client.refused("goto", targetId=10**9)
    assert client.move("pause")[0] == "pause"


def test_a_call_that_cannot_be_entered_is_told(client: Client, line: dict[str, int]) -> None:
    targets = client.ask("gotoTargets", source={"path": "steps.py"}, line=line["value = leaf(index)"])["targets"]
    told = []
    for target in targets:
        client.move("goto", targetId=target["id"])
        client.move("stepIn")
        told.append(client.output())
    assert any("which cannot be entered: only first visits are recorded" in text for text in told)


def test_source_without_a_checkout_and_with_one(tour: Tour, client: Client, tour_file: Path, tmp_path: Path) -> None:
    source = client.stack()[0]["source"]
    assert source["sourceReference"] == 1
    text = client.ask("source", sourceReference=1, source=source)["content"]
    wanted = (tour_file.parent / "repository/steps.py").read_text("utf-8")
    assert text == wanted
    assert "does not carry" in client.refused("source", sourceReference=77)
    beside = Client(tour, root=str(tour_file.parent / "repository"))
    beside.begin()
    assert beside.stack()[0]["source"]["path"] == str(tour_file.parent / "repository/steps.py")
    (tmp_path / "steps.py").write_text(wanted + "\nmore = 1\n")
    other = Client(tour, root=str(tmp_path))
    other.begin()
    assert other.stack()[0]["source"]["sourceReference"] == 1  # the file there is not the one that ran


def test_lines_are_counted_as_the_client_counts(tour: Tour, line: dict[str, int]) -> None:
    client = Client(tour, linesStartAt1=False, columnsStartAt1=False)
    client.begin()
    number = line["y = x + 1"]
    rows = client.ask("setBreakpoints", source={"path": "steps.py"}, breakpoints=[{"line": number - 1}])
    (one,) = rows["breakpoints"]
    assert one["line"] == number - 1
    assert client.move("continue")[1] == number - 1
    assert client.stack()[0]["column"] == 0


def test_expressions_and_completions(client: Client, line: dict[str, int]) -> None:
    client.ask("setBreakpoints", source={"path": "steps.py"}, breakpoints=[{"line": line["return odd, even"]}])
    client.move("continue")
    odd = client.ask("evaluate", expression="odd[1] + 1", frameId=1, context="watch")
    assert (odd["result"], odd["type"]) == ("10", "int")
    shown = client.ask("evaluate", expression="self", frameId=1)
    (inside,) = client.ask("variables", variablesReference=shown["variablesReference"])["variables"]
    assert (inside["name"], inside["value"], inside["evaluateName"]) == ("content", "6", "self.content")
    assert "nothing runs here" in client.refused("evaluate", expression="self.squares()", frameId=1)
    assert "was not recorded" in client.refused("evaluate", expression="secret", frameId=1)
    labels = [row["label"] for row in client.ask("completions", text="1 + od", column=7, frameId=1)["targets"]]
    assert labels == ["odd"]
    client.move("stepBack")
    assert "another step" in client.refused("variables", variablesReference=shown["variablesReference"])


# -- over the wire -----------------------------------------------------------------------------------------------------


def request(seq: int, command: str, **arguments: Any) -> bytes:
    return framed({"seq": seq, "type": "request", "command": command, "arguments": arguments})


def read_all(stream: Any) -> Iterator[Body]:
    while (message := read_message(stream)) is not None:
        yield message


def test_over_the_standard_streams(tour_file: Path) -> None:
    words = [sys.executable, "-m", "repotour", "dap", str(tour_file)]
    sent = request(1, "initialize") + request(2, "launch", stop=1) + request(3, "configurationDone")
    sent += b"Content-Length: 4\r\n\r\n{{{{" + request(4, "stackTrace", threadId=1) + request(5, "disconnect")
    done = subprocess.run(words, input=sent, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    told = [
        (row["type"], row.get("command") or row.get("event"), row.get("success"))
        for row in read_all(BytesIO(done.stdout))
    ]
    assert told == [
        ("response", "initialize", True),
        ("event", "initialized", None),
        ("response", "launch", True),
        ("response", "configurationDone", True),
        ("event", "stopped", None),
        ("response", None, False),
        ("response", "stackTrace", True),
        ("response", "disconnect", True),
        ("event", "terminated", None),
    ]


def test_over_tcp_for_one_client_after_the_other(tour_file: Path) -> None:
    words = [sys.executable, "-m", "repotour", "dap", "--port", "0"]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        port = int(re.findall(r":(\d+) ", server.stderr.readline())[0])
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                client.sendall(request(1, "initialize") + request(2, "launch", tour=str(tour_file)))
                client.sendall(request(3, "terminate"))
                rows = list(read_all(client.makefile("rb")))
            assert [row["success"] for row in rows if row["type"] == "response"] == [True, True, True]
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(b"Content-")  # and is gone
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(request(1, "disconnect"))
            assert read_message(client.makefile("rb")) is not None
    finally:
        server.send_signal(2)
        assert server.wait(20) == 0
        server.communicate()


@pytest.mark.parametrize(
    "text",
    [
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Type: a\r\n\r\n",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 1\r\n\r\n{",
    ],
)
def test_what_is_no_message(text: bytes) -> None:
    with pytest.raises(Malformed):
        read_message(BytesIO(text))


def test_fuzzed_input_never_ends_a_session(tour: Tour) -> None:
    dice = random.Random(7)
    commands = [name[3:] for name in dir(Adapter) if name.startswith("on_")]
    commands = [name for name in commands if name not in ("disconnect", "terminate")]
    keys = """threadId frameId source breakpoints line expression variablesReference targetId name filters levels
        startFrame text column start count tour stop root lines""".split()
    values: list[Any] = [0, -1, 1, 2, 10**30, 1.5, "x", "", "total", None, [], {}, [1], [{}], {"path": "steps.py"}]
    values += [True, [{"line": 87, "condition": "x > 1"}], {"sourceReference": 1}, float("nan"), "\ud800", [None]]
    sent = request(1, "initialize")
    for number in range(600):
        arguments = {dice.choice(keys): dice.choice(values) for _ in range(dice.randrange(5))}
        message = {"seq": number, "type": "request", "command": dice.choice(commands), "arguments": arguments}
        if dice.random() < 0.1:
            message[dice.choice(["seq", "type", "command", "arguments"])] = dice.choice(values)
        if dice.random() < 0.1:
            sent += framed(message)[: dice.randrange(20)] + b"\r\n\r\n"
        sent += json.dumps(message).encode() if dice.random() < 0.02 else framed(message)
        if dice.random() < 0.05:
            sent += bytes(dice.randrange(256) for _ in range(dice.randrange(40))) + b"\r\n\r\n"
    sent += b"\r\n\r\n" + request(999, "threads") + request(1000, "disconnect")
    out = BytesIO()
    serve(BytesIO(sent), out, tour)
    rows = list(read_all(BytesIO(out.getvalue())))
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert len([row for row in rows if row["type"] == "response"]) > 300
    assert rows[-1]["event"] == "terminated"
    assert any(row.get("request_seq") == 999 and row["success"] for row in rows)


def test_the_extension_for_vscode(tour_file: Path) -> None:
    words = [sys.executable, "-m", "repotour", "dap"]
    told = subprocess.run([*words, "--vscode"], capture_output=True, text=True, check=True, timeout=60)
    folder = Path(told.stdout.strip())
    package = json.loads((folder / "package.json").read_text())
    (debugger,) = package["contributes"]["debuggers"]
    assert (folder / package["main"]).is_file()
    if shutil.which("node"):
        subprocess.run(["node", "--check", str(folder / package["main"])], check=True)
    made = subprocess.run(
        [*words, str(tour_file), "--launch-json"], capture_output=True, text=True, check=True, timeout=60
    )
    for text in (made.stdout, (folder / "launch.json").read_text()):
        for row in json.loads(text)["configurations"]:
            assert row["type"] == debugger["type"]
            assert set(row) - {"name", "type", "request", "debugServer"} <= set(
                debugger["configurationAttributes"]["launch"]["properties"]
            )


def test_a_client_that_is_not_ours_goes_through_a_whole_tour(tour_file: Path, line: dict[str, int]) -> None:
    node, given = node_with_client()
    script = Path(__file__).with_name("whole_tour.js")
    words = [node, str(script), sys.executable, str(tour_file), str(line["y = x + 1"])]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=given)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    recorded = Tour.load(tour_file).recording
    assert recorded is not None
    assert (seen["forward"], seen["entry"], seen["verified"]) == (len(recorded.order) - 1, "entry", True)
    assert seen["backward"] > 10
    assert len(seen["hits"]) == 2 * recorded.lines.count(line["y = x + 1"])
    assert seen["source"] == recorded.sources[0].length + 1
