"""Times the steps of a workload in CPU seconds, when the benchmark asks for it. Runs in the measured process.

It lies outside of the workloads' folders, on the path, so that a recorder takes it for a library. Without
STEP_METER_FILE in the environment nothing is written.
"""

from __future__ import annotations

import os
from time import process_time

_spans: list[float] = []
_begun = [0.0]


def start() -> None:
    """A step begins."""
    _begun[0] = process_time()


def stop() -> None:
    """The step ends; its CPU seconds, those of all threads, are kept."""
    _spans.append(process_time() - _begun[0])


def report() -> None:
    """Write what was measured, one figure per line, to the file that the benchmark named."""
    path = os.environ.get("STEP_METER_FILE")
    if path:
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(map(repr, _spans)))
