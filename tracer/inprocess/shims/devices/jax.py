"""JAX: a platform or device that is not there. Runs in the target."""

from __future__ import annotations

import os

from .mapping import WHY, like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

    from .mapping import Mapping

NOT_HERE = ("gpu", "cuda", "rocm", "tpu")


def arm(harness: Harness, mapping: Mapping) -> None:
    """Wait for JAX; what the environment asks of it is changed before."""

    def wanted() -> None:
        for name in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME"):
            given = os.environ.get(name)
            if given and any(part in NOT_HERE for part in given.split(",")):
                harness.tell("%s=%s became cpu" % (name, given), WHY)
                os.environ[name] = "cpu"

    harness.before("jax", wanted)
    harness.after("jax", lambda jax: _answer(jax, harness))


def _answer(jax: Any, harness: Harness) -> None:
    for name in ("devices", "local_devices", "device_count", "local_device_count"):
        setattr(jax, name, _on_cpu(getattr(jax, name), name, harness))
    for name in ("jit", "pmap"):
        if hasattr(jax, name):
            setattr(jax, name, _compiled(getattr(jax, name), name, harness))
    update = type(jax.config).update

    def of_platform(self: Any, name: str, value: Any) -> Any:
        if name in ("jax_platform_name", "jax_platforms") and str(value) in NOT_HERE:
            harness.tell("jax.config.update(%r, %r) became 'cpu'" % (name, value), WHY)
            value = "cpu"
        return update(self, name, value)

    type(jax.config).update = like(of_platform, update)


def _compiled(function: Any, name: str, harness: Harness) -> Any:
    """`jax.jit(f, backend="gpu")`."""

    def compiled(*given: Any, **named: Any) -> Any:
        if named.get("backend") in NOT_HERE:
            harness.tell("jax.%s(backend=%r) became that of the CPU" % (name, named["backend"]), WHY)
            named["backend"] = "cpu"
        return function(*given, **named)

    return like(compiled, function)


def _on_cpu(function: Any, name: str, harness: Harness) -> Any:
    def asked(*given: Any, **named: Any) -> Any:
        if given and given[0] in NOT_HERE:
            harness.tell("jax.%s(%r) became those of the CPU" % (name, given[0]), WHY)
            given = ("cpu", *given[1:])
        if named.get("backend") in NOT_HERE:
            harness.tell("jax.%s(backend=%r) became those of the CPU" % (name, named["backend"]), WHY)
            named["backend"] = "cpu"
        return function(*given, **named)

    return like(asked, function)
