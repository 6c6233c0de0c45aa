"""Facts about numpy arrays and numbers, read without calling anything a subclass may override. Runs in the target.

numpy itself is never imported: it is used when the target already did.
"""

from __future__ import annotations

from . import pictures, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .values import Summarizer

LARGE = 4096  # elements looked at in an array above the limit: enough for a mean, few enough for scattered memory
_MAPPED = 16  # the same for a file mapped into memory, where every element may be a read from disk
_HUGE = 1 << 26  # bytes: an array beyond this may not be in memory at all, whoever made it
_RUNS = 64  # of neighbours, in such an array: as many pages are touched
NORM_WHOLE = 1_000_000
_CHUNK = 65536  # small enough to stay in the cache, which is five times as fast
_READABLE = frozenset("fiub")


class Numpy:
    """The functions of the target's numpy that are used here, looked up once."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.ndarray = namespace["ndarray"]
        self.view = self.ndarray.__dict__["view"]
        self.memmap = namespace["memmap"]
        self.base_of = self.ndarray.__dict__["base"].__get__
        self.errstate = namespace["errstate"]
        self.float64 = namespace["float64"]
        self.isnan = namespace["isnan"]
        self.item = namespace["generic"].__dict__["item"]
        self.names: dict[int, str] = {}

    def plain(self, value: Any) -> Any:
        """The array without its subclass: a view of exactly `numpy.ndarray`, for which no subclass is asked."""
        return value if type(value) is self.ndarray else self.view(value, self.ndarray)

    def dtype_name(self, dtype: Any) -> str:
        """`float32`; the built-in dtypes are remembered."""
        number = dtype.num
        name = self.names.get(number)
        if name is None:
            name = str(dtype.name)
            if number < 17:  # bool to complex long double; the others have parameters
                self.names[number] = name
        return name


_found: Numpy | None = None


def numpy() -> Numpy | None:
    """The target's numpy, or None while it has none."""
    global _found
    if _found is None:
        namespace = reading.module_namespace("numpy")
        if namespace is None:
            return None
        try:
            _found = Numpy(namespace)
        except (KeyError, AttributeError):  # still being imported
            return None
    return _found


def strided(length: int, count: int) -> tuple[int, int]:
    """How many elements and how far apart, for about `count` of `length` elements, evenly spread."""
    if length <= count:
        return length, 1
    step = (length - 1) // (count - 1) if count > 1 else length
    return count, step


def sample(array: Any, count: int) -> list[Any] | None:
    """About `count` evenly spread elements of a plain array of numbers as Python numbers; None for other contents."""
    if array.dtype.kind not in _READABLE:
        return None
    size = array.size
    if size <= count:
        taken = array.flat[:]
    else:
        number, step = strided(size, count)
        taken = array.flat[0 : number * step : step]
    return [
        float(one) if type(one) is not float and type(one) is not int and type(one) is not bool else one
        for one in taken.tolist()
    ]


def _chosen(numpy: Numpy, array: Any, limit: int, mapped: bool) -> tuple[Any, bool]:
    """The elements to compute with as one row of doubles, and whether they are a sample of the array."""
    size = array.size
    if mapped:
        limit = min(limit, _MAPPED)
    if size <= limit:
        return array.astype(numpy.float64).reshape(-1), False
    count = _MAPPED if mapped else LARGE
    if not mapped and array.nbytes > _HUGE:
        if array.flags.c_contiguous:
            return _runs(numpy, array, size), True
        count = _RUNS  # neighbours lie on pages of their own
    number, step = strided(size, min(limit, count))
    return array.flat[0 : number * step : step].astype(numpy.float64), True


def _runs(numpy: Numpy, array: Any, size: int) -> Any:
    """Runs of neighbours, evenly spread, as one row of doubles."""
    length = LARGE // _RUNS
    count, apart = strided(size - length, _RUNS)
    flat = array.flat
    row = flat[: count * length].astype(numpy.float64)
    for number in range(count):
        row[number * length : (number + 1) * length] = flat[number * apart : number * apart + length]
    return row


def is_mapped(numpy: Numpy, array: Any) -> bool:
    """Whether an array, or one that it is a part of, is a file mapped into memory."""
    maps = (reading.module_namespace("mmap") or {}).get("mmap")
    for _ in range(16):
        cls = type(array)
        if cls is numpy.memmap or cls is maps:
            return True
        if not reading.derives(cls, numpy.ndarray):
            return False
        array = numpy.base_of(array)
    return False


def statistics(array: Any, limit: int, mapped: bool = False) -> dict[str, Any] | None:
    """min, max, mean and (population) std of what is not NaN, the share of exact zeros, the count of NaN."""
    found = numpy()
    if found is None or array.dtype.kind not in _READABLE or array.size == 0:
        return None
    with found.errstate(all="ignore"):
        data, sampled = _chosen(found, array, limit, mapped)
        missing = found.isnan(data)
        lost = int(missing.sum())
        kept = data[~missing] if lost else data
        facts: dict[str, Any] = {}
        if kept.size:
            facts["min"] = reading.number(float(kept.min()))
            facts["max"] = reading.number(float(kept.max()))
            facts["mean"] = reading.number(float(kept.mean()))
            facts["std"] = reading.number(float(kept.std()))
        facts["zeros"] = float((data == 0).mean())
        facts["nan"] = lost
    if sampled:
        facts["sampled"] = True
    return facts


def plain_statistics(numbers: list[float], sampled: bool) -> dict[str, Any] | None:
    """The same facts as `statistics` from a list, for a target without numpy."""
    if not numbers:
        return None
    kept = [float(one) for one in numbers if one == one]
    facts: dict[str, Any] = {}
    if kept:
        mean = sum(kept) / len(kept)
        squares = [(one - mean) * (one - mean) for one in kept]
        facts["min"] = reading.number(min(kept))
        facts["max"] = reading.number(max(kept))
        facts["mean"] = reading.number(mean)
        facts["std"] = reading.number((sum(squares) / len(kept)) ** 0.5)
    facts["zeros"] = sum(1 for one in numbers if one == 0) / len(numbers)
    facts["nan"] = len(numbers) - len(kept)
    if sampled:
        facts["sampled"] = True
    return facts


def norm(array: Any) -> tuple[float, bool] | None:
    """The L2 norm of a plain array of numbers, and whether it is an estimate from a sample."""
    found = numpy()
    if found is None or array.dtype.kind not in _READABLE:
        return None
    size = array.size
    with found.errstate(all="ignore"):
        if size > NORM_WHOLE:
            data, _ = _chosen(found, array, LARGE, is_mapped(found, array))
            return float((float((data * data).sum()) * size / data.size) ** 0.5), True
        squares = 0.0
        row = array.reshape(-1) if array.flags.c_contiguous else array.flat
        for start in range(0, size, _CHUNK):
            piece = row[start : start + _CHUNK].astype(found.float64)
            squares += float((piece * piece).sum())
    return float(squares**0.5), False


def array(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> dict[str, Any]:
    """Summary of a `numpy.ndarray` or of an instance of a subclass of it."""
    found = numpy()
    facts: dict[str, Any] = {"type": name, "id": summarizer.serial(value)}
    if found is None:
        return facts
    plain = found.plain(value)
    facts["shape"] = list(plain.shape)
    facts["dtype"] = found.dtype_name(plain.dtype)
    if plain.dtype.names is not None:
        facts["value"] = reading.cut("fields " + ", ".join(plain.dtype.names), summarizer.text_chars)
    if name == "numpy.ma.MaskedArray":
        return facts
    fill(summarizer, facts, plain, stats and is_mapped(found, value), stats)
    return facts


def fill(summarizer: Summarizer, facts: dict[str, Any], plain: Any, mapped: bool, stats: bool) -> None:
    """Add what is known from the elements of a plain array: a sample, its only element, statistics."""
    numbers = sample(plain, summarizer.sample)
    if numbers is None:
        return
    add_numbers(facts, numbers, plain.size)
    if stats:
        found = statistics(plain, summarizer.stats_elements, mapped)
        if found is not None:
            facts["stats"] = found
        if not mapped and summarizer.may_picture():
            pictures.of_array(plain, facts)


def add_numbers(facts: dict[str, Any], numbers: list[Any], size: int) -> None:
    """Add the sample of an array and, when that is its only element, the number itself."""
    facts["sample"] = [reading.number(float(one)) for one in numbers]
    if size == 1:
        one = numbers[0]
        facts["scalar"] = int(one) if type(one) is bool or type(one) is int else reading.number(one)


def scalar(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> dict[str, Any]:
    """Summary of a number of numpy's own (`numpy.float32`)."""
    found = numpy()
    facts: dict[str, Any] = {"type": name}
    if found is None:
        return facts
    one = found.item(value)
    kind = type(one)
    if kind is float or kind is int:
        facts["scalar"] = reading.number(one)
    if kind is float or kind is int or kind is bool or kind is complex:
        facts["value"] = repr(one)
    elif kind is str or kind is bytes:
        facts["value"] = repr(one[: summarizer.text_chars])
    else:
        facts["value"] = f"<{name}>"
    return facts


def dtype(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> dict[str, Any]:
    """Summary of a `numpy.dtype`."""
    return {"type": "numpy.dtype", "value": reading.cut(str(value.name), summarizer.text_chars)}
