"""Which ways to name a CUDA device there are, and how its absence is told. Runs in the target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from tracer.inprocess.shims.harness import Harness

WHY = "no CUDA device can be used here"
NAMES = ("__module__", "__name__", "__qualname__", "__doc__")


class Mapping:
    """From devices as a program names them to those that are there."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.torch: Any = None
        self.real_device: Any = None

    def asks(self, value: Any) -> bool:
        """Whether a value names a CUDA device: "cuda", "cuda:1", 0, a `torch.device` of that type."""
        kind = type(value)
        if kind is str:
            return bool(value == "cuda" or value.startswith("cuda:"))
        if kind is int:
            return True
        return kind is self.real_device and value.type == "cuda"

    def device(self, value: Any, shown: str) -> Any:
        """The device to use for `value`; `shown`, with the device in place of `%s`, is what the program asked for."""
        if not self.asks(value):
            return value
        self.told(shown % (repr(str(value)) if type(value) is not int else value))
        return "cpu"

    def told(self, asked: str) -> None:
        """Tell that what was asked of a CUDA device was done on the CPU."""
        self.harness.tell("%s was asked for and became the CPU" % asked, WHY)

    def answered(self, question: str) -> None:
        """Tell that a question about a CUDA device was answered without one."""
        self.harness.tell("%s was answered as well as it can be without a CUDA device" % question, WHY)

    def keyword(self, function: Callable[..., Any], shown: str, names: tuple[str, ...] = ("device",)) -> Any:
        """A function whose device is given by keyword."""

        def on_device(*given: Any, **named: Any) -> Any:
            for name in names:
                if named.get(name) is not None:
                    named[name] = self.device(named[name], "%s(%s=%%s)" % (shown, name))
            return function(*given, **named)

        return like(on_device, function)

    def positional(self, function: Callable[..., Any], shown: str, place: int, name: str = "device") -> Any:
        """A function whose device is its argument number `place`, or given by keyword."""

        def on_device(*given: Any, **named: Any) -> Any:
            if len(given) > place:
                found = self.device(given[place], shown + "(%s)")
                if found is not given[place]:
                    given = (*given[:place], found, *given[place + 1 :])
            elif named.get(name) is not None:
                named[name] = self.device(named[name], "%s(%s=%%s)" % (shown, name))
            return function(*given, **named)

        return like(on_device, function)


def like(function: Any, other: Any) -> Any:
    """A function that says of itself what the one that it stands for says."""
    for name in NAMES:
        value = getattr(other, name, None)
        if value is not None:
            try:
                setattr(function, name, value)
            except (AttributeError, TypeError):
                pass
    function.__wrapped__ = other
    return function
