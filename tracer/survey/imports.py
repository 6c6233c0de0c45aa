"""Which file imports which, inside one repository, resolved as Python would when a script is started. Host side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tracer.survey.sightings import FileFacts

MAX_REACH = 400
"""Files after which following imports stops; more is a framework, not a program."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A file that running another one imports: how many imports away, and through which extra path entry."""

    path: str
    distance: int
    needs: str = ""
    """Folder ("." is the root) that must be on the path because the script's own folder does not lead there."""


class _Import(NamedTuple):
    """An import that may lead into the repository: an absolute name, or ("") the files of a relative one."""

    name: str
    targets: tuple[str, ...]


class ImportGraph:
    """Resolves dotted names to repository files. `facts_of` is asked only for files that are reached;
    `read_ahead` is told before that which ones those will be."""

    def __init__(
        self,
        paths: Iterable[str],
        facts_of: Callable[[str], FileFacts],
        read_ahead: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._paths = frozenset(paths)
        self._facts_of = facts_of
        self._read_ahead = read_ahead
        self._homes = _homes(self._paths)
        self._own: dict[str, tuple[_Import, ...]] = {}
        self._bases: dict[str, list[str]] = {}
        self._placed: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        self._resolved: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    def _absolute(self, folder: str, name: str, start: str) -> tuple[str, tuple[str, ...]]:
        """Where an absolute import leads: the folder it was found in, and the files. All files of a program ask for
        the same names, so the answers are kept."""
        known = self._placed.get((start, name))
        if known is None:
            known = self._placed[(start, name)] = self._from(start, name)
        if not known[1] and folder in self._homes.get(_first(name), ()):
            return folder, tuple(self._in_base(folder, name))
        return known

    def _from(self, start: str, name: str) -> tuple[str, tuple[str, ...]]:
        bases = self._bases.get(start)
        if bases is None:
            bases = self._bases[start] = _bases(start)
        homes = self._homes.get(_first(name), ())
        for base in bases:
            found = self._in_base(base, name) if base in homes else []
            if found:
                return base, tuple(found)
        return "", ()

    def _own_imports(self, path: str) -> tuple[_Import, ...]:
        """The imports of a file that could lead into the repository: most are of libraries, and are not looked for.
        Relative ones lead to the same files whatever is started."""
        known = self._own.get(path)
        if known is None:
            folder, found = folder_of(path), []
            for name in self._facts_of(path).imports:
                if name.startswith("."):
                    found.append(_Import("", tuple(self._relative(folder, name))))
                elif _first(name) in self._homes:
                    found.append(_Import(name, ()))
            known = self._own[path] = tuple(found)
        return known

    def _relative(self, folder: str, name: str) -> list[str]:
        level = len(name) - len(name.lstrip("."))
        for _ in range(level - 1):
            folder = folder_of(folder)
        return self._in_base(folder, name.lstrip("."))

    def _in_base(self, base: str, name: str) -> list[str]:
        """The modules of `a.b.c` below a folder: packages on the way, then the longest part that is a file."""
        parts = [part for part in name.split(".") if part]
        found: list[str] = []
        here = base
        for part in parts:
            stem = f"{here}/{part}" if here else part
            package = f"{stem}/__init__.py"
            if package in self._paths:
                found.append(package)
            elif f"{stem}.py" in self._paths:
                found.append(f"{stem}.py")
                break
            here = stem
        return found

    def direct(self, path: str, start: str | None = None) -> tuple[tuple[str, str], ...]:
        """Repository files that one file imports, each with the extra folder it needs ("" = none)."""
        begin = folder_of(path) if start is None else start
        known = self._resolved.get((path, begin))
        if known is None:
            found: dict[str, str] = {}
            folder = folder_of(path)
            for item in self._own_imports(path):
                needs, targets = "", item.targets
                if item.name:
                    base, targets = self._absolute(folder, item.name, begin)
                    needs = "" if base in (begin, folder) else (base or ".")
                for target in targets:
                    if target != path:
                        found.setdefault(target, needs)
            known = tuple(found.items())
            self._resolved[(path, begin)] = known
        return known

    def reach(self, path: str) -> tuple[Reached, ...]:
        """All files that running `path` imports, nearest first, without itself."""
        return self.reach_each([path])[0]

    def reach_each(self, paths: Iterable[str]) -> list[tuple[Reached, ...]]:
        """What `reach` says of each of some files; the files that any of them needs next are read together."""
        walks = [_Walk(path) for path in paths]
        going = walks
        while going:
            self._read_ahead(dict.fromkeys(importer for walk in going for importer in walk.front))
            for walk in going:
                self._advance(walk)
            going = [walk for walk in going if walk.front and len(walk.found) < MAX_REACH]
        return [tuple(walk.found) for walk in walks]

    def _advance(self, walk: _Walk) -> None:
        """One import further."""
        walk.distance += 1
        following: list[str] = []
        for importer in walk.front:
            for target, needs in self.direct(importer, walk.start):
                if target not in walk.seen:
                    walk.seen.add(target)
                    walk.found.append(Reached(target, walk.distance, needs))
                    following.append(target)
        walk.front = following


class _Walk:
    """How far the imports of one started file have been followed: `front` are the files reached last."""

    def __init__(self, path: str) -> None:
        self.start = folder_of(path)
        self.distance = 0
        self.seen = {path}
        self.found: list[Reached] = []
        self.front = [path]


def folder_of(path: str) -> str:
    """The folder of a relative path; "" for the root."""
    return path.rpartition("/")[0]


def _homes(paths: Iterable[str]) -> dict[str, set[str]]:
    """The folders in which each name stands that can begin an import: as a module, or as a folder that holds some."""
    homes: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        homes.setdefault(name.rpartition(".")[0], set()).add(folder)
        while folder:
            above, _, part = folder.rpartition("/")
            known = homes.setdefault(part, set())
            if above in known:
                break  # so are all above it
            known.add(above)
            folder = above
    return homes


def _first(name: str) -> str:
    return name.partition(".")[0]


def _bases(start: str) -> list[str]:
    """Folders tried for an absolute import: the script's own, then every one above it up to the root, then `src`."""
    bases = [start]
    while bases[-1]:
        bases.append(folder_of(bases[-1]))
    bases.append("src")
    return bases
