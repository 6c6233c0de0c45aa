"""`repotour doctor`: what is on this machine, what is missing, and what would be done for a repository. Host."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

_PACKAGES = ("rich", "textual", "libcst", "gitpython", "platformdirs", "debugpy", "ipdb")
_LIBRARIES = ("torch", "numpy", "sklearn", "jax", "tensorflow")
_UV = "makes an environment for a repository: pip install uv"
_TOOLS = {
    "bwrap": "keeps a target away from your files: install the package bubblewrap",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `state` is "ok", "missing" (needed) or "optional" (missing, but that is all right);
    `advice` says how to get it."""

    subject: str
    state: str
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class FoundPython:
    """An interpreter for targets: `libraries` says which of the usual ML packages could be imported in it."""

    path: str
    version: str
    supported: bool
    origin: str
    libraries: dict[str, bool] = field(default_factory=dict)


class Doctor:
    """The command."""

    name = "doctor"
    help = "check this machine, or what a repository would be run with"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "repo", metavar="REPO", nargs="?", default="", help="say what it would be run with, without doing it"
        )
        parser.add_argument("--entry", metavar="FILE", default="", help="the program, when not the best ranked one")
        parser.add_argument("--python", metavar="PY", default="", help="the interpreter that would be given to run")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: argparse.Namespace) -> int:
        """Examine and report; 1 when something is missing without which no tour can be made."""
        if args.repo:
            return _forecast(args)
        pythons = list(_pythons())
        findings = [_own_python(), *_packages(), _git(), _target_python(pythons), *_tools(), _terminal()]
        if args.json:
            report = {"findings": [asdict(finding) for finding in findings], "pythons": [asdict(p) for p in pythons]}
            print(json.dumps(report, indent=1, ensure_ascii=False))
        else:
            _print(findings, pythons)
        return 1 if any(finding.state == "missing" for finding in findings) else 0


def _forecast(args: argparse.Namespace) -> int:
    """What would be done for a repository; 1 when no environment can be had."""
    from repotour.forecast import forecast, lines_of
    from repotour.progress import Progress

    with Progress(quiet=args.json) as progress:
        told = forecast(args.repo, args.entry, args.python, progress)
        progress.done("nothing was installed")
    print(json.dumps(told.to_dict(), indent=1, ensure_ascii=False) if args.json else "\n".join(lines_of(told)))
    return 1 if told.problem else 0


def _own_python() -> Finding:
    from repotour import __version__

    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("repotour", "ok", f"{__version__} on Python {version}")


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    for name in _PACKAGES:
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", "not installed", f"{sys.executable} -m pip install {name}")


def _git() -> Finding:
    from tracer.checkout import git_version

    version = git_version()
    if version:
        return Finding("git", "ok", version)
    return Finding("git", "missing", "not found", "install it from https://git-scm.com")


def _pythons() -> Iterator[FoundPython]:
    """Every interpreter once, with the first reason for which it would be found."""
    from tracer.errors import RepoTourError
    from tracer.interpreter import ask, has_modules, installed

    seen = set()
    for candidate in installed():
        try:
            interpreter = ask(candidate)
            if interpreter.prefix in seen:
                continue
            seen.add(interpreter.prefix)
            libraries = has_modules(interpreter, _LIBRARIES) if interpreter.is_supported else {}
        except RepoTourError:
            continue  # not every file called python3 is one
        yield FoundPython(
            path=str(interpreter.path),
            version=interpreter.version_text,
            supported=interpreter.is_supported,
            origin=interpreter.origin,
            libraries=libraries,
        )


def _target_python(pythons: list[FoundPython]) -> Finding:
    supported = [python for python in pythons if python.supported]
    if supported:
        return Finding("target python", "ok", f"{supported[0].version}, {supported[0].origin}")
    return Finding("target python", "missing", "no CPython 3.9 or newer", "install one from https://www.python.org")


def _tools() -> Iterator[Finding]:
    from tracer.environment.uv import uv_version

    version = uv_version()
    yield Finding("uv", "ok" if version else "optional", version or "not found", "" if version else _UV)
    for name, use in _TOOLS.items():
        there = shutil.which(name) is not None
        yield Finding(name, "ok" if there else "optional", "found" if there else "not found", "" if there else use)


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", "ok", "none: output is plain text")
    size = shutil.get_terminal_size()
    colour = "no colour (NO_COLOR)" if os.environ.get("NO_COLOR") else "colour"
    advice = "" if size.columns >= 80 else "replay needs 80 columns to show code and values side by side"
    return Finding("terminal", "ok" if not advice else "optional", f"{size.columns} × {size.lines}, {colour}", advice)


def _print(findings: list[Finding], pythons: list[FoundPython]) -> None:
    marks = {"ok": "ok     ", "missing": "MISSING", "optional": "-      "}
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        advice = f" — {finding.advice}" if finding.advice else ""
        print(f"{marks[finding.state]}  {finding.subject:{width}}  {finding.detail}{advice}")
    print("\nInterpreters for targets (one that has what the repository imports is taken; --python chooses):")
    for python in pythons:
        libraries = [name for name, there in python.libraries.items() if there]
        what = ", ".join(libraries) or "no ML packages" if python.supported else "too old or not CPython"
        print(f"  {python.version:8}  {python.path}  ({python.origin}; {what})")


COMMAND = Doctor()
