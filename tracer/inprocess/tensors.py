"""Facts about torch tensors, without touching a device, autograd or a subclass's code. Runs in the target.

torch itself is never imported: it is used when the target already did. Every access goes through the C descriptors of
the base class, because names on `torch.Tensor` and on a tensor itself can be replaced.
"""

from __future__ import annotations

from . import arrays, pictures, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .values import Summarizer

_GETTERS = ("shape", "dtype", "device", "layout", "requires_grad", "grad_fn", "is_quantized", "is_nested", "_grad")
_METHODS = (
    "detach", "as_strided", "tolist", "storage_offset", "is_contiguous", "stride", "numel", "data_ptr", "is_neg",
    "numpy", "to",
)  # fmt: skip


def _zero() -> int:
    return 0


def _nothing() -> None:
    return None


class Torch:
    """The parts of the target's torch that are used here, looked up once."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.tensor = namespace["Tensor"]
        base = next(one for one in reading.mro_of(self.tensor) if "shape" in reading.namespace_of(one))
        members = reading.namespace_of(base)
        for name in _GETTERS:
            setattr(self, "get_" + name.strip("_"), members[name].__get__)
        for name in _METHODS:
            setattr(self, name, members[name])
        self.strided = namespace["strided"]
        self.float32 = namespace["float32"]
        internals = reading.instance_dict(namespace["_C"]) or {}
        wrappers = reading.instance_dict(internals.get("_functorch")) or {}
        self.tracing: Callable[[], Any] = internals.get("_get_tracing_state", _nothing)
        self.dispatch_modes: Callable[[], int] = internals.get("_len_torch_dispatch_stack", _zero)
        self.function_modes: Callable[[], int] = internals.get("_len_torch_function_stack", _zero)
        self.transforms: Callable[[], Any] = wrappers.get("peek_interpreter_stack", _nothing)
        # Switches off subclasses, and modes as well since torch 2.0 (the release that split it in two).
        self.without_functions = internals["DisableTorchFunction"]
        self.quiets_modes = "DisableTorchFunctionSubclass" in internals
        self.dtypes: dict[int, tuple[Any, str, bool, bool]] = {}

    def dtype_facts(self, dtype: Any) -> tuple[Any, str, bool, bool]:
        """The dtype itself, its name, whether its elements are real numbers, and whether numpy has it."""
        known = self.dtypes.get(id(dtype))
        if known is None:
            name = str(dtype).rpartition(".")[2]
            readable = (
                not dtype.is_complex and not name.startswith(("q", "bits", "float4", "int1", "uint1"))
            ) or name in ("int16", "uint16")
            in_numpy = readable and not name.startswith(("bfloat", "float8"))
            known = self.dtypes[id(dtype)] = (dtype, name, readable, in_numpy)
        return known


_found: Torch | None = None


def torch() -> Torch | None:
    """The target's torch, or None while it has none."""
    global _found
    if _found is None:
        namespace = reading.module_namespace("torch")
        if namespace is None:
            return None
        try:
            _found = Torch(namespace)
        except (KeyError, AttributeError, StopIteration):  # still being imported
            return None
    return _found


def is_traced() -> bool:
    """Whether `torch.jit` traces what runs now: even sizes are recorded then, into the graph of the target."""
    found = torch()
    return found is not None and found.tracing() is not None


def is_exact(cls: type) -> bool:
    """Whether a class is `torch.Tensor`, `torch.nn.Parameter` or `torch.nn.Buffer` itself, whose values may be read."""
    found = torch()
    if found is None:
        return False
    if cls is found.tensor:
        return True
    name = reading.qualname(cls)
    return (
        name in ("Parameter", "Buffer") and reading.module_name(cls) == "torch.nn.parameter" and reading.is_genuine(cls)
    )


def answers_itself(cls: type) -> bool:
    """Whether a tensor subclass brings its own dispatch, in which case even its shape is computed by its code."""
    found = torch()
    for one in reading.mro_of(cls):
        if found is not None and one is found.tensor:
            return False
        if "__torch_dispatch__" in reading.namespace_of(one):
            return True
    return True


def may_refer(value: Any) -> bool:
    """Whether a weak reference to a value goes unnoticed: `torch.utils.swap_tensors` refuses tensors that have one."""
    found = torch()
    cls = type(value)
    if found is None or not reading.derives(cls, found.tensor):
        return True
    settings = reading.module_namespace("torch.__future__") or {}
    return not answers_itself(cls) and settings.get("_swap_module_params_on_conversion") is not True


def tensor(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> dict[str, Any]:
    """Summary of a tensor whose class is exactly one of torch's own."""
    facts: dict[str, Any] = {"type": name, "id": summarizer.serial(value)}
    found = torch()
    # While torch.jit traces, even `shape` is recorded into the graph.
    if found is None or found.tracing() is not None:
        return facts
    if found.function_modes() == 0:
        _fill(found, summarizer, facts, value, stats)
    elif found.quiets_modes:
        with found.without_functions():
            _fill(found, summarizer, facts, value, stats)
    return facts


def subclass(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> dict[str, Any]:
    """Summary of an instance of a subclass of tensor: what it is made of, never its elements."""
    facts: dict[str, Any] = {"type": name}
    found = torch()
    if found is None or answers_itself(type(value)) or found.tracing() is not None:
        return facts
    facts["id"] = summarizer.serial(value)
    if found.function_modes() and not found.quiets_modes:
        return facts
    with found.without_functions():
        _describe(found, facts, value)
    return facts


def _describe(found: Any, facts: dict[str, Any], value: Any) -> tuple[Any, bool, bool]:
    """Add what is known without the elements; answers the device, and whether dtype and numpy can say them."""
    if found.get_is_nested(value):
        facts["value"] = "nested"
    else:
        shape = list(found.get_shape(value))
        if all(type(one) is int for one in shape):
            facts["shape"] = shape
    _, facts["dtype"], readable, in_numpy = found.dtype_facts(found.get_dtype(value))
    device = found.get_device(value)
    facts["device"] = str(device)
    if found.get_requires_grad(value):
        facts["grad"] = True
        try:
            node = found.get_grad_fn(value)
        except RuntimeError:  # a view that was changed in a way autograd refuses
            node = None
        if node is not None:
            facts["grad_fn"] = reading.qualname(type(node))
    return device, readable, in_numpy


def _fill(found: Any, summarizer: Summarizer, facts: dict[str, Any], value: Any, stats: bool) -> None:
    """Add what is known about a tensor, and its elements where they lie open in main memory."""
    device, readable, in_numpy = _describe(found, facts, value)
    if not readable or "shape" not in facts or device.type != "cpu" or not is_open(found, value):
        return
    try:
        flat = found.detach(value)
        size = found.numel(flat)
        numbers = elements(found, flat, size, summarizer.sample, in_numpy)
        if numbers is None:
            return
        arrays.add_numbers(facts, numbers, size)
        if stats:
            computed = _statistics(found, flat, size, in_numpy, summarizer.stats_elements)
            if computed is not None:
                facts["stats"] = computed
            if summarizer.may_picture():
                pictures.of_tensor(found, flat, facts)
    except (RuntimeError, TypeError):  # the memory is gone, or of a kind that not even `tolist` reads
        return


def is_open(found: Any, value: Any) -> bool:
    """Whether the elements of a CPU tensor are plain memory, with no mode or transform that would notice."""
    return (
        found.get_layout(value) is found.strided
        and not found.get_is_quantized(value)
        and found.dispatch_modes() == 0
        and found.transforms() is None
    )


def elements(found: Any, flat: Any, size: int, count: int, in_numpy: bool = False) -> list[Any] | None:
    """About `count` evenly spread elements of a detached CPU tensor; None when its memory is not there."""
    if size == 0:
        return []
    if found.data_ptr(flat) == 0 or found.is_neg(flat):
        return None
    number, step = arrays.strided(size, count)
    taken: list[Any]
    if found.is_contiguous(flat):
        # as_strided refuses to reach beyond the storage: a freed one (resized to nothing) cannot crash the target.
        taken = found.tolist(found.as_strided(flat, (number,), (step,)))
        return taken
    _last(found, flat, size)
    array = _shared(found, flat) if in_numpy else None
    if array is not None:
        return arrays.sample(array, count)
    shape, strides, start = found.get_shape(flat), found.stride(flat), found.storage_offset(flat)
    taken = []
    for index in range(0, number * step, step):
        offset, rest = start, index
        for length, stride in zip(reversed(shape), reversed(strides)):
            offset += rest % length * stride
            rest //= length
        taken.append(found.tolist(found.as_strided(flat, (), (), offset)))
    return taken


def _shared(found: Any, flat: Any) -> Any:
    """The tensor as a numpy array over the same memory; None without numpy, or with one torch was not built for."""
    if arrays.numpy() is None:
        return None
    try:
        return found.numpy(flat)
    except (RuntimeError, TypeError):
        return None


def _last(found: Any, flat: Any, size: int) -> None:
    """Raises RuntimeError when the last element lies beyond the storage: the target may have shrunk it."""
    offset = found.storage_offset(flat)
    for length, stride in zip(found.get_shape(flat), found.stride(flat)):
        offset += (length - 1) * stride
    if size:
        found.as_strided(flat, (), (), offset)


def _as_array(found: Any, flat: Any, size: int, in_numpy: bool, limit: int) -> Any:
    """A numpy array over (some of) the elements, or None. What numpy has no type for is converted, if not too much."""
    _last(found, flat, size)
    if in_numpy:
        return _shared(found, flat)
    if size <= limit:
        return _shared(found, found.to(flat, found.float32))
    if found.is_contiguous(flat):
        number, step = arrays.strided(size, min(limit, arrays.LARGE))
        return _shared(found, found.to(found.as_strided(flat, (number,), (step,)), found.float32))
    return None


def _statistics(found: Any, flat: Any, size: int, in_numpy: bool, limit: int) -> dict[str, Any] | None:
    array = _as_array(found, flat, size, in_numpy, limit)
    if array is None:
        numbers = elements(found, flat, size, min(limit, arrays.LARGE if found.is_contiguous(flat) else 256))
        return None if numbers is None else arrays.plain_statistics(numbers, len(numbers) < size)
    facts = arrays.statistics(array, limit)
    if facts is not None and array.size < size:
        facts["sampled"] = True
    return facts


def readable(value: Any) -> tuple[Any, Any, int, bool] | None:
    """What reading elements needs: torch, the detached tensor, its size, whether numpy has its dtype; or None."""
    found: Any = torch()
    if found is None or not is_exact(type(value)) or found.tracing() is not None or found.get_is_nested(value):
        return None
    if found.get_device(value).type != "cpu" or not is_open(found, value):
        return None
    _, _, numeric, in_numpy = found.dtype_facts(found.get_dtype(value))
    if not numeric:
        return None
    flat = found.detach(value)
    return found, flat, found.numel(flat), in_numpy


def norm(value: Any) -> tuple[float, bool] | None:
    """The L2 norm of a CPU tensor, and whether it is an estimate from a sample."""
    reached = readable(value)
    if reached is None:
        return None
    found, flat, size, in_numpy = reached
    if elements(found, flat, size, 1) is None:
        return None
    array = _as_array(found, flat, size, in_numpy, arrays.NORM_WHOLE)
    if array is not None:
        measured = arrays.norm(array)
        if measured is None or array.size == size:
            return measured
        return float(measured[0] * (size / array.size) ** 0.5), True
    numbers = elements(found, flat, size, arrays.LARGE) or []
    squares = sum([float(one) * float(one) for one in numbers])
    return float((squares * size / max(len(numbers), 1)) ** 0.5), len(numbers) < size


def sample(value: Any, count: int) -> list[Any] | None:
    """About `count` evenly spread elements of a CPU tensor, or None."""
    reached = readable(value)
    return None if reached is None else elements(*reached[:3], count, reached[3])


def guarded(action: Callable[..., Any], value: Any, *rest: Any) -> Any:
    """Run `action(value, ...)` so that no function mode of the target sees it."""
    found = torch()
    if found is None or found.function_modes() == 0:
        return action(value, *rest)
    if not found.quiets_modes:
        return None
    with found.without_functions():
        return action(value, *rest)


def gradient(value: Any) -> Any:
    """The `.grad` of a tensor without the warning that reading it off an inner node gives, or None."""
    found: Any = torch()
    if found is None or not is_exact(type(value)) or found.tracing() is not None:
        return None
    return guarded(found.get_grad, value)


def data(value: Any) -> Any:
    """The `.data` of a tensor of torch's own classes: other than the tensor itself it asks for no gradient."""
    found: Any = torch()
    if found is None or not is_exact(type(value)) or found.tracing() is not None:
        return None
    return guarded(found.detach, value)


def node_of(value: Any) -> Any:
    """The node of autograd's graph that made a tensor, or None."""
    found: Any = torch()
    if found is None or not is_exact(type(value)) or found.tracing() is not None:
        return None
    try:
        return guarded(found.get_grad_fn, value)
    except RuntimeError:  # a view that was changed in a way autograd refuses
        return None


def nodes_behind(node: Any) -> list[Any]:
    """The nodes that a node hands its gradients on to, asked of autograd itself and of no class of the target."""
    following = _of_node(node, "next_functions")
    return [one[0] for one in following if type(one) is tuple and one] if type(following) is tuple else []


def leaf_of(node: Any) -> Any:
    """The tensor whose gradient a node collects; None for all other nodes."""
    return _of_node(node, "variable") if reading.qualname(type(node)) == "AccumulateGrad" else None


def _of_node(node: Any, name: str) -> Any:
    for one in reading.mro_of(type(node)):
        member = reading.namespace_of(one).get(name)
        if member is not None:
            return member.__get__(node) if reading.is_getter(member) else None
    return None
