"""A program for the environments of `gym` as they were before 0.26."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, raising_lines, with_shim
from tracer.notebooks import source_text
from tracer.remedies import Adaptation, Situation

MISSING = re.compile(r"No module named 'gym'")
GONE = re.compile(r"Environment version v\d+ for .* is deprecated|DeprecatedEnv|VersionNotFound")
VALUES = re.compile(r"values to unpack \(expected 4|has no attribute 'seed'|unexpected keyword argument 'mode'")
TUPLE = re.compile(r"tuple|inhomogeneous|sequence|unhashable", re.IGNORECASE)
STEP = re.compile(r"\.(?:step|seed|reset|render)\(")
ALONE = re.compile(r"^[ \t]*\w[\w.\[\]]*\s*=\s*[\w.]*env\w*\.reset\(\)", re.MULTILINE)


class OldGym:
    """Lets environments speak as they did."""

    order = 34  # before `gym` is installed, which is the newest and speaks as gymnasium does

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where an environment is missed, or gave more than the program takes."""
        text = complaint(situation)
        settings = next((shim.settings for shim in situation.plan.shims if shim.name == "old_gym"), None)
        if MISSING.search(text) and settings is None:
            return Adaptation(
                with_shim(situation.plan, "old_gym", four=bool(_sources(situation))),
                "gymnasium stands in for gym",
                "gym is not installed, and gymnasium is what became of it",
                slug="old-gym",
            )
        if GONE.search(text) and settings is None:
            return Adaptation(
                with_shim(situation.plan, "old_gym"),
                "an environment was made in a newer version",
                f"the one that was asked for is gone ({text[:120]})",
                slug="old-gym-version",
            )
        lines = raising_lines(situation)
        old = VALUES.search(text) and any(STEP.search(line) for line in lines)
        old = old or (bool(situation.error) and bool(TUPLE.search(text)) and bool(_sources(situation)))
        if not old or (settings or {}).get("four"):
            return None
        return Adaptation(
            with_shim(situation.plan, "old_gym", four=True),
            "environments give what they gave before gym 0.26: the observation alone from reset, four values from step",
            f"the program was written for that ({text[:120]})",
            slug="old-gym-four",
        )


REMEDY = OldGym()


def _sources(situation: Situation) -> list[str]:
    """The files on the way of the exception, and the one started, that take one value from `env.reset()`."""
    rows = (situation.trace.end or {}).get("stack") or ()
    found = []
    for file in dict.fromkeys(str(row["file"]) for row in rows):
        try:
            source = source_text(situation.plan.root / file)
        except OSError:
            continue
        if ALONE.search(source):
            found.append(file)
    return found
