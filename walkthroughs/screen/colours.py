"""The two looks of the screen, dark and light, and the source in the colours of its syntax."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
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
_RULER = Console(width=80)
SYNTAX = {DARK.name: "github-dark", LIGHT.name: "xcode"}


class WithoutColour(LineFilter):
    """What NO_COLOR asks for: bold, underlined and reversed text stay, every colour goes."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The segments in the terminal's own two colours."""
        return [Segment(text, style and style.without_color, control) for text, style, control in segments]


def coloured(lines: Sequence[str], theme: str, language: str = "python") -> list[list[tuple[str, Style | None]]]:
    """Source in the colours of its syntax, line for line; lines that the lexer would change stay as they are."""
    syntax = Syntax("", language, theme=SYNTAX.get(theme, SYNTAX[DARK.name]), background_color="default")
    text = syntax.highlight("\n".join(lines))
    rows = list(text.split("\n", allow_blank=True))[: len(lines)]
    if [row.plain.rstrip() for row in rows] != [line.rstrip() for line in lines]:
        return [[(line, None)] for line in lines]
    return [[(part.text, _ink(part.style)) for part in row.render(_RULER) if part.text] for row in rows]


def _ink(style: Style | None) -> Style | None:
    """A style without its background: that of the pane, or of a lit line, shows through."""
    if style is None or style.bgcolor is None:
        return style
    return Style(color=style.color, bold=style.bold, italic=style.italic, underline=style.underline)
