"""Which file imports which, inside one repository, resolved as Python would when a script is started. Host side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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


class ImportGraph:
    """Resolves dotted names to repository files. `facts_of` is asked only for files that are reached."""

    def __init__(self, paths: Iterable[str], facts_of: Callable[[str], FileFacts]) -> None:
        self._paths = frozenset(paths)
        self._facts_of = facts_of
        self._resolved: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    def resolve(self, importer: str, name: str, start: str) -> tuple[tuple[str, str], ...]:
        """Files that `import name` loads when a script in folder `start` runs, each with the folder it needs."""
        folder = folder_of(importer)
        if name.startswith("."):
            return tuple((path, "") for path in self._relative(folder, name))
        for base in _bases(folder, start):
            found = self._in_base(base, name)
            if found:
                needs = "" if base in (start, folder) else (base or ".")
                return tuple((path, needs) for path in found)
        return ()

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
            for name in self._facts_of(path).imports:
                for target, needs in self.resolve(path, name, begin):
                    if target != path:
                        found.setdefault(target, needs)
            known = tuple(found.items())
            self._resolved[(path, begin)] = known
        return known

    def reach(self, path: str) -> tuple[Reached, ...]:
        """All files that running `path` imports, nearest first, without itself."""
        start = folder_of(path)
        seen = {path}
        result: list[Reached] = []
        front = [path]
        distance = 0
        while front and len(result) < MAX_REACH:
            distance += 1
            following: list[str] = []
            for importer in front:
                for target, needs in self.direct(importer, start):
                    if target not in seen:
                        seen.add(target)
                        result.append(Reached(target, distance, needs))
                        following.append(target)
            front = following
        return tuple(result)


def folder_of(path: str) -> str:
    """The folder of a relative path; "" for the root."""
    return path.rpartition("/")[0]


def _bases(folder: str, start: str) -> list[str]:
    """Folders tried for an absolute import: the script's own, then every one above it up to the root, then `src`."""
    bases = [start]
    while bases[-1]:
        bases.append(folder_of(bases[-1]))
    bases.append("src")
    if folder not in bases:
        bases.append(folder)
    return bases
