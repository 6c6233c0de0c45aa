"""What an environment should hold for one program, and why: declarations and imports brought together. Host."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tracer.environment.declared import Declared, Needs
from tracer.environment.distributions import (
    BEHIND,
    NEVER,
    RENAMED,
    WITHOUT_GPU,
    distributions_for,
    is_listed,
    modules_of,
)
from tracer.environment.imported import Import
from tracer.machine import Machine

MANY = 40
"""So many packages that the program does not import are a list of what somebody once had, and are left out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One distribution: `requirement` as it is asked for here, `asked` as the repository had it ("" if it did not).

    `needed`: the program imports it; without it there is no run. `guessed`: the name of the import is all that says
    which distribution it is, so it is asked for only when nothing else has the module.
    """

    requirement: Requirement
    why: str
    needed: bool = True
    asked: str = ""
    guessed: bool = False
    module: str = ""

    @property
    def name(self) -> str:
        """The distribution, as names are compared."""
        return canonicalize_name(self.requirement.name)

    @property
    def text(self) -> str:
        """As a line of a requirements file."""
        return str(self.requirement)

    def with_specifier(self, specifier: str) -> Wish:
        """The same in other versions."""
        requirement = copy.copy(self.requirement)
        requirement.specifier, requirement.url = SpecifierSet(specifier), None
        return replace(self, requirement=requirement)

    def renamed(self, name: str) -> Wish:
        """Another distribution instead, in the same versions where its name alone has changed."""
        return replace(self, requirement=Requirement(name))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to install, what was left out beforehand (sentences), and the exact versions that lock files have."""

    items: tuple[Wish, ...]
    left_out: tuple[str, ...] = ()
    locked: tuple[tuple[str, str], ...] = ()


def wishes_for(needs: Needs, imports: Iterable[Import], machine: Machine) -> Wishes:
    """What the program needs: what it imports, in the versions that the repository names, and what else it declares."""
    gather = _Gather(needs, machine)
    imports = tuple(imports)
    for item in imports:
        gather.take(item)
    for item in imports:
        for name in BEHIND.get(item.name, ()):
            gather.behind(name, item)
    gather.beside()
    return Wishes(tuple(gather.found.values()), tuple(gather.left_out), needs.near.locked)


class _Gather:
    """Brings together what is declared and what is imported."""

    def __init__(self, needs: Needs, machine: Machine) -> None:
        self.needs = needs
        self.machine = machine
        self.found: dict[str, Wish] = {}
        self.left_out: dict[str, None] = {}
        self.modules: set[str] = set()
        self.providers = _providers(needs)

    def take(self, item: Import) -> None:
        """One import of the program."""
        module = item.module
        if not module or module in self.modules:
            return
        self.modules.add(module)
        declared = self._declared(module)
        if declared is not None:
            is_near = declared in self.needs.near.items
            if item.certain or is_near:
                self._want(declared, f"imported by {item.place}", needed=item.certain)
            return
        if not item.certain:
            return  # it can do without, or it will say so when it cannot
        names = distributions_for(module)
        if not names:
            reason = NEVER.get(module) or NEVER.get(item.top) or "no distribution is known that has it"
            self.left_out[f"{module} ({item.place}) is not installed: {reason}"] = None
            return
        requirement = Requirement(names[0])
        why = f"imported by {item.place}, not declared"
        wish = Wish(requirement, why, guessed=not is_listed(module), module=module)
        self.found.setdefault(wish.name, wish)

    def behind(self, name: str, item: Import) -> None:
        """A distribution that an import needs without saying so."""
        declared = self.needs.near.named(name) or self.needs.spare.named(name)
        why = f"{item.name} ({item.place}) needs it"
        if declared is not None:
            self._want(declared, why, needed=item.certain)
        elif canonicalize_name(name) not in self.found and item.certain:
            self.found[canonicalize_name(name)] = Wish(Requirement(name), why)

    def beside(self) -> None:
        """What is declared and not imported by the program itself: plug-ins, and what other programs need."""
        rest = [item for item in self.needs.near.items if item.name not in self.found and not item.group]
        frozen = [item for item in rest if item.frozen]
        rest = [item for item in rest if not item.frozen]
        if frozen:
            place = frozen[0].place.rpartition(":")[0]
            self.left_out[f"{len(frozen)} packages of {place} are left out: the program does not import them"] = None
        if len(rest) > MANY:
            self.left_out[f"{len(rest)} declared packages are left out: the program does not import them"] = None
            return
        for item in rest:
            self._want(item, f"declared in {item.place}", needed=False)

    def _declared(self, module: str) -> Declared | None:
        """The declaration that brings a module: by the tables, else by its name; the near files first."""
        names = [canonicalize_name(_bare(name)) for name in distributions_for(module)]
        names.append(canonicalize_name(module.replace(".", "-")))
        for group in (self.needs.near, self.needs.spare):
            for name in names:
                found = group.named(name)
                if found is not None and (found.requirement.marker is None or found.requirement.marker.evaluate()):
                    return found
        return self.providers.get(module)

    def _want(self, declared: Declared, why: str, *, needed: bool) -> None:
        """A declared distribution joins; some have another name in the index, or on a machine without a GPU."""
        asked = str(declared.requirement)
        name = RENAMED.get(declared.name, declared.name)
        if not self.machine.gpus:
            name = "" if declared.name.startswith(("nvidia-", "cupy")) else WITHOUT_GPU.get(declared.name, name)
        if not name:
            self.left_out[f"{asked} ({declared.place}) is left out: this machine has no GPU"] = None
        elif name in self.found:
            self.found[name] = replace(self.found[name], needed=needed or self.found[name].needed)
        else:
            wish = Wish(self._for_here(declared), f"{why}, {declared.place}" if needed else why, needed, asked)
            if name != declared.name:
                self.left_out[f"{declared.name} ({declared.place}) is installed as {name}: it is called that now"] = (
                    None
                )
                wish = wish.renamed(name)
            self.found[name] = wish

    def _for_here(self, declared: Declared) -> Requirement:
        """The requirement without what only means another machine: a build for a GPU (`+cu111`), and a version that
        some other file of the repository has where a lock file decides."""
        requirement = copy.copy(declared.requirement)
        text = str(requirement.specifier)
        if "+" in text and not self.machine.gpus:
            requirement.specifier = SpecifierSet(re.sub(r"\+[\w.]+", "", text))
        if declared not in self.needs.near.items and declared.name in dict(self.needs.near.locked):
            requirement.specifier = SpecifierSet()
        return requirement


def requirement_for(name: str, needs: Needs) -> str:
    """A distribution as pip names it, in the versions that the repository asks for, if it does."""
    requirement = Requirement(name)
    if requirement.specifier or requirement.extras:
        return name
    declared = needs.near.named(requirement.name) or needs.spare.named(requirement.name)
    specifier = str(declared.requirement.specifier) if declared is not None else ""
    locked = dict((*needs.near.locked, *needs.spare.locked)).get(canonicalize_name(requirement.name), "")
    return requirement.name + re.sub(r"[+][\w.]+", "", specifier or locked)


def _providers(needs: Needs) -> dict[str, Declared]:
    """Module to the declared distribution that is known to have it."""
    found: dict[str, Declared] = {}
    for item in (*needs.near.items, *needs.spare.items):
        for module in modules_of(RENAMED.get(item.name, item.name)):
            found.setdefault(module, item)
    return found


def _bare(text: str) -> str:
    """A requirement's name."""
    return Requirement(text).name
