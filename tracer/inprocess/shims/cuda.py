"""CUDA asked for on a machine without it: what asks for it gets the CPU. Runs in the target.

Devices, tensors, modules, what is loaded, and the questions of `torch.cuda` are answered so that the program runs as it
does where there is no choice. `torch.cuda.is_available()` stays what it is, unless the program will not run without it
(`available` in the settings): then the repository's own code, and only that, is told that there is one device, or as
many (`count`) as it says that it needs.
"""

from __future__ import annotations

from .devices import boosting, jax, queries, tensors, trainers
from .devices.mapping import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness


def arm(harness: Harness) -> None:
    """Wait for torch, and for the libraries that choose a device by themselves."""
    mapping = Mapping(harness)

    def on_torch(torch: Any) -> None:
        mapping.torch = torch
        settings = harness.settings
        queries.answer(torch, mapping, int(settings.get("count", 1)) if settings.get("available") else 0)
        tensors.map_devices(torch, mapping)

    harness.after("torch", on_torch)
    trainers.arm(harness, mapping)
    jax.arm(harness, mapping)
    boosting.arm(harness, mapping)
