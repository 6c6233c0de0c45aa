"""Why a stage has no stop: what the run showed instead. Runs on the host."""

from __future__ import annotations

from collections.abc import Callable

from tracer.stages import CORE_STAGES, Stage
from tracer.trace import Event
from walkthroughs.story import Chapter, Finding, Story, by_library
from walkthroughs.tour import NotSeen, Outcome

TRAINING = ("optimizer_step", "backward", "functional_step", "fit")
WRITTEN = 3


def panel(story: Story, findings: list[Finding], outcome: Outcome) -> tuple[NotSeen, ...]:
    """One reason for each core stage without a finding."""
    seen = {finding.stage for finding in findings}
    return tuple(NotSeen(stage.value, _reason(story, stage, outcome)) for stage in CORE_STAGES if stage not in seen)


def _reason(story: Story, stage: Stage, outcome: Outcome) -> str:
    handed = _handover(story) if stage in _HANDED_OVER else ""
    return _REASONS[stage](story) + (f"; {handed}" if handed else "") + _unfinished(story.main, outcome)


def _unfinished(chapter: Chapter, outcome: Outcome) -> str:
    """What cut the run short, so that nobody takes the missing stage for missing in the program."""
    gap = "; not all lines that ran were recorded" if chapter.trace.elided else ""
    return gap + _ended(chapter, outcome)


def _ended(chapter: Chapter, outcome: Outcome) -> str:
    end = chapter.trace.end
    kind = outcome.kind or str((end or {}).get("outcome", "killed"))
    if kind == "raised":
        rows = (end or {}).get("stack") or ()
        where = f" at {chapter.trace.place(rows[0]['file'], rows[0]['line'])}" if rows else ""
        return f"; the run ended with {(end or {}).get('type') or 'an exception'}{where}"
    words = {
        "killed": "the target was killed",
        "timed_out": "the time was up",
        "limit": "the limit that was set was reached",
        "interrupted": "it was interrupted",
        "exited": "the program ended itself with an error",
    }
    return f"; the run was not complete: {words[kind]}" if kind in words else ""


def _handover(story: Story) -> str:
    """The library call that trains, when one was seen."""
    events = _events(story, "fit")
    if events:
        return f"training is done by `{_library(events[0])}`, called at {_at(events[0])}"
    inside = [event for event in _events(story, *TRAINING) if by_library(event)]
    return f"training is done inside `{inside[0].via.split('.')[0]}`, called at {_at(inside[0])}" if inside else ""


def _library(event: Event) -> str:
    """`xgboost.train` for the long names under which libraries define things; a method with the class of its object."""
    words = str(event.data["name"]).split(".")
    kind = str(event.argument("self").get("type", "")).rpartition(".")[2]
    return ".".join(
        words[:1] + ([kind] if kind else words[-2:-1] if words[-2:-1][0][:1].isupper() else []) + words[-1:]
    )


def _events(story: Story, *names: str) -> list[Event]:
    return [event for chapter in story.chapters for event in chapter.trace.landmarks(*names)]


def _files(story: Story, mode: str) -> list[Event]:
    return [e for chapter in story.chapters for e in chapter.trace.events if e.kind == "file" and e.name == mode]


def _applied(story: Story) -> list[Event]:
    return [event for chapter in story.chapters for event in chapter.forwards]


def _at(event: Event) -> str:
    return event.place.code.place(event.place.line)


def _config(story: Story) -> str:
    words = story.main.trace.header.get("argv") or []
    given = ", although the command had some words of its own" if len(words) > 1 else ""
    return f"no option parser that is watched was called, and no settings file or block of settings was seen{given}"


def _data(story: Story) -> str:
    reads = _files(story, "read")
    if reads:
        return f"no data set was seen being built or flowing into a model; files read: {_paths(reads)}"
    return "no data set was seen being built, and no file that was read or array that flowed into a model was seen"


def _model(story: Story) -> str:
    if _applied(story):
        return f"a model was applied at {_at(_applied(story)[0])}, but no line of the repository was seen to build it"
    return "no model of a framework that is watched was applied"


def _train_loop(story: Story) -> str:
    if not _events(story, *TRAINING):
        return "no framework that is watched computed gradients, stepped an optimizer or fitted a model"
    return "no loop of the repository was on the stack when weights were updated"


def _forward(story: Story) -> str:
    if _applied(story):
        return f"a model was applied only inside a library, called at {_at(_applied(story)[0])}"
    return "no model of a framework that is watched was applied"


def _loss(story: Story) -> str:
    events = [event for event in _events(story, "backward") if not by_library(event)]
    if events:
        return f"gradients were computed at {_at(events[0])}, but the line that made their value was not found"
    return "no line of the repository asked a framework that is watched for gradients"


def _backward(story: Story) -> str:
    events = _events(story, "backward")
    if events:
        return f"gradients were computed only inside a library, called at {_at(events[0])}"
    return "no line of the repository asked a framework that is watched for gradients"


def _optimizer_step(story: Story) -> str:
    stepped = _events(story, "optimizer_step", "functional_step")
    if stepped:
        return f"an optimizer stepped only inside a library, called at {_at(stepped[0])}"
    if _events(story, "backward"):
        return "gradients were computed, but no optimizer stepped and no line was seen to change weights"
    return "no optimizer of a framework that is watched stepped"


def _evaluation(story: Story) -> str:
    if _applied(story):
        return "no metric was seen, and the model was not applied without being trained on the result"
    return "no metric of a known library was computed and no model was seen applied outside training"


def _checkpoint(story: Story) -> str:
    trained = _events(story, *TRAINING)
    if not trained:
        written = _files(story, "write")
        files = f"; files written: {_paths(written)}" if written else " and no file was written"
        return f"no function that saves weights was called{files}"
    begin = min((event.seq for event in story.main.trace.landmarks(*TRAINING)), default=0)
    later = [event for event in _files(story, "write") if event.seq > begin]
    if later:
        return f"no function that saves weights was called; files written after training began: {_paths(later)}"
    return "nothing was saved: no function that saves weights was called and no file was written after training began"


def _paths(events: list[Event]) -> str:
    names = list(dict.fromkeys(f"`{event.data['path']}`" for event in events))
    more = f" and {len(names) - WRITTEN} more" if len(names) > WRITTEN else ""
    return ", ".join(names[:WRITTEN]) + more


_HANDED_OVER = {Stage.TRAIN_LOOP, Stage.FORWARD, Stage.LOSS, Stage.BACKWARD, Stage.OPTIMIZER_STEP}
_REASONS: dict[Stage, Callable[[Story], str]] = {
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
