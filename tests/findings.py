"""What all rules find in a small program that was recorded for the purpose."""

from __future__ import annotations

import sys
from pathlib import Path

from tracer.engines.recorder import record
from tracer.plan import RunPlan
from tracer.trace import Trace
from walkthroughs.rules import find_all
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story


def findings_in(folder: Path, text: str, environment: dict[str, str] | None = None) -> list[Finding]:
    """Record `train.py` with that text in a repository of its own; what the rules find in the recording."""
    root = folder / "program"
    root.mkdir()
    (root / "train.py").write_text(text, encoding="utf-8")
    plan = RunPlan(root, "", "script", ("train.py",), sys.executable, environment=environment or {})
    return find_all(Story([Trace.load(record(plan, folder / "run.trace.jsonl").trace)], Sources(root)))


def told(finding: Finding, text: str) -> str:
    """The source line of a finding, stripped."""
    return text.split("\n")[finding.location.line - 1].strip()
