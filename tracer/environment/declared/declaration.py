"""What a repository says that it needs: one declaration per line of its files, with the place where it stands. Host."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

_CONDA = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*=\s*(?P<version>[\w.*+!]+)(?:=(?P<build>[\w.*]+))?$")
_NAME = re.compile(r"^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?![\w.-])")
_ADDRESS = re.compile(r"^(?:git|hg|svn|bzr)\+|^(?:https?|file|ssh)://|^git@")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][\w.-]*)")
_WHEEL = re.compile(r"/([A-Za-z0-9][\w.]*)-(\d[\w.!+%]*?)(?:-[\w.]+){2,4}\.whl(?:[#?].*)?$")
_HASH = re.compile(r"\s--hash[=\s]\S+")


@dataclass(frozen=True, slots=True)
class Declared:
    """One requirement: `requirement` as packaging reads it, `place` as `file:line`.

    `group` is "" for what the program needs, else the name of an extra or a group. `frozen`: it stands in a list of
    everything that was once installed, which says more about versions than about needs.
    """

    requirement: Requirement
    place: str
    group: str = ""
    frozen: bool = False

    @property
    def name(self) -> str:
        """The distribution, as names are compared."""
        return canonicalize_name(self.requirement.name)


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that some files say.

    `locked` are exact versions that a lock file chose; `pythons` are demands on the Python (a specifier, its place);
    `python_file` is a version from `.python-version`; `notes` say what was not understood or is not followed.
    """

    items: tuple[Declared, ...] = ()
    locked: tuple[tuple[str, str], ...] = ()
    pythons: tuple[tuple[str, str], ...] = ()
    python_file: str = ""
    notes: tuple[str, ...] = ()

    def __add__(self, other: Declarations) -> Declarations:
        """Both; of the same demand the first counts."""
        return Declarations(
            (*self.items, *other.items),
            (*self.locked, *other.locked),
            (*self.pythons, *other.pythons),
            self.python_file or other.python_file,
            (*self.notes, *other.notes),
        )

    def __bool__(self) -> bool:
        """Whether anything is required."""
        return bool(self.items)

    def in_group(self, group: str) -> Declarations:
        """The same, as parts of a group."""
        return replace(self, items=tuple(replace(item, group=item.group or group) for item in self.items))

    def named(self, name: str) -> Declared | None:
        """The first declaration of a distribution."""
        wanted = canonicalize_name(name)
        return next((item for item in self.items if item.name == wanted), None)


def declare(text: str, place: str, group: str = "") -> Declarations:
    """One requirement as it is spelled in a file; what cannot be understood becomes a note."""
    text = _HASH.sub("", text).strip().strip(",").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if not text:
        return Declarations()
    if _ADDRESS.match(text):
        return _at_address(text, place, group)
    conda = _CONDA.match(text)
    if conda:
        exact = conda["build"] or conda["version"].count(".") >= 2
        version = conda["version"] if exact or "*" in conda["version"] else f"{conda['version']}.*"
        text = f"{conda['name']}=={version}"
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return _half_understood(text, place, group)
    return _declared(requirement, place, group)


def _declared(requirement: Requirement, place: str, group: str) -> Declarations:
    """A well-formed requirement; some of these are demands on Python itself, or come with it."""
    name = canonicalize_name(requirement.name)
    if name == "python":
        return Declarations(pythons=((str(requirement.specifier), place),)) if requirement.specifier else Declarations()
    if name.replace("-", "_") in sys.stdlib_module_names:
        return Declarations(notes=(f"{requirement.name} ({place}) is part of Python",))
    if requirement.url and requirement.url.startswith("file:"):
        # `pip freeze` in a conda environment writes where the package was built: a path of somebody else's machine.
        requirement.url = None
    return Declarations((Declared(requirement, place, group),))


def _at_address(text: str, place: str, group: str) -> Declarations:
    """A requirement that is only an address: the name is in it, if anywhere."""
    wheel = _WHEEL.search(text)
    if wheel:
        # A wheel for one platform and one Python is of no use elsewhere, but says which version is meant.
        version = wheel[2].replace("%2B", "+").partition("+")[0]
        return declare(f"{wheel[1]}=={version}", place, group)
    egg = _EGG.search(text)
    path = text.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].rstrip("/").rpartition("@")
    stem = (path[0] if "/" in path[0].partition("://")[2] else path[2]).rstrip("/").rpartition("/")[2]
    stem = re.sub(r"\.(git|zip|tar\.gz)$", "", stem)
    name = egg[1] if egg else stem
    if not _NAME.fullmatch(name) or text.startswith("file:"):
        return Declarations(notes=(f"{place} names no package that could be installed here",))
    try:
        return Declarations((Declared(Requirement(f"{name} @ {text}"), place, group),))
    except InvalidRequirement:
        return Declarations(notes=(f"{place} is not understood",))


def _half_understood(text: str, place: str, group: str) -> Declarations:
    """A requirement with a name but with a version that says nothing to pip, such as `torch 1.4` or `numpy>=1.*`."""
    match = _NAME.match(text)
    rest = text[match.end() :].strip() if match else ""
    if match is None or (rest and not re.match(r"^[\d(<>=!~^\[@;]", rest)):
        return Declarations(notes=(f"{place} is not understood",))
    version = re.match(r"^[(=\s]*(\d[\w.]*)\)?$", rest)
    try:
        requirement = Requirement(f"{match[0]}=={version[1]}" if version else match[0])
    except InvalidRequirement:
        requirement = Requirement(match[0])
    return _declared(requirement, place, group)


def poetry_specifier(text: str) -> str:
    """A version as poetry and Pipenv write it (`^1.2`, `~1.2`, `*`, `1.2.3`) in the words of packaging."""
    parts = []
    for part in (piece.strip() for piece in text.split("||", maxsplit=1)[0].split(",")):
        number = part.lstrip("^~= v")
        if part in ("", "*"):
            continue
        if part[0] == "^":
            parts.append(f">={number},<{_after(number, caret=True)}")
        elif part[0] == "~" and not part.startswith("~="):
            parts.append(f">={number},<{_after(number, caret=False)}")
        elif part[0].isdigit():
            parts.append(f"=={part}")
        else:
            parts.append(part)
    try:
        return str(SpecifierSet(",".join(parts)))
    except InvalidSpecifier:
        return ""


def _after(number: str, *, caret: bool) -> str:
    """The first version that `^number` or `~number` leaves out."""
    parts = [int(part) for part in re.findall(r"\d+", number.partition("+")[0])] or [0]
    if caret:
        place = next((index for index, part in enumerate(parts) if part), len(parts) - 1)
    else:
        place = min(1, len(parts) - 1)
    return ".".join(str(part) for part in [*parts[:place], parts[place] + 1])
