"""A package that a library would use if it were there is there, and breaks when it is imported."""

from __future__ import annotations

import re

from tracer.diagnosis import with_shim
from tracer.remedies import Adaptation, Situation

FRAME = re.compile(
    r'File "[^"]*[/\\](?:site|dist)-packages[/\\](?P<package>\w+)(?:[/\\.][^"]*)?", line \d+, in (?P<name>\S+)'
)
LAST = "Traceback (most recent call last):"
# What nothing is done without.
NEEDED = {
    "torch",
    "numpy",
    "scipy",
    "pandas",
    "jax",
    "jaxlib",
    "tensorflow",
    "keras",
    "sklearn",
    "lightning",
    "importlib",
}


class HiddenPackages:
    """Hides a package that another library imports, where it fails while it is imported."""

    order = 60

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the last frames of the traceback are those of a library's import by another library."""
        if not situation.error or LAST not in situation.printed:
            return None
        frames = FRAME.findall(situation.printed.rpartition(LAST)[2])
        package = guilty(frames)
        if not package:
            return None
        return Adaptation(
            with_shim(situation.plan, "hidden_packages", packages=[package]),
            f"{package} was hidden, as if it were not installed",
            f"it fails when {_importer(frames, package)} imports it ({situation.error}: {situation.message[:100]})",
            slug=f"hidden-{package}",
        )


REMEDY = HiddenPackages()


def guilty(frames: list[tuple[str, str]]) -> str:
    """The package that failed while another library imported it, of (package, function) of a traceback; or ""."""
    packages = [package for package, _ in frames]
    for place, (package, name) in enumerate(frames):
        importer = packages[place - 1] if place else ""
        begins = name == "<module>" and importer and importer != package
        if begins and package not in NEEDED and packages.index(package) == place:
            return package
    return ""


def _importer(frames: list[tuple[str, str]], package: str) -> str:
    """Who imported it."""
    packages = [one for one, _ in frames]
    return packages[packages.index(package) - 1]
