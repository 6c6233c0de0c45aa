"""Summaries of objects: instances, models, optimizers, loaders, tables, pictures, dates, paths. Runs in the target.

What may be asked of an object depends on its exact class. Objects of the target's own classes are asked nothing: their
attributes are read from the instance dict and the slots.
"""

from __future__ import annotations

from . import arrays, plain, reading, tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .values import Summarizer

    Summary = dict[str, Any]

_MODULES = 5000  # a walk through a model stops here


def _attributes(value: object) -> list[tuple[Any, Any]]:
    held = reading.instance_dict(value)
    found: list[tuple[Any, Any]] = [] if held is None else list(dict.items(held))
    return reading.slots(value) + found


def instance(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """An object of a class nothing is known of: its attributes, when it is the one asked for."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    if depth == 0:
        found = _attributes(value)
        if found:
            facts["items"] = plain.pairs(summarizer, found, depth, stats)
    return facts


def record(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A dataclass, an `argparse.Namespace` or a `types.SimpleNamespace`: an object that is its attributes."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    found = _attributes(value)
    facts["len"] = len(found)
    if depth < summarizer.depth and found:
        facts["items"] = plain.pairs(summarizer, found, depth, stats)
    return facts


def graph(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A graph of torch_geometric: an object that is its tensors, which lie in a store inside it."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    found = _pairs_of(reading.attribute(reading.attribute(value, "_store"), "_mapping"))
    facts["len"] = len(found)
    if depth < summarizer.depth and found:
        facts["items"] = plain.pairs(summarizer, found, depth, stats)
    return facts


def model(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `torch.nn.Module`: its parts, its own settings and how many numbers it learns."""
    serial = summarizer.serial(value)
    facts: Summary = {"type": name, "id": serial, "value": f"<{name}>"}
    held = reading.instance_dict(value)
    if held is None:
        return facts
    parts = dict.get(held, "_modules")
    training = dict.get(held, "training")
    if type(training) is bool:
        facts["training"] = training
    count = _remembered_count(summarizer, serial, value, held)
    if count is not None:
        facts["parameters"] = count
    if depth == 0:
        found = _pairs_of(parts)
        found += [
            (key, one) for key, one in dict.items(held) if type(key) is str and key[:1] != "_" and key != "training"
        ]
        if found:
            facts["items"] = plain.pairs(summarizer, found, summarizer.depth, False)
    return facts


def _pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """The entries of a dict or of a subclass of it; nothing for anything else."""
    return list(dict.items(value)) if reading.derives(type(value), dict) else []


def _remembered_count(summarizer: Summarizer, serial: int | None, value: Any, held: dict[str, Any]) -> int | None:
    """The parameter count of a model; after three walks it is remembered until its top changes."""
    shape = (len(_pairs_of(dict.get(held, "_modules"))), len(_pairs_of(dict.get(held, "_parameters"))))
    known = summarizer.counts.get(serial) if serial is not None else None
    if known is not None and known[0] == shape and known[2] >= 3:
        return known[1]
    if tensors.is_traced():
        return None
    count = tensors.guarded(count_parameters, value)
    if serial is not None:
        walks = known[2] + 1 if known is not None and known[:2] == (shape, count) else 1
        summarizer.counts[serial] = (shape, count, walks)
    return count  # type: ignore[no-any-return]


def count_parameters(value: Any) -> int | None:
    """How many numbers a model learns, shared ones once; None when it is too large or holds tensor subclasses."""
    found: Any = tensors.torch()
    waiting, seen, total = [value], {id(value)}, 0
    while waiting:
        held = reading.instance_dict(waiting.pop()) or {}
        for _, parameter in _pairs_of(dict.get(held, "_parameters")):
            if parameter is None or id(parameter) in seen:
                continue
            seen.add(id(parameter))
            if found is None or not tensors.is_exact(type(parameter)):
                return None
            total += found.numel(parameter)
        for _, part in _pairs_of(dict.get(held, "_modules")):
            if part is not None and id(part) not in seen:
                seen.add(id(part))
                waiting.append(part)
        if len(seen) > _MODULES:
            return None
    return total


def optimizer(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `torch.optim.Optimizer`: its learning rate and the settings of its first parameter group."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    groups = reading.attribute(value, "param_groups")
    if type(groups) is not list or not groups or type(groups[0]) is not dict:
        return facts
    settings = [(key, one) for key, one in groups[0].items() if type(key) is str and key != "params"]
    rate = dict.get(groups[0], "lr")
    if rate is not None:
        known = summarizer.nested(rate, summarizer.depth, False)
        if "scalar" in known:
            facts["lr"] = known["scalar"]
    if depth == 0:
        facts["items"] = plain.pairs(summarizer, settings, summarizer.depth, False)
    return facts


def loader(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `DataLoader`: how it batches, and what it takes its items from."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    size = reading.attribute(value, "batch_size")
    if type(size) is int:
        facts["batch_size"] = size
    dataset = reading.attribute(value, "dataset")
    if dataset is not None:
        facts["dataset"] = reading.class_name(type(dataset))
        length = _length(dataset, 0)
        if length is not None:
            facts["dataset_len"] = length
    if depth == 0:
        shown = [
            (key, reading.attribute(value, key))
            for key in ("dataset", "batch_size", "num_workers", "drop_last", "sampler")
        ]
        facts["items"] = plain.pairs(summarizer, shown, summarizer.depth, False)
    return facts


def _length(value: Any, depth: int) -> int | None:
    """How many items a dataset has, where that shows without asking it: arrays, lists, torch's wrappers of these."""
    cls = type(value)
    if reading.derives(cls, list):
        return list.__len__(value)
    if depth > 2:
        return None
    name = reading.class_name(cls)
    if name == "torch.utils.data.Subset":
        return _length(reading.attribute(value, "indices"), depth + 1)
    if name == "torch.utils.data.TensorDataset":
        held = reading.attribute(value, "tensors")
        return _length(held[0], depth + 1) if type(held) is tuple and held else None
    if tensors.is_exact(cls) or name == "numpy.ndarray":
        shape = _shape(value)
        return shape[0] if shape else None
    return len(value) if cls is range else None


def _shape(value: Any) -> list[int] | None:
    found = arrays.numpy()
    if found is not None and type(value) is found.ndarray:
        return list(value.shape)
    library: Any = tensors.torch()
    if library is None or library.tracing() is not None:
        return None
    return tensors.guarded(lambda one: list(library.get_shape(one)), value)  # type: ignore[no-any-return]


def member(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A member of an enumeration, as `Color.RED`."""
    cls = type(value)
    called = reading.attribute(value, "_name_")
    facts: Summary = {
        "type": name,
        "value": f"{reading.qualname(cls)}.{called}" if type(called) is str else f"<{name}>",
    }
    if reading.derives(cls, int) and int.bit_length(value) <= 64:
        facts["scalar"] = int.__int__(value)
    return facts


def queue(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `collections.deque`, its first elements."""
    base = next(
        one for one in reading.mro_of(type(value)) if reading.module_name(one) == "collections" and _is_own(one)
    )
    length = base.__len__(value)
    facts: Summary = {"type": name, "id": summarizer.serial(value), "len": length, "value": f"{name} of {length}"}
    if depth < summarizer.depth and length:
        first = [base.__getitem__(value, index) for index in range(min(length, summarizer.items))]
        facts["items"] = [[str(index), summarizer.nested(one, depth, stats)] for index, one in enumerate(first)]
    return facts


def _is_own(cls: type) -> bool:
    return reading.qualname(cls) == "deque" and reading.is_genuine(cls)


def written(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A value of a class of Python's or torch's own whose `str` runs no code of the target (exact classes only)."""
    return {"type": name, "value": reading.cut(str(value), summarizer.text_chars)}


def moment(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A date or time; a time zone of the target's own making would compute its offset and is left out."""
    zone = value.tzinfo
    if zone is not None:
        own = reading.class_name(type(zone)) in ("datetime.timezone", "zoneinfo.ZoneInfo")
        if not own or not reading.is_genuine(type(zone)):
            value = value.replace(tzinfo=None)
    return {"type": name, "value": str(value)}


def unique(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `uuid.UUID`: it writes out whatever number it was given."""
    number = dict(reading.slots(value)).get("int")
    if type(number) is not int:
        return plain.opaque(summarizer, value, name, depth, stats)
    return written(summarizer, value, name, depth, stats)


def path(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A path of `pathlib`: it may still hold the very texts, of any subclass, that it was made of."""
    parts = [one for _, one in reading.slots(value)] + list((reading.instance_dict(value) or {}).values())
    for part in parts:
        texts = part if type(part) is list or type(part) is tuple else (part,)
        if any(reading.derives(type(text), str) and type(text) is not str for text in texts):
            return plain.opaque(summarizer, value, name, depth, stats)
    return written(summarizer, value, name, depth, stats)


def fraction(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `fractions.Fraction`."""
    parts = dict(reading.slots(value))
    over, under = parts.get("_numerator"), parts.get("_denominator")
    if type(over) is not int or type(under) is not int:
        return plain.opaque(summarizer, value, name, depth, stats)
    limit = summarizer.text_chars
    return {"type": name, "value": f"{plain.scalar_text(over, limit)}/{plain.scalar_text(under, limit)}"}


def partial(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `functools.partial`, by what it calls."""
    called = summarizer.nested(value.func, summarizer.depth, False)
    return {"type": name, "value": f"partial of {called.get('value', called['type'])}"}


def pattern(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A compiled regular expression."""
    return {"type": name, "value": plain.scalar_text(value.pattern, summarizer.text_chars) or f"<{name}>"}


def picture(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A PIL image; its pixels may not even be decoded yet."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    held = reading.instance_dict(value) or {}
    size: Any = dict.get(held, "_size", dict.get(held, "size"))
    mode = dict.get(held, "_mode", dict.get(held, "mode"))
    if type(size) is tuple and len(size) == 2 and all(type(one) is int for one in size):
        facts["size"] = list(size)
    if type(mode) is str:
        facts["mode"] = mode
    if "size" in facts and "mode" in facts:
        facts["value"] = f"{mode} image of {size[0]}x{size[1]}"
    return facts


def sparse(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A sparse matrix of scipy."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    held = reading.instance_dict(value) or {}
    shape: Any = dict.get(held, "_shape")
    data: Any = dict.get(held, "data")
    ends: Any = dict.get(held, "indptr")
    if type(shape) is tuple:
        facts["shape"] = [int(one) for one in shape]
    found = arrays.numpy()
    if found is not None and type(data) is found.ndarray:
        facts["dtype"] = found.dtype_name(data.dtype)
        facts["nnz"] = int(ends[-1]) if type(ends) is found.ndarray and ends.size else int(data.size)
    return facts


def table(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `pandas.DataFrame` (exactly): its shape, the first columns with their dtypes."""
    facts: Summary = {"type": name, "id": summarizer.serial(value)}
    base = type(value)
    facts["shape"] = list(base.__dict__["shape"].fget(value))
    facts["value"] = "{} rows, {} columns".format(*facts["shape"])
    if depth < summarizer.depth:
        names = value.columns[: summarizer.items].tolist()
        kinds = value._mgr.get_dtypes()
        facts["items"] = [
            [plain.key_text(summarizer, one), {"type": "column", "dtype": _dtype_text(kind)}]
            for one, kind in zip(names, kinds)
        ]
    return facts


def _dtype_text(dtype: Any) -> str:
    """The name of a dtype; one of somebody's own making is told by its class."""
    cls = type(dtype)
    if reading.module_name(cls).split(".")[0] in ("numpy", "pandas"):
        return str(dtype)
    return reading.class_name(cls)


def column(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `pandas.Series` (exactly)."""
    facts: Summary = {"type": name, "id": summarizer.serial(value)}
    held = value._values
    found = arrays.numpy()
    facts["len"] = len(value.index)
    facts["shape"] = [facts["len"]]
    facts["dtype"] = _dtype_text(value.dtype)
    label = reading.attribute(value, "_name")
    facts["value"] = (
        f"column {plain.key_text(summarizer, label)}" if type(label) is str else f"{name} of {facts['len']}"
    )
    if found is not None and type(held) is found.ndarray:
        arrays.fill(summarizer, facts, held, False, stats)
    return facts
