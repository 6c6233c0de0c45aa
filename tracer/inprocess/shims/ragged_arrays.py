"""Arrays of rows of different lengths: up to numpy 1.23 they became arrays of objects. Runs in the target."""

from __future__ import annotations

from . import made_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

COMPLAINT = "inhomogeneous shape"


def arm(harness: Harness) -> None:
    """Wait for numpy: once it is whole, its own code has taken the functions that it uses itself."""
    harness.after("numpy", lambda module: _take(harness, module))


def _take(harness: Harness, module: Any) -> None:
    for name in ("array", "asarray"):
        made_up.in_place_of(module, name, _maker(harness, name))


def _maker(harness: Harness, name: str) -> Any:
    def make(original: Any) -> Any:
        def made(*args: Any, **named: Any) -> Any:
            try:
                return original(*args, **named)
            except ValueError as error:
                if COMPLAINT not in str(error) or len(args) != 1 or "dtype" in named:
                    raise
            found = original(*args, dtype=object, **named)
            said = "numpy.%s was given rows of different lengths and made an array of objects" % name
            harness.tell(said, "numpy did so up to 1.23, and refuses it from 1.24 on")
            return found

        return made

    return make
