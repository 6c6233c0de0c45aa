"""A package is installed, but in a version that does not suit the program."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tracer.diagnosis import complaint
from tracer.environment.declared import declared_for
from tracer.environment.distributions import distributions_for
from tracer.environment.overlay import installed_in
from tracer.environment.wishes import requirement_for
from tracer.errors import RepoTourError
from tracer.interpreter import Candidate, ask
from tracer.remedies import Adaptation, Situation
from tracer.remedies.missing_package import file_of, is_own

GONE = (
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"No module named '(?P<module>[\w]+\.[\w.]*\.?)(?P<name>\w+)'"),
)
_BOUND = r"[<>!=~]=?\s*v?\d[\w.]*"
DEMANDS = re.compile(
    rf"(?P<name>[A-Za-z][\w.-]*)\s*(?P<bounds>{_BOUND}(?:\s*,\s*{_BOUND})*)\s*(?:is|are) required"
    rf"|requires? `?(?P<other>[A-Za-z][\w.-]*)\s*\(?(?P<limits>{_BOUND}(?:\s*,\s*{_BOUND})*)"
)

_NAME, _METHOD, _MODULE = (f"later versions no longer have that {what}" for what in ("name", "method", "module"))
KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"compiled using NumPy 1\.x cannot be run in|numpy\.dtype size changed|numpy\.core\.multiarray failed to import",
     "numpy<2", "something is installed that was built before there was numpy 2"),
    (r"Descriptors cannot (?:not )?be created directly", "protobuf<3.21", "its protocol files were generated for that"),
    (r"module 'numpy' has no attribute '(?:float|int|bool|object|complex|str|typeDict)'|`np\.\w+` was a deprecated",
     "numpy<1.24", _NAME),
    (r"module 'numpy' has no attribute|`np\.\w+` was removed in the NumPy 2", "numpy<2", _NAME),
    (r"'(?:DataFrame|Series)' object has no attribute '(?:append|iteritems|mad)'", "pandas<2", _METHOD),
    (r"No module named '(?:pkg_resources|distutils)", "setuptools<81", _MODULE),
    (r"'FreeTypeFont' object has no attribute 'getsize'|module 'PIL\.Image' has no attribute 'ANTIALIAS'",
     "pillow<10", _NAME),
    (r"No module named 'keras\.(?:engine|layers\.merge|utils\.np_utils)", "keras<3", _MODULE),
    (r"No module named 'gym\.(?:wrappers\.Monitor|envs\.atari)|'gym.wrappers' has no attribute 'Monitor'",
     "gym<0.22", _MODULE),
)  # fmt: skip
"""Words of an error, the versions that do not say them, and why."""

TOO_LARGE = frozenset({"torch", "torchvision", "torchaudio", "tensorflow", "jaxlib"})
"""Not exchanged on a guess: other packages are built against them, and they are gigabytes."""


class PackageVersion:
    """Has another version installed, into a place of RepoTour's own: the one that the repository asks for, else the
    newest that still has what the program uses, as far as the error tells."""

    order = 60

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the error is about a part of an installed package that is not the repository's own."""
        text = complaint(situation)
        if not text or situation.outcome in ("finished", "limit"):
            return None
        for package, why in (*self._demanded(text), *self._known(text), *self._of_module(situation, text)):
            slug = f"version {package}"
            if slug not in situation.tried:
                shown = text.partition(": ")[2].splitlines()[0][:160]
                what = f"{package} was installed, into a place of RepoTour's own"
                return Adaptation(situation.plan, what, f"{why} ({shown})", slug, packages=(package,))
        return None

    @staticmethod
    def _demanded(text: str) -> list[tuple[str, str]]:
        """What the error itself asks for."""
        found = DEMANDS.search(text)
        if found is None:
            return []
        name, bounds = (
            found["name"] or found["other"],
            (found["bounds"] or found["limits"]).strip(" ,").replace("v", ""),
        )
        if name.lower() in ("python", "version", *sys.stdlib_module_names):
            return []
        try:
            requirement = Requirement(name + "".join(bounds.split()))
        except InvalidRequirement:
            return []
        return [(str(requirement), "the error asks for it")]

    @staticmethod
    def _known(text: str) -> list[tuple[str, str]]:
        return [(package, why) for pattern, package, why in KNOWN if re.search(pattern, text)][:1]

    def _of_module(self, situation: Situation, text: str) -> list[tuple[str, str]]:
        """The versions before the one that has lost a name: what the repository asks for, then the release before."""
        found = next((match for pattern in GONE if (match := pattern.search(text))), None)
        if found is None:
            return []
        top = found["module"].partition(".")[0]
        if top in sys.stdlib_module_names or is_own(situation, top):
            return []
        try:
            here = installed_in(ask(Candidate(Path(situation.plan.python), "")))
        except RepoTourError:
            return []
        name = next((each for each in map(_plain, distributions_for(top)) if each in here), "")
        if not name:
            return []
        return self._older(situation, name, here[name])

    @staticmethod
    def _older(situation: Situation, name: str, version: str) -> list[tuple[str, str]]:
        asked = requirement_for(name, declared_for(situation.plan.root, file_of(situation)))
        wishes = []
        try:
            number = Version(version)
            if asked != name and not Requirement(asked).specifier.contains(number, prereleases=True):
                wishes.append((asked, f"the repository asks for it, and {version} is installed"))
        except (InvalidVersion, InvalidRequirement):
            return []
        if name not in TOO_LARGE:
            below = f"{name}<{number.major}" if number.major else f"{name}<0.{number.minor}"
            if number.major or number.minor:
                wishes.append((below, f"{name} {version} does not have what the program uses"))
        return wishes


def _plain(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)


REMEDY = PackageVersion()
