"""Bubblewrap around a target: the system read-only, no network and no home for strangers. Host.

Two strengths. A *guard* changes nothing for the program but that the user's home, the repository and the data behind
links cannot be written. A *sandbox* is for code from a URL: a read-only system without the user's files, without
network, with its own temporary folder and processes. Both end with us: the system kills what is inside.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROGRAM = "bwrap"
_SECONDS = 20.0
_DEVICES = ("nvidia*", "dri", "kfd", "accel", "infiniband", "davinci*")
"""What stands for an accelerator below /dev, as glob patterns."""
_RUNTIME = (Path("/run/current-system"), Path("/run/opengl-driver"))
"""Parts of the system that some distributions keep where sockets are hidden."""

_ASK = "import sys, json; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, sys.executable, *sys.path]))"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How a target is shut in.

    `writable` are the folders in which it may write. `protected` are those that a guard makes read-only. `visible` are
    files and folders that a sandbox has to show though they lie where it hides things. `closed`: a sandbox, no guard.
    """

    writable: tuple[Path, ...]
    protected: tuple[Path, ...] = ()
    visible: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = field(default=())
    scratch: Path | None = None
    closed: bool = False

    def wrap(self, words: list[str], folder: Path, also: Iterable[Path] = ()) -> list[str]:
        """The command that runs `words` in `folder` inside; `also` are further folders that have to be visible."""
        inside = self._closed(words[0], also) if self.closed else self._guard()
        return [PROGRAM, "--die-with-parent", *inside, "--chdir", str(folder), "--", *words]

    def _guard(self) -> list[str]:
        options = ["--dev-bind", "/", "/"]
        for path in _outermost(self.protected):
            options += ["--ro-bind-try", str(path), str(path)]
        return [*options, *_binds("--bind", self.writable)]

    def _closed(self, program: str, also: Iterable[Path]) -> list[str]:
        options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        # A name that /etc/hosts knows: programs look up their own address by it.
        options += ["--hostname", "localhost", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc"]
        options += ["--dev", "/dev"]
        for device in _devices():
            options += ["--dev-bind-try", device, device]
        if self.scratch is not None:
            for name in ("/tmp", "/var/tmp"):
                if os.path.isdir(name) and not os.path.islink(name):
                    options += ["--bind", str(self.scratch), name]
        for path in _outermost(self.hidden):
            options += ["--tmpfs", str(path)]
        covered = [*self.hidden, Path("/tmp"), Path("/var/tmp")]
        needed = (*self.visible, *also, *needed_by(program), *_RUNTIME)
        shown = [path for path in needed if any(map(path.is_relative_to, covered))]
        options += [*_binds("--ro-bind-try", _outermost(shown)), *_binds("--bind", self.writable)]
        # What stands in the place of hidden folders lies in memory: nothing is to be put there.
        return [*options, *[word for path in _outermost(self.hidden) for word in ("--remount-ro", str(path))]]


def closed(shell: Path, scratch: Path, home: Path, visible: Iterable[Path]) -> Sandbox:
    """A sandbox for code from a URL. `shell` is what it may write, `scratch` its folder for temporary files, `home` the
    user's home, which it does not see."""
    hidden = (home, *map(Path, ("/home", "/root", "/run", "/media", "/mnt")))
    there = tuple(path for path in hidden if path.is_dir() and not path.is_symlink() and path != Path("/"))
    return Sandbox((shell,), (), tuple(visible), there, scratch, True)


def guard(shell: Path, home: Path, protected: Iterable[Path]) -> Sandbox:
    """A guard for a repository of the user's own."""
    everything = [path.resolve() for path in (home, *protected) if path.exists() and path.resolve() != Path("/")]
    return Sandbox((shell,), tuple(everything))


@cache
def obstacle() -> str:
    """Why there can be no sandbox here, in words for the user; empty where it works. Asks once, for some 10 ms."""
    if not sys.platform.startswith("linux"):
        return "there is no bubblewrap for this system"
    program = shutil.which(PROGRAM)
    if program is None:
        return "bubblewrap is not installed"
    trial = [program, "--unshare-pid", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--", "true"]
    try:
        done = subprocess.run(trial, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not start here ({type(error).__name__})"
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return f"bubblewrap is not allowed to make one here ({said})"
    return ""


def exit_status(code: int) -> int:
    """The status of what ran inside: bubblewrap tells a signal the way a shell does."""
    number = code - 128
    return -number if 0 < number < signal.NSIG else code


@cache
def needed_by(program: str) -> tuple[Path, ...]:
    """The files and folders that an interpreter needs: its installation, its environment, what its path leads to."""
    try:
        done = subprocess.run([program, "-c", _ASK], capture_output=True, text=True, timeout=_SECONDS, check=True)
        answer = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        answer = []
    found = set()
    for name in filter(None, [program, *answer]):
        path = Path(os.path.abspath(name))
        for _hop in range(20):
            found.add(path)
            if not path.is_symlink():
                break
            path = path.parent / os.readlink(path)
        found.add(Path(os.path.realpath(name)))
    # A program is a link among others, and finds its environment by where it lies.
    found |= {path.parent for path in found if path.is_file()}
    too_much = (Path("/"), Path(tempfile.gettempdir()), Path.home())
    return tuple(sorted(path for path in found if path.exists() and path not in too_much))


def compile_recorder(program: str, version: tuple[int, ...]) -> None:
    """Keep the recorder compiled for an interpreter: from inside, where nothing of it can be written, it would be read
    anew each time, which takes as long as the rest of its start."""
    inside = Path(__file__).resolve().parent.parent / "inprocess"
    if not version or (inside / "__pycache__" / f"recorder.cpython-{version[0]}{version[1]}.pyc").exists():
        return
    with suppress(OSError, subprocess.SubprocessError):
        words = [program, "-I", "-S", "-m", "compileall", "-q", str(inside)]
        subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)


def _devices() -> list[str]:
    return sorted(str(path) for pattern in _DEVICES for path in Path("/dev").glob(pattern))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Without those that lie in another one."""
    found: list[Path] = []
    for path in sorted(set(paths), key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(other) for other in found):
            found.append(path)
    return found


def _binds(option: str, paths: Iterable[Path]) -> list[str]:
    """Binds in an order in which none hides another."""
    ordered = sorted(set(paths), key=lambda path: (len(path.parts), str(path)))
    return [word for path in ordered for word in (option, str(path), str(path))]
