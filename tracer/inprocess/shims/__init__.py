"""Disclosed adaptations inside the target: one file per thing that a run needs to run here. Runs in the target.

Contract
    The plan names the shims of a run with their settings; none is there unless a remedy asked for it. Each module has
    `arm(harness)`, called before the target's first line. A shim never imports a library: it says what is to be done
    once the target has imported one (`Harness.after`). It keeps what it does to what was asked of it, and each change
    that really took effect is written into the trace (`Harness.tell`), with the line of the repository that met it.
    The same shims are armed in the Pythons that the target starts; forked processes inherit them.

Beside that this package is bound to the rules of all code in the target: standard library only, Python 3.9 to 3.14.
"""

from __future__ import annotations

import sys

from .harness import Harness
from .imports import Imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from tracer.inprocess.recorder import Recording

    Plan = dict[str, Any]


class Shims:
    """The shims of a plan, loaded while modules of ours can still be imported, and armed when the target starts."""

    def __init__(self, plan: Plan, recording: Callable[[], Recording]) -> None:
        self.extra: list[str] = plan.get("extra_path", [])
        self.recording = recording
        self.imports = Imports(self.failed)
        self.arms: list[tuple[Callable[[Harness], None], Harness]] = []
        for name, settings in plan.get("shims", ()):
            try:
                full = "_repotour.shims." + name
                __import__(full)
                self.arms.append((sys.modules[full].arm, Harness(name, settings, self.imports, recording)))
            except Exception as error:  # noqa: BLE001 - told in the trace; the target runs on without it
                self.failed("shim " + name, error)

    def failed(self, where: str, error: BaseException) -> None:
        """Note a failure of ours in the trace of this process."""
        self.recording().hook.failed(where, error)

    def arm(self) -> None:
        """Put the folders of added packages behind the interpreter's own, and let the shims prepare what they do."""
        sys.path.extend(folder for folder in self.extra if folder not in sys.path)
        for arm, harness in self.arms:
            try:
                arm(harness)
            except Exception as error:  # noqa: BLE001 - as above
                harness.failed("arm", error)
        self.imports.begin()
