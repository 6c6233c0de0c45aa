"""What is imported while the target runs is what telling needs: in a fresh process nothing is left to import."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """\
import sys
from repotour.ahead import Ahead
ahead = Ahead()
ahead.wait()
ahead.start()
ahead.start()
ahead.wait()
before = set(sys.modules)
import walkthroughs.build, walkthroughs.rules, pkgutil
from importlib import import_module
from repotour.store import remember
from repotour.summary import print_summary
from walkthroughs.renderers.base import all_renderers
all_renderers()
for item in pkgutil.iter_modules(walkthroughs.rules.__path__):
    import_module(f"walkthroughs.rules.{item.name}")
print(sorted(name for name in set(sys.modules) - before if name.startswith("walkthroughs")))
"""


def test_telling_has_nothing_left_to_import() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
