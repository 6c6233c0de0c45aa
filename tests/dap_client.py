"""A client of the Debug Adapter Protocol that is not ours: the npm package @vscode/debugadapter-testsupport."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from conftest import ROOT

PACKAGE = "@vscode/debugadapter-testsupport"
BROUGHT = ROOT / ".venv" / "dap" / "node_modules"
"""Where `make dap-client` puts it."""


def node_with_client() -> tuple[str, dict[str, str]]:
    """node, and the environment in which it finds the client; skips the test where either is missing."""
    node = shutil.which("node")
    path = os.pathsep.join(filter(None, [str(BROUGHT), os.environ.get("NODE_PATH", "")]))
    given = {**os.environ, "NODE_PATH": path}
    if node is None:
        pytest.skip("there is no node here, so no debug client that is not ours (`apt install nodejs npm`)")
    if subprocess.run([node, "-e", f"require('{PACKAGE}')"], capture_output=True, env=given, check=False).returncode:
        pytest.skip(f"the npm package {PACKAGE} is not here (`make dap-client`)")
    return node, given
