"""Work without Python's search for cyclic garbage, where it makes many objects and hardly any garbage. Host."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Syntax trees and traces are millions of new objects that stay: looking for garbage among them takes a third of
    the time. Whoever switched it off before finds it off afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
