"""Gives back names that newer versions of libraries no longer have, where the target asks for one. Runs in the target.

Which names is data (`removed/`). Nothing is put into a library: a module asks its own `__getattr__` for a name that it
does not have, and that is what is set. So a library that still has a name keeps its own, and what is told is what was
really asked for.
"""

from __future__ import annotations

import sys

from .removed import ACTS, ALIASES, ARGUMENTS, METHODS, NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any, Callable, Optional

    from .harness import Harness

_MODULE: Any = type(sys)
_FUNCTION: Any = type(lambda: None)
_GONE = ("imp", "distutils", "cgi", "pipes")
_OLD = tuple(name for name in NAMES if "." not in name and name not in ("numpy", "torch"))  # where 3.9 cannot say


def arm(harness: Harness) -> None:
    """Wait for the libraries of the tables."""
    names = _Names(harness)
    for module in NAMES:
        harness.after(module, names.complete)
        harness.instead(module, names.stand_in)
    for module in ALIASES:
        harness.instead(module, names.other)
    for place in METHODS:
        harness.after(place.partition(":")[0], _bound(names.methods, place))
    for place in ARGUMENTS:
        harness.after(place.partition(":")[0], _bound(names.arguments, place))
    for name, act in ACTS:
        harness.after(name, _bound(act, harness))


def _bound(function: Callable[[Any, Any], None], given: Any) -> Callable[[Any], None]:
    return lambda module: function(module, given)


class _Names:
    """The names that were given back, and how that is told."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness

    def told(self, name: str, replacement: Any, library: str) -> None:
        """Tell that `name` stands for its replacement."""
        shown = ""
        if type(replacement) is str:
            shown = " stands for %s" % replacement.replace(":", ".").strip(".")
        elif type(replacement) is tuple and len(repr(replacement[0])) < 30:
            shown = " stands for %r" % replacement[0]
        else:
            shown = " stands for a function that does the same"
        having = _version(library)
        self.harness.tell(
            "%s, which %s no longer has,%s" % (name, having, shown),
            "the program was written for an older %s" % having.partition(" ")[0],
        )

    # -- modules -----------------------------------------------------------------------------------------------------

    def complete(self, module: Any) -> None:
        """Let a module answer for the names that it had once."""
        space: dict[str, Any] = vars(module)
        name: str = space.get("__name__", "")
        rows = NAMES.get(name, {})
        before: Optional[Callable[[str], Any]] = space.get("__getattr__")
        top = name.partition(".")[0]

        def __getattr__(attribute: str) -> Any:
            if attribute in rows and not _of_library(sys._getframe(1), top):
                value = resolved(rows[attribute], name)
                self.told("%s.%s" % (name, attribute), _full(rows[attribute], name), top)
                return value
            if before is not None:
                return before(attribute)
            raise _missing(module, name, attribute)

        space["__getattr__"] = __getattr__

    def stand_in(self, name: str) -> Optional[ModuleType]:
        """A module in place of one that is gone as a whole; None when the library is not there at all."""
        if not self.is_gone(name):
            return None
        module: ModuleType = _MODULE(name, "Names that were once here.")
        if any(other.startswith(name + ".") for other in (*NAMES, *ALIASES)) or "__path__" in NAMES[name]:
            vars(module)["__path__"] = []
        self.complete(module)
        return module

    def other(self, name: str) -> Optional[ModuleType]:
        """The module that took the place of one that is gone."""
        if not self.is_gone(name):
            return None
        target = ALIASES[name]
        try:
            __import__(target)
        except ImportError:
            return None
        self.told(name, target, name.partition(".")[0])
        module: ModuleType = sys.modules[target]
        return module

    def is_gone(self, name: str) -> bool:
        """Whether a module is missing from a library that is there: a library that is not needs to be installed."""
        top, _, rest = name.partition(".")
        return bool(rest) or is_pythons(top)

    # -- classes and functions ---------------------------------------------------------------------------------------

    def methods(self, module: Any, place: str) -> None:
        """Give a class the methods that it had once."""
        name, _, owner = place.partition(":")
        cls = getattr(module, owner, None)
        if cls is None:
            return
        for method, replacement in METHODS[place].items():
            if not hasattr(cls, method):
                setattr(cls, method, self.method(cls, name, method, replacement))

    def method(self, cls: Any, module: str, name: str, replacement: Any) -> Any:
        """One method that a class had once."""
        full = "%s.%s" % (cls.__name__, name)
        library = module.partition(".")[0]

        if type(replacement) is property:
            read: Any = replacement.fget

            def having(own: Any) -> Any:
                self.told(full, replacement, library)
                return read(own)

            return property(having)

        if type(replacement) is classmethod:
            function = replacement.__func__
            return classmethod(self.method(cls, module, name, function))

        def once(own: Any, *given: Any, **named: Any) -> Any:
            self.told(full, cls.__name__ + replacement if type(replacement) is str else replacement, library)
            function = getattr(cls, replacement[1:]) if type(replacement) is str else replacement
            return function(own, *given, **named)

        once.__name__, once.__qualname__ = name, full
        return once

    def arguments(self, module: Any, place: str) -> None:
        """Let a function take arguments that it took once."""
        *owners, name = place.partition(":")[2].split(".")
        holder = module
        for owner in owners:
            holder = getattr(holder, owner, None)
        function: Any = vars(holder).get(name) if holder is not None else None
        if type(function) is not _FUNCTION:
            return
        inner: Any = function
        while type(getattr(inner, "__wrapped__", None)) is _FUNCTION:
            inner = inner.__wrapped__  # a decorator's own names say nothing
        code = inner.__code__
        known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        changed = {old: new for old, new in ARGUMENTS[place].items() if old not in known}
        if changed:
            shown = ".".join([*owners, name]).replace(".__init__", "")
            setattr(holder, name, self.taking(function, changed, shown, module.__name__.partition(".")[0]))

    def taking(self, function: Any, changed: dict[str, str], shown: str, library: str) -> Any:
        """A function that takes arguments under their old names, or leaves them out."""

        def taking(*given: Any, **named: Any) -> Any:
            for old, new in changed.items():
                if old in named:
                    value = named.pop(old)
                    if new:
                        named.setdefault(new, value)
                    having = _version(library)
                    what = "was given as %s" % new if new else "was left out"
                    self.harness.tell(
                        "the argument %s of %s, which %s no longer takes, %s" % (old, shown, having, what),
                        "the program was written for an older %s" % having.partition(" ")[0],
                    )
            return function(*given, **named)

        for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(taking, attribute, getattr(function, attribute))
        taking.__wrapped__ = function  # type: ignore[attr-defined]
        return taking


def resolved(replacement: Any, home: str) -> Any:
    """The object that a replacement of the tables stands for; `home` is the module of the name that it replaces."""
    if type(replacement) is tuple:
        return replacement[0]
    if type(replacement) is not str:
        return replacement
    module, _, name = replacement.partition(":")
    module = module or home
    __import__(module)
    found: Any = sys.modules[module]
    return getattr(found, name) if name else found


def _full(replacement: Any, home: str) -> Any:
    """A replacement with the module written out."""
    return home + replacement if type(replacement) is str and replacement[:1] == ":" else replacement


def _of_library(frame: FrameType, top: str) -> bool:
    """Whether a frame runs in a library's own code: what it looks for in itself it is to miss as before."""
    name = frame.f_globals.get("__name__")
    return type(name) is str and name.partition(".")[0] == top


def _version(library: str) -> str:
    """A library with its version, as far as it says it; of Python's own modules, Python's."""
    text = getattr(sys.modules.get(library), "__version__", None)
    if is_pythons(library):
        return "Python %d.%d" % sys.version_info[:2]
    return "%s %s" % (library, str(text)) if isinstance(text, str) else library


def is_pythons(library: str) -> bool:
    """Whether a top-level module is one of Python's own."""
    known: Any = getattr(sys, "stdlib_module_names", ())
    return library in known or library in _GONE or (not known and library in _OLD)


def _missing(module: Any, name: str, attribute: str) -> AttributeError:
    """The interpreter's own complaint."""
    error = AttributeError("module %r has no attribute %r" % (name, attribute))
    if sys.version_info >= (3, 10):
        error.name, error.obj = attribute, module
    return error
