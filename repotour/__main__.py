"""`python -m repotour`: the command line, safe in any folder. Host.

`-m` puts the current folder first on the path. There a stranger's `tracer.py` would be imported, and so run, in place
of our package, so the folder goes before anything else of ours is imported; unless RepoTour itself lies in it.
"""

from __future__ import annotations

import os
import sys

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_HERE = os.getcwd()
if os.path.realpath(_HERE) != os.path.realpath(_HOME):
    sys.path[:] = [entry for entry in sys.path if entry not in ("", ".", _HERE)]

from repotour.cli import main  # noqa: E402  # only now is the path clean

if __name__ == "__main__":
    sys.exit(main())
