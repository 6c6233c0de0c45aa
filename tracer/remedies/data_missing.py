"""A file or folder is not there: where it lies elsewhere, in an archive, or a folder that has only to be made."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tracer.command import TargetCommand
from tracer.missing import FOLDER, Missing, missing
from tracer.plan import RunPlan
from tracer.remedies import Adaptation, Situation

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MEMBERS = 20_000
"""Members of an archive that are looked at."""

SKIPPED = frozenset({".git", "__pycache__", "node_modules", ".venv", "venv"})


class DataMissing:
    """Makes the folder, changes the working folder, or unpacks the archive."""

    order = 42  # cheap, and closer to what was meant than other data

    def adapt(self, situation: Situation) -> Adaptation | None:
        """The first way that is known to give what was asked for."""
        found = missing(situation)
        if found is None:
            return None
        for way in (_made_folder, _other_folder, _unpacked):
            adaptation = way(situation, found)
            if adaptation is not None and adaptation.slug not in situation.tried:
                return adaptation
        return None


REMEDY = DataMissing()


def _made_folder(situation: Situation, found: Missing) -> Adaptation | None:
    """A folder to be written to that does not exist: made in the workspace."""
    if not found.writing or found.path.startswith(("/", "~", "<", "../..")):
        return None
    folder = found.path if FOLDER.search(situation.message) else found.path.rpartition("/")[0]
    if not folder or folder in situation.plan.folders or (situation.plan.root / folder).is_dir():
        return None
    plan = replace(situation.plan, folders=(*situation.plan.folders, folder))
    why = f"the program writes to {found.path} and does not make the folder"
    return Adaptation(plan, f"the empty folder {folder} was made first", why, f"folder:{folder}")


def _other_folder(situation: Situation, found: Missing) -> Adaptation | None:
    """A relative path that leads to something from another working folder."""
    if found.writing or found.asked.startswith(("/", "~")):
        return None
    plan = situation.plan
    for folder in _folders(situation, found):
        if folder == plan.folder or f"cwd:{folder or '.'}" in situation.tried:
            continue
        there = plan.root / folder / found.asked
        if there.is_file() or (there.is_dir() and any(there.iterdir())):
            shown = folder or "the repository's root"
            why = f"{found.asked} leads to a file from there, and to none from {plan.folder or 'the root'}"
            return Adaptation(moved(plan, folder), f"run in {shown}", why, f"cwd:{folder or '.'}")
    return None


def _folders(situation: Situation, found: Missing) -> Iterator[str]:
    """Folders from which a path may have been meant: the root, that of the program, of the reading code, any other."""
    plan = situation.plan
    yield ""
    script = plan.argv[0] if plan.launch == "script" else ""
    for start in (os.path.normpath(os.path.join(plan.folder, script)) if script else "", found.file):
        parts = start.replace(os.sep, "/").split("/")[:-1]
        for length in range(len(parts), 0, -1):
            yield "/".join(parts[:length])
    wanted = os.path.normpath(found.asked).replace(os.sep, "/")
    if wanted.startswith(("..", ".")) and wanted != "." and not wanted.startswith("./"):
        wanted = ""
    for place, folders, names in os.walk(plan.root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        first = wanted.partition("/")[0]
        if wanted and (first in names or first in folders):
            folder = os.path.relpath(place, plan.root).replace(os.sep, "/")
            yield "" if folder == "." else folder


def moved(plan: RunPlan, folder: str) -> RunPlan:
    """The plan with another working folder; words of the command that are paths lead to the same files as before."""
    root = plan.root

    def there(word: str) -> str:
        before, after = root / plan.folder / word, root / folder / word
        if not word or word.startswith(("-", "/", "~")) or not before.exists() or after.exists():
            return word
        return os.path.relpath(before, root / folder).replace(os.sep, "/")

    words = []
    for number, word in enumerate(plan.argv):
        name, sign, value = word.partition("=")
        if number == 0 and plan.launch == "script":
            words.append(os.path.relpath(root / plan.folder / word, root / folder).replace(os.sep, "/"))
        elif number == 0:
            words.append(word)
        else:
            words.append(f"{name}={there(value)}" if sign else there(word))
    needs = plan.needs_path
    if plan.launch == "module" and (plan.folder or ".") not in needs:
        needs = (*needs, plan.folder or ".")  # `python -m` finds modules from the working folder on
    return replace(plan, folder=folder, argv=tuple(words), needs_path=needs)


def _unpacked(situation: Situation, found: Missing) -> Adaptation | None:
    """A file that lies in an archive of the repository: unpacked where it is asked for."""
    if found.writing or found.outside:
        return None
    root = situation.plan.root
    for archive in _archives(root):
        target = _target(root / archive, found.path)
        slug = f"unpack:{archive}"
        if target is None or slug in situation.tried:
            continue
        module = "zipfile" if archive.endswith(".zip") else "tarfile"
        command = TargetCommand("module", (module, "-e", archive, target or "."), "")
        return Adaptation(
            situation.plan,
            f"{archive} was unpacked into {target or 'the root'}",
            f"it holds {found.path}",
            slug,
            (command,),
        )
    return None


def _archives(root: Path) -> Iterator[str]:
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            if name.endswith(ARCHIVES):
                yield os.path.relpath(os.path.join(place, name), root).replace(os.sep, "/")


def _target(archive: Path, path: str) -> str | None:
    """The folder into which an archive has to be unpacked for a path to be there; None when it holds no such file."""
    try:
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as opened:
                names = opened.namelist()[:MEMBERS]
        else:
            with tarfile.open(archive) as packed:
                names = packed.getnames()[:MEMBERS]
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError):
        return None
    known = {part for name in names for part in _with_parents(name.strip("/").removeprefix("./"))}
    parts = path.strip("/").split("/")
    for length in range(len(parts)):
        if "/".join(parts[length:]) in known:
            return "/".join(parts[:length])
    return None


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split("/")
    for length in range(1, len(parts) + 1):
        yield "/".join(parts[:length])
