"""What is to be done when the target imports a library: before it, behind it, or instead of it. Runs in the target.

`sys.meta_path`, the loaders and `__import__` stay what they are. Two functions of the import system's own are stood in
for, each by one that calls it: they carry the file name of the import system, by which the interpreter leaves them out
of the tracebacks of failed imports, as it does with its own.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Optional

    Act = Callable[[Any], None]
    Make = Callable[[str], Optional[ModuleType]]

_ITSELF = "<frozen importlib._bootstrap>"


class _Made:
    """The loader of a module that stands ready; one of another name stands there under both."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def create_module(self, spec: Any) -> Optional[ModuleType]:
        """The module itself (loader protocol). Another's own is not given away: its `__spec__` would be changed."""
        return self.module if self.module.__name__ == spec.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to run (loader protocol)."""
        if module is not self.module:
            sys.modules[module.__name__] = self.module


class Imports:
    """Which imports are watched. `failed` is told of failures of what is done then; the target never sees them."""

    def __init__(self, failed: Callable[[str, BaseException], None]) -> None:
        self.failed = failed
        self.after: dict[str, list[Act]] = {}
        self.before: dict[str, list[Callable[[], None]]] = {}
        self.absent: dict[str, list[Make]] = {}
        self.hidden: dict[str, Callable[[str], bool]] = {}
        self._begun = False
        machinery: Any = sys.modules["_frozen_importlib"]
        self._find: Callable[..., Any] = machinery._find_spec

    def begin(self) -> None:
        """From now on imports are watched; what is loaded already is taken care of at once."""
        if self._begun or not (self.after or self.before or self.absent or self.hidden):
            return
        self._begun = True
        for name in list(self.after):
            module = sys.modules.get(name)
            if module is not None:
                self.loaded(name, module)
        machinery: Any = sys.modules["_frozen_importlib"]
        machinery._load_unlocked = _like_its_own(self._loading(machinery._load_unlocked))
        finding = _like_its_own(self._finding(self._find, machinery.ModuleSpec))
        tools = sys.modules.get("importlib.util")
        if getattr(tools, "_find_spec", None) is machinery._find_spec:
            tools._find_spec = finding  # type: ignore[union-attr]
        machinery._find_spec = finding

    def loaded(self, name: str, module: Any) -> None:
        """A watched module has been loaded."""
        for act in self.after.get(name, ()):
            try:
                act(module)
            except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
                self.failed("after import of " + name, error)

    def wanted(self, name: str) -> None:
        """A watched module is about to be loaded."""
        for act in self.before.get(name, ()):
            try:
                act()
            except Exception as error:  # noqa: BLE001 - as above
                self.failed("before import of " + name, error)

    def instead(self, key: str, name: str) -> Optional[ModuleType]:
        """What stands in for a module, of what was registered under `key`, if anything does."""
        for make in self.absent[key]:
            try:
                module = make(name)
            except Exception as error:  # noqa: BLE001 - as above
                self.failed("instead of " + name, error)
                continue
            if module is not None:
                return module
        return None

    def finds(self, name: str) -> bool:
        """Whether a top-level module is there without us."""
        return name in sys.modules or self._find(name, None) is not None

    def hides(self, name: str) -> bool:
        """Whether a module is not to be found, although it is there."""
        asked = self.hidden.get(name)
        try:
            return asked is not None and asked(name)
        except Exception as error:  # noqa: BLE001 - as above
            self.failed("hiding " + name, error)
            return False

    def _loading(self, load: Callable[[Any], Any]) -> Callable[[Any], Any]:
        after, before = self.after, self.before

        def _load_unlocked(spec: Any) -> Any:
            name = spec.name
            if name in before:
                self.wanted(name)
            module = load(spec)
            if name in after:
                self.loaded(name, module)
            return module

        return _load_unlocked

    def _finding(self, find: Callable[..., Any], spec_of: Callable[..., Any]) -> Callable[..., Any]:
        absent, hidden = self.absent, self.hidden

        def _find_spec(name: str, path: Any, target: Any = None) -> Any:
            if name in hidden and self.hides(name):
                return None
            whole = name.partition(".")[0] + "."
            module = self.instead(whole, name) if whole in absent else None
            if module is None:
                spec = find(name, path, target)
                if spec is not None or name not in absent:
                    return spec
                module = self.instead(name, name)
            return None if module is None else spec_of(name, _Made(module), is_package=hasattr(module, "__path__"))

        return _find_spec


def _like_its_own(function: Any) -> Any:
    """A function that tracebacks leave out like those of the import system."""
    function.__code__ = function.__code__.replace(co_filename=_ITSELF)
    return function
