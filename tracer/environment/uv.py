"""uv, the program that resolves and installs: where it is, how it is called, what it said. Host.

uv knows nothing of pip's settings, but a machine behind a company's mirror has only those; they are handed on as uv's
own variables, as far as uv has not been told anything itself.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracer.errors import RepoTourError

OnLine = Callable[[str], None]
"""Told each line that uv writes while it works."""

SECONDS = 1800.0
"""Time for one call: an environment of several gigabytes over a slow line takes this long."""

_RETRIES = "1"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PIP_SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
_OWN_WORDS = {"UV_DEFAULT_INDEX": ("UV_INDEX_URL",), "UV_INDEX": ("UV_EXTRA_INDEX_URL",)}


@dataclass(frozen=True, slots=True)
class Said:
    """How a call of uv ended: its exit status, its result, and what it had to say (stderr, without colour)."""

    status: int
    result: str
    talk: str

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status == 0


@cache
def uv_program() -> Path | None:
    """The uv that came with RepoTour, else the one on PATH; None where there is neither."""
    try:
        from uv import find_uv_bin

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        on_path = shutil.which("uv")
        return Path(on_path) if on_path else None


def uv_version() -> str:
    """Its version, or ""."""
    if uv_program() is None:
        return ""
    said = run_uv("--version")
    return said.result.split()[1] if said.ok and len(said.result.split()) > 1 else ""


def run_uv(*words: str, stdin: str = "", on_line: OnLine | None = None, seconds: float = SECONDS) -> Said:
    """Run uv and wait for it. Raises `RepoTourError` (uv-missing, uv-slow); every other failure is in the answer."""
    program = uv_program()
    if program is None:
        raise RepoTourError(
            "there is no uv, which makes environments for repositories.",
            slug="uv-missing",
            hint="Install it (pip install uv), or give an interpreter that has the packages with --python.",
        )
    if words[:1] == ("pip",) and pip_settings().get("no-index", "0").lower() in ("1", "true", "yes", "on"):
        words = (*words[:2], "--no-index", *words[2:])  # the one setting that uv has no variable for
    process = subprocess.Popen(
        [str(program), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=uv_environment(),
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=Path(os.path.abspath(os.sep)),  # a pyproject.toml or uv.toml of the current folder is not ours to obey
    )
    talk: list[str] = []
    listener = threading.Thread(target=_listen, args=(process, talk, on_line), daemon=True)
    late = threading.Timer(seconds, process.kill)
    late.start()
    listener.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it had read everything; its status says why
        with process.stdout:
            result = process.stdout.read()
        status = process.wait()
        listener.join()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        is_late = not late.is_alive()
        late.cancel()
    if is_late and status < 0:
        raise RepoTourError(
            f"uv was not ready after {seconds / 60:.0f} minutes.",
            slug="uv-slow",
            hint="Try again (what was downloaded is kept), or give an interpreter with --python.",
        )
    return Said(status, result, "".join(talk))


def _listen(process: subprocess.Popen[str], talk: list[str], on_line: OnLine | None) -> None:
    """Keep what it says, and pass it on as it comes."""
    assert process.stderr is not None
    with process.stderr:
        for raw in process.stderr:
            line = _COLOUR.sub("", raw)
            talk.append(line)
            if on_line is not None and line.strip():
                on_line(line.strip())


def uv_environment() -> dict[str, str]:
    """The variables that uv runs with: ours, pip's settings in uv's words, and none of an active environment."""
    found = dict(os.environ)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT", "UV_PYTHON"):
        found.pop(name, None)
    for name, value in pip_settings().items():
        variable = _PIP_SETTINGS.get(name, "")
        if variable and variable not in found and not any(other in found for other in _OWN_WORDS.get(variable, ())):
            found[variable] = value
            if variable == "UV_INDEX":
                # pip looks in all its indexes for the best version; uv would stop at the first that has the name
                found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    found.setdefault("UV_HTTP_RETRIES", _RETRIES)
    found.update({"NO_COLOR": "1", "UV_NO_PROGRESS": "1"})
    return found


def pip_settings() -> dict[str, str]:
    """What pip was told about where packages come from, by its variables or its configuration files."""
    found: dict[str, str] = {}
    names = (*_PIP_SETTINGS, "no-index")
    for file in _pip_files():
        reader = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            reader.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
        for section in ("global", "install"):
            if reader.has_section(section):
                found.update({name: value for name, value in reader.items(section) if name in names})
    for name in names:
        value = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
        if value:
            found[name] = value
    for name in ("extra-index-url", "find-links"):
        if name in found:
            places = [place for place in found[name].split() if not _is_dead(place)]
            found[name] = ("," if name == "find-links" else " ").join(places)
    return {name: value.strip() for name, value in found.items() if value.strip()}


def folders_of_wheels() -> list[Path]:
    """The folders on this machine in which pip or uv were told to look for wheels."""
    places = uv_environment().get("UV_FIND_LINKS", "").replace(",", " ").split()
    paths = [Path(place.removeprefix("file://")) for place in places if place.startswith(("file://", os.sep))]
    return [path for path in paths if path.is_dir()]


def _is_dead(place: str) -> bool:
    """A folder that is not there: pip warns of it, uv gives up."""
    path = place.removeprefix("file://")
    return path.startswith(os.sep) and not os.path.isdir(path)


def _pip_files() -> list[Path]:
    """pip's configuration files, the more particular last."""
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
    if os.environ.get("APPDATA"):
        files.append(Path(os.environ["APPDATA"]) / "pip" / "pip.ini")
    return [*files, *([Path(chosen)] if chosen else [])]


def cause_of(said: Said) -> str:
    """Why it failed, in one line: the innermost thing that it says itself, without hints and counts."""
    lines = [line.strip() for line in said.talk.splitlines()]
    causes = [line.removeprefix("cause: ") for line in lines if line.startswith("cause: ")]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    text = (causes or errors or ["uv does not say why"])[0]
    return re.sub(r",? we can conclude that .*$", "", text).rstrip(".") or "uv does not say why"
