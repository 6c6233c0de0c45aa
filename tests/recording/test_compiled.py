"""Compilers of torch: what would run outside Python is kept in it where that is possible, and told where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import record_target, run_plain

from repotour.outcomes import adaptations, gaps
from tracer.engines.recorder import landmark_data


@pytest.mark.torch
@pytest.mark.slow
def test_compiled_models_are_seen_line_by_line_and_scripted_ones_told(place: Callable[[str], Path]) -> None:
    pytest.importorskip("torch", reason="torch is not installed here; `make test` installs it")
    root = place("compiled.py")
    plain = run_plain(root, sys.executable, "compiled.py")
    seen = record_target(
        root, sys.executable, "compiled.py", landmarks=landmark_data(), jumps=False, seconds=100.0, code_visits=8
    )
    assert (seen.out, seen.result.code) == (plain.stdout, 0)
    assert len(seen.seen("forward")) == 6
    assert len(seen.seen("scale")) == 3
    assert seen.seen("inside") == []
    assert adaptations(seen.result) == [
        ("torch.compile was bypassed (TORCHDYNAMO_DISABLE=1)", "compiled code shows a debugger no lines")
    ]
    places = ", ".join(f"compiled.py:{seen.number(marker)}" for marker in ("script", "trace"))
    assert gaps(seen.trace) == f"what torch.jit compiled at {places} runs outside Python: its lines cannot be told"
