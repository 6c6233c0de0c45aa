"""One trace for each program, whatever the Python and the engine: what a reader is told does not depend on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_traces import differences, golden, programs, telling


@pytest.mark.parametrize("name", programs())
def test_one_trace_for_every_python(name: str, python: str, tmp_path: Path) -> None:
    assert differences(golden(name), telling(name, python, tmp_path)) == []
