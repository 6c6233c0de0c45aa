"""Summaries of tables of polars and of Hugging Face data sets: sizes and columns, no row. Runs in the target.

Both are thin objects around one that is written in Rust or C++, which is asked by its own functions.
"""

from __future__ import annotations

from . import plain, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .values import Summarizer

    Summary = dict[str, Any]

_NATIVE = type(str.upper)


def _ask(value: Any, name: str) -> Any:
    """What a function of a class that is not written in Python gives; None where there is none of that name."""
    asked: Any = reading.namespace_of(type(value)).get(name)
    return asked(value) if type(asked) is _NATIVE else None


def frame(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `polars.DataFrame` (exactly)."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    held = reading.attribute(value, "_df")
    shape = _ask(held, "shape")
    if type(shape) is not tuple:
        return facts
    facts["shape"] = list(shape)
    facts["value"] = "{} rows, {} columns".format(*shape)
    if depth < summarizer.depth:
        pairs = zip(_ask(held, "columns") or (), _ask(held, "dtypes") or ())
        facts["items"] = [
            [reading.cut(column, summarizer.text_chars), {"type": "column", "dtype": _kind(kind)}]
            for column, kind in list(pairs)[: summarizer.items]
        ]
    return facts


def series(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `polars.Series` (exactly)."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    held = reading.attribute(value, "_s")
    length, label = _ask(held, "len"), _ask(held, "name")
    if type(length) is int:
        facts["len"] = length
        facts["shape"] = [length]
        facts["dtype"] = _kind(_ask(held, "dtype"))
        facts["value"] = f"column {label}" if type(label) is str and label else f"{name} of {length}"
    return facts


def _kind(dtype: Any) -> str:
    cls = type(dtype)
    return reading.qualname(dtype if reading.derives(cls, type) else cls)


def dataset(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `datasets.Dataset` of Hugging Face: its rows are on disk, and stay there."""
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    chosen = reading.attribute(value, "_indices")
    length = _rows(chosen if chosen is not None else reading.attribute(value, "_data"))
    features = reading.attribute(reading.attribute(value, "_info"), "features")
    columns = list(dict.items(features)) if reading.derives(type(features), dict) else []
    if length is not None:
        facts["len"] = length
        facts["value"] = f"{length} rows, {len(columns)} columns"
    if depth < summarizer.depth and columns:
        facts["items"] = [
            [plain.key_text(summarizer, column), {"type": "column", "dtype": _feature(feature)}]
            for column, feature in columns[: summarizer.items]
        ]
    return facts


def _rows(table: Any) -> int | None:
    """How many rows an Arrow table has, asked of the table itself inside its wrapper."""
    held = reading.attribute(table, "table") if table is not None else None
    for cls in reading.mro_of(type(held)):
        getter: Any = reading.namespace_of(cls).get("num_rows")
        if getter is not None and reading.module_name(cls) == "pyarrow.lib" and reading.is_getter(getter):
            return int(getter.__get__(held))
    return None


def _feature(feature: Any) -> str:
    dtype = reading.attribute(feature, "dtype")
    return dtype if type(dtype) is str else reading.qualname(type(feature))
