"""How a service of logs is called with other arguments, and what is told of it. Runs in the target."""

from __future__ import annotations

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

WHY = "nothing of a run is sent anywhere"
OFFLINE = "wrote its logs into the workspace (offline)"


def changed(owner: Any, name: str, harness: Harness, shown: str, change: Any) -> None:
    """Let a function of a module or class be called with what `change(given, named)` makes of its arguments.

    `change` gives both, and what is told of it ("": nothing was changed). A function that is not there is left so.
    """
    function = getattr(owner, name, None)
    if function is None:
        return

    def offline(*given: Any, **named: Any) -> Any:
        given, named, told = change(given, named)
        if told:
            harness.tell("%s %s" % (shown, told), WHY)
        return function(*given, **named)

    setattr(owner, name, like(offline, function))


def left_out(owner: Any, name: str, harness: Harness, shown: str, answer: Any = None) -> None:
    """Let a function do nothing but answer `answer`."""
    function = getattr(owner, name, None)
    if function is None:
        return

    def nothing(*_: Any, **__: Any) -> Any:
        harness.tell("%s was left out" % shown, WHY)
        return answer

    setattr(owner, name, like(nothing, function))
