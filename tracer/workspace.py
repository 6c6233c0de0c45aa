"""The scratch copy of a repository in which a target runs, so that the user's own files stay as they are. Host.

What is small is copied. What is large is linked, since copying a data set of many gigabytes for a short run helps
nobody; `Workspace.exposed` lists the originals behind such links, so that whoever runs the target can protect them, and
`Workspace.changed_originals()` says whether all of them are as they were.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tracer.beside import beside
from tracer.disk import disk_full, is_full, remove_tree
from tracer.errors import RepoTourError

LARGE_FILE = 64 * 2**20
"""Files above this many bytes are linked, not copied."""

LARGE_FOLDER_BYTES = 256 * 2**20
LARGE_FOLDER_FILES = 5000
"""A folder behind a link that leads out of the repository is copied when it is within both limits, else linked."""

_SKIPPED_NAMES = frozenset({".git", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})

_Stamp = tuple[int, int, int]
"""Kind and mode, size in bytes, time of change in ns: differs when a file was written."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A copy of a repository's files below a temporary folder; as a context manager it is gone at the end.

    `root` ends in the repository's own folder name. `skipped` are files that could not be read (relative paths).
    `exposed` are originals, outside of the copy, that it links to. `keep`: do not remove it at the end.
    """

    root: Path
    keep: bool = False
    skipped: tuple[str, ...] = ()
    exposed: tuple[Path, ...] = ()
    _before: dict[str, _Stamp] = field(default_factory=dict, repr=False)
    _originals: dict[Path, _Stamp] = field(default_factory=dict, repr=False)

    @classmethod
    def create(cls, checkout_root: Path, *, parent: Path | None = None, keep: bool = False) -> Workspace:
        """Copy the work tree at `checkout_root` to a new folder below `parent` (the system's folder for temporary
        files by default). Raises `RepoTourError` (disk-full); a copy that fails or is interrupted leaves nothing."""
        source = checkout_root.resolve()
        shell: Path | None = None
        try:
            shell = Path(tempfile.mkdtemp(prefix="repotour-", dir=parent)).resolve()
            root = shell / (source.name or "repository")
            copy = _Copy(source, root)
            copy.folder(source, root)
            for path in beside(source):
                copy.neighbour(path, shell / path.relative_to(source.parent))
        except BaseException as error:
            if shell is not None:
                remove_tree(shell)
            if isinstance(error, OSError) and _is_known(error):
                raise _known(error) from error
            raise
        before = {path: _stamp(entry) for path, entry in _files(root)}
        originals = {path: _stamp_of(path) for path in copy.exposed}
        return cls(root, keep, tuple(copy.skipped), tuple(copy.exposed), before, originals)

    @property
    def shell(self) -> Path:
        """The temporary folder that the copy lies in, alone but for what else a run needs."""
        return self.root.parent

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.keep:
            self.remove()

    def remove(self) -> None:
        """Delete the copy. What its links lead to stays."""
        remove_tree(self.shell)

    def new_files(self) -> list[str]:
        """Files that were created or changed since the copy was made: relative paths with `/`, sorted."""
        return sorted(path for path, entry in _files(self.root) if self._before.get(path) != _stamp(entry))

    def deleted_files(self) -> list[str]:
        """Files of the copy that are gone: relative paths with `/`, sorted."""
        return sorted(self._before.keys() - dict(_files(self.root)).keys())

    def changed_originals(self) -> list[Path]:
        """Those of `exposed` that are not as they were when the copy was made. Folders are compared by their own time
        of change only: deep inside them a change stays unseen."""
        return [path for path, before in self._originals.items() if _stamp_of(path) != before]


class _Copy:
    """One walk over a work tree that writes its copy."""

    def __init__(self, source: Path, root: Path) -> None:
        self._source = source
        self._root = root
        self.skipped: list[str] = []
        self.exposed: list[Path] = []

    def folder(self, source: Path, target: Path, *, follow: bool = True) -> None:
        """Copy a folder and all in it. `follow`: links to outside folders may be copied too (once, not inside them)."""
        target.mkdir(parents=True, exist_ok=True)
        try:
            entries = sorted(os.scandir(source), key=lambda entry: entry.name)
        except PermissionError:
            self._skip(source)
            return
        for entry in entries:
            self._entry(entry, target / entry.name, follow=follow)

    def neighbour(self, source: Path, target: Path) -> None:
        """Copy a file or folder that lies beside the work tree; a large folder is linked."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            return
        if source.is_file():
            self._file(source, target, source.stat().st_size)
        elif not _is_environment(source) and _is_small(source):
            self.folder(source, target, follow=False)
        else:
            self._expose(source, target)

    def _entry(self, entry: os.DirEntry[str], target: Path, *, follow: bool) -> None:
        path = Path(entry.path)
        if entry.name in _SKIPPED_NAMES:
            return
        if entry.is_symlink():
            self._link(path, target, follow=follow)
        elif entry.is_dir(follow_symlinks=False):
            if not _is_environment(path) and path != self._root.parent:
                self.folder(path, target, follow=follow)
        elif entry.is_file(follow_symlinks=False):
            self._file(path, target, entry.stat(follow_symlinks=False).st_size)
        # Sockets, pipes and devices: nothing that could be copied.

    def _file(self, path: Path, target: Path, size: int) -> None:
        if size > LARGE_FILE:
            if not _clone_blocks(path, target):
                self._expose(path, target)
            return
        try:
            shutil.copyfile(path, target)
            shutil.copystat(path, target)
        except (PermissionError, FileNotFoundError):  # FileNotFoundError: deleted while we were copying
            self._skip(path)

    def _link(self, path: Path, target: Path, *, follow: bool) -> None:
        """A link to something in the repository leads to the same thing in the copy. What lies outside is copied where
        it is small, so that the target cannot write through the link; else the link stays, as an absolute one."""
        destination = Path(os.path.realpath(path))
        if destination.is_relative_to(self._source):
            inside = self._root / destination.relative_to(self._source)
            target.symlink_to(os.path.relpath(inside, target.parent))
        elif os.path.isfile(destination):
            self._file(destination, target, destination.stat().st_size)
        elif os.path.isdir(destination) and follow and not _is_environment(destination) and _is_small(destination):
            self.folder(destination, target, follow=False)
        elif os.path.exists(destination):
            self._expose(destination, target)
        else:
            target.symlink_to(os.readlink(path))

    def _expose(self, original: Path, target: Path) -> None:
        target.symlink_to(original)
        self.exposed.append(original)

    def _skip(self, path: Path) -> None:
        self.skipped.append(
            path.relative_to(self._source).as_posix() if path.is_relative_to(self._source) else path.name
        )


def _is_environment(folder: Path) -> bool:
    """Whether a folder is a Python environment: large, full of absolute paths, and not part of the program."""
    return os.path.isfile(folder / "pyvenv.cfg") or os.path.isdir(folder / "conda-meta")


def _is_small(folder: Path) -> bool:
    size = files = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            files += 1
            try:
                size += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
            if size > LARGE_FOLDER_BYTES or files > LARGE_FOLDER_FILES:
                return False
    return True


def _clone_blocks(path: Path, target: Path) -> bool:
    """Copy a file without copying its content, where the file system shares blocks until one side writes."""
    if not sys.platform.startswith("linux"):
        return False
    import fcntl

    share_blocks = 0x40049409  # FICLONE of linux/fs.h
    try:
        with open(path, "rb") as source, open(target, "wb") as copy:
            fcntl.ioctl(copy.fileno(), share_blocks, source.fileno())
        shutil.copystat(path, target)
    except OSError:
        target.unlink(missing_ok=True)
        return False
    return True


def _files(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and link below `root` but byte code, with its state."""
    start = len(os.path.join(root, ""))
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in (*names, *links):
            path = os.path.join(place, name)
            try:
                state = os.lstat(path)
            except OSError:
                continue
            yield path[start:].replace(os.sep, "/"), state


def _stamp(state: os.stat_result) -> _Stamp:
    size = 0 if stat.S_ISDIR(state.st_mode) else state.st_size
    return state.st_mode, size, state.st_mtime_ns


def _stamp_of(path: Path) -> _Stamp:
    try:
        return _stamp(path.stat())
    except OSError:
        return (0, 0, 0)


def _is_known(error: OSError) -> bool:
    return is_full(error) or error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT)


def _known(error: OSError) -> RepoTourError:
    if is_full(error):
        return disk_full("the scratch copy of the repository")
    return RepoTourError(
        f"the scratch copy of the repository cannot be made: {error.strerror}.",
        slug="no-workspace",
        hint="Set TMPDIR to a folder that can be written.",
    )
