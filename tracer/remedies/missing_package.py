"""A package that the program imports is not installed where it runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from tracer.diagnosis import complaint
from tracer.environment.declared import declared_for
from tracer.environment.distributions import distributions_for
from tracer.environment.imported import SHARED, imports_of, modules_to_ask
from tracer.environment.wishes import requirement_for
from tracer.errors import RepoTourError
from tracer.interpreter import Candidate, ask, has_modules
from tracer.remedies import Adaptation, Situation

MODULE = re.compile(r"No module named '?(?P<module>[\w.]+)'?")
ASKS = re.compile(r"\bpip3? install (?:(?:-U|-q|--upgrade|--user)\s+)*(?P<what>[^`\n;|&]+)")
NAMED = re.compile(
    r"^[\"']?(?P<text>[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:[=<>!~]=?[\w.*]+(?:,[=<>!~]=?[\w.*]+)*)?)[\"']?$"
)
OPTIONAL = re.compile(r"Missing optional dependency '(?P<name>[\w.-]+)'|^.*?\b(?P<other>[\w.-]+) is not installed\b")
KINDS = ("ModuleNotFoundError", "ImportError", "DependencyNotInstalled", "OptionalDependencyNotAvailable")
FILLERS = {"the", "it", "and", "then", "to", "if", "or", "with", "for", "package", "using", "module", "library"}


class MissingPackage:
    """Has what is missing installed, into a folder or an environment of RepoTour's own."""

    order = 35

    def adapt(self, situation: Situation) -> Adaptation | None:
        """First with all that the program is sure to import and that is not there; if that cannot be had, with the one
        package alone, at last in any version."""
        text = complaint(situation)
        if not any(kind in text.partition(":")[0] for kind in KINDS):
            return None
        module, wanted = self._wanted(situation, text)
        if not wanted:
            return None
        named = [self._in_the_version(situation, name) for name in wanted]
        others = self._others(situation, wanted) if module else []
        for packages in ([*named, *others], named, wanted):
            slug = f"packages {' '.join(sorted(set(packages)))}"
            if slug not in situation.tried:
                shown = ", ".join(dict.fromkeys(packages))
                verb = "was" if len(set(packages)) == 1 else "were"
                what = f"{shown} {verb} installed, into a place of RepoTour's own"
                why = f"the program needs {'it' if verb == 'was' else 'them'} ({text.partition(': ')[2][:160]})"
                return Adaptation(situation.plan, what, why, slug, packages=tuple(dict.fromkeys(packages)))
        return None

    def _wanted(self, situation: Situation, text: str) -> tuple[str, list[str]]:
        """The missing module (or ""), and the distributions that an error asks for."""
        found = MODULE.search(text)
        if found:
            module = found["module"]
            # The dots say that the package is there, and lacks a part: that is a matter of versions.
            if ("." in module and module.partition(".")[0] not in SHARED) or is_own(
                situation, module.partition(".")[0]
            ):
                return "", []
            return module, list(distributions_for(module)[:1])
        asked = [name for match in ASKS.finditer(text) for name in _names(match["what"].split())]
        if asked:
            return "", list(dict.fromkeys(asked))
        optional = OPTIONAL.search(text)
        name = (optional["name"] or optional["other"]) if optional else ""
        return (name, list(distributions_for(name)[:1])) if name and not is_own(situation, name) else ("", [])

    def _others(self, situation: Situation, wanted: list[str]) -> list[str]:
        """What else the program is sure to import and its interpreter lacks: one attempt instead of many."""
        if situation.survey is None:
            return []
        modules = modules_to_ask(imports_of(situation.survey, file_of(situation)))
        try:
            there = has_modules(ask(Candidate(Path(situation.plan.python), "")), modules)
        except RepoTourError:
            return []
        added = {path.name for folder in situation.plan.extra_path for path in folder.glob("*")}
        lacking = [name for name in modules if not there[name] and not {name, f"{name}.py"} & added]
        names = [distributions_for(name)[0] for name in lacking if distributions_for(name)]
        return [self._in_the_version(situation, name) for name in names if name not in wanted]

    def _in_the_version(self, situation: Situation, name: str) -> str:
        """A distribution in the version that the repository names for it, if it does."""
        return requirement_for(name, declared_for(situation.plan.root, file_of(situation)))


def file_of(situation: Situation) -> str:
    """The repository's file that was started, as far as that is known."""
    if situation.entry is not None:
        return situation.entry.file
    plan = situation.plan
    name = plan.argv[0] if plan.launch == "script" else f"{plan.argv[0].partition(':')[0].replace('.', '/')}.py"
    return os.path.normpath(os.path.join(plan.folder, name)).replace(os.sep, "/")


def is_own(situation: Situation, top: str) -> bool:
    """Whether a module could be one of the repository's own."""
    root = situation.plan.root
    if situation.survey is not None and any(
        top in facts.path.removesuffix(".py").split("/") for facts in situation.survey.files
    ):
        return True
    return (root / f"{top}.py").exists() or (root / top).is_dir() or (root / situation.plan.folder / top).is_dir()


def _names(parts: Iterable[str]) -> list[str]:
    """The requirements at the beginning of what follows `pip install`, up to the first word that is none."""
    found = []
    for part in parts:
        match = NAMED.match(part.rstrip(".,)"))
        if match is None or match["text"].lower() in FILLERS:
            break
        found.append(match["text"])
    return found


REMEDY = MissingPackage()
