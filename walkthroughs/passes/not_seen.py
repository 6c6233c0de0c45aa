"""Why a stage has no stop: what the run showed instead. Runs on the host."""

from __future__ import annotations

from collections.abc import Callable

from tracer.stages import CORE_STAGES, Stage
from tracer.trace import Event
from walkthroughs.rules.backward import short
from walkthroughs.story import Chapter, Finding, Story, by_library
from walkthroughs.tour import NotSeen, Outcome

TRAINING = ("optimizer_step", "backward", "functional_step", "fit")
WRITTEN = 3


def panel(story: Story, findings: list[Finding], outcome: Outcome) -> tuple[NotSeen, ...]:
    """One reason for each core stage without a finding."""
    seen = {finding.stage for finding in findings}
    return tuple(NotSeen(stage.value, _reason(story, stage, outcome)) for stage in CORE_STAGES if stage not in seen)


def _reason(story: Story, stage: Stage, outcome: Outcome) -> str:
    chapter = story.main
    handed = _handover(chapter) if stage in _HANDED_OVER else ""
    return _REASONS[stage](chapter) + (f"; {handed}" if handed else "") + _unfinished(chapter, outcome)


def _unfinished(chapter: Chapter, outcome: Outcome) -> str:
    """What cut the run short, so that nobody takes the missing stage for missing in the program."""
    end = chapter.trace.end
    kind = outcome.kind or str((end or {}).get("outcome", "killed"))
    if kind == "raised":
        rows = (end or {}).get("stack") or ()
        where = f" at {rows[0]['file']}:{rows[0]['line']}" if rows else ""
        return f"; the run ended with {(end or {}).get('type') or 'an exception'}{where} before that could happen"
    words = {
        "killed": "the target was killed",
        "timed_out": "the time was up",
        "limit": "the limit that was set was reached",
        "interrupted": "it was interrupted",
        "exited": "the program ended itself with an error",
    }
    return f"; the run was not complete: {words[kind]}" if kind in words else ""


def _handover(chapter: Chapter) -> str:
    """The library call that trains, when one was seen."""
    events = chapter.trace.landmarks("fit")
    if events:
        return f"training is done by `{_library(str(events[0].data['name']))}`, called at {_at(events[0])}"
    inside = [event for event in chapter.trace.landmarks(*TRAINING) if by_library(event)]
    return f"training is done inside `{inside[0].via.split('.')[0]}`, called at {_at(inside[0])}" if inside else ""


def _library(name: str) -> str:
    """`xgboost.train` for the long names under which libraries define things."""
    return short(name.replace(".training.", ".").replace(".engine.", "."))


def _at(event: Event) -> str:
    return f"{event.place.code.file}:{event.place.line}"


def _trained(chapter: Chapter) -> bool:
    return bool(chapter.trace.landmarks(*TRAINING))


def _config(chapter: Chapter) -> str:
    words = chapter.trace.header.get("argv") or []
    given = " although the command had some" if len(words) > 1 else ""
    return f"no parser was called, no settings file was read and no block of settings ran{given}"


def _data(chapter: Chapter) -> str:
    reads = [event for event in chapter.trace.events if event.kind == "file" and event.name == "read"]
    if reads:
        return f"no data set was built and nothing that flowed into a model was found; files read: {_paths(reads)}"
    return "no data set was built, no file was read and nothing flowed into a model"


def _model(chapter: Chapter) -> str:
    if chapter.forwards:
        event = chapter.forwards[0]
        return f"a model was applied at {_at(event)}, but no line of the repository was seen to build it"
    return "no module with parameters was applied in the recorded run"


def _train_loop(chapter: Chapter) -> str:
    if not _trained(chapter):
        return "no gradients were computed and no optimizer stepped in the recorded run"
    return "no loop of the repository was on the stack when weights were updated"


def _forward(chapter: Chapter) -> str:
    if chapter.forwards:
        return f"a model was applied only inside a library, called at {_at(chapter.forwards[0])}"
    return "no module with parameters was applied in the recorded run"


def _loss(chapter: Chapter) -> str:
    events = chapter.trace.landmarks("backward")
    if events and not by_library(events[0]):
        return f"gradients were computed at {_at(events[0])}, but the line that made their value was not recorded"
    return "no value was differentiated by the repository's own code"


def _backward(chapter: Chapter) -> str:
    events = chapter.trace.landmarks("backward")
    if events:
        return f"gradients were computed only inside a library, called at {_at(events[0])}"
    return "no line of the repository had gradients computed by a framework that is watched"


def _optimizer_step(chapter: Chapter) -> str:
    if chapter.trace.landmarks("backward"):
        return "gradients were computed, but no optimizer stepped and no line was seen to change weights"
    return "no optimizer stepped in the recorded run"


def _evaluation(chapter: Chapter) -> str:
    if chapter.forwards:
        return "no metric was computed, and the model was not applied without being trained on the result"
    return "no metric of a known library was computed and no model was applied outside training"


def _checkpoint(chapter: Chapter) -> str:
    begin = min((event.seq for event in chapter.trace.landmarks(*TRAINING)), default=None)
    if begin is None:
        return "nothing was saved or restored by a function that is watched, and no training was seen"
    later = [
        event for event in chapter.trace.events if event.kind == "file" and event.name == "write" and event.seq > begin
    ]
    if later:
        return f"no function that saves weights was called; files written after training began: {_paths(later)}"
    return "nothing was saved: no function that saves weights was called and no file was written after training began"


def _paths(events: list[Event]) -> str:
    names = list(dict.fromkeys(f"`{event.data['path']}`" for event in events))
    more = f" and {len(names) - WRITTEN} more" if len(names) > WRITTEN else ""
    return ", ".join(names[:WRITTEN]) + more


_HANDED_OVER = {Stage.TRAIN_LOOP, Stage.FORWARD, Stage.LOSS, Stage.BACKWARD, Stage.OPTIMIZER_STEP}
_REASONS: dict[Stage, Callable[[Chapter], str]] = {
    Stage.CONFIG: _config,
    Stage.DATA: _data,
    Stage.MODEL: _model,
    Stage.TRAIN_LOOP: _train_loop,
    Stage.FORWARD: _forward,
    Stage.LOSS: _loss,
    Stage.BACKWARD: _backward,
    Stage.OPTIMIZER_STEP: _optimizer_step,
    Stage.EVALUATION: _evaluation,
    Stage.CHECKPOINT: _checkpoint,
}
