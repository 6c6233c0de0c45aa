"""Who may import whom. One direction, so that each part can be read, tested and replaced without those above it."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from sources import Import, Module, imports, is_in, modules

# What a story may know about recording: data and words, nothing that runs.
TRACER_FOR_WALKTHROUGHS = (
    "events",
    "trace",
    "location",
    "stages",
    "plan",
    "errors",
    "survey",
    "notebooks",
    "open_folder",
)

OWNERS = {
    "git": ("tracer.checkout",),
    "libcst": ("tracer.survey.source",),
    "detect_secrets": ("tracer.safety.secrets",),
    "debugpy": ("tracer.inprocess.live.editor",),
    "ipdb": ("tracer.inprocess.live.borrowing",),
}

AT_THE_TERMINAL = {"rich": ("repotour", "walkthroughs.screen"), "textual": ("walkthroughs.screen",)}

# Every Python from 3.9 on has these, and importing them does nothing that a target could notice.
STDLIB_IN_TARGET = {
    "__future__", "_ctypes", "_json", "_signal", "_thread", "_warnings", "_weakref", "atexit", "builtins", "gc", "json",
    "marshal", "opcode", "os", "resource", "sys", "time", "types",
}  # fmt: skip

# A driver stands where a script of the repository would, and imports what that could: before it nothing has run.
STDLIB_IN_DRIVERS = STDLIB_IN_TARGET | {
    "argparse", "ast", "asyncio", "importlib", "inspect", "itertools", "jax", "linecache", "re", "runpy", "shlex",
    "subprocess", "tokenize", "torch", "tqdm", "traceback",
}  # fmt: skip

# A live walk is no recording: it loads a debugger into the target, which knows of it.
STDLIB_IN_LIVE = STDLIB_IN_TARGET | {
    "IPython", "ast", "debugpy", "dis", "importlib", "ipdb", "pdb", "shutil", "signal", "textwrap", "threading",
}  # fmt: skip

ALL_IMPORTS = [(module, item) for module in modules() for item in imports(module)]


def offenders(found: list[tuple[Module, Import]]) -> list[str]:
    """`file:line imports name`, for messages."""
    return [f"{module.path}:{item.line} imports {item.module}" for module, item in found]


def stdlib_for(module: str) -> set[str]:
    """What a module of the target's side may import."""
    if is_in(module, "tracer.inprocess.drivers"):
        return STDLIB_IN_DRIVERS
    return STDLIB_IN_LIVE if is_in(module, "tracer.inprocess.live") else STDLIB_IN_TARGET


def test_there_is_something_to_check() -> None:
    assert len(modules()) > 30
    assert len(ALL_IMPORTS) > 100


def test_tracer_knows_nothing_of_those_above_it() -> None:
    above = ("walkthroughs", "repotour", "rich", "textual")
    found = [(m, i) for m, i in ALL_IMPORTS if is_in(m.name, "tracer") and any(is_in(i.module, name) for name in above)]
    assert offenders(found) == []


def test_walkthroughs_know_only_the_words_of_tracer() -> None:
    allowed = tuple(f"tracer.{name}" for name in TRACER_FOR_WALKTHROUGHS)
    found = [
        (module, item)
        for module, item in ALL_IMPORTS
        if is_in(module.name, "walkthroughs")
        and (is_in(item.module, "repotour") or is_in(item.module, "tracer"))
        and not any(is_in(item.module, name) for name in allowed)
    ]
    assert offenders(found) == []


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_heavy_library_has_one_owner(library: str) -> None:
    found = [(m, i) for m, i in ALL_IMPORTS if is_in(i.module, library) and m.name not in OWNERS[library]]
    assert offenders(found) == []


@pytest.mark.parametrize("library", sorted(AT_THE_TERMINAL))
def test_terminal_library_stays_at_the_terminal(library: str) -> None:
    found = [
        (module, item)
        for module, item in ALL_IMPORTS
        if is_in(item.module, library) and not any(is_in(module.name, name) for name in AT_THE_TERMINAL[library])
    ]
    assert offenders(found) == []


def test_code_in_the_target_imports_only_listed_stdlib_modules() -> None:
    found = [
        (module, item)
        for module, item in ALL_IMPORTS
        if is_in(module.name, "tracer.inprocess")
        and not item.only_types
        and not is_in(item.module, "tracer.inprocess")
        and item.module.split(".")[0] not in stdlib_for(module.name)
    ]
    assert offenders(found) == []


def test_code_in_the_target_is_python_3_9() -> None:
    for module in modules():
        if is_in(module.name, "tracer.inprocess"):
            ast.parse(module.text, filename=module.path, feature_version=(3, 9))


def test_help_answers_without_the_heavy_libraries() -> None:
    heavy = ["git", "libcst", "detect_secrets", "rich", "textual", "debugpy", "ipdb", "IPython"]
    code = (
        "import sys\nfrom repotour.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', *[name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "usage: repotour" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "loaded:"
