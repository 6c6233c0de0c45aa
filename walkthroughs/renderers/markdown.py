"""The onboarding map: one page of Markdown that a newcomer to the repository reads first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from walkthroughs.markup import Links, plain
from walkthroughs.renderers import map_code, map_flow, map_run, map_values
from walkthroughs.tour import Tour

Section = Callable[[Tour, Links], str]

SECTIONS: tuple[tuple[str, Section], ...] = (
    ("What the program is", map_run.what_it_is),
    ("How the data flow", map_flow.data_flow),
    ("How to run it", map_run.how_to_run),
    ("The processes", map_run.processes),
    ("Where each stage happens", map_code.stages),
    ("The files that took part", map_code.files),
    ("The call path", map_code.call_path),
    ("The model", map_values.model),
    ("The hyper-parameters", map_values.settings),
    ("What one optimizer step did", map_values.update),
    ("Values that were seen to change", map_values.histories),
    ("Where the reported numbers come from", map_values.metrics),
    ("Where to put your own idea", map_code.ideas),
    ("What this tour did not see", map_run.not_seen),
)
"""The page in order. A section whose data are empty gives no text and is left out with its heading."""


class MarkdownRenderer:
    """A tour as the onboarding map."""

    name = "markdown"
    suffix = ".md"
    summary = "the onboarding map: one page about the program, for newcomers"

    def render(self, tour: Tour) -> str:
        """The page."""
        return page(tour)


def page(tour: Tour, sections: Sequence[tuple[str, Section]] = SECTIONS) -> str:
    """The page, made of some sections."""
    links = Links(tour.provenance)
    parts = [f"# {plain(map_title(tour))}", map_run.opening(tour, links)]
    for heading, section in sections:
        text = section(tour, links).strip()
        if text:
            parts.append(f"## {heading}\n\n{text}")
    return "\n\n".join(part for part in parts if part) + "\n"


def map_title(tour: Tour) -> str:
    """The page's title: what the tour's own title names first."""
    return f"{tour.title.partition(': ')[0] or tour.entry.file or 'Tour'}: onboarding map"


RENDERER = MarkdownRenderer()
