"""Which places belong to which stage: one file per rule, each a pure function of the recorded traces.

A rule is a module with `RULE`, a function from a Story to findings. Effects and identity decide (the object on which
gradients were taken, the line across which parameters changed, the value that flowed into the model); names only where
the field has a contract.
"""

from __future__ import annotations

from tracer.open_folder import offered
from walkthroughs.story import Finding, Story


def find_all(story: Story) -> list[Finding]:
    """The findings of every rule, each place of a stage once, with its strongest reason."""
    best: dict[tuple[str, str, int], Finding] = {}
    for rule in offered(__name__, "RULE"):
        for finding in rule(story):
            key = (finding.stage.value, finding.location.file, finding.location.line)
            known = best.get(key)
            if known is None or finding.weight > known.weight:
                best[key] = finding
    return sorted(best.values(), key=lambda finding: (finding.trace, finding.seq))
