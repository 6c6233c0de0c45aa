"""A browser for the faces, that of the web page, and Mermaid's own parser in it; skipped loudly without them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import browser

__all__ = ["browser", "mermaid"]

ROOT = Path(__file__).resolve().parents[2]
NO_MERMAID = "Mermaid is not here: no diagram was read by its own parser; `make mermaid` brings it"


@pytest.fixture(scope="session")
def mermaid(browser: Any) -> Iterator[Callable[[str], str]]:
    """Draws a diagram with Mermaid, as GitHub does; gives the SVG, fails where the text is no diagram."""
    script = Path(os.environ.get("MERMAID") or ROOT / ".venv/mermaid/mermaid.min.js")
    if not script.exists():
        pytest.skip(NO_MERMAID)
    page = browser.new_page()
    page.goto("about:blank")
    page.add_script_tag(path=str(script))
    page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")

    def draw(text: str) -> str:
        return str(page.evaluate("async text => (await mermaid.render('drawn', text)).svg", text))

    yield draw
    page.close()
