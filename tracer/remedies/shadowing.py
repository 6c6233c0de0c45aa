"""A module of the repository has the name of an installed one, and the wrong one of the two was found."""

from __future__ import annotations

import os
import re
from dataclasses import replace

from tracer.diagnosis import complaint, with_shim
from tracer.remedies import Adaptation, Situation

NAME = re.compile(
    r"cannot import name '\w+' from (?:partially initialized module )?'(?P<imported>[\w.]+)'"
    r"|(?:partially initialized )?module '(?P<attribute>[\w.]+)' has no attribute"
    r"|No module named '(?P<missing>[\w.]+\.[\w.]+)'|No module named '(?P<part>\w+)\.\w+'; '\w+' is not a package"
)
LIBRARY = re.compile(r"[/\\](?:(?:site|dist)-packages|lib[/\\]python3\.\d+)[/\\]")
FILE = re.compile(r'^\s*File "(?P<file>[^"]+)", line \d+', re.MULTILINE)
LAST = "Traceback (most recent call last):"


class Shadowing:
    """Finds the one that whoever asks needs: the installed one for a library, the repository's for the program."""

    order = 32

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where both are there."""
        if situation.error not in ("ImportError", "ModuleNotFoundError", "AttributeError"):
            return None
        found = NAME.search(complaint(situation))
        name = next((part for part in found.groups() if part), "") if found else ""
        if not name:
            return None
        own = _own(situation, name)
        if not own:
            return None
        files = FILE.findall(situation.printed.rpartition(LAST)[2])
        if files and LIBRARY.search(files[-1]):
            return self._installed_first(situation, name.partition(".")[0])
        return self._own_first(situation, name, own)

    @staticmethod
    def _installed_first(situation: Situation, top: str) -> Adaptation | None:
        """A library asked, and got the repository's."""
        before = next((shim.settings for shim in situation.plan.shims if shim.name == "shadowing"), {})
        if top in before.get("names", ()):
            return None
        return Adaptation(
            with_shim(situation.plan, "shadowing", names=[top]),
            f"{top} is the installed one, not the repository's of that name",
            f"a library needs it, and found the repository's ({situation.message[:120]})",
            slug=f"shadowing-{top}",
        )

    @staticmethod
    def _own_first(situation: Situation, name: str, own: list[str]) -> Adaptation | None:
        """The program asked, and got the installed one, or a part that holds nothing of what it needs."""
        plan = situation.plan
        here = os.path.normpath(os.path.join(plan.folder, os.path.dirname(plan.argv[0]) if plan.argv else ""))
        folders = [folder for folder in own if folder not in plan.needs_path and folder != here]
        top = name.partition(".")[0]
        if not folders:
            return None
        if not (plan.root / folders[0] / top / "__init__.py").exists():
            plan = with_shim(plan, "shadowing", own=[top])  # else any package of that name would come first
        shown = "the repository's root" if folders[0] == "." else folders[0]
        return Adaptation(
            replace(plan, needs_path=(folders[0], *plan.needs_path)),
            f"{shown} was put on PYTHONPATH, so that {name} is the repository's",
            f"another module of that name was found first ({situation.message[:120]})",
            slug=f"shadowed-{name}",
        )


REMEDY = Shadowing()


def _own(situation: Situation, name: str) -> list[str]:
    """The folders of the repository from which a module of that name is found, the nearest to its root first."""
    tail = name.replace(".", "/")
    found = set()
    paths = [facts.path for facts in situation.survey.files] if situation.survey is not None else []
    for path in paths or (str(item.relative_to(situation.plan.root)) for item in situation.plan.root.rglob("*.py")):
        module = path.removesuffix(".py").removesuffix("/__init__")
        if module == tail or module.endswith("/" + tail):
            found.add(module.removesuffix(tail).rstrip("/") or ".")
    return sorted(found, key=lambda folder: (folder.count("/") + (folder != "."), folder))
