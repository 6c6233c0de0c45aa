"""Value summaries under every Python that the recorder supports and this machine has, without numpy and torch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from interpreters import HERE, here

FOLDER = Path(__file__).resolve().parent
VALUES = FOLDER.parents[1] / "tracer" / "inprocess" / "values.py"


@pytest.mark.parametrize("version", HERE)
def test_every_python_tells_the_same(version: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [here(version), "-I", "-B", "-W", "error", str(FOLDER / "targets" / "look_at_values.py"), str(VALUES)],
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
