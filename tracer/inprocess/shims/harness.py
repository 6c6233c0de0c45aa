"""What a shim may do and how it says that it did. Runs in the target."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any, Callable, Optional

    from tracer.inprocess.recorder import Recording

    from .imports import Imports

    Place = tuple[str, Optional[int], Optional[int]]

LOOKED_AT = 60  # times that one change is looked at for the line that met it: a batch loop may meet it very often
PLACES = 8  # places at which one change is told
TEXTS = 100  # different changes of one shim that are told


class Harness:
    """The hands of one shim: its `settings`, the imports that it waits for, and its voice in the trace."""

    def __init__(
        self, name: str, settings: dict[str, Any], imports: Imports, recording: Callable[[], Recording]
    ) -> None:
        self.name = name
        self.settings = settings
        self._imports = imports
        self._recording = recording
        self._counts: dict[str, int] = {}
        self._places: set[Place] = set()

    # -- imports -----------------------------------------------------------------------------------------------------

    def after(self, module: str, act: Callable[[Any], None]) -> None:
        """Call `act(module)` once the target has loaded a module; at the start when it is loaded already."""
        self._imports.after.setdefault(module, []).append(act)

    def before(self, module: str, act: Callable[[], None]) -> None:
        """Call `act()` when the target is about to load a module that was found."""
        self._imports.before.setdefault(module, []).append(act)

    def instead(self, module: str, make: Callable[[str], Optional[ModuleType]]) -> None:
        """Where a module is not found, `make(name)` may give one.

        `name.` stands for `name` and all below it: there `make` is asked first, whether they are found or not.
        """
        self._imports.absent.setdefault(module, []).append(make)

    def hide(self, module: str, asked: Callable[[str], bool]) -> None:
        """Where `asked(name)` is true, a module is not found although it is there."""
        self._imports.hidden[module] = asked

    def finds(self, module: str) -> bool:
        """Whether a top-level module is there without any shim."""
        return self._imports.finds(module)

    # -- what was done -----------------------------------------------------------------------------------------------

    def tell(self, text: str, why: str = "") -> None:
        """Write that something was changed for the target, at the line of the repository that runs.

        `text` says what, in the words of a tour, `why` the reason. Of many times the first few places are told.
        """
        count = self._counts.get(text, 0)
        if count >= LOOKED_AT or (not count and len(self._counts) >= TEXTS):
            return
        self._counts[text] = count + 1
        hook = self._recording().hook
        if not hook.off:
            hook.guarded(self._write, text, why, sys._getframe(1))

    def _write(self, text: str, why: str, frame: Optional[FrameType]) -> None:
        hook = self._recording().hook
        stack = [(code, line) for code, line, _ in hook.stack(frame)]
        place = (text, *(stack[0] if stack else (None, None)))
        if place in self._places or sum(one[0] == text for one in self._places) >= PLACES:
            return
        self._places.add(place)
        event = {"kind": "adapted", "seq": hook.next_sequence(), "t": hook.since(hook.clock()), "what": self.name}
        event.update(text=text, why=why, stack=stack)
        hook.writer.put(event, True)

    def failed(self, where: str, error: BaseException) -> None:
        """Note a failure of the shim's own in the trace."""
        self._recording().hook.failed("shim %s, %s" % (self.name, where), error)

    # -- who asks ----------------------------------------------------------------------------------------------------

    def is_own(self, frame: Optional[FrameType]) -> bool:
        """Whether a frame runs code of the repository."""
        return frame is not None and self._recording().hook.repository_file(frame.f_code.co_filename) is not None

    def is_of_repository(self, folder: str) -> bool:
        """Whether a folder of `sys.path` ("": the current one) lies in the repository."""
        hook = self._recording().hook
        return (os.path.realpath(folder or ".") + os.sep).startswith(hook.root)

    def unseen(self, action: Callable[[], Any]) -> Any:
        """Do something that opens files, without its being told as the target's doing."""
        return self._recording().hook.unseen(action)
