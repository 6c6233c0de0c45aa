"""Optional packages whose presence breaks a program: they are as if they were not installed. Runs in the target."""

from __future__ import annotations

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness


def arm(harness: Harness) -> None:
    """`packages` in the settings are the import names of what is hidden."""
    packages = [str(name) for name in harness.settings.get("packages", ())]

    def hidden(name: str) -> bool:
        harness.tell("%s was hidden, as if it were not installed" % name, "it does not load here, and is optional")
        return True

    for name in packages:
        harness.hide(name, hidden)

    def on_metadata(module: Any) -> None:
        """Some ask whether a distribution is there and not whether it can be imported."""
        distribution = module.Distribution
        find = distribution.from_name.__func__
        shown = {name.replace("_", "-").lower() for name in packages}

        def from_name(cls: Any, name: str) -> Any:
            if str(name).replace("_", "-").lower() in shown:
                raise module.PackageNotFoundError(name)
            return find(cls, name)

        distribution.from_name = classmethod(like(from_name, find))

    harness.after("importlib.metadata", on_metadata)
    harness.after("importlib_metadata", on_metadata)
