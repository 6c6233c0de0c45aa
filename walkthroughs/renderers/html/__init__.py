"""The web page: one file that holds everything, read without a script and stepped through with one. No network.

Each module makes one part of the page from fields of the tour; style and script are plain files in `assets`, put
together by `page`. All text of the tour passes through `writing.words`, which escapes it.
"""

from __future__ import annotations

from walkthroughs.renderers.html.page import HtmlRenderer

RENDERER = HtmlRenderer()
