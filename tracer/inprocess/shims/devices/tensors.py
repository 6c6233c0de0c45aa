"""Devices, tensors, modules and files of torch. Runs in the target."""

from __future__ import annotations

import sys

from .mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .mapping import Mapping

# The functions that make tensors, beside those that the installed torch lists itself.
MAKING = (
    "arange as_tensor asarray bartlett_window blackman_window empty empty_strided eye from_file full full_like"
    " hamming_window hann_window kaiser_window linspace logspace ones ones_like empty_like rand rand_like randint"
    " randint_like randn randn_like randperm range scalar_tensor sparse_coo_tensor sparse_csr_tensor tensor"
    " tril_indices triu_indices zeros zeros_like set_default_device"
).split()
OF_TENSORS = "new_empty new_full new_ones new_tensor new_zeros new_empty_strided".split()
KINDS = "Float Double Half BFloat16 Long Int Short Char Byte Bool".split()


def map_devices(torch: Any, mapping: Mapping) -> None:
    """Let everything in torch that takes a device take the CPU in place of a CUDA device."""
    _devices(torch, mapping)
    _making(torch, mapping)
    _tensors(torch, mapping)
    _modules(torch, mapping)
    _parallel(torch, mapping)
    _files(torch, mapping)
    _forking(torch, mapping)


def _standing_for(real: Any, make: Any) -> Any:
    """A class in place of one that cannot be derived from: it makes objects of the real one."""

    class Meta(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, real)

        def __subclasscheck__(cls, other: Any) -> bool:
            return other is cls or issubclass(other, real)

        def __call__(cls, *given: Any, **named: Any) -> Any:
            return make(*given, **named)

        def __eq__(cls, other: Any) -> bool:
            return other is cls or other is real

        def __hash__(cls) -> int:
            return hash(real)

    found = Meta(real.__name__, (), {"__doc__": real.__doc__, "__module__": "torch"})
    found.__qualname__ = real.__name__
    return found


def _devices(torch: Any, mapping: Mapping) -> None:
    """`torch.device` and `torch.Generator`: classes of C that nothing can be derived from."""
    device, generator = torch.device, torch.Generator
    mapping.real_device = device

    def make_device(*given: Any, **named: Any) -> Any:
        wanted = given[0] if given else named.get("type", named.get("device"))
        if mapping.asks(wanted):
            mapping.device(wanted, "torch.device(%s)")
            return device("cpu")
        return device(*given, **named)

    def make_generator(*given: Any, **named: Any) -> Any:
        wanted = given[0] if given else named.get("device")
        return generator() if wanted is None else generator(mapping.device(wanted, "torch.Generator(%s)"))

    torch.device = _standing_for(device, make_device)
    torch.Generator = _standing_for(generator, make_generator)


def _making(torch: Any, mapping: Mapping) -> None:
    """The functions that make tensors. `torch.jit` goes on knowing them."""
    table: Any = {}
    builtins = sys.modules.get("torch.jit._builtins")
    if builtins is not None:
        table = vars(builtins)["_get_builtin_table"]()
    for name in MAKING:
        function = getattr(torch, name, None)
        if function is None:
            continue
        if name == "set_default_device":
            torch.set_default_device = mapping.positional(function, "torch.set_default_device", 0)
            continue
        made = mapping.keyword(function, "torch." + name)
        known = table.get(id(function))
        if known is not None:
            table[id(made)] = known
        setattr(torch, name, made)
    default = torch.set_default_tensor_type

    def set_default_tensor_type(kind: Any) -> None:
        default(_without_cuda(kind, mapping))

    torch.set_default_tensor_type = like(set_default_tensor_type, default)


def _without_cuda(kind: Any, mapping: Mapping) -> Any:
    """A kind of tensor by name: that of the CPU."""
    if type(kind) is str and kind.startswith("torch.cuda."):
        mapping.told(repr(kind))
        return kind.replace("torch.cuda.", "torch.")
    return kind


def _tensors(torch: Any, mapping: Mapping) -> None:
    """What tensors are asked for."""
    tensor = torch.Tensor
    to, pinned, kind_of = tensor.to, tensor.pin_memory, tensor.type

    def cuda(self: Any, *_: Any, **__: Any) -> Any:
        mapping.told("Tensor.cuda()")
        return self

    def pin_memory(self: Any, *_: Any, **__: Any) -> Any:
        mapping.told("Tensor.pin_memory()")
        return self

    def type(self: Any, *given: Any, **named: Any) -> Any:  # noqa: A001 - that is what it is called
        if given:
            given = (_without_cuda(given[0], mapping), *given[1:])
        return kind_of(self, *given, **named)

    tensor.to = mapping.positional(to, "Tensor.to", 1)
    tensor.cuda = like(cuda, tensor.cuda)
    tensor.pin_memory = like(pin_memory, pinned)
    tensor.type = like(type, kind_of)
    for name in OF_TENSORS:
        if hasattr(tensor, name):
            setattr(tensor, name, mapping.keyword(getattr(tensor, name), "Tensor." + name))

    def record_stream(self: Any, stream: Any) -> None:
        mapping.answered("Tensor.record_stream()")

    tensor.record_stream = like(record_stream, tensor.record_stream)


def _modules(torch: Any, mapping: Mapping) -> None:
    """Modules are moved as a whole."""
    module = torch.nn.Module

    def cuda(self: Any, *_: Any, **__: Any) -> Any:
        mapping.told("Module.cuda()")
        return self

    module.cuda = like(cuda, module.cuda)
    module.to = mapping.positional(module.to, "Module.to", 1)
    module.to_empty = mapping.keyword(module.to_empty, "Module.to_empty")
    rnn = sys.modules.get("torch.nn.utils.rnn")
    packed = getattr(rnn, "PackedSequence", None)
    if packed is not None:
        packed.to = mapping.positional(packed.to, "PackedSequence.to", 1)
        packed.cuda = like(lambda self, *_, **__: self, packed.cuda)


def _parallel(torch: Any, mapping: Mapping) -> None:
    """Copies of a module on several devices: the one that is there takes all."""
    distributed = torch.nn.parallel.DistributedDataParallel
    begin = distributed.__init__

    def __init__(self: Any, module: Any, *given: Any, **named: Any) -> None:
        wanted = given[:2] if given else (named.get("device_ids"), named.get("output_device"))
        if any(one is not None for one in wanted):
            mapping.told("DistributedDataParallel(device_ids=...)")
        given = (None,) * min(2, len(given)) + given[2:]
        for name in ("device_ids", "output_device"):
            named.pop(name, None)
        begin(self, module, *given, **named)

    distributed.__init__ = like(__init__, begin)
    together = torch.nn.SyncBatchNorm

    def convert_sync_batchnorm(module: Any, process_group: Any = None) -> Any:
        mapping.told("SyncBatchNorm.convert_sync_batchnorm()")
        return module

    together.convert_sync_batchnorm = staticmethod(like(convert_sync_batchnorm, together.convert_sync_batchnorm))


def _files(torch: Any, mapping: Mapping) -> None:
    """What is loaded lies on the CPU, wherever it lay when it was saved."""
    read = torch.load

    def load(f: Any, *given: Any, **named: Any) -> Any:
        wanted = given[0] if given else named.get("map_location")
        location = wanted
        if wanted is None:
            location = _where_it_is_known(torch, mapping)
        elif isinstance(wanted, dict):
            location = {key: mapping.device(value, "map_location=%s") for key, value in wanted.items()}
        elif not callable(wanted) or mapping.asks(wanted):
            location = mapping.device(wanted, "map_location=%s")
        if given:
            given = (location, *given[1:])
        else:
            named["map_location"] = location
        return read(f, *given, **named)

    torch.load = like(load, read)
    for name in ("UntypedStorage", "TypedStorage"):
        storage = getattr(torch, name, None)
        if storage is not None:
            storage.cuda = like(lambda self, *_, **__: self, storage.cuda)


def _where_it_is_known(torch: Any, mapping: Mapping) -> Any:
    """Where storages go of which the program says nothing."""
    serialization = sys.modules["torch.serialization"]
    usual = vars(serialization)["default_restore_location"]

    def location(storage: Any, place: str) -> Any:
        if type(place) is str and place.startswith("cuda"):
            mapping.told("torch.load() of weights saved on %r" % place)
            return usual(storage, "cpu")
        return usual(storage, place)

    return location


def _forking(torch: Any, mapping: Mapping) -> None:
    """Random numbers put back behind a block: those of the CPU always are, other devices are none."""
    fork = torch.random.fork_rng

    def fork_rng(devices: Any = None, *given: Any, **named: Any) -> Any:
        if devices:
            mapping.told("torch.random.fork_rng(devices=...)")
            devices = []
        return fork(devices, *given, **named)

    torch.random.fork_rng = like(fork_rng, fork)
