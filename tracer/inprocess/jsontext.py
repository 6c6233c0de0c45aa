"""Writes plain data as JSON, as `json.JSONEncoder` does, without the `json` package. Runs in the target.

That package brings `re`, `enum` and `collections` with it for its decoder; the part that writes is a C function which
needs none of them.
"""

from __future__ import annotations

from .reading import bare_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def _text(value: object) -> str:
    """What stands for a value that JSON cannot say."""
    return "<%s>" % bare_name(type(value))


def _encoder() -> Callable[[Any], str]:
    """The function that gives the JSON of a value: ASCII only, no spaces, a circle raises RecursionError."""
    try:
        from _json import encode_basestring_ascii, make_encoder
    except ImportError:  # an interpreter that was built without it
        from json import JSONEncoder

        return JSONEncoder(separators=(",", ":"), default=_text, check_circular=False).encode
    # (markers, default, encoder, indent, key separator, item separator, sort_keys, skipkeys, allow_nan)
    chunks = make_encoder(None, _text, encode_basestring_ascii, None, ":", ",", False, False, True)
    return lambda value: "".join(chunks(value, 0))


json_text = _encoder()
