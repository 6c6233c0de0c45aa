"""Names that libraries no longer have, and what says the same today: data, one file per library. Runs in the target.

Each file may have

    NAMES      {module: {name: replacement}}   of a module that is gone as a whole, a module with these names stands in
    ALIASES    {module: module}                a module that is gone, and the one that it was
    METHODS    {"module:Class": {name: replacement}}
    ARGUMENTS  {"module:function": {name: new name}}   an argument that is no longer taken; "" when it is left out
    ACTS       {module: function(module, harness)}     what no table can say
    FAILURES   {pattern of an error: what it misses, in words}   the failures that ACTS are good for

A replacement is `"module:name"` (`"module:"` is the module, `":name"` lies in the same place), a function, or a tuple
of one value. The host reads the same tables to know which failures they are good for.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Union

    Replacement = Union[str, tuple[Any], Callable[..., Any]]


def _tables() -> list[ModuleType]:
    names = sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name[0] != "_")
    for name in names:
        __import__(__name__ + "." + name)
    return [sys.modules[__name__ + "." + name] for name in names]


def _merged(kind: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        for key, rows in getattr(table, kind, {}).items():
            found.setdefault(key, {}).update(rows)
    return found


TABLES: list[ModuleType] = _tables()
NAMES: dict[str, dict[str, Replacement]] = _merged("NAMES")
METHODS: dict[str, dict[str, Replacement]] = _merged("METHODS")
ARGUMENTS: dict[str, dict[str, str]] = _merged("ARGUMENTS")
ALIASES: dict[str, str] = {key: value for table in TABLES for key, value in getattr(table, "ALIASES", {}).items()}
ACTS: list[tuple[str, Callable[[Any, Any], None]]] = [
    item for table in TABLES for item in getattr(table, "ACTS", {}).items()
]
FAILURES: dict[str, str] = {key: value for table in TABLES for key, value in getattr(table, "FAILURES", {}).items()}
