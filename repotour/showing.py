"""A page shown in the reader's own browser. Host."""

from __future__ import annotations

import sys
from pathlib import Path


def show_page(path: Path) -> None:
    """Open a page in the browser; where none can be opened, say what to open instead."""
    import webbrowser

    address = path.resolve().as_uri()
    try:
        opened = webbrowser.open(address)
    except webbrowser.Error:
        opened = False
    if not opened:
        print(f"No browser could be opened here; open {path} in one yourself.", file=sys.stderr)
