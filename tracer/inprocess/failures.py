"""What an exception says, read off it without running any code of the target's. Runs in the target."""

from __future__ import annotations

import builtins

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONG = 64  # bits of an integer that is written out
_arguments_of = BaseException.__dict__["args"].__get__
_traceback_of = BaseException.__dict__["__traceback__"].__get__
_code_of = SystemExit.__dict__["code"].__get__
_PLAIN = frozenset(map(id, (str, int, float, bool, type(None))))
_SILENT = frozenset(map(id, (bool, type(None))))
# What these hold stands in no text that the class writes.
_UNSAID = {"obj", "name", "name_from", "path", "value", "code", "print_file_and_line"}
_OWN = frozenset(
    id(one) for one in vars(builtins).values() if type(one) is type and reading.derives(one, BaseException)
)


def name_of(cls: Any) -> str:
    """The name of an exception's class."""
    return reading.bare_name(cls) if reading.derives(type(cls), type) else "?"


def message_of(value: Any) -> str:
    """The text of an exception of Python's own; of others their first argument, when that is a text or a number."""
    if not reading.derives(type(value), BaseException):
        return ""
    arguments = _arguments_of(value)
    if id(type(value)) in _OWN and all(map(_is_plain, arguments)) and _holds_plain(value):
        return str(value)
    if arguments and _is_plain(arguments[0]) and id(type(arguments[0])) not in _SILENT:
        return str(arguments[0])
    return ""


def traceback_of(value: Any) -> Any:
    """The traceback of an exception."""
    return _traceback_of(value)


def exit_code_of(value: Any) -> Any:
    """What `sys.exit` was called with."""
    return _code_of(value) if reading.derives(type(value), SystemExit) else None


def syntax_of(value: Any) -> tuple[str, Any, str]:
    """(file, line, message) of a SyntaxError; empty texts for what is none."""
    file, line, message = (SyntaxError.__dict__[name].__get__(value) for name in ("filename", "lineno", "msg"))
    return (
        file if type(file) is str else "",
        line if type(line) is int else None,
        message if type(message) is str else "",
    )


def _is_plain(value: Any) -> bool:
    return id(type(value)) in _PLAIN and (type(value) is not int or int.bit_length(value) <= _LONG)


def _holds_plain(value: Any) -> bool:
    """Whether the fields that a class of Python's own writes out are plain: a file name may be any object."""
    for base in reading.mro_of(type(value)):
        for name, field in reading.namespace_of(base).items():
            if not reading.is_slot(field) or name in _UNSAID:
                continue
            held = field.__get__(value)
            if not _is_plain(held) and type(held) is not bytes and type(held) is not tuple:
                return False
    return True
