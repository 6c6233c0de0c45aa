"""The tour file itself, normalised: keys in order, empty fields left out, floats at 6 digits."""

from __future__ import annotations

from walkthroughs.tour import Tour


class JsonRenderer:
    """A tour as the tour file that this version writes."""

    name = "json"
    suffix = ".json"
    summary = "the tour file, normalised, for other programs"

    def render(self, tour: Tour) -> str:
        """The tour file's text."""
        return tour.to_text()


RENDERER = JsonRenderer()
