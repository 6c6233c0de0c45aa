"""The way of the data in the onboarding map: a Mermaid diagram with what goes along each arrow, and a table of places.

Mermaid has a grammar of its own, so that foreign text stands in quotes and every character that could end a label or be
read as markup becomes a character code.
"""

from __future__ import annotations

import re

from walkthroughs.captions import variable_text
from walkthroughs.flow import Edge, Flow, Node, flow
from walkthroughs.markup import Links, code, sentence, table
from walkthroughs.prose import bare
from walkthroughs.tour import Tour
from walkthroughs.visible import visible

SHAPES = {"model": ('[["', '"]]'), "loss": ('(["', '"])'), "step": ('(["', '"])'), "metric": ('{{"', '"}}')}
"""How Mermaid writes the outlines of boxes that are no plain ones."""

LEGEND = "A full arrow was seen in the recording, with what went along it."
DOTTED = "What lies between the ends of a dotted one was not followed."
TITLE = 60
"""Characters of a box's title at most."""


def data_flow(tour: Tour, links: Links) -> str:
    """The picture of the program, what its arrows mean, and the way of the data with its places and values."""
    return "\n\n".join(part for part in (_picture(tour, links), way_of_the_data(tour, links)) if part)


def legend(drawn: Flow) -> str:
    """What the arrows of a picture mean."""
    dotted = any(not edge.seen for edge in drawn.edges)
    seen = any(edge.seen for edge in drawn.edges)
    return " ".join(text for text, said in ((LEGEND, seen), (DOTTED, dotted)) if said)


def title_of(node: Node) -> str:
    """A box's title, cut to what a box holds."""
    text = " ".join(bare(node.title).split())
    return text if len(text) <= TITLE else text[: TITLE - 1] + "…"


def _picture(tour: Tour, links: Links) -> str:
    drawn = flow(tour)
    if not drawn.nodes:
        return ""
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {_node(node)}" for node in drawn.nodes]
    lines += [f"    {_edge(edge)}" for edge in drawn.edges]
    for node in drawn.nodes:
        address = links.address(node.place)
        if address:
            lines.append(f'    click {node.id} href "{address}" _blank')
    return "\n".join([*lines, "```", "", legend(drawn)])


def _node(node: Node) -> str:
    before, after = SHAPES.get(node.kind, ('["', '"]'))
    texts = (title_of(node), str(node.place) if node.place else "")
    return f"{node.id}{before}{'<br/>'.join(_label(text) for text in texts if text)}{after}"


def _edge(edge: Edge) -> str:
    arrow = "-->" if edge.seen else "-.->"
    label = f'|"{_label(edge.label)}"|' if edge.label else ""
    return f"{edge.source} {arrow}{label} {edge.target}"


def way_of_the_data(tour: Tour, links: Links) -> str:
    """A table of the points on the way of the data, with their places and values."""
    rows = [
        (sentence(step.label), links.place(step.location), code(variable_text(step.value)) if step.value else "")
        for step in tour.data_lineage
    ]
    return table(("Point", "Place", "Value there"), rows) if rows else ""


def _label(text: str) -> str:
    """Text that Mermaid shows as it is."""
    return re.sub(r"[^\w\s.,:()=/+·…-]", lambda match: f"#{ord(match.group())};", visible(text.replace("\n", " ")))
