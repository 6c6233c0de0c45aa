"""The Pythons of this machine that targets may be run with."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@cache
def interpreter(version: str) -> str | None:
    """The Python of a version: our own, one that pyenv or uv installed, or the one on the PATH."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    # HOME is another folder during the tests.
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    for folder in (Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions", home / ".local/share/uv/python"):
        for found in sorted(folder.glob(f"*{version}.*/bin/python{version}")):
            return str(found)
    on_path = shutil.which(f"python{version}")
    if on_path and subprocess.run([on_path, "--version"], capture_output=True, check=False).returncode == 0:
        return on_path
    return None


HERE = tuple(version for version in VERSIONS if interpreter(version) is not None)
"""The versions that are on this machine; the first lines of a test run name those that are not."""


def here(version: str) -> str:
    """The Python of a version that is on this machine."""
    found = interpreter(version)
    assert found is not None
    return found
