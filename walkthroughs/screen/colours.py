"""The two looks of the screen, dark and light, and the source in the colours of its syntax."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

DARK = Theme(
    name="repotour-dark",
    dark=True,
    primary="#6cb6ff",
    secondary="#7ed491",
    accent="#f5b95f",
    warning="#f5b95f",
    error="#ff7b72",
    success="#7ed491",
    foreground="#d5dce5",
    background="#0f1318",
    surface="#0f1318",
    panel="#1b222b",
    variables={
        "text-muted": "#8b97a5",
        "text-code": "#8fd0ff",
        "lit": "#1f2d17",
        "lit-line": "#3c5a1c",
        "rule": "#39434f",
    },
)
LIGHT = Theme(
    name="repotour-light",
    dark=False,
    primary="#0b5cad",
    secondary="#1a7f37",
    accent="#9a5b00",
    warning="#9a5b00",
    error="#c0262d",
    success="#1a7f37",
    foreground="#1d2329",
    background="#fbfcfd",
    surface="#fbfcfd",
    panel="#e9eef3",
    variables={
        "text-muted": "#5b6772",
        "text-code": "#0b4f8a",
        "lit": "#eef5d6",
        "lit-line": "#d9ec9f",
        "rule": "#c3ccd5",
    },
)
SYNTAX = {DARK.name: "github-dark", LIGHT.name: "xcode"}


def few_colours(app: App[Any]) -> bool:
    """Whether backgrounds say nothing: there is no colour, or 16 at most, of which the dark ones are all black."""
    return app.no_color or app.console.color_system in (None, "standard")


class WithoutColour(LineFilter):
    """What NO_COLOR asks for: bold, underlined and reversed text stay, every colour goes."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The segments in the terminal's own two colours."""
        return [Segment(text, style and style.without_color, control) for text, style, control in segments]


def coloured(lines: Sequence[str], theme: str) -> list[list[Segment]]:
    """Python source in the colours of its syntax, line for line."""
    from pygments.lexers.python import PythonLexer

    found: list[list[Segment]] = [[]]
    for _, kind, text in PythonLexer().get_tokens_unprocessed("\n".join(lines)):
        style = _ink(theme, kind)
        first, *others = text.split("\n")
        if first:
            found[-1].append(Segment(first, style))
        found += ([Segment(part, style)] if part else [] for part in others)
    return found


@lru_cache(maxsize=512)
def _ink(theme: str, kind: Any) -> Style:
    """The style of a kind of token, without a background: that of the pane, or of a lit line, shows through."""
    from pygments.styles import get_style_by_name

    told = get_style_by_name(SYNTAX.get(theme, SYNTAX[DARK.name])).style_for_token(kind)
    colour = f"#{told['color']}" if told["color"] else None
    return Style(color=colour, bold=told["bold"], italic=told["italic"], underline=told["underline"])
