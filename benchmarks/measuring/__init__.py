"""What the benchmarks share. The RepoTour that is measured is the one of this checkout, installed or not."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = HERE.parent
ROOT = BENCHMARKS.parent
METER = BENCHMARKS / "meter"

if str(ROOT) not in sys.path:
    # Behind the scripts' own folder, before an installed RepoTour.
    sys.path.insert(1, str(ROOT))

# A benchmark that is ended from outside goes the way of an exception, so that it ends what it started and removes its
# scratch folders; the programs run in sessions of their own.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
