"""Lets the environment given as an argument see the torch of the running one: two of them would be a gigabyte more."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def main() -> None:
    """Write the path file."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        raise SystemExit("torch is not installed here")
    (packages,) = Path(sys.argv[1]).glob("lib/python3*/site-packages")
    (packages / "zz_torch.pth").write_text(f"{Path(found.origin).parent.parent}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
