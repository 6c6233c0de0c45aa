"""Value summaries under every Python that the recorder supports and this machine has, without numpy and torch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
VALUES = HERE.parents[1] / "tracer" / "inprocess" / "values.py"
VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]


def interpreter(version: str) -> str | None:
    """The Python of a version: our own, one that pyenv or uv installed, or the one on the PATH."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    homes = [Path(os.environ.get("PYENV_ROOT", Path("~" + _user()).expanduser() / ".pyenv")) / "versions"]
    homes.append(Path("~" + _user()).expanduser() / ".local" / "share" / "uv" / "python")
    for home in homes:
        for found in sorted(home.glob(f"*{version}.*/bin/python{version}")):
            return str(found)
    on_path = shutil.which(f"python{version}")
    if on_path and subprocess.run([on_path, "--version"], capture_output=True, check=False).returncode == 0:
        return on_path
    return None


def _user() -> str:
    """The user's name: HOME is another folder during the tests."""
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_tells_the_same(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed here")
    done = subprocess.run(
        [python, "-I", "-B", "-W", "error", str(HERE / "targets" / "look_at_values.py"), str(VALUES)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert [name for name in seen["new"] if "repotour" in name or "values" in name] == []
    assert seen["dead"] is True
    assert seen["serials"] == 50
    assert (seen["norm"], seen["samples"], seen["gradient"]) == (None, None, None)
    told = seen["told"]
    plain = dict(told["plain"]["items"])
    assert plain["slot"]["scalar"] == 1
    assert plain["rate"]["scalar"] == 0.5
    assert dict(plain["deep"]["items"])["0"]["value"] == "(1, 2.5, None, b'x', 'text\\n')"
    assert told["mine"]["value"] == "<__main__.Mine>"
    assert told["proxy"]["value"] == "<__main__.Proxy>"
    assert told["class"]["value"] == "class __main__.Mine"
    assert told["rows"]["value"] == "__main__.Rows of 2"
    assert told["float"]["scalar"] == "nan"
    assert told["generator"]["value"] == "generator <genexpr>"
    assert told["error"]["value"] == "'why'"
    assert told["huge"]["value"] == "int of 19932 bits"
    assert told["method"]["value"] == "method Summarizer.summary"
    assert all(summary["value"] != "<not readable>" for summary in told.values())
