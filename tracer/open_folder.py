"""Open folders: packages in which adding something is adding one file. Runs on the host.

Each module of such a package offers one constant (`REMEDY`, `RULE`, `DETECTOR` …); nothing else lists them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any


def modules_of(package: str) -> Iterator[ModuleType]:
    """Every module of a package by its dotted name, imported, in the order of their names."""
    for name in sorted(item.name for item in pkgutil.iter_modules(import_module(package).__path__)):
        yield import_module(f"{package}.{name}")


def offered(package: str, constant: str) -> list[Any]:
    """What each module of an open folder offers under that name; one that offers nothing is an `AttributeError`."""
    return [getattr(module, constant) for module in modules_of(package)]
