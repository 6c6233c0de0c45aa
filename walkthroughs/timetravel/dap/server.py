"""Serves the replay debug adapter on the standard streams, or to clients over TCP. Runs on the host."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import BinaryIO

from walkthroughs.timetravel.dap.adapter import Adapter
from walkthroughs.timetravel.dap.messages import Malformed, framed, read_message
from walkthroughs.tour import Tour

EXTENSION = Path(__file__).resolve().parents[1] / "vscode"
"""The folder of the extension that registers this adapter in VS Code."""


def serve(source: BinaryIO, sink: BinaryIO, tour: Tour | None = None, root: str = "") -> None:
    """One session, until the client ends it or its stream does."""
    adapter = Adapter(tour, root)
    while not adapter.over:
        try:
            message = read_message(source)
        except Malformed as error:
            sink.write(framed(adapter.malformed(str(error))))
            sink.flush()
            continue
        if message is None:
            return
        for answer in adapter.handle(message):
            sink.write(framed(answer))
        sink.flush()


def listen(host: str, port: int) -> socket.socket:
    """A socket on which clients are waited for; port 0 takes a free one."""
    return socket.create_server((host, port))


def serve_clients(listening: socket.socket, tour: Tour | None = None, root: str = "") -> None:
    """One session for each client that comes, one after the other, until interrupted."""
    while True:
        client, _ = listening.accept()
        with client, client.makefile("rb") as source, client.makefile("wb") as sink:
            try:
                serve(source, sink, tour, root)
            except OSError:
                continue  # the client went away
