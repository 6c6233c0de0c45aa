"""What a process that the target started is, and the trace file it takes when code of the repository runs in it.

Runs in the target.
"""

from __future__ import annotations

import os
import sys

from .namespaces import local_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Optional

    from .landmarks import Landmark, Landmarks
    from .writer import Writer

    Event = dict[str, Any]
    Plan = dict[str, Any]

MOST = 16  # processes of one run that are recorded; of a forked pool's workers fewer
FORKS = 6
FOR_RANK_0 = 4  # places kept for processes of rank 0 behind those
SHARE = 4  # a process's trace may have this part of the bytes that the whole program's may
IDLE_SHARE = 20  # writing counts while idle takes at most this part of the time
RANKS = (("RANK", "rank"), ("LOCAL_RANK", "local_rank"), ("WORLD_SIZE", "world"))
SPECS = (
    ("torch.utils.data._utils.worker", "_worker_loop", "", "process_role"),
    ("multiprocessing.pool", "worker", "", "process_role"),
    ("concurrent.futures.process", "_process_worker", "", "process_role"),
    ("torch.multiprocessing.spawn", "_wrap", "", "process_role"),
    ("torch.distributed.distributed_c10d", "init_process_group", "", "process_rank"),
    ("multiprocessing.queues", "get", "", "process_idle"),
    ("multiprocessing.util", "_flush_std_streams", "", "process_end"),
)
ROLES = {"_worker_loop": "loader", "worker": "pool", "_process_worker": "executor", "_wrap": "rank"}


def environment_ranks() -> dict[str, int]:
    """rank, local_rank and world, as a launcher of several processes says them in the environment."""
    environment: Any = os.environ
    if type(environment) is not os._Environ:
        return {}
    found = {}
    for name, key in RANKS:
        text = environment.get(name, "")
        if text.isdecimal() and len(text) < 7:
            found[key] = int(text)
    if "TORCHELASTIC_RUN_ID" in environment:
        found["elastic"] = 1
    return found


def process_name() -> str:
    """The name that `multiprocessing` gave this process; "" when it is not one of its own."""
    current = getattr(sys.modules.get("multiprocessing.process"), "_current_process", None)
    try:
        space: Any = object.__getattribute__(current, "__dict__")
    except AttributeError:
        return ""
    name = space.get("_name")
    return name if type(name) is str and name != "MainProcess" else ""


class Process:
    """A process of the target's making: how it came about, its role, its rank, and its part of the trace files.

    Its file is taken when the first code of the repository is told: a process that runs only libraries leaves none.
    """

    def __init__(self, plan: Plan, how: str, parent: int, marks: Landmarks, writer: Writer) -> None:
        self.plan = plan
        self.how = how
        self.parent = parent
        self.marks = marks
        self.writer = writer
        self.role = ""
        self.ranks: dict[str, int] = {}
        self.finish: Callable[[Event], None] = lambda end: None
        self._told = 0.0
        self._took = 0.0
        probes: dict[str, Callable[[Landmark, FrameType], Any]] = {
            "process_role": self.on_role,
            "process_rank": self.on_rank,
            "process_idle": self.on_idle,
            "process_end": self.on_end,
        }
        marks.add_probes(SPECS, probes)

    # -- the file ----------------------------------------------------------------------------------------------------

    def opened(self, event: Event) -> Optional[int]:
        """A trace file of its own for what begins with `event`; None when there is none to be had, or no need yet."""
        if event["kind"] not in ("code", "fault"):
            return None
        hook = self.marks.hook
        found: Optional[int] = hook.unseen(self.take_file)
        if found is None:
            self.writer.forget()
            hook.stop()
        return found

    def take_file(self) -> Optional[int]:
        """Take the first free place among the trace files of the run, and write its header."""
        stem = self.plan["trace"].rpartition(".trace.jsonl")[0]
        rank = {**environment_ranks(), **self.ranks}.get("rank")
        places = MOST + (FOR_RANK_0 if rank == 0 else 0)
        for number in range(1, places + 1):
            path = "%s.child-%d.trace.jsonl" % (stem, number)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
            except FileExistsError:
                continue
            except OSError:
                return None
            return descriptor
        self.count_only(stem)
        return None

    @staticmethod
    def count_only(stem: str) -> None:
        """Note that one process more ran code of the repository, all places being taken."""
        try:
            descriptor = os.open(stem + ".children", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            os.write(descriptor, b".")
            os.close(descriptor)
        except OSError:
            pass

    def facts(self) -> Event:
        """What the header of this process's trace says of it."""
        found: Event = {"how": self.how, "pid": os.getpid(), "parent": self.parent}
        found.update(environment_ranks())
        found.update(self.ranks)
        if found.pop("elastic", 0) and self.how == "subprocess":
            found["how"] = "torchrun"
        if self.role:
            found["role"] = self.role
        name = process_name()
        if name:
            found["name"] = name
        return found

    # -- what it turns out to be -------------------------------------------------------------------------------------

    def on_role(self, mark: Landmark, frame: FrameType) -> Any:
        """It begins the work of a data loader's worker, of a pool's, or of one of several ranks."""
        if not self.role:
            self.role = ROLES.get(mark.name, "")
            number = local_names(frame).get("i") if self.role == "rank" else None
            if type(number) is int:
                self.ranks["rank"] = number
            self.keep_step()
            self.tell()
        return None

    def on_rank(self, mark: Landmark, frame: FrameType) -> Any:
        """It joins a group of processes as one of its ranks."""
        names = local_names(frame)
        for name, key in (("rank", "rank"), ("world_size", "world")):
            number = names.get(name)
            if type(number) is int and number >= 0:
                self.ranks[key] = number
        self.keep_step()
        self.tell()
        return None

    def keep_step(self) -> None:
        """Ranks wait for each other in every step: none may leave a loop by the clock, which each reads for itself."""
        if {**environment_ranks(), **self.ranks}.get("world", 1) > 1 or self.role == "rank":
            self.marks.leaver.linger = -1.0  # however long nothing was waited for is longer
            self.marks.leaver.evaluation = float("inf")

    def tell(self) -> None:
        """Say again what this process is, when its header stands already."""
        if self.writer.begun:
            self.writer.put({"kind": "process", **self.facts()}, True)

    def on_idle(self, mark: Landmark, frame: FrameType) -> Any:
        """It waits for more work, and may be ended while it does: its counts up to here are written."""
        hook = self.marks.hook
        now = hook.clock()
        if self.writer.begun and now - self._told > IDLE_SHARE * self._took:
            hook.counts(changed=True)
            self._told = hook.clock()
            self._took = self._told - now
        return None

    def on_end(self, mark: Landmark, frame: FrameType) -> Any:
        """A worker of `multiprocessing` has done its work: it will end without the interpreter's usual way out."""
        back = frame.f_back
        if back is None or back.f_code.co_name != "_bootstrap":
            return None
        status = local_names(back).get("exitcode")
        status = status if type(status) is int else 0
        outcome = "exited" if status else "finished"
        self.finish({"outcome": outcome, "exit_code": status, "detail": ""})
        return None


def command_of() -> tuple[str, list[str]]:
    """(launch, words) of the command that this interpreter was started with, the interpreter itself left out."""
    given: Any = getattr(sys, "orig_argv", None)
    if type(given) is not list:
        return "script", [word for word in sys.argv if type(word) is str]
    words = [word for word in given[1:] if type(word) is str]
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        if word[1] == "-":
            continue
        for place, letter in enumerate(word[1:], 2):
            if letter in "cm":
                rest = [word[place:]] if place < len(word) else []
                return ("module" if letter == "m" else "command"), rest + words
            if letter in "WX":
                if place == len(word):
                    del words[:1]
                break
    return "script", words
