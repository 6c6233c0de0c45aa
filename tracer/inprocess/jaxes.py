"""Summaries of JAX's arrays: shapes and dtypes, never waiting for a value. Runs in the target.

A computation of JAX runs on behind the program that asked for it, and any look at its elements waits for it. What is
read is the abstract value that every array carries; elements only where the program itself has fetched them already.
While a function is traced by `jit`, `grad` or `vmap`, what stands in for arrays has a shape and a dtype and no value:
it is told as such.
"""

from __future__ import annotations

from . import arrays, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .values import Summarizer

    Summary = dict[str, Any]

_PYTHON: Any = type(lambda: None)
_DEPTH = 4  # tracers around one another: `jit` of `grad` of `vmap`
_BY = (("Jaxpr", "jit"), ("Batch", "vmap"), ("JVP", "grad"), ("Lineariz", "grad"), ("Shard", "shard_map"))


def array(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A `jax.Array` that a computation gave."""
    facts: Summary = {"type": "jax.Array", "id": summarizer.serial(value)}
    _add_abstract(facts, _ask(value, "aval"))
    found = arrays.numpy()
    fetched = _ask(value, "_npy_value")
    if found is not None and type(fetched) is found.ndarray:
        arrays.fill(summarizer, facts, fetched, False, stats)
    elif "shape" not in facts:
        facts["value"] = f"<{name}>"
    return facts


def tracer(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """What stands in for an array while a function is traced."""
    kind = reading.bare_name(type(value))
    facts: Summary = {"type": "jax.core.Tracer", "id": summarizer.serial(value)}
    by = next((word for part, word in _BY if part in kind), "")
    facts["traced"] = by or "jax"
    inner = value
    for _ in range(_DEPTH):
        held = dict(reading.slots(inner))
        if "aval" in held:
            _add_abstract(facts, held["aval"])
            break
        inner = held.get("primal", held.get("val"))
        if inner is None:
            break
    else:
        facts["value"] = f"<{name}>"
    return facts


def _ask(value: Any, name: str) -> Any:
    """What a property of jaxlib's own holds that is written in C++; None for one that runs Python."""
    found = reading.namespace_of(type(value)).get(name)
    getter = found.fget if type(found) is property else None
    return None if getter is None or type(getter) is _PYTHON else getter(value)


def _add_abstract(facts: Summary, abstract: Any) -> None:
    """The shape and the dtype of an abstract value, which are plain members of it."""
    held = dict(reading.slots(abstract))
    shape, dtype = held.get("shape"), held.get("dtype")
    if type(shape) is not tuple or not all(type(size) is int for size in shape):
        return
    facts["shape"] = list(shape)
    if dtype is not None and reading.module_name(type(dtype)).partition(".")[0] == "numpy":
        facts["dtype"] = str(dtype.name)
