"""From wishes to exact versions with uv; what cannot be had as it was asked for is loosened, one thing at a time. Host.

Wheels only, at first and as far as possible: to build a source distribution is to run its author's code. Of a pin that
no longer exists for this Python the closest newer version is taken, not the newest: a program keeps the interfaces that
it was written for as far as there are any.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tracer.environment.distributions import RENAMED, distributions_for
from tracer.environment.pins import Pin, read_pins
from tracer.environment.uv import Said, cause_of, folders_of_wheels, run_uv
from tracer.environment.wishes import Wish
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter

ROUNDS = 60
"""Loosenings after which giving up is kinder."""

NO_WHEELS = ("antlr4-python3-runtime", "docopt", "gym")
"""Distributions that are published as source alone, and on which much depends: without them, old versions of what
needs them would be found, and nobody would notice."""

TORCH = frozenset({"torch", "torchvision", "torchaudio", "torchtext"})
_REQUIRED = re.compile(r"you require\s+`?([A-Za-z0-9][\w.-]*)")
_UNKNOWN = re.compile(r"([A-Za-z0-9][\w.-]*) was not found in")
_ALL_SOURCE = re.compile(r"all versions of ([A-Za-z0-9][\w.-]*)\s+have no usable wheels")
_NO_BUILD = re.compile(r"(?:Failed to (?:download and )?build|Failed to prepare)[^`]*`([A-Za-z0-9][\w.-]*)")
_NO_WHEEL = re.compile(r"has? no usable wheels|have no usable wheels|no wheels with a matching|building from source is")

_NO_CPU_INDEX = "the index with builds of torch for the CPU cannot be reached: the usual one is asked"
_BEFORE_NUMPY_2 = {
    "torch": "2.3", "torchvision": "0.18", "scipy": "1.13", "pandas": "2.2.2", "scikit-learn": "1.4.2",
    "matplotlib": "3.8.4", "opencv-python": "4.10.0.84", "opencv-python-headless": "4.10.0.84", "tensorflow": "2.18",
    "numba": "0.60", "scikit-image": "0.23", "h5py": "3.11", "pywavelets": "1.6", "gensim": "4.3.3", "jax": "0.4.26",
    "jaxlib": "0.4.26", "gymnasium": "1.0", "statsmodels": "0.14.2", "pyarrow": "16.1", "gym": "9999",
}  # fmt: skip
"""The first version of some distributions that works beside numpy 2; older ones do not say so themselves."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Exact versions of everything, what became of the wishes, and a sentence for each thing that was loosened."""

    pins: tuple[Pin, ...]
    wishes: tuple[Wish, ...]
    loosened: tuple[str, ...] = ()
    from_source: tuple[str, ...] = ()
    """Distributions that may be built, since there is no wheel of them."""
    backend: str = ""
    """The build of torch that uv was asked for: "cpu", or "" for what the index has."""


@dataclass
class Resolver:
    """Resolves for one interpreter. `gpu`: whether builds of torch for a GPU are of use here."""

    interpreter: Interpreter
    gpu: bool
    locked: Sequence[tuple[str, str]] = ()
    from_source: list[str] = field(default_factory=lambda: list(NO_WHEELS))
    loosened: list[str] = field(default_factory=list)
    backend: str = ""
    ready: str = ""
    """The version of a build of torch for the CPU that lies on this machine."""
    build: tuple[tuple[str, str], ...] = ()
    """That build, while nothing speaks against it."""

    def strictly(self, wishes: Sequence[Wish]) -> Resolution | None:
        """Exact versions with every wish as it is, or None."""
        if any(wish.requirement.url for wish in wishes):
            return None
        self._choose_backend(wishes)
        wishes = list(wishes)
        said = self._compile(wishes)
        if not said.ok and self.build:
            self.build = ()
            said = self._compile(wishes)
        if said.ok and self._keep_old_numpy(wishes, read_pins(said.result)):
            said = self._compile(wishes)
        return self._answer(said, wishes) if said.ok else None

    def loosely(self, wishes: Sequence[Wish]) -> Resolution:
        """Exact versions, with wishes changed or left out where they cannot be had. Raises `RepoTourError`
        (environment-not-possible) when even that leads nowhere."""
        self._choose_backend(wishes)
        wishes = list(wishes)
        said = Said(1, "", "")
        for _ in range(ROUNDS):
            said = self._compile(wishes)
            if said.ok:
                if not self._keep_old_numpy(wishes, read_pins(said.result)):
                    return self._answer(said, wishes)
            elif self.build and re.search(r"\btorch\b", said.talk):
                self.build = ()
                self.loosened.append(
                    "the build of torch for the CPU that lies here does not go together with the others"
                )
            elif self.locked:
                self.locked = ()
                self.loosened.append("the versions of the lock file cannot all be had for this Python")
            elif not self._loosen(wishes, said):
                break
        raise RepoTourError(
            f"no set of packages could be found for this program: {cause_of(said)}.",
            slug="environment-not-possible",
            hint="Give an interpreter that has what it needs with --python.",
        )

    def _choose_backend(self, wishes: Sequence[Wish]) -> None:
        """Without a GPU, builds of torch for the CPU: one that lies ready on this machine, else those of its index."""
        family = [wish for wish in wishes if wish.name in TORCH]
        if self.gpu or not family:
            return
        self.ready = cpu_build_here("torch", self.interpreter)
        # A build of torchvision fits only the torch that it was built with: all from one place, if possible.
        if self.ready and not (len(family) > 1 and has_cpu_index()):
            build = ("torch", f"=={self.ready}")
            if self._ask([wish.text for wish in family], [*self.locked, build]).ok:
                self.build = (build,)
                return
        if has_cpu_index():
            self.backend = "cpu"
        else:
            self.loosened.append(_NO_CPU_INDEX)

    def _answer(self, said: Said, wishes: Sequence[Wish]) -> Resolution:
        pins = tuple(read_pins(said.result))
        names = {pin.name for pin in pins}
        source = tuple(name for name in self.from_source if name in names)
        if any(pin.name == "torch" and pin.version == self.ready for pin in pins) and _NO_CPU_INDEX in self.loosened:
            self.loosened.remove(_NO_CPU_INDEX)  # it was not needed after all
        return Resolution(pins, tuple(wishes), tuple(self.loosened), source, self.backend)

    def _compile(self, wishes: Sequence[Wish]) -> Said:
        """One resolution; what exists as source alone, in whatever version, is allowed to be built."""
        while True:
            said = self._ask([wish.text for wish in wishes], [*self.locked, *self.build])
            names = [canonicalize_name(name) for name in _ALL_SOURCE.findall(said.talk)]
            source = [name for name in names if name not in self.from_source and name not in RENAMED]
            if said.ok or not source:
                return said
            self.from_source += source
            self.loosened += [f"{name} is built from source: there is no wheel of it" for name in source]

    def _ask(self, lines: Sequence[str], locked: Sequence[tuple[str, str]], *extra: str) -> Said:
        with _temporary("\n".join(f"{name}{specifier}" for name, specifier in locked)) as constraints:
            words = ["pip", "compile", "--python", str(self.interpreter.path), "--no-header", "--no-annotate"]
            # What is given as a word replaces what the variable says, and the user's bounds hold beside ours.
            for file in (str(constraints), *os.environ.get("UV_CONSTRAINT", "").split()):
                words += ["--constraints", file]
            words += [*self.options(), *extra, "-"]
            return run_uv(*words, stdin="\n".join(lines))

    def options(self) -> list[str]:
        """How uv is told where packages may come from; the same when it resolves and when it installs."""
        return source_options(self.from_source, self.backend)

    def _keep_old_numpy(self, wishes: list[Wish], pins: Sequence[Pin]) -> bool:
        """Ask for numpy before 2 where something was chosen that was built before there was numpy 2, and does not say
        so itself. Whether the wishes are others now."""
        versions = {pin.name: pin.version for pin in pins}
        place = next((place for place, wish in enumerate(wishes) if wish.name == "numpy"), None)
        if not _is_before("2", versions.get("numpy", "0")) or (place is not None and self._has_bound(wishes[place])):
            return False
        for name, first in _BEFORE_NUMPY_2.items():
            if name in versions and _is_before(versions[name], first, strictly=True):
                self.loosened.append(f"numpy before 2 is taken: {name} {versions[name]} was made for that")
                if place is None:
                    wishes.append(Wish(Requirement("numpy<2"), f"{name} {versions[name]} needs it"))
                else:
                    specifier = ",".join(filter(None, [str(wishes[place].requirement.specifier), "<2"]))
                    wishes[place] = wishes[place].with_specifier(specifier)
                return True
        return False

    @staticmethod
    def _has_bound(wish: Wish) -> bool:
        """Whether the repository itself says which numpy it wants at most, or that it wants 2."""
        return any(part.operator in ("==", "<", "<=", "~=", "===") for part in wish.requirement.specifier) or not (
            wish.requirement.specifier.contains("1.26.4")
        )

    def _loosen(self, wishes: list[Wish], said: Said) -> bool:
        """Change the wish that is in the way; False when there is nothing left to change."""
        place = self._culprit(wishes, said)
        if place is None:
            return False
        wish = wishes[place]
        changed, reason = self._looser(wish, said)
        what = f"{wish.asked or wish.text}" if wish.asked else wish.text
        if changed is None:
            if wish.needed and len(wishes) == 1:
                return False
            del wishes[place]
            self.loosened.append(f"{what} is left out: {reason}")
        else:
            wishes[place] = changed
            if changed.text != wish.text:
                self.loosened = [line for line in self.loosened if not line.startswith(f"{what} became ")]
                self.loosened.append(f"{what} became {changed.text}: {reason}")
        return True

    def _culprit(self, wishes: Sequence[Wish], said: Said) -> int | None:
        """The wish that uv's words are about, least needed first."""
        names = [canonicalize_name(name) for name in _UNKNOWN.findall(said.talk)]
        if not any(wish.name in names for wish in wishes):
            names = [canonicalize_name(name) for name in _NO_BUILD.findall(said.talk)]
        if not any(wish.name in names for wish in wishes):
            names = [canonicalize_name(name.rstrip(".")) for name in _REQUIRED.findall(said.talk)]
        places = [place for place, wish in enumerate(wishes) if wish.name in names]
        if not places:
            # uv does not name one of ours: what is asked for most exactly, and is needed least, is tried first.
            places = [place for place, wish in enumerate(wishes) if _firmness(wish) or not wish.needed]
        return min(places, key=lambda place: (wishes[place].needed, -_firmness(wishes[place])), default=None)

    def _looser(self, wish: Wish, said: Said) -> tuple[Wish | None, str]:
        """The wish one rung lower, or None to leave it out; with the reason."""
        python = f"Python {self.interpreter.version[0]}.{self.interpreter.version[1]}"
        unknown = wish.name in [canonicalize_name(name) for name in _UNKNOWN.findall(said.talk)]
        if unknown or wish.name in RENAMED:
            other = RENAMED.get(wish.name) or next(iter(distributions_for(wish.requirement.name)), "")
            if other and canonicalize_name(other) != wish.name:
                return wish.renamed(other), f"{wish.name} is not its name in the index"
            return None, "it is not in the package index"
        specifier = wish.requirement.specifier
        if wish.requirement.url:
            return wish.with_specifier(""), "its address is not followed; the package index is asked"
        if not len(specifier):
            return self._without_wheel(wish, said, python)
        lowest = _lowest(specifier)
        absent = bool(_NO_WHEEL.search(said.talk)) or "there is no version" in said.talk or "of Python" in said.talk
        reason = f"it does not exist for {python}" if absent else "it does not go together with the others"
        if wish.name == "torch" and self.ready and not self.backend and _is_before(lowest or "0", self.ready):
            return wish.with_specifier(f"=={self.ready}"), reason
        if lowest and str(specifier).startswith(("==", "~=")):
            closest = self._closest(wish, lowest) if absent else ""
            return wish.with_specifier(f"=={closest}" if closest and closest != lowest else f">={lowest}"), reason
        if lowest and str(specifier) != f">={lowest}":
            return wish.with_specifier(f">={lowest}"), reason
        return wish.with_specifier(""), reason

    def _without_wheel(self, wish: Wish, said: Said, python: str) -> tuple[Wish | None, str]:
        """Any version would do, and none can be installed: it is built from source, if anything."""
        if _NO_BUILD.search(said.talk):
            return None, f"it cannot be built here ({cause_of(said)})"
        if wish.name not in self.from_source and _NO_WHEEL.search(said.talk):
            self.from_source.append(wish.name)
            self.loosened.append(f"{wish.name} is built from source: there is no wheel of it for {python}")
            return wish, ""
        return None, cause_of(said)

    def _closest(self, wish: Wish, lowest: str) -> str:
        """The oldest version from a pin on that can be had for this Python without building it, or ""."""
        name = wish.requirement.name
        said = self._ask([f"{name}>={lowest}"], (), "--no-deps", "--resolution", "lowest-direct")
        pins = read_pins(said.result) if said.ok else []
        return pins[0].version if pins else ""


def source_options(from_source: Sequence[str], backend: str) -> list[str]:
    """Wheels only, but for some; and which build of torch."""
    words = ["--only-binary", ":all:"]
    for name in from_source:
        words += ["--no-binary", name]
    return [*words, *(["--torch-backend", backend] if backend else [])]


@cache
def has_cpu_index() -> bool:
    """Whether the index with builds of torch for the CPU can be reached from here."""
    words = ["pip", "compile", "--no-deps", "--only-binary", ":all:", "--torch-backend", "cpu", "-"]
    return run_uv(*words, stdin="torch", seconds=60).ok


def cpu_build_here(distribution: str, interpreter: Interpreter) -> str:
    """The newest version of a CPU build for this Python in the folders of wheels that this machine's pip or uv is told
    of, or ""."""
    tag = f"cp{interpreter.version[0]}{interpreter.version[1]}"
    found = []
    for folder in folders_of_wheels():
        for path in folder.glob(f"{distribution}-*+cpu-{tag}-*.whl"):
            found.append(Version(path.name.split("-")[1]))
    return str(max(found)) if found else ""


def _firmness(wish: Wish) -> int:
    """How much a wish leaves no choice: 2 an exact version or an address, 1 a range."""
    text = str(wish.requirement.specifier)
    return 2 if wish.requirement.url or text.startswith("==") else int(bool(text))


def _lowest(specifier: SpecifierSet) -> str:
    """The version from which on a specifier allows any, or ""."""
    versions = []
    for part in specifier:
        if part.operator in ("==", ">=", "~=", ">", "==="):
            text = part.version.removesuffix(".*").partition("+")[0]
            try:
                versions.append(Version(text))
            except InvalidVersion:
                continue
    return str(max(versions)) if versions else ""


def _is_before(version: str, other: str, *, strictly: bool = False) -> bool:
    """Whether a version is not after another (with `strictly`, really before it)."""
    try:
        return Version(version) < Version(other) if strictly else Version(version) <= Version(other)
    except InvalidVersion:
        return False


@contextmanager
def _temporary(text: str) -> Iterator[Path]:
    """A file with some text, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="repotour-uv-") as folder:
        path = Path(folder) / "constraints.txt"
        path.write_text(text, encoding="utf-8")
        yield path
