"""The call path: which function called which, how often, and the time in it."""

from __future__ import annotations

from walkthroughs.captions import seconds_text
from walkthroughs.renderers.html.writing import Places, words
from walkthroughs.tour import CallNode, Location, Tour

OPEN = 2
DEEPEST = 40
BAR = 90


def calls(tour: Tour, places: Places) -> str:
    """The tree of calls as nested lists; "" when the tour has none. The script draws a timeline above it."""
    if tour.call_path is None:
        return ""
    whole = tour.call_path.seconds
    return (
        '<div id="timeline"></div>'
        f'<ul class="calls">{_node(tour.call_path, places, whole, 0)}</ul>'
        '<p class="faint">Calls of repository functions, with the seconds spent in them. What a function calls is '
        "listed where the function first stands, counted over all of its calls.</p>"
    )


def _node(node: CallNode, places: Places, whole: float, depth: int) -> str:
    name = places.link(Location(node.file, node.line), f"<code>{words(node.qualname)}</code>")
    where = f'<span class="where">{words(places.short(node.file))}</span>'
    times = f'<span class="n">{"at least " if node.at_least else ""}{node.calls:,}×</span>'
    time = f'<span class="s">{seconds_text(node.seconds)}</span>{_bar(node.seconds, whole)}' if node.seconds else ""
    head = f"{name} {where} {times} {time}"
    if not node.children or depth >= DEEPEST:
        return f'<li><span class="call">{head}</span></li>'
    inner = "".join(_node(child, places, whole, depth + 1) for child in node.children)
    is_open = " open" if depth < OPEN else ""
    summary = f'<summary><span class="unseen">Calls of {words(node.qualname)}</span></summary>'
    return f'<li><span class="call">{head}</span><details{is_open}>{summary}<ul>{inner}</ul></details></li>'


def _bar(seconds: float, whole: float) -> str:
    if not whole:
        return ""
    share = min(1.0, seconds / whole)
    return (
        f'<svg class="bar" viewBox="0 0 {BAR} 6" aria-hidden="true"><rect width="{BAR}" height="6" rx="3"/>'
        f'<rect class="v" width="{max(1.5, BAR * share):.1f}" height="6" rx="3"/></svg>'
    )
