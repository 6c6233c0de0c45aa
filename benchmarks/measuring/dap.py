"""The least of a debug adapter client: attach, set one breakpoint, let the program run. Host."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

PATIENCE = 30.0


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Client:
    """Attaches to `debugpy --listen --wait-for-client` and stays until the program ends."""

    def __init__(self, port: int, file: Path, line: int) -> None:
        self.port = port
        self.file = file
        self.line = line
        self.sequence = 0
        self.verified = False

    def attend(self) -> None:
        """The whole session; returns when the adapter hangs up."""
        with self._connect() as connection, connection.makefile("rb") as stream:
            self._send(connection, "initialize", {"adapterID": "benchmark", "pathFormat": "path"})
            self._send(connection, "attach", {"justMyCode": True, "subProcess": False})
            with suppress(OSError):
                while (message := self._read(stream)) is not None:
                    if message.get("event") == "initialized":
                        place = {"source": {"path": str(self.file)}, "breakpoints": [{"line": self.line}]}
                        self._send(connection, "setBreakpoints", place)
                        self._send(connection, "configurationDone", {})
                    elif message.get("command") == "setBreakpoints":
                        self.verified = all(one["verified"] for one in message["body"]["breakpoints"])
                    elif message.get("event") == "terminated":
                        return

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE * 10)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _send(self, connection: socket.socket, command: str, arguments: dict[str, Any]) -> None:
        self.sequence += 1
        request = {"seq": self.sequence, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(request).encode()
        connection.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    @staticmethod
    def _read(stream: Any) -> dict[str, Any] | None:
        length = 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            return None
        found: dict[str, Any] = json.loads(stream.read(length))
        return found
