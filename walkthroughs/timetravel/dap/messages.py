"""Messages of the Debug Adapter Protocol on a stream of bytes: a length, then JSON. Runs on the host."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

LONGEST = 16 * 2**20
"""Bytes of a message at most; what says to be longer is passed over."""

LONGEST_HEADER = 4096


class Malformed(Exception):
    """Something came that is no message; the text says what. Reading can go on behind it."""


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message; None at the end of the stream. Raises Malformed for what is none."""
    length: int | None = None
    seen = False
    while True:
        line = stream.readline(LONGEST_HEADER)
        if not line:
            return None
        text = line.strip()
        if not text:
            if length is not None:
                break
            if seen:
                raise Malformed("a header without a length")
            continue
        seen = True
        name, _, value = text.partition(b":")
        if name.strip().lower() == b"content-length":
            if not value.strip().isdigit() or len(value) > 12:
                raise Malformed("a length that is no number")
            length = int(value)
    content = _read(stream, length)
    if content is None:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Malformed("a message that is no JSON") from None
    if not isinstance(found, dict):
        raise Malformed("a message that is no object")
    return found


def _read(stream: BinaryIO, length: int) -> bytes | None:
    """So many bytes; None when the stream ends before. What is too long is passed over."""
    if length > LONGEST:
        left = length
        while left > 0:
            part = stream.read(min(left, 65536))
            if not part:
                return None
            left -= len(part)
        raise Malformed("a message that is too long")
    parts = []
    left = length
    while left > 0:
        part = stream.read(left)
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def framed(message: dict[str, Any]) -> bytes:
    """A message as it goes over the wire."""
    content = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return b"Content-Length: %d\r\n\r\n" % len(content) + content
