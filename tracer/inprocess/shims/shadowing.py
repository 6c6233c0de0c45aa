"""A module of the repository has the name of an installed one: each gets the one that it needs. Runs in the target.

`names` in the settings are the modules that are looked for among what is installed only, `own` those that are looked
for in the repository only: a folder without `__init__.py` there is found after everything that is installed.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness


def arm(harness: Harness) -> None:
    """Find the named modules in a part of the path."""
    machinery: Any = sys.modules["_frozen_importlib"]
    finder: Any = sys.modules["_frozen_importlib_external"].PathFinder

    def found(name: str, own: bool) -> Any:
        places = [part for part in sys.path if harness.is_of_repository(part) == own]
        if own:
            return finder.find_spec(name, places)
        built_in = machinery.BuiltinImporter.find_spec(name) or machinery.FrozenImporter.find_spec(name)
        return built_in or finder.find_spec(name, places)

    def loaded(name: str, own: bool) -> Optional[ModuleType]:
        spec = found(name, own) if "." not in name else None
        if spec is None:
            return None
        module: ModuleType = machinery.module_from_spec(spec)
        sys.modules[name] = module
        try:
            if spec.loader is not None:
                spec.loader.exec_module(module)
        finally:
            del sys.modules[name]  # the import that asked puts it there
        if own:
            harness.tell("%s is the repository's, not the installed one of that name" % name, "the program needs it")
        else:
            harness.tell("%s is the installed one, not the repository's of that name" % name, "a library needs it")
        return module

    for name in harness.settings.get("names", ()):
        harness.instead(str(name) + ".", lambda asked: loaded(asked, False))
    for name in harness.settings.get("own", ()):
        harness.instead(str(name) + ".", lambda asked: loaded(asked, True))
