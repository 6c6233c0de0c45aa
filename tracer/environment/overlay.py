"""Packages beside an interpreter that is not ours, in a folder of ours that goes on the target's path. Host.

What the interpreter has stays as it is and is used as it is: only what is lacking is installed.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.environment.pins import Pin, read_pins
from tracer.environment.store import Store, key_of
from tracer.environment.uv import OnLine, Said, run_uv
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter

_INSTALLED = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import json
from importlib.metadata import distributions
print("\\n" + json.dumps({d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}))
"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A folder of packages. `replaces` names the interpreter's own packages of which it holds another version: only
    before the interpreter's own folders can it do its work."""

    folder: Path
    installed: tuple[str, ...]
    replaces: tuple[str, ...] = ()


def lay_over(interpreter: Interpreter, packages: Sequence[str], store: Store, on_line: OnLine | None = None) -> Overlay:
    """Install packages (as pip names them, with versions if need be) beside an interpreter.

    Raises `RepoTourError` (packages-not-found) when they cannot be had.
    """
    wanted = sorted(set(packages))
    here = installed_in(interpreter)
    key = key_of("overlay", str(interpreter.path), interpreter.version, sorted(here.items()), wanted)

    def build(folder: Path) -> dict[str, Any]:
        return _install(folder, interpreter, wanted, here, on_line)

    folder, record = store.keep(key, build)
    return Overlay(folder, tuple(record["installed"]), tuple(record["replaces"]))


def _install(
    folder: Path, interpreter: Interpreter, wanted: list[str], here: dict[str, str], on_line: OnLine | None
) -> dict[str, Any]:
    pins = _resolve(interpreter, wanted, here)
    lacking = [pin for pin in pins if _public(here.get(pin.name, "")) != _public(pin.version)]
    folder.mkdir()
    words = ["pip", "install", "--python", str(interpreter.path), "--target", str(folder), "--no-deps", "--quiet"]
    if lacking:
        said = run_uv(*words, "--requirement", "-", stdin="\n".join(pin.text for pin in lacking), on_line=on_line)
        if not said.ok:
            raise _not_found(wanted, said)
    replaced = [pin.name for pin in lacking if pin.name in here]
    return {"installed": [pin.text for pin in lacking], "replaces": replaced, "wanted": wanted}


def _resolve(interpreter: Interpreter, wanted: list[str], here: dict[str, str]) -> list[Pin]:
    """What has to be there: with everything that is installed left as it is where that is possible."""
    kept = "\n".join(f"{name}=={_public(version)}" for name, version in here.items())
    said = Said(1, "", "")
    # First without running any code of the packages (wheels only), and without touching what is there.
    for only_binary in (True, False):
        for constraints in (kept, ""):
            said = _compile(interpreter, wanted, constraints, only_binary=only_binary)
            if said.ok:
                return read_pins(said.result)
    raise _not_found(wanted, said)


def _compile(interpreter: Interpreter, wanted: list[str], constraints: str, *, only_binary: bool) -> Said:
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(constraints)
        file.flush()
        words = ["pip", "compile", "--python", str(interpreter.path), "--constraints", file.name, "--no-header"]
        if only_binary:
            words += ["--only-binary", ":all:"]
        return run_uv(*words, "-", stdin="\n".join(wanted))


def installed_in(interpreter: Interpreter) -> dict[str, str]:
    """The distributions that an interpreter has, by normalized name, with their versions."""
    from packaging.utils import canonicalize_name

    done = subprocess.run(
        [str(interpreter.path), "-B", "-c", _INSTALLED], capture_output=True, text=True, timeout=60, check=False
    )
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            return {canonicalize_name(name): str(version) for name, version in json.loads(line).items()}
    return {}


def _public(version: str) -> str:
    """A version without what a builder put behind it: an index need not have the `+cpu` that is installed."""
    return version.partition("+")[0]


def _not_found(wanted: list[str], said: Said) -> RepoTourError:
    from tracer.environment.uv import cause_of

    return RepoTourError(
        f"{', '.join(wanted)} cannot be installed: {cause_of(said)}.",
        slug="packages-not-found",
        hint="Give an interpreter that has it with --python.",
    )
