"""What names stand for in a frame: arguments, what a line bound, attributes read without running any code.

Runs in the target.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any, Optional

    from .statements import LineFacts
    from .values import Summarizer


class Names:
    """Reads names of frames and attributes of objects into summaries."""

    def __init__(self, values: Summarizer) -> None:
        self.values = values

    def arguments(self, frame: FrameType, code: CodeType, stats: bool) -> list[list[Any]]:
        """Summaries of the arguments a function was called with."""
        count = code.co_argcount + code.co_kwonlyargcount
        count += bool(code.co_flags & 0x4) + bool(code.co_flags & 0x8)
        names = frame.f_locals
        found = []
        for name in code.co_varnames[:count]:
            if name in names:
                found.append([name, self.values.summary(names[name], stats=stats)])
        return found

    @staticmethod
    def names_of(frame: FrameType) -> dict[str, int]:
        """Identity of each name, for lines that bind names behind the compiler's back (`exec`, `globals()`)."""
        names = frame.f_globals if frame.f_code.co_name == "<module>" else frame.f_locals
        return {name: id(value) for name, value in list(names.items())}

    def bindings(
        self, frame: FrameType, facts: LineFacts, snapshot: Optional[dict[str, int]], stats: bool
    ) -> list[list[Any]]:
        """[name, summary] of everything a line bound or changed in place."""
        names = frame.f_locals
        outer = frame.f_globals
        found: list[list[Any]] = []
        summary = self.values.summary
        for name in facts.names:
            if name in names:
                found.append([name, summary(names[name], stats=stats)])
            elif name in outer:
                found.append([name, summary(outer[name], stats=stats)])
        for owner, attribute in facts.attributes:
            holder = self.resolve(owner, names, outer)
            if holder is not None:
                value, there = self.attribute(holder, attribute)
                if there:
                    found.append([owner + "." + attribute, summary(value, stats=stats), self.values.serial(holder)])
        for owner in facts.touched:
            value = self.resolve(owner, names, outer)
            if value is not None:
                shown = summary(value)
                shown["touched"] = True
                found.append([owner, shown])
        if snapshot is not None:
            current = outer if frame.f_code.co_name == "<module>" else names
            for name, value in list(current.items()):
                if snapshot.get(name) != id(value) and len(found) < 80 and not name.startswith("__"):
                    found.append([name, summary(value)])
        return found

    def resolve(self, dotted: str, names: Mapping[str, Any], outer: Mapping[str, Any]) -> Any:
        """The object a dotted name stands for, read without running any of the target's code."""
        first, *rest = dotted.split(".")
        value = names[first] if first in names else outer.get(first)
        for part in rest:
            value, there = self.attribute(value, part)
            if not there:
                return None
        return value

    def attribute(self, holder: Any, name: str) -> tuple[Any, bool]:
        """(value, True) of an attribute that lies in the instance's own dictionary; properties are never run."""
        try:
            space = object.__getattribute__(holder, "__dict__")
        except Exception:  # noqa: BLE001 - slots, or an object that refuses
            space = None
        if type(space) is dict:
            if name in space:
                return space[name], True
            for part in ("_parameters", "_buffers", "_modules"):
                inner = space.get(part)
                if isinstance(inner, dict) and dict.__contains__(inner, name):
                    return dict.get(inner, name), True
        return self.slot(holder, name)

    @staticmethod
    def slot(holder: Any, name: str) -> tuple[Any, bool]:
        """(value, True) of a `__slots__` member, whose descriptor is the interpreter's own."""
        for base in type.__dict__["__mro__"].__get__(type(holder)):
            member = base.__dict__.get(name)
            if member is not None:
                if type(member).__name__ in ("member_descriptor",) and type(member).__module__ == "builtins":
                    try:
                        return member.__get__(holder), True
                    except AttributeError:
                        return None, False
                if base.__module__ == "torch._C" and name in ("data", "grad"):
                    return member.__get__(holder), True
        if name == "data" and type(holder).__name__ in ("Tensor", "Parameter"):
            return holder, True
        return None, False
