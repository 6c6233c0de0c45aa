"""Watches how much memory, how many processes and how much disk a target takes, and says when it is too much. Host.

Nothing of this runs in the target, and none of its own limits is what memory needs: a limit on addresses would stop
every program that uses a GPU. Processes are looked up in /proc; where there is none, only the disk is watched.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracer.machine import this_machine
from tracer.plan import Limits

_PROC = Path("/proc")
_EVERY = 0.5
"""Seconds between two looks; more where looking itself takes long."""
_ROOM = 256 * 2**20
"""Bytes of a disk that stay free."""
_PART = 0.9
"""How much of the machine's memory a program may have."""
_LAST_PART = 0.03
"""Below this part of free memory a machine begins to end programs by itself."""
_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True, slots=True)
class Excess:
    """What was too much: `of` is memory, processes or disk; `text` says it in words that go on "because ..."."""

    of: str
    text: str


class Bounds:
    """The bounds of the processes of one session, whose leader is `leader`; `folder` is where they may write."""

    def __init__(self, leader: int, limits: Limits, folder: Path | None) -> None:
        self._leader = leader
        self._limits = limits
        self._folder = folder
        self._memory = limits.memory or int(memory_there_is() * _PART)
        self._half = this_machine().memory // 2
        self._next = time.monotonic() + _EVERY / 5
        self._started_with = _count()
        self._free = _free(folder)
        self._written = 0

    def set_limits(self) -> None:
        """Ask the system itself for what it can do: no file above what the disk may take, no core dumps."""
        if not hasattr(os, "fork") or not _PROC.is_dir():
            return
        import resource

        set_of = getattr(resource, "prlimit", None)
        if set_of is None:
            return
        with suppress(OSError, ValueError):
            set_of(self._leader, resource.RLIMIT_CORE, (0, set_of(self._leader, resource.RLIMIT_CORE)[1]))
        with suppress(OSError, ValueError):
            soft, hard = set_of(self._leader, resource.RLIMIT_FSIZE)
            if soft == resource.RLIM_INFINITY or soft > self._limits.disk:
                set_of(self._leader, resource.RLIMIT_FSIZE, (self._limits.disk, hard))

    def exceeded(self) -> Excess | None:
        """What has become too much, if anything has. To be asked often: it looks only now and then."""
        now = time.monotonic()
        many = _count() - self._started_with > self._limits.processes
        if now < self._next and not many:
            return None
        found = self._processes_and_memory() or self._disk()
        took = time.monotonic() - now
        self._next = now + max(_EVERY, 50 * took)
        return found

    def _processes_and_memory(self) -> Excess | None:
        members = members_of(self._leader)
        if len(members) > self._limits.processes:
            return Excess("processes", f"it had started more than {self._limits.processes} processes")
        if not self._memory or sum(map(_own, members)) <= min(self._memory, self._half):
            return None
        # Pages that several processes share were counted for each of them.
        taken = sum(map(_share, members))
        if taken > self._memory:
            return Excess("memory", f"it took more than {_size(self._memory)} of memory")
        if taken > self._half and _available() < _LAST_PART * this_machine().memory:
            return Excess("memory", f"it took {_size(taken)} of memory and this machine had next to none left")
        return None

    def _disk(self) -> Excess | None:
        if self._folder is None:
            return None
        free = _free(self._folder)
        if self._free - free < min(self._limits.disk, max(self._free - _ROOM, 0)):
            return None  # whoever wrote: it is not enough yet
        written = size_of(self._folder)
        if written > self._limits.disk:
            return Excess("disk", f"it had written more than {_size(self._limits.disk)}")
        if free < _ROOM and written > _ROOM:
            return Excess("disk", f"it had written {_size(written)} and the disk was all but full")
        return None


def members_of(leader: int) -> list[int]:
    """The processes of a session, and all that they started."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for name in os.listdir(_PROC) if _PROC.is_dir() else ():
        if name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                # The name, in brackets, may hold anything.
                fields = (_PROC / name / "stat").read_bytes().rpartition(b")")[2].split()
                parents[int(name)] = int(fields[1])
                if int(fields[3]) == leader and fields[0] != b"Z":
                    found.add(int(name))
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def name_of(pid: int) -> str:
    """The name under which the system knows a process; "" when it is gone."""
    try:
        return (_PROC / str(pid) / "comm").read_text("utf-8", "replace").rstrip("\n")
    except OSError:
        return ""


def memory_there_is() -> int:
    """Bytes of memory of the machine, or of the container we are in; 0 where nobody says."""
    there = this_machine().memory
    for path in _CONTAINER:
        with suppress(OSError, ValueError):
            limit = int(path.read_text("ascii"))
            there = min(there or limit, limit)
    return there


def size_of(folder: Path) -> int:
    """Bytes that the files below a folder take on the disk; links are not followed."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with suppress(OSError):
            for entry in os.scandir(waiting.pop()):
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        state = entry.stat(follow_symlinks=False)
                        total += state.st_blocks * 512 if hasattr(state, "st_blocks") else state.st_size
    return total


def _count() -> int:
    """How many entries the system's list of processes has."""
    try:
        return len(os.listdir(_PROC))
    except OSError:
        return 0


def _own(pid: int) -> int:
    """Bytes of memory that a process takes; what it mapped from files can go back to the disk and does not count."""
    return sum(_numbers(_PROC / str(pid) / "status", "RssAnon", "RssShmem"))


def _share(pid: int) -> int:
    """The same, with shared pages divided among those that share them."""
    found = _numbers(_PROC / str(pid) / "smaps_rollup", "Pss_Anon", "Pss_Shmem")
    return sum(found) if found else _own(pid)


def _available() -> int:
    """Bytes of memory that programs could still have."""
    return sum(_numbers(_PROC / "meminfo", "MemAvailable"))


def _numbers(path: Path, *names: str) -> list[int]:
    """Values in bytes of some of the lines `Name: 12 kB` of a file of the system; none when it cannot be read."""
    found = []
    with suppress(OSError, ValueError, IndexError):
        for line in path.read_text("ascii", "replace").splitlines():
            name, _, value = line.partition(":")
            if name in names:
                found.append(int(value.split()[0]) * 1024)
    return found


def _free(folder: Path | None) -> int:
    try:
        state = os.statvfs(folder) if folder is not None else None
    except (OSError, AttributeError):
        return 0
    return state.f_bavail * state.f_frsize if state is not None else 0


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
