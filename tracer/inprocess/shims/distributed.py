"""Programs that expect to be one of several processes: here they are the only one. Runs in the target.

What a launcher would have said stands in the environment (the plan's). Here the group itself is made: of one process,
by `gloo`, which needs no GPU. A process that the program itself started as one of several keeps its rank.
"""

from __future__ import annotations

import os
import sys

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

NEEDING = (
    "get_rank get_world_size barrier all_reduce all_gather broadcast reduce gather scatter all_gather_object"
    " broadcast_object_list reduce_scatter all_to_all new_group get_backend"
).split()
WHY = "the program expects a launcher that starts several processes, and a network of GPUs"


def arm(harness: Harness) -> None:
    """Wait for `torch.distributed`."""
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    if "MASTER_PORT" not in os.environ:
        os.environ["MASTER_PORT"] = str(_free_port())
    harness.after("torch.distributed.distributed_c10d", lambda module: _Group(module, harness).change())


def _free_port() -> int:
    """A port that is likely to be free: programs that run at the same time get others."""
    return 20000 + (os.getpid() * 7) % 20000


def _is_started() -> bool:
    """Whether this process was started by the program as one of several."""
    process = sys.modules.get("multiprocessing.process")
    parent = getattr(process, "parent_process", None)
    return parent is not None and parent() is not None


class _Group:
    """The functions of `torch.distributed`, and the group of one process."""

    def __init__(self, module: Any, harness: Harness) -> None:
        self.module = module
        self.harness = harness
        self.begin = module.init_process_group

    def change(self) -> None:
        """Put the functions in place, in both modules that have them."""
        begin = self.begin
        places = [self.module]
        if sys.modules.get("torch.distributed") is not None:
            places.append(sys.modules["torch.distributed"])

        def init_process_group(backend: Any = None, init_method: Any = None, *given: Any, **named: Any) -> Any:
            backend, init_method, named = self.alone(backend, init_method, named)
            return begin(backend, init_method, *given, **named)

        changed = {"init_process_group": like(init_process_group, begin)}
        for name in NEEDING:
            function = getattr(self.module, name, None)
            if function is not None:
                changed[name] = self.needing(function, name)
        for place in places:
            for name, function in changed.items():
                if hasattr(place, name):
                    setattr(place, name, function)

    def alone(self, backend: Any, init_method: Any, named: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
        """What a group is made of: `gloo`, and one process where the program did not start others itself."""
        if backend is None or "gloo" not in str(backend) or "nccl" in str(backend):
            if backend is not None:
                self.harness.tell("the backend %s of torch.distributed became gloo" % backend, WHY)
            backend = "gloo"
        if _is_started():
            return backend, init_method, named
        world = named.get("world_size", -1)
        if (isinstance(world, int) and world > 1) or (init_method is not None and "://" in str(init_method)):
            self.harness.tell("a group of one process was made", WHY)
            if str(init_method).startswith("tcp://"):
                init_method = "tcp://127.0.0.1:%s" % os.environ["MASTER_PORT"]
            if init_method is None or str(init_method).startswith("env://"):
                os.environ.setdefault("RANK", "0")
                os.environ.setdefault("WORLD_SIZE", "1")
                init_method = "env://"
                named = {key: value for key, value in named.items() if key not in ("rank", "world_size")}
            else:
                named = {**named, "rank": 0, "world_size": 1}
        else:
            self.harness.tell("a group of one process was made", WHY)
        return backend, init_method, {key: value for key, value in named.items() if key != "device_id"}

    def needing(self, function: Any, name: str) -> Any:
        """A function that needs a group: one is made where the program made none."""

        def in_group(*given: Any, **named: Any) -> Any:
            if not self.module.is_initialized() and self.harness.is_own(sys._getframe(1)):
                self.harness.tell("a group of one process was made for %s()" % name, WHY)
                os.environ.setdefault("RANK", "0")
                os.environ.setdefault("WORLD_SIZE", "1")
                self.begin("gloo")
            if name == "new_group" and "nccl" in str(named.get("backend", "")):
                named["backend"] = "gloo"
            return function(*given, **named)

        return like(in_group, function)
