"""The onboarding map: one page of Markdown that a newcomer to the repository reads first."""

from __future__ import annotations

from collections.abc import Callable

from walkthroughs.markup import Links, plain
from walkthroughs.renderers import map_code, map_run, map_values
from walkthroughs.tour import Tour

Section = Callable[[Tour, Links], str]

SECTIONS: tuple[tuple[str, Section], ...] = (
    ("What the program is", map_run.what_it_is),
    ("How to run it", map_run.how_to_run),
    ("The processes", map_run.processes),
    ("Where each stage happens", map_code.stages),
    ("How the data flow", map_values.data_flow),
    ("The call path", map_code.call_path),
    ("The files that took part", map_code.files),
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
        links = Links(tour.provenance)
        parts = [f"# {plain(tour.title or tour.entry.file or 'Tour')}: onboarding map", map_run.opening(tour)]
        for heading, section in SECTIONS:
            text = section(tour, links).strip()
            if text:
                parts.append(f"## {heading}\n\n{text}")
        return "\n\n".join(part for part in parts if part) + "\n"


RENDERER = MarkdownRenderer()
