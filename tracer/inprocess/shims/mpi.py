"""MPI and Horovod where there is no MPI: a world of one process. Runs in the target."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness

WHY = "no MPI is installed here, or it does not load"


class Comm:
    """A communicator of one process: what is sent to all comes back."""

    rank, size, name = 0, 1, "one process"

    def Get_rank(self) -> int:
        """This process's number."""
        return 0

    def Get_size(self) -> int:
        """The number of processes."""
        return 1

    def Barrier(self) -> None:
        """Nobody to wait for."""

    def bcast(self, obj: Any, root: int = 0) -> Any:
        """What the root has."""
        return obj

    def reduce(self, sendobj: Any, op: Any = None, root: int = 0) -> Any:
        """Of one process its own."""
        return sendobj

    def gather(self, sendobj: Any, root: int = 0) -> list[Any]:
        """Everybody's."""
        return [sendobj]

    def scatter(self, sendobj: Any, root: int = 0) -> Any:
        """One's part."""
        return sendobj[0]

    def Allreduce(self, sendbuf: Any, recvbuf: Any, op: Any = None) -> None:
        """Of one process its own; `MPI.IN_PLACE` leaves it where it is."""
        self._copy(sendbuf, recvbuf)

    def Reduce(self, sendbuf: Any, recvbuf: Any, op: Any = None, root: int = 0) -> None:
        """As `Allreduce`."""
        self._copy(sendbuf, recvbuf)

    def Gather(self, sendbuf: Any, recvbuf: Any, root: int = 0) -> None:
        """Everybody's, one after another."""
        self._copy(sendbuf, recvbuf)

    def Bcast(self, buf: Any, root: int = 0) -> None:
        """The root is this process."""

    def Split(self, color: int = 0, key: int = 0) -> Comm:
        """A part of one is the same one."""
        return self

    def Split_type(self, *_: Any, **__: Any) -> Comm:
        """As `Split`."""
        return self

    def Abort(self, errorcode: int = 0) -> None:
        """The program gives up."""
        raise SystemExit(errorcode)

    @staticmethod
    def _copy(sendbuf: Any, recvbuf: Any) -> None:
        source = sendbuf[0] if isinstance(sendbuf, (list, tuple)) else sendbuf
        target = recvbuf[0] if isinstance(recvbuf, (list, tuple)) else recvbuf
        if target is not None and source is not IN_PLACE:
            target[...] = source.reshape(target.shape)

    barrier = Barrier
    allreduce = reduce
    allgather = gather
    Allgather = Gather
    Clone = Dup = Split


IN_PLACE = object()


def arm(harness: Harness) -> None:
    """Wait for whoever asks for MPI."""
    harness.instead("mpi4py.", lambda name: _mpi4py(name, harness))
    harness.instead("horovod.", lambda name: _horovod(name, harness))


def _module(name: str, package: bool = False, **names: Any) -> ModuleType:
    module: ModuleType = type(sys)(name, "A world of one process.")
    if package:
        names["__path__"] = []
    vars(module).update(names)
    return module


def _mpi4py(name: str, harness: Harness) -> Optional[ModuleType]:
    if name == "mpi4py":
        harness.tell("mpi4py was answered for a world of one process", WHY)
        return _module(name, package=True, __version__="4.0.0", rc=Comm())
    if name != "mpi4py.MPI":
        return None
    world = Comm()
    operations: Any = {op: op.lower() for op in ("SUM", "MAX", "MIN", "PROD", "LAND", "LOR", "FLOAT", "DOUBLE", "INT")}
    return _module(
        name,
        COMM_WORLD=world,
        COMM_SELF=world,
        Comm=Comm,
        Intracomm=Comm,
        IN_PLACE=IN_PLACE,
        COMM_TYPE_SHARED=0,
        ROOT=0,
        Get_processor_name=lambda: "localhost",
        Wtime=lambda: __import__("time").perf_counter(),
        Is_initialized=lambda: True,
        Finalize=lambda: None,
        **operations,
    )


def _horovod(name: str, harness: Harness) -> Optional[ModuleType]:
    if name == "horovod":
        harness.tell("horovod was answered for one process", WHY)
        return _module(name, package=True)
    if name not in ("horovod.torch", "horovod.tensorflow", "horovod.keras"):
        return None

    def same(value: Any = None, *_: Any, **__: Any) -> Any:
        return value

    quiet = "init shutdown broadcast_parameters broadcast_optimizer_state broadcast_variables barrier join".split()
    zero = "rank local_rank cross_rank".split()
    one = "size local_size cross_size".split()
    kept = "DistributedOptimizer allreduce allreduce_ allgather broadcast broadcast_ broadcast_object".split()
    names: dict[str, Any] = {word: lambda *_, **__: None for word in quiet}
    names.update({word: lambda *_, **__: 0 for word in zero})
    names.update({word: lambda *_, **__: 1 for word in one})
    names.update(dict.fromkeys(kept, same))
    compression = type("Compression", (), {"none": None, "fp16": None})
    return _module(name, Compression=compression, Average=0, Sum=1, Adasum=2, **names)
