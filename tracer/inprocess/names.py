"""What names stand for in a frame: arguments, what a line bound, attributes read without running any code.

Runs in the target.
"""

from __future__ import annotations

from . import reading, tensors
from .namespaces import local_names, outer_names

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
        names = local_names(frame)
        found = []
        for name in code.co_varnames[:count]:
            if name in names:
                found.append([name, self.values.summary(names[name], stats=stats, picture=stats)])
        return found

    @staticmethod
    def names_of(frame: FrameType) -> dict[str, int]:
        """Identity of each name, for lines that bind names behind the compiler's back (`exec`, `globals()`)."""
        names = outer_names(frame) if frame.f_code.co_name == "<module>" else local_names(frame)
        return {name: id(value) for name, value in list(names.items()) if type(name) is str}

    def bindings(
        self, frame: FrameType, facts: LineFacts, snapshot: Optional[dict[str, int]], stats: bool, picture: bool
    ) -> list[list[Any]]:
        """[name, summary] of everything a line bound or changed in place."""
        names = local_names(frame)
        outer = outer_names(frame)
        found: list[list[Any]] = []
        summary = self.values.summary
        for name in facts.names:
            if name in names:
                found.append([name, summary(names[name], stats=stats, picture=picture)])
            elif name in outer:
                found.append([name, summary(outer[name], stats=stats, picture=picture)])
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
            new = [(name, value) for name, value in list(current.items()) if type(name) is str]
            found += [
                [name, summary(value)]
                for name, value in new
                if snapshot.get(name) != id(value) and not name.startswith("__")
            ][: max(0, 80 - len(found))]
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
        space = reading.instance_dict(holder)
        if space is not None:
            if dict.__contains__(space, name):
                return dict.get(space, name), True
            for part in ("_parameters", "_buffers", "_modules"):
                inner: Any = dict.get(space, part)
                if reading.derives(type(inner), dict) and dict.__contains__(inner, name):
                    return dict.get(inner, name), True
        return self.slot(holder, name)

    @staticmethod
    def slot(holder: Any, name: str) -> tuple[Any, bool]:
        """(value, True) of a `__slots__` member, whose descriptor is the interpreter's own."""
        for base in reading.mro_of(type(holder)):
            member = reading.namespace_of(base).get(name)
            if member is not None and reading.is_slot(member):
                try:
                    return member.__get__(holder), True
                except AttributeError:
                    return None, False
        if name == "data" and tensors.is_exact(type(holder)):
            return tensors.data(holder), True
        if name == "grad" and tensors.is_exact(type(holder)):
            return tensors.gradient(holder), True
        return None, False
