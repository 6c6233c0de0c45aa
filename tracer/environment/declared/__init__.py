"""What a repository declares that it needs, and which of its files count for one program. Host.

A collection has requirements in each sub-folder: the files nearest to the program count. Those further up, and the
extras and groups, still say which version is meant when the program imports what its own files forget.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tracer.environment.cells import installs_of
from tracer.environment.declared.conda_file import read_conda_file
from tracer.environment.declared.declaration import Declarations, Declared, declare
from tracer.environment.declared.lock_files import TOML_LOCKS, read_lock, read_pipfile, read_pipfile_lock
from tracer.environment.declared.projects import read_project
from tracer.environment.declared.requirements_file import read_requirements

__all__ = ["Declarations", "Declared", "Needs", "declared_for"]

_MAIN = re.compile(r"^(requirements?|reqs?|pip[-_]requirements?)\.(txt|in)$", re.IGNORECASE)
_SPARE = re.compile(r"requirements?.*\.txt$|^reqs?.*\.txt$", re.IGNORECASE)
_CONDA = re.compile(r"^(conda[-_]?)?env(ironment)?([-_.].*)?\.ya?ml$|^conda.*\.ya?ml$", re.IGNORECASE)
_FOLDERS = ("requirements", "requirement", "reqs")
_WITHOUT_GPU = re.compile(r"cpu", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Needs:
    """`near` is what counts for a program; `spare` is where else the repository names versions."""

    near: Declarations
    spare: Declarations


def declared_for(root: Path, file: str) -> Needs:
    """What a repository declares for the program in `file` (relative to `root`, with `/`)."""
    root = root.resolve()
    folder, has_files = (root / file).parent, False
    near, spare = _installed_by(root / file, file), Declarations()
    while folder.is_relative_to(root):
        main, beside = _in_folder(folder, root)
        if has_files:
            spare += main + beside
        else:
            near, has_files = near + main, bool(main)
            spare += beside
        if folder == root:
            break
        folder = folder.parent
    main_items = tuple(item for item in near.items if not item.group)
    grouped = tuple(item for item in near.items if item.group)
    near = Declarations(main_items, near.locked, near.pythons, near.python_file, near.notes)
    return Needs(near, Declarations(grouped) + spare)


def _installed_by(path: Path, shown: str) -> Declarations:
    """What a notebook has installed for itself in one of its cells."""
    found = Declarations()
    for text in installs_of(path) if path.suffix == ".ipynb" else ():
        found += declare(text, shown)
    return found


def _in_folder(folder: Path, root: Path) -> tuple[Declarations, Declarations]:
    """What one folder declares, and what its further requirements files (for tests, documents, a GPU) name."""
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return Declarations(), Declarations()
    main, spare = Declarations(), Declarations()
    for name in names:
        if _MAIN.match(name):
            main += read_requirements(folder / name, root)
    main += read_project(folder, root)
    if "Pipfile" in names:
        main += read_pipfile(folder / "Pipfile", root)
    conda = [name for name in names if _CONDA.match(name)]
    # With several, the one for a machine without a GPU is the one that says least that is not so here.
    for name in sorted(conda, key=lambda name: (not _WITHOUT_GPU.search(name), len(name))):
        found = read_conda_file(folder / name, root)
        if main:
            spare += found
        else:
            main += found
    for name in names:
        if _SPARE.search(name) and not _MAIN.match(name):
            spare += read_requirements(folder / name, root)
    for name in _FOLDERS:
        for path in sorted((folder / name).glob("*.txt")):
            spare += read_requirements(path.resolve(), root)
    return main + _locks(folder, names), spare


def _locks(folder: Path, names: list[str]) -> Declarations:
    """Exact versions, and the Python of `.python-version`."""
    found = Declarations()
    for name in names:
        if name in TOML_LOCKS:
            found += read_lock(folder / name)
        elif name == "Pipfile.lock":
            found += read_pipfile_lock(folder / name)
        elif name == ".python-version":
            text = (folder / name).read_text("utf-8", "replace").split()
            version = re.match(r"^\d+\.\d+(\.\d+)?$", text[0]) if text else None
            found += Declarations(python_file=version[0] if version else "")
    return found
