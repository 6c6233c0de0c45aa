"""Between an editor and debugpy: the stops of a tour become breakpoints, and their notes stand in the console. Host.

A client of the Debug Adapter Protocol connects to us, we connect to debugpy in the target, and what either says is
passed on. Added are the breakpoints of the stops beside those of the editor, the way between the folder that the editor
shows and the scratch copy that runs, and, when the program stands at a stop, the stop's note. What is added never
shows in an answer to the editor.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from tracer.errors import RepoTourError
from walkthroughs.timetravel.dap.messages import Malformed, framed, read_message

Message = dict[str, Any]

OURS = 1_000_000_000
"""Requests of our own count from here, beyond any number of the editor's."""
PATIENCE = 60.0
"""Seconds that debugpy may take to listen: before it the target's interpreter starts."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Editor:
    """Serves one editor, and its further sessions for processes that the program starts.

    `local` is the folder that it shows, `remote` the scratch copy that runs.
    """

    def __init__(self, stops: list[Message], local: Path, remote: Path, target: int, port: int = 0) -> None:
        """Listen for the editor on `port` (0: a free one); debugpy will listen on port `target`."""
        self.stops = list(stops)
        self.total = len(stops)
        self.local, self.remote = Path(os.path.realpath(local)), remote
        self.target = target
        try:
            self._listening = socket.create_server(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            hint = "Name another one with --port."
            raise RepoTourError(f"cannot listen on port {port}: {error}.", slug="port-taken", hint=hint) from error
        self.port = int(self._listening.getsockname()[1])

    def start(self) -> None:
        """Serve in the background until the program or the editor ends the session."""
        threading.Thread(target=self._serve, name="repotour-editor", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listening.close()

    def configuration(self, name: str) -> Message:
        """The launch configuration of an editor."""
        return {
            "name": name, "type": "debugpy", "request": "attach",
            "connect": {"host": "127.0.0.1", "port": self.port}, "justMyCode": True,
        }  # fmt: skip

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                session = Session(self, client)
                threading.Thread(target=session.serve, name="repotour-session", daemon=True).start()

    def relative(self, path: str) -> str:
        """A path of the editor's, or of the target's, from the repository's root; "" outside of it."""
        for root in (self.local, self.remote):
            with suppress(ValueError):
                return Path(os.path.realpath(path)).relative_to(os.path.realpath(root)).as_posix()
        return ""


class Session:
    """One connection of the editor's, for one process, with debugpy behind it."""

    def __init__(self, editor: Editor, client: socket.socket) -> None:
        self.editor = editor
        self._socket = client
        self._wanted: dict[str, list[Message]] = {}
        self._counts: dict[int, int] = {}
        self._asked: dict[int, Callable[[Message], None]] = {}
        self._seq = OURS
        self._lock = threading.RLock()
        self._client: BinaryIO | None = None
        self._server: BinaryIO | None = None

    # -- passing on --------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Pass on what either side says until one of them ends."""
        client = self._socket
        with suppress(OSError), client, self._connect() as server:
            self._client, self._server = client.makefile("wb"), server.makefile("wb")
            told = (server.makefile("rb"), self.from_target, client)
            back = threading.Thread(target=self._pump, args=told, name="repotour-target", daemon=True)
            back.start()
            self._pump(client.makefile("rb"), self.from_editor, server)
            back.join(PATIENCE)

    def _connect(self) -> socket.socket:
        """A connection to debugpy, as soon as it listens."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.editor.target))
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    @staticmethod
    def _pump(stream: BinaryIO, take: Callable[[Message], None], other: socket.socket) -> None:
        """Take what comes on a stream until it ends, then tell the other side."""
        with suppress(OSError, ValueError):
            while True:
                try:
                    message = read_message(stream)
                except Malformed:
                    continue
                if message is None:
                    break
                take(message)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def _send(self, stream: BinaryIO | None, message: Message) -> None:
        with self._lock:
            if stream is not None:
                stream.write(framed(message))
                stream.flush()

    def _ask(self, command: str, arguments: Message, then: Callable[[Message], None]) -> None:
        """A request of our own to debugpy; its answer goes to `then` and not to the editor."""
        with self._lock:
            self._seq += 1
            self._asked[self._seq] = then
            request = {"seq": self._seq, "type": "request", "command": command, "arguments": arguments}
            self._send(self._server, request)

    # -- what the editor says ----------------------------------------------------------------------------------------

    def from_editor(self, message: Message) -> None:
        """A message of the editor's, on its way to the target."""
        command, arguments = message.get("command"), message.get("arguments")
        if isinstance(arguments, dict):
            if command == "attach" and not arguments.get("pathMappings"):
                ways = [{"localRoot": str(self.editor.local), "remoteRoot": str(self.editor.remote)}]
                message = {**message, "arguments": {**arguments, "pathMappings": ways}}
            elif command == "setBreakpoints":
                message = self._with_stops(message, arguments)
        if command == "configurationDone":
            self._set_the_rest()
        self._send(self._server, message)

    def _with_stops(self, message: Message, arguments: Message) -> Message:
        """The editor's breakpoints of one file, and the stops in it that are still to come."""
        path = str((arguments.get("source") or {}).get("path") or "")
        own = list(arguments.get("breakpoints") or ())
        with self._lock:
            self._wanted[path] = own
            self._counts[int(message.get("seq") or 0)] = len(own)
            return {**message, "arguments": {**arguments, "breakpoints": [*own, *self._added(path)]}}

    def _added(self, path: str) -> list[Message]:
        """Breakpoints for the stops of a file, but for lines on which the editor has its own."""
        file = self.editor.relative(path)
        taken = {row.get("line") for row in self._wanted.get(path, ())}
        lines = dict.fromkeys(line for stop in self.editor.stops if stop["file"] == file for line in stop["lines"])
        return [{"line": line} for line in lines if line not in taken]

    def _set_the_rest(self) -> None:
        """The breakpoints of files in which the editor has none."""
        known = {self.editor.relative(path) for path in self._wanted}
        for file in dict.fromkeys(stop["file"] for stop in self.editor.stops):
            if file not in known:
                self._set(str(self.editor.local / file))

    def _set(self, path: str) -> None:
        """Tell debugpy the breakpoints of a file anew."""
        rows = [*self._wanted.get(path, ()), *self._added(path)]
        self._ask("setBreakpoints", {"source": {"path": path}, "breakpoints": rows}, lambda _: None)

    # -- what the target says ----------------------------------------------------------------------------------------

    def from_target(self, message: Message) -> None:
        """A message of debugpy's, on its way to the editor."""
        if message.get("type") == "response":
            with self._lock:
                then = self._asked.pop(int(message.get("request_seq") or 0), None)
                count = self._counts.pop(int(message.get("request_seq") or 0), None)
            if then is not None:
                then(message)
                return
            body = message.get("body")
            if count is not None and isinstance(body, dict):
                message = {**message, "body": {**body, "breakpoints": list(body.get("breakpoints") or ())[:count]}}
        elif message.get("event") == "stopped" and isinstance(message.get("body"), dict):
            self._stopped(message)
            return
        self._send(self._client, message)

    def _stopped(self, event: Message) -> None:
        """The program stands still: say the note of the stop that it stands at, then pass it on."""

        def then(answer: Message) -> None:
            frames = (answer.get("body") or {}).get("stackFrames") or [{}]
            path = str((frames[0].get("source") or {}).get("path") or "")
            for stop in self._met(self.editor.relative(path), int(frames[0].get("line") or 0)):
                self._say(told(stop, self.editor.total))
            self._send(self._client, event)

        thread = event["body"].get("threadId")
        self._ask("stackTrace", {"threadId": thread, "startFrame": 0, "levels": 1}, then)

    def _met(self, file: str, line: int) -> list[Message]:
        """The stops at a place that were not met yet; they are no breakpoints any more."""
        with self._lock:
            found = [stop for stop in self.editor.stops if stop["file"] == file and line in stop["lines"]]
            if found:
                self.editor.stops = [stop for stop in self.editor.stops if stop not in found]
                shown = next(
                    (path for path in self._wanted if self.editor.relative(path) == file), str(self.editor.local / file)
                )
                self._set(shown)
        return found

    def _say(self, text: str) -> None:
        """Write into the editor's debug console."""
        with self._lock:
            self._seq += 1
            body = {"category": "console", "output": text}
            self._send(self._client, {"seq": self._seq, "type": "event", "event": "output", "body": body})


def told(stop: Message, total: int) -> str:
    """A stop in words: chapter, title, note, and the values that the recording saw."""
    rows = [f"[{stop['number']}/{total}] {stop['chapter']}: {stop['title']}", *stop["note"]]
    for value in stop["variables"]:
        shape = "" if value["shape"] is None else f" {tuple(value['shape'])}"
        shown = f" = {value['value']}" if value["value"] else ""
        kind = " ".join(part for part in (value["type"], value["dtype"]) if part)
        rows.append(f"  {value['name']}: {kind}{shape}{shown}")
    return "\n".join(["", *rows, ""])
