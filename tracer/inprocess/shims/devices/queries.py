"""The questions that `torch.cuda` is asked, and what it is told to do. Runs in the target."""

from __future__ import annotations

import os
import sys

from .mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .mapping import Mapping

KINDS = (
    "FloatTensor DoubleTensor HalfTensor BFloat16Tensor LongTensor IntTensor ShortTensor CharTensor ByteTensor"
    " BoolTensor"
).split()
QUIET = (
    "set_device empty_cache synchronize ipc_collect init _lazy_init reset_peak_memory_stats reset_max_memory_allocated"
    " reset_max_memory_cached reset_accumulated_memory_stats set_per_process_memory_fraction set_stream"
    " set_rng_state_all set_sync_debug_mode"
).split()
ZERO = (
    "current_device memory_allocated max_memory_allocated memory_reserved max_memory_reserved memory_cached"
    " max_memory_cached utilization memory_usage temperature"
).split()


class Event:
    """`torch.cuda.Event`: a point in time, measured by the clock."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._at = 0.0

    def record(self, stream: Any = None) -> None:
        """It is now."""
        self._at = __import__("time").perf_counter()

    def elapsed_time(self, other: Event) -> float:
        """Milliseconds between this and a later one."""
        return (other._at - self._at) * 1000

    def query(self) -> bool:
        """Whether the work before it is done: the CPU is never behind."""
        return True

    def synchronize(self) -> None:
        """Nothing to wait for."""

    wait = synchronize


class Stream:
    """`torch.cuda.Stream`: work in order, which on the CPU all work is."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.device = "cpu"
        self.cuda_stream = 0

    def wait_stream(self, stream: Any) -> None:
        """Nothing to wait for."""

    def wait_event(self, event: Any) -> None:
        """Nothing to wait for."""

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def query(self) -> bool:
        """Whether all work is done."""
        return True

    def record_event(self, event: Any = None) -> Any:
        """An event of now."""
        event = event or Event()
        event.record()
        return event

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: Any) -> None:
        pass


class _Inside:
    """A context in which nothing is different: of a device, of a stream."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


class Properties:
    """What `torch.cuda.get_device_properties` gives, of this machine."""

    name = "CPU"
    major = minor = 0
    multi_processor_count = 1
    is_integrated = is_multi_gpu_board = False

    def __init__(self) -> None:
        self.total_memory = _memory()[1]
        self.multi_processor_count = os.cpu_count() or 1


def _memory() -> tuple[int, int]:
    """(free, all) bytes of the machine's memory."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return page * os.sysconf("SC_AVPHYS_PAGES"), page * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0, 0


def answer(torch: Any, mapping: Mapping, devices: int) -> None:
    """Answer what the program asks `torch.cuda`; tell the repository that there are `devices` devices, if any."""
    cuda = torch.cuda
    answers: dict[str, Callable[..., Any]] = dict.fromkeys(QUIET, _nothing)
    answers.update(dict.fromkeys(ZERO, _zero))
    answers.update(
        get_device_name=lambda device=None: Properties.name,
        get_device_capability=lambda device=None: (0, 0),
        get_device_properties=lambda device=None: Properties(),
        mem_get_info=lambda device=None: _memory(),
        memory_summary=lambda *_, **__: "",
        memory_stats=lambda *_, **__: {},
        memory_snapshot=lambda *_, **__: [],
        get_arch_list=list,
        list_gpu_processes=lambda device=None: "",
        is_bf16_supported=lambda *_, **__: False,
        get_rng_state=lambda device=None: torch.get_rng_state(),
        set_rng_state=lambda state, device=None: None,
        get_rng_state_all=list,
        initial_seed=torch.initial_seed,
        current_stream=lambda device=None: Stream(),
        default_stream=lambda device=None: Stream(),
    )
    for name, function in answers.items():
        if hasattr(cuda, name):
            setattr(cuda, name, _asked(function, getattr(cuda, name), name, mapping))
    for name, cls in (("Event", Event), ("Stream", Stream), ("device", _Inside), ("device_of", _Inside)):
        setattr(cuda, name, _made(cls, name, mapping))
    cuda.stream = like(lambda stream=None: _Inside(), cuda.stream)
    for name in ("range_push", "range_pop", "mark"):
        if hasattr(cuda.nvtx, name):
            setattr(cuda.nvtx, name, like(_zero, getattr(cuda.nvtx, name)))
    _kinds(torch, mapping)
    if devices:
        _pretend(torch, mapping, devices)


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _zero(*_: Any, **__: Any) -> int:
    return 0


def _asked(function: Any, real: Any, name: str, mapping: Mapping) -> Any:
    """An answer that is told where the repository asks."""

    def asked(*given: Any, **named: Any) -> Any:
        if mapping.harness.is_own(sys._getframe(1)):
            mapping.answered("torch.cuda.%s()" % name)
        return function(*given, **named)

    return like(asked, real)


def _made(cls: Any, name: str, mapping: Mapping) -> Any:
    """A class of `torch.cuda` that does without a device, and is told where one is made."""

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        mapping.answered("torch.cuda.%s" % name)
        cls.__init__(self, *given, **named)

    return type(name, (cls,), {"__init__": __init__, "__module__": "torch.cuda", "__doc__": cls.__doc__})


def _kinds(torch: Any, mapping: Mapping) -> None:
    """`torch.cuda.FloatTensor` and its like: those of the CPU."""
    cuda = torch.cuda
    space = vars(cuda)
    known = {name: getattr(torch, name) for name in KINDS if name in space and hasattr(torch, name)}
    for name in known:
        del space[name]
    before = space.get("__getattr__")

    def __getattr__(name: str) -> Any:
        if name in known:
            mapping.told("torch.cuda.%s" % name)
            return known[name]
        if before is not None:
            return before(name)
        raise AttributeError("module 'torch.cuda' has no attribute %r" % name)

    space["__getattr__"] = __getattr__


def _pretend(torch: Any, mapping: Mapping, devices: int) -> None:
    """Tell the repository's own code that there are devices: it does not run without."""
    is_own = mapping.harness.is_own
    for name, said in (("is_available", True), ("device_count", devices)):
        real = getattr(torch.cuda, name)
        setattr(torch.cuda, name, _claimed(real, name, said, is_own, mapping))


def _claimed(real: Any, name: str, said: Any, is_own: Any, mapping: Mapping) -> Any:
    def claimed() -> Any:
        if not is_own(sys._getframe(1)):
            return real()
        mapping.harness.tell(
            "torch.cuda.%s() said %r, although no CUDA device can be used here" % (name, said),
            "the program does not run without",
        )
        return said

    return like(claimed, real)
