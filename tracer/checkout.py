"""The repository that is toured: a local folder as it is, or a shallow clone pinned to a commit. Host.

The only module that imports git (GitPython). git is never allowed to ask a question, to run a hook or a large-file
filter, or to fetch submodules; nothing is written outside the cache folder. Clones are made in `tracer.clone`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.address import Address, parse_address, public_url, slug
from tracer.disk import disk_full, is_full
from tracer.errors import RepoTourError
from tracer.git_failures import explain, no_such_ref

if TYPE_CHECKING:
    from git.util import RemoteProgress

Progress = Callable[[str, "float | None"], None]
"""Told what is being done, and how far it is (0 to 1, or None)."""

_CONFIG = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.askPass=",
    "advice.detachedHead=false",
    "fetch.unpackLimit=1",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
)
"""Settings for every call: hooks and large-file filters do not run, no background work, no endless silence; small
clones report their progress too."""

_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
    "GIT_OPTIONAL_LOCKS": "0",
}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A work tree that can be read.

    `root` is the repository's top folder and `folder` the toured sub-folder (relative, `/`, '' for all of it). `url`
    has no credentials and is '' for what has no public address; `commit` is '' outside git. `dirty`: tracked files
    differ from the commit, or there is untracked Python code. `name` is short and fit for file names. `is_remote`: it
    came from a URL, so its code is foreign. `ref` is the branch, tag or commit that was asked for ('' for none).
    """

    root: Path
    folder: str
    url: str
    commit: str
    dirty: bool
    name: str
    is_remote: bool
    ref: str = ""

    @property
    def toured(self) -> Path:
        """The folder that is toured: the root, or the sub-folder that was asked for."""
        return self.root / self.folder


def open_checkout(
    repo: str, *, ref: str | None = None, cache: Path | None = None, progress: Progress | None = None
) -> Checkout:
    """The work tree for what the user typed: a URL (https, ssh, git, file, `git@host:path`, a web page) or a folder.

    `ref` is a branch, tag or commit. `cache` is where clones are kept, by default the user's cache folder. Raises
    `RepoTourError` with one of the slugs no-such-repository, no-such-ref, no-such-folder, not-a-repository,
    empty-repository, no-permission, git-missing, offline, disk-full, clone-failed; nothing is left behind then.
    """
    from tracer.clone import open_clone  # it needs this module's Checkout and Git

    if not repo.strip():
        raise RepoTourError("the name of the repository is empty.", slug="not-a-repository")
    report = progress or _silent
    address = parse_address(repo)
    try:
        if isinstance(address, Path):
            return _open_folder(address, ref or "", cache, report)
        if address.url.startswith("file:"):
            address = _within_work_tree(address)
        return open_clone(address, ref or "", cache, report)
    except PermissionError as error:
        raise RepoTourError(f"{error.filename or repo}: permission denied.", slug="no-permission") from error
    except OSError as error:
        if not is_full(error):
            raise
        raise disk_full("the clone") from error


def find_root(path: Path) -> Path | None:
    """The top folder of the git work tree that holds `path`, or None outside git. Needs no git program."""
    for folder in (path, *path.parents):
        if os.path.isfile(folder / ".git") or os.path.isfile(folder / ".git" / "HEAD"):
            return folder
    return None


def git_version() -> str:
    """The version of the git program, like '2.39.5'; '' when there is none."""
    if not _has_git():
        return ""
    found = re.search(r"\d+(\.\d+)+", Git().answer("version"))
    return found.group() if found else ""


class Git:
    """The git program, as it may be used here. `folder` is a work tree, or None for calls that need none."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises `RepoTourError` (git-missing) when there is no git."""
        if not _has_git():
            raise RepoTourError(
                "git is not installed.",
                slug="git-missing",
                hint="Install it from https://git-scm.com, or give a folder that is already on this machine.",
            )
        from git.cmd import Git as Program

        self._program = Program(str(folder) if folder else None)
        settings = [word for setting in _CONFIG for word in ("-c", setting)]
        place = [f"--git-dir={folder / '.git'}", f"--work-tree={folder}"] if folder else []
        self._command = [str(Program.GIT_PYTHON_GIT_EXECUTABLE or "git"), *settings, *place]

    def call(self, *words: str, seconds: float | None = None) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a git command; ended after `seconds`, where the platform can do that."""
        status, out, err = self._program.execute(
            [*self._command, *words],
            with_extended_output=True,
            with_exceptions=False,
            kill_after_timeout=seconds if os.name == "posix" else None,
            env=self._environment(),
        )
        return status, str(out), str(err)

    def answer(self, *words: str) -> str:
        """What a git command prints, '' when it fails."""
        status, out, _ = self.call(*words)
        return out.strip() if status == 0 else ""

    def must(self, *words: str, shown: str) -> None:
        """A git command that has to succeed; `shown` names the repository in the error."""
        status, _, err = self.call(*words)
        if status:
            raise explain(err, shown)

    def fetch(self, address: Address, options: tuple[str, ...], refs: tuple[str, ...], progress: Progress) -> str:
        """Fetch `refs` with live progress. Returns '' when all went well, else git's own words."""
        from git.cmd import handle_process_output

        words = ["fetch", "--progress", "--no-recurse-submodules", *options, "--", address.url, *refs]
        process = self._program.execute(
            [*self._command, *words], as_process=True, universal_newlines=True, env=self._environment()
        )
        meter = _meter(f"Cloning {address.shown}", progress)
        try:
            handle_process_output(process, None, meter.new_message_handler(), None, decode_streams=False)
            status = process.proc.wait() if process.proc else 0
        except BaseException:
            if process.proc:
                process.proc.terminate()
                process.proc.wait()
            raise
        said = "\n".join([*meter.error_lines, *meter.other_lines])
        return (said or "fatal: git fetch failed") if status else ""

    def commit(self) -> str:
        """The commit that is checked out, '' when there is none yet."""
        return self.answer("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def is_dirty(self) -> bool:
        """Whether tracked files differ from the commit or there is untracked Python code. True when git cannot tell."""
        status, changed, _ = self.call("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all")
        new_code = self.answer("ls-files", "--others", "--exclude-standard", "--", "*.py", "*.ipynb")
        return bool(status or changed.strip() or new_code)

    @staticmethod
    def _environment() -> dict[str, str]:
        """The variables for git. A passphrase or host key question of ssh counts as a failure, not as a prompt."""
        chosen = any(os.environ.get(name) for name in ("GIT_SSH_COMMAND", "GIT_SSH"))
        return _ENVIRONMENT if chosen else {**_ENVIRONMENT, "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}


def _meter(text: str, progress: Progress) -> RemoteProgress:
    """A reader of git's progress lines that tells `progress` the fraction of the current phase."""
    from git.util import RemoteProgress

    class Meter(RemoteProgress):
        """Turns "Receiving objects: 42% (21/50)" into 0.42."""

        def update(
            self, op_code: int, cur_count: str | float, max_count: str | float | None = None, message: str = ""
        ) -> None:
            del message  # the speed, which a fraction has no room for
            total = float(max_count or 0)
            if op_code & (self.RECEIVING | self.RESOLVING) and total:
                progress(text, min(1.0, float(cur_count) / total))

    progress(text, None)
    return Meter()


def _has_git() -> bool:
    return shutil.which(os.environ.get("GIT_PYTHON_GIT_EXECUTABLE") or "git") is not None


def _silent(_text: str, _fraction: float | None) -> None:
    """Progress that nobody wants to see."""


def _open_folder(path: Path, ref: str, cache: Path | None, report: Progress) -> Checkout:
    """A path on this machine: a plain folder, a work tree or a part of one, or a bare repository (which is cloned)."""
    folder = _existing_folder(path)
    if _is_bare(folder):
        from tracer.clone import open_clone

        return replace(open_clone(_address_of(folder), ref, cache, report), is_remote=False)
    root = find_root(folder)
    if root is not None and root != folder and not _holds_tracked_files(root, folder):
        root = None
    if root is not None:
        return _open_work_tree(root, folder.relative_to(root).as_posix(), ref, cache, report)
    if ref:
        raise RepoTourError(f"{path} is not in a git repository, so it has no {ref!r}.", slug="no-such-ref")
    _refuse_empty(folder)
    return Checkout(root=folder, folder="", url="", commit="", dirty=False, name=slug(folder.name), is_remote=False)


def _open_work_tree(root: Path, folder: str, ref: str, cache: Path | None, report: Progress) -> Checkout:
    folder = "" if folder == "." else folder
    name = slug(root.name, folder)
    if not _has_git() and not ref:
        return Checkout(root=root, folder=folder, url="", commit="", dirty=False, name=name, is_remote=False)
    git = Git(root)
    commit, dirty = git.commit(), git.is_dirty()
    url = public_url(git.answer("config", "--get", "remote.origin.url"))
    if not commit:
        _refuse_empty(root)
    wanted = _local_commit(git, root, ref) if ref else commit
    if wanted != commit or (ref and dirty):
        from tracer.clone import open_clone

        clone = open_clone(_address_of(root, folder), wanted, cache, report)
        return replace(clone, url=url, name=name, is_remote=False, ref=ref)
    return Checkout(root=root, folder=folder, url=url, commit=commit, dirty=dirty, name=name, is_remote=False, ref=ref)


def _existing_folder(path: Path) -> Path:
    folder = Path(os.path.realpath(os.path.expanduser(path)))
    if os.path.isdir(folder):
        return folder
    if os.path.exists(folder):
        hint = f"Give its folder, and the file behind --entry: --entry {folder.name}"
        raise RepoTourError(f"{path} is a file, not a repository.", slug="not-a-repository", hint=hint)
    parts = path.as_posix().split("/")
    is_short_form = len(parts) == 2 and all(parts) and not path.is_absolute() and parts[0] not in (".", "..", "~")
    hint = f"If you mean GitHub: https://github.com/{path.as_posix()}" if is_short_form else "Check the spelling."
    raise RepoTourError(f"no folder {path}.", slug="not-a-repository", hint=hint)


def _refuse_empty(folder: Path) -> None:
    if not any(entry.name != ".git" for entry in folder.iterdir()):
        raise RepoTourError(f"{folder.name} is empty: there is no file in it.", slug="empty-repository", exit_code=3)


def _is_bare(folder: Path) -> bool:
    return os.path.isfile(folder / "HEAD") and os.path.isdir(folder / "objects") and os.path.isdir(folder / "refs")


def _address_of(root: Path, folder: str = "") -> Address:
    tail = ("HEAD", *folder.split("/")) if folder else ()
    return Address(url=root.as_uri(), shown=root.name, repository=slug(root.name.removesuffix(".git")), tail=tail)


def _within_work_tree(address: Address) -> Address:
    """A file URL that names a folder inside a work tree becomes that repository with the folder behind it."""
    path = address.local_path
    if not os.path.exists(path):
        return address  # the cache may still have it
    root = None if _is_bare(path) else find_root(path)
    if root is None or root == path:
        return address
    return _address_of(root, path.relative_to(root).as_posix())


def _local_commit(git: Git, root: Path, ref: str) -> str:
    for candidate in (ref, f"origin/{ref}"):
        commit = git.answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
        if commit:
            return commit
    names = git.answer("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags").splitlines()
    raise no_such_ref(ref, root.name, names)


def _holds_tracked_files(root: Path, folder: Path) -> bool:
    """Whether git knows anything in `folder`: a project that merely lies below a repository (a home folder kept in git,
    say) must not pull all of that into its tour."""
    return not _has_git() or bool(Git(root).answer("ls-files", "-z", "--", folder.relative_to(root).as_posix()))
