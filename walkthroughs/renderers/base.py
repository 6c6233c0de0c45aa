"""What a renderer is, and how those that exist are found. A new output is one new file in this folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from tracer.errors import RepoTourError
from tracer.open_folder import modules_of
from walkthroughs.tour import Tour


class Renderer(Protocol):
    """Makes one output of a tour. A module of this folder that has one calls it `RENDERER`."""

    @property
    def name(self) -> str:
        """What stands behind `repotour export --to`."""

    @property
    def suffix(self) -> str:
        """What the output file's name ends in, with its dot."""

    @property
    def summary(self) -> str:
        """What the output is, in one line."""

    def render(self, tour: Tour) -> str:
        """The output; it depends on the tour alone, not on the clock, the file system or a terminal."""


@runtime_checkable
class PartsRenderer(Protocol):
    """A renderer that can also give a tour as several files."""

    def parts(self, tour: Tour) -> Mapping[str, str]:
        """The output as files by name; like `render` it depends on the tour alone."""


def all_renderers() -> dict[str, Renderer]:
    """Every renderer by its name, sorted."""
    modules = modules_of("walkthroughs.renderers")
    found: list[Renderer] = [module.RENDERER for module in modules if hasattr(module, "RENDERER")]
    return {renderer.name: renderer for renderer in sorted(found, key=lambda renderer: renderer.name)}


def find_renderer(name: str) -> Renderer:
    """The renderer of that name."""
    known = all_renderers()
    if name not in known:
        hint = f"Known: {', '.join(known)}."
        raise RepoTourError(f"there is no format {name!r}.", slug="unknown-format", hint=hint, exit_code=2)
    return known[name]
