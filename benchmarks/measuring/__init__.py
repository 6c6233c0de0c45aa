"""What the benchmarks share. The RepoTour that is measured is the one of this checkout, installed or not."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = HERE.parent
ROOT = BENCHMARKS.parent
METER = BENCHMARKS / "meter"

if str(ROOT) not in sys.path:
    # Behind the scripts' own folder, before an installed RepoTour.
    sys.path.insert(1, str(ROOT))
