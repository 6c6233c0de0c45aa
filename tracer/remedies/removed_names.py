"""A name that newer versions of a library no longer have: the program was written for an older one."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, with_shim
from tracer.inprocess.shims import removed
from tracer.remedies import Adaptation, Situation

ATTRIBUTE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
IMPORTED = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
OF_NUMPY = re.compile(r"`np\.(?P<name>\w+)` was (?:removed|a deprecated)")
METHOD = re.compile(r"'(?P<owner>\w+)'(?: object)? has no attribute '(?P<name>\w+)'")
ARGUMENT = re.compile(r"(?P<function>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'")


class RemovedNames:
    """Lets the libraries answer for the names that they had once."""

    order = 24  # before a package of that name is looked for

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failure is about a name that the tables know."""
        if any(shim.name == "removed_names" for shim in situation.plan.shims):
            return None
        missed = missing_name(complaint(situation))
        if not missed:
            return None
        return Adaptation(
            with_shim(situation.plan, "removed_names"),
            "names that newer versions of libraries no longer have are answered for",
            f"the program uses {missed}, which the installed version does not have",
            slug="removed-names",
        )


REMEDY = RemovedNames()


def missing_name(text: str) -> str:
    """The name that an error misses, when the tables know what it was; else ""."""
    found = OF_NUMPY.search(text)
    if found and found["name"] in removed.NAMES["numpy"]:
        return f"numpy.{found['name']}"
    found = ATTRIBUTE.search(text) or IMPORTED.search(text)
    if found:
        full = f"{found['module']}.{found['name']}"
        known = found["name"] in removed.NAMES.get(found["module"], {}) or full in {*removed.NAMES, *removed.ALIASES}
        return full if known else ""
    found = MODULE.search(text)
    if found:
        return found["module"] if found["module"] in {*removed.NAMES, *removed.ALIASES} else ""
    return _member(text)


def _member(text: str) -> str:
    """The method or argument that an error misses, when the tables know it; or another change that they know."""
    found = METHOD.search(text)
    if found:
        owners = {place.partition(":")[2]: rows for place, rows in removed.METHODS.items()}
        return f"{found['owner']}.{found['name']}" if found["name"] in owners.get(found["owner"], {}) else ""
    found = ARGUMENT.search(text)
    if found:
        function = found["function"].rpartition(".")[2]
        known = any(
            place.endswith((f":{found['function']}", f".{function}", f":{function}")) and found["name"] in rows
            for place, rows in removed.ARGUMENTS.items()
        )
        return f"the argument {found['name']} of {found['function'].replace('.__init__', '')}" if known else ""
    return next((what for pattern, what in removed.FAILURES.items() if re.search(pattern, text)), "")
