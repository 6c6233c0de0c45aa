"""What telling a tour will need, imported while the target runs: the host has nothing else to do then. Host."""

from __future__ import annotations

import contextlib
import threading
from importlib import import_module

from tracer.open_folder import modules_of

_MODULES = (
    "tracer.remedies",
    "walkthroughs.build",
    "walkthroughs.tour",
    "walkthroughs.writing",
    "repotour.store",
    "rich.console",
    "rich.table",
    "rich.text",
)
_FOLDERS = ("walkthroughs.rules", "walkthroughs.renderers")


class Ahead:
    """The imports, in a thread of their own. `wait` until they are done before the modules are used together."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=_import_all, name="repotour-ahead", daemon=True)

    def start(self) -> None:
        """Begin; the second call does nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def wait(self) -> None:
        """Come back when all is imported."""
        if self._thread.ident is not None:
            self._thread.join()


def _import_all() -> None:
    with contextlib.suppress(ImportError):  # whoever needs the module meets the failure where it can be told
        for name in _MODULES:
            import_module(name)
        import_module("tracer.safety.secrets").library()
        for name in _FOLDERS:
            list(modules_of(name))
