"""Made-up items for the shims that stand in for data which cannot be had: the same each time, cheap, learnable.

No random state of the target's is touched: each call has a generator of its own. Runs in the target, which has
imported numpy (and PIL) before anything here is called.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

ITEMS = 512
"""Items that are made up where the program does not rely on the real number."""

NOISE = 60
BRIGHT = 235


def count(real: int, settings: dict[str, Any]) -> int:
    """How many items to make up of a data set that really has `real`."""
    return real if settings.get("full") else min(real, ITEMS)


def labels(number: int, classes: int, first: int = 0) -> Any:
    """Class numbers from `first` on, every class as often as the others, shuffled (numpy, int64)."""
    numpy = sys.modules["numpy"]
    found = numpy.arange(number, dtype="int64") % max(1, classes) + first
    _random(number).shuffle(found)
    return found


def pictures(chosen: Any, classes: int, shape: tuple[int, ...], first: int = 0) -> Any:
    """Pictures (numpy uint8, N x `shape`, the channels last): noise, and a bright bar whose place tells the class.

    Only 512 differ, where there are more: then noise and bar are those of another picture of the same class.
    """
    numpy = sys.modules["numpy"]
    height, width = shape[0], shape[1]
    number = len(chosen)
    base = _random(number).randint(0, NOISE, size=(min(number, ITEMS), *shape)).astype("uint8")
    found = base if number <= ITEMS else base[numpy.arange(number) % ITEMS]
    rows, columns = _grid(classes)
    for one in range(classes):
        top, left = (one // columns) * height // rows, (one % columns) * width // columns
        high = slice(top, max(top + 1, (one // columns + 1) * height // rows))
        wide = slice(left, max(left + 1, (one % columns + 1) * width // columns))
        for index in numpy.flatnonzero(chosen == one + first).tolist():
            found[index, high, wide] = BRIGHT
    return found


def picture(index: int, label: int, classes: int, size: tuple[int, int], mode: str = "RGB") -> Any:
    """One picture (PIL, `size` is width and height), as `pictures` makes them."""
    numpy = sys.modules["numpy"]
    image = __import__("PIL.Image", fromlist=["Image"])
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
    found = _random(index + 1).randint(0, NOISE, size=shape).astype("uint8")
    rows, columns = _grid(classes)
    top, left = (label // columns) * size[1] // rows, (label % columns) * size[0] // columns
    found[top : max(top + 1, top + size[1] // rows), left : max(left + 1, left + size[0] // columns)] = BRIGHT
    return image.fromarray(numpy.ascontiguousarray(found))


def numbers(shape: tuple[int, ...], chosen: Any = None) -> Any:
    """Numbers around zero (numpy float64); with `chosen` those of one class lie around a place of their own."""
    drawn = _random(shape[0]).standard_normal(size=shape)
    if chosen is not None and len(shape) > 1:
        numpy = sys.modules["numpy"]
        drawn[numpy.arange(shape[0]), chosen % shape[1]] += 3.0
    return drawn


def generator(seed: int) -> Any:
    """A numpy generator of our own."""
    return _random(seed)


def given(function: Any, values: tuple[Any, ...], named: dict[str, Any]) -> Optional[dict[str, Any]]:
    """The arguments of a call by name, with defaults; None for a call that does not fit the function."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults: tuple[Any, ...] = function.__defaults__ or ()
    found = dict(zip(names[len(names) - len(defaults) :], defaults)) if defaults else {}
    found.update(function.__kwdefaults__ or {})
    if len(values) > len(names):
        return None
    found.update(zip(names, values))
    found.update(named)
    known = {*names, *code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]}
    catches_all = bool(code.co_flags & 0x08)
    return found if known <= set(found) and (catches_all or set(found) <= known) else None


def in_place_of(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace a function of a class or module by what `make` gives for it, with its name, place and doc kept."""
    original = vars(owner).get(name) or getattr(owner, name)
    function = make(original)
    for field in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, field, getattr(original, field, None))
    function.__wrapped__ = original
    setattr(owner, name, function)


def _grid(classes: int) -> tuple[int, int]:
    """Rows and columns of the places that tell classes apart."""
    columns = 1 if classes <= 10 else int(classes**0.5) + 1
    return max(1, -(-classes // columns)), columns


def _random(seed: int) -> Any:
    return sys.modules["numpy"].random.RandomState(seed)
