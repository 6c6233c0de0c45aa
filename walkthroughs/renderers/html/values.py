"""Values as HTML: shape and dtype first, what changed lit, small arrays as pictures, what is inside on request."""

from __future__ import annotations

from collections.abc import Sequence

from walkthroughs.captions import shape_text, value_text
from walkthroughs.renderers.html.pictures import picture
from walkthroughs.renderers.html.writing import words
from walkthroughs.tour import Variable

DEEPEST = 6


def values(variables: Sequence[Variable], depth: int = 0) -> str:
    """A list of values; "" for none."""
    rows = "".join(_row(variable, depth) for variable in variables)
    return f'<ul class="vals">{rows}</ul>' if rows else ""


def outline(variable: Variable) -> tuple[str, str, str]:
    """A value's shape (or length), dtype (with its device when that is not the CPU) and type, as texts."""
    size = shape_text(variable.shape) if variable.shape is not None else ""
    if not size and variable.length is not None:
        size = f"len {variable.length:,}"
    device = f" on {variable.device}" if variable.device and variable.device != "cpu" else ""
    return size, variable.dtype.removeprefix("torch.") + device, variable.type


def _row(variable: Variable, depth: int) -> str:
    size, dtype, kind = outline(variable)
    chips = " ".join(
        f'<span class="{name}">{words(text)}</span>'
        for name, text in (("sh", size), ("dt", dtype), ("ty", kind))
        if text
    )
    head = f'<span class="vh"><code class="vn">{words(variable.name)}</code> {chips}</span>'
    text = value_text(variable)
    body = (f'<span class="vv">{words(text)}</span>' if text else "") + _picture(variable)
    changed = ' class="changed"' if variable.changed else ""
    if variable.items and depth < DEEPEST:
        inner = values(variable.items, depth + 1)
        return f"<li{changed}><details><summary>{head}{body}</summary>{inner}</details></li>"
    return f"<li{changed}>{head}{body}</li>"


def _picture(variable: Variable) -> str:
    found = picture(variable)
    if found is None:
        return ""
    size = f'width="{found.width}" height="{found.height}"'
    return f'<img class="grid" src="{found.address}" {size} alt="{words(found.alt)}" title="{words(found.alt)}">'
