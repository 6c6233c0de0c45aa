"""Which findings become stops: a short list of the right ones, told in the order in which they happened."""

from __future__ import annotations

from collections import Counter

from tracer.stages import Stage
from walkthroughs.story import Finding

MOST = {
    Stage.CONFIG: 4,
    Stage.DATA: 7,
    Stage.MODEL: 5,
    Stage.TRAIN_LOOP: 5,
    Stage.FORWARD: 4,
    Stage.LOSS: 4,
    Stage.BACKWARD: 2,
    Stage.OPTIMIZER_STEP: 3,
    Stage.EVALUATION: 7,
    Stage.CHECKPOINT: 3,
    Stage.ROLLOUT: 2,
    Stage.INFERENCE: 2,
    Stage.LOGGING: 1,
}
AGAIN = 0.7
PER_FUNCTION = {Stage.DATA: 3, Stage.CONFIG: 2, Stage.EVALUATION: 3}


def choose(findings: list[Finding]) -> list[Finding]:
    """The findings that are told: the strongest of each stage, few per function, no two on one line."""
    findings = without_losses_as_metrics(findings)
    kept: list[Finding] = []
    for stage in Stage:
        kept.extend(_of_stage([finding for finding in findings if finding.stage is stage], stage))
    return sorted(kept, key=lambda finding: (finding.trace, finding.seq, list(Stage).index(finding.stage)))


def without_losses_as_metrics(findings: list[Finding]) -> list[Finding]:
    """Leave out metrics on places that make the loss, and functions in which the training itself goes on."""
    trained = (Stage.LOSS, Stage.BACKWARD, Stage.OPTIMIZER_STEP)
    places = {(item.location.file, item.location.line) for item in findings if item.stage is Stage.LOSS}
    functions = {(item.location.file, item.location.qualname) for item in findings if item.stage in trained}
    kept = []
    for item in findings:
        at = item.location
        on_loss = item.role in ("metric", "metric function") and (at.file, at.line) in places
        trains = item.role == "metric function" and (at.file, at.qualname) in functions
        if item.stage is not Stage.EVALUATION or not (on_loss or trains):
            kept.append(item)
    return kept


def _of_stage(findings: list[Finding], stage: Stage) -> list[Finding]:
    per_function: Counter[tuple[str, str]] = Counter()
    per_role: Counter[tuple[str, str, str]] = Counter()
    kept: list[Finding] = []
    left = list(findings)
    while left and len(kept) < MOST[stage]:

        def strength(finding: Finding) -> tuple[float, int, int]:
            """What a finding adds: a second one of its kind in one function adds less."""
            again = per_role[(finding.location.file, finding.location.qualname, finding.role)]
            return (-(finding.weight - AGAIN * again), finding.trace, finding.seq)

        finding = min(left, key=strength)
        left.remove(finding)
        function = (finding.location.file, finding.location.qualname)
        limit = PER_FUNCTION.get(stage)
        if limit is not None and finding.location.qualname != "<module>" and per_function[function] >= limit:
            continue
        if any(_same_lines(finding, other) for other in kept):
            continue
        per_function[function] += 1
        per_role[(finding.location.file, finding.location.qualname, finding.role)] += 1
        kept.append(finding)
    return kept


def _same_lines(one: Finding, other: Finding) -> bool:
    """Whether two findings of a stage stand on the same statement."""
    return one.location.file == other.location.file and one.location.line == other.location.line
