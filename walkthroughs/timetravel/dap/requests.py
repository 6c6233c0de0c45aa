"""Requests of the Debug Adapter Protocol, each answered by a method `on_NAME`, and the events that follow. Host.

A response always goes out before the events that it caused. Nothing that a client sends can end a session unasked: what
does not fit is answered with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tracer.errors import RepoTourError
from walkthroughs.timetravel.breakpoints import NoPlace
from walkthroughs.timetravel.expressions import NotKnown

Message = dict[str, Any]


class Refused(Exception):
    """A request that cannot be answered; the text says why."""


class Requests:
    """Numbers messages, finds the method for a request, and holds events back until its response is out."""

    def __init__(self) -> None:
        self._sent = 0
        self._events: list[Message] = []

    def handle(self, message: Message) -> Iterator[Message]:
        """What is to be sent for a message that came: its response, then the events that it caused."""
        if message.get("type") != "request":
            if message.get("type") not in ("response", "event"):
                yield self._numbered(self._failed(message, "this is no request"))
            return
        yield self._numbered(self._answer(message))
        events, self._events = self._events, []
        for event in events:
            yield self._numbered(event)

    def malformed(self, reason: str) -> Message:
        """The answer to something that is no message at all."""
        return self._numbered(self._failed({}, reason))

    def _answer(self, message: Message) -> Message:
        command, arguments = message.get("command"), message.get("arguments", {})
        if not isinstance(command, str):
            return self._failed(message, "the request names no command")
        handler: Callable[[Message], Message | None] | None = getattr(self, "on_" + command, None)
        if handler is None or not command.isidentifier():
            return self._failed(message, f"{command[:60]} is not supported")
        if not isinstance(arguments, dict):
            arguments = {}
        events = list(self._events)
        try:
            body = handler(arguments)
        except (Refused, NotKnown, NoPlace) as error:
            self._events = events
            return self._failed(message, str(error))
        except RepoTourError as error:
            self._events = events
            return self._failed(message, f"{error.message} {error.hint}".strip())
        except Exception:  # noqa: BLE001 - arguments of any shape may come, and no client ends a session by them
            self._events = events
            return self._failed(message, f"the arguments of {command} do not fit")
        answer: Message = {"type": "response", "request_seq": _seq(message), "success": True, "command": command}
        return answer if body is None else {**answer, "body": body}

    @staticmethod
    def _failed(message: Message, reason: str) -> Message:
        command = message.get("command")
        error = {"id": 1, "format": reason.replace("{", "(").replace("}", ")"), "showUser": False}
        return {
            "type": "response",
            "request_seq": _seq(message),
            "success": False,
            "command": command if isinstance(command, str) else "",
            "message": reason,
            "body": {"error": error},
        }

    def _numbered(self, message: Message) -> Message:
        self._sent += 1
        return {"seq": self._sent, **message}

    def _event(self, name: str, body: Message | None = None) -> None:
        self._events.append({"type": "event", "event": name, **({} if body is None else {"body": body})})


def _seq(message: Message) -> int:
    seq = message.get("seq")
    return seq if type(seq) is int else 0
