"""Runs the programs of a tour, one after another, in one workspace. Runs on the host."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repotour.ahead import Ahead
from repotour.outcomes import adaptations, load_trace, outcome_of
from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.plan import Limits, RunPlan
from tracer.remedies import Situation, next_attempt
from tracer.stages import Stage

if TYPE_CHECKING:
    from repotour.journey import Journey, Options
    from repotour.progress import Progress
    from tracer.engines.recorder import RunResult
    from tracer.interpreter import Interpreter

PREPARATION_SECONDS = 120.0
ATTEMPTS = 4

LIVE = {
    "config": Stage.CONFIG,
    "config_file": Stage.CONFIG,
    "dataset": Stage.DATA,
    "dataloader": Stage.DATA,
    "read": Stage.DATA,
    "simulator": Stage.DATA,
    "modules": Stage.MODEL,
    "optimizer": Stage.MODEL,
    "module_call": Stage.FORWARD,
    "loss_function": Stage.LOSS,
    "backward": Stage.BACKWARD,
    "optimizer_step": Stage.OPTIMIZER_STEP,
    "functional_step": Stage.OPTIMIZER_STEP,
    "fit": Stage.TRAIN_LOOP,
    "metric": Stage.EVALUATION,
    "evaluate": Stage.EVALUATION,
    "save": Stage.CHECKPOINT,
    "load": Stage.CHECKPOINT,
}


class Runner:
    """Runs programs in one workspace under the recorder and keeps what came of them in the journey."""

    def __init__(
        self, journey: Journey, options: Options, root: Path, interpreter: Interpreter, progress: Progress
    ) -> None:
        self.journey = journey
        self.options = options
        self.root = root
        self.interpreter = interpreter
        self.progress = progress
        self.ahead = Ahead()
        self.limits = Limits(seconds=options.timeout, iterations=options.iterations)

    def prepare(self, text: str, chapter: str) -> None:
        """A preparation command: recorded when it is Python, else run by the shell."""
        words = tuple(shlex.split(text))
        try:
            commands = parse_target(
                words, self.root, self.journey.checkout.folder if self.options.target or self.options.before else ""
            )
        except RepoTourError:
            self._shell(text)
            return
        for command in commands:
            self.run_before(command, chapter)

    def run_before(self, command: TargetCommand, chapter: str) -> None:
        """Record a program that runs before the toured one."""
        kind, detail = outcome_of(self.run(command, chapter))
        self._prepared(tuple(self.plan(command, chapter).command()), kind, detail)

    def _shell(self, text: str) -> None:
        """Something that is no Python program (`mkdir -p data`): run, not recorded."""
        self.progress.attempt(text)
        environment = os.environ | {
            "PATH": os.pathsep.join([str(self.interpreter.path.parent), os.environ.get("PATH", "")])
        }
        try:
            done = subprocess.run(
                text,
                shell=True,
                cwd=self.root / self.journey.checkout.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PREPARATION_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._prepared((text,), "timed_out", f"ended by RepoTour because its {PREPARATION_SECONDS:.0f} s were up")
            return
        failed = done.returncode != 0
        self._prepared((text,), "exited" if failed else "finished", f"exit status {done.returncode}" if failed else "")

    def _prepared(self, command: tuple[str, ...], kind: str, detail: str) -> None:
        """Note how a preparation ended; one that failed is said at once, for what comes after it may miss its files."""
        if kind not in ("finished", "limit") and detail != "exit status 0":
            self.progress.warn(f"the preparation did not succeed: {shlex.join(command)} ({detail})")
        self._note(command, kind, detail, "", "preparation")

    def plan(self, command: TargetCommand, chapter: str) -> RunPlan:
        """The plan of one program."""
        return RunPlan(
            self.root,
            command.folder,
            command.launch,
            command.argv,
            str(self.interpreter.path),
            chapter,
            dict(command.environment),
            (".", "src") if command.launch == "console" else (),
            self.limits,
        )

    def run(self, command: TargetCommand, chapter: str) -> RunResult:
        """Record one program, again with a remedy as long as one is known; its last trace joins the tour."""
        plan = self.plan(command, chapter)
        result = self._record(plan)
        for _ in range(ATTEMPTS - 1):
            trace = load_trace(result.trace)
            adaptation = next_attempt(Situation(plan, trace, self.journey.entry)) if trace is not None else None
            if adaptation is None:
                break
            kind, detail = outcome_of(result)
            self._note(tuple(plan.command()), kind, detail, adaptation.what, adaptation.why)
            plan = adaptation.plan
            self.progress.detail(adaptation.what)
            result = self._record(plan)
        return result

    def _record(self, plan: RunPlan) -> RunResult:
        """One recorded run."""
        from tracer.engines.recorder import record

        stem = self.journey.name if plan.chapter == "main" else f"{self.journey.name}.{plan.chapter}"
        trace = self.journey.out / f"{stem}.trace.jsonl"
        self.progress.attempt(shlex.join(plan.command()))
        if trace not in self.journey.traces:
            self.journey.traces.append(trace)
        try:
            self.ahead.start()
            return record(plan, trace, on_event=_Watcher(self.progress).on_event)
        except KeyboardInterrupt:
            self.journey.interrupted = True
            raise

    def run_main(self, command: TargetCommand) -> None:
        """Record the program itself; how it ended is how the tour ended."""
        from walkthroughs.tour import Outcome

        self.journey.command = tuple(self.plan(command, "main").command())
        result = self.run(command, "main")
        self.journey.main = result
        kind, detail = outcome_of(result)
        self.journey.outcome = Outcome(kind, detail, round(result.seconds, 2))
        remedies = adaptations(result)
        self._note(
            self.journey.command,
            kind,
            detail,
            "; ".join(what for what, _ in remedies),
            "; ".join(why for _, why in remedies),
        )

    def run_evaluation(self, file: str, command: TargetCommand) -> None:
        """Record the evaluation program beside the one that trained; when it fails, the tour does without it."""
        if self.journey.outcome is None or self.journey.outcome.kind not in ("finished", "limit"):
            return
        result = self.run(command, "after-1")
        kind, detail = outcome_of(result)
        useful = kind in ("finished", "limit")
        if useful:
            self.journey.toured.append(file)
        else:
            self.journey.traces.remove(result.trace)
            for path in (result.trace, result.stdout, result.stderr, *result.children):
                path.unlink(missing_ok=True)
        reason = "the evaluation program beside it" + ("" if useful else ", left out of the tour")
        self._note(tuple(self.plan(command, "after-1").command()), kind, detail, "", reason)

    def _note(self, command: tuple[str, ...], outcome: str, detail: str, remedy: str = "", reason: str = "") -> None:
        from walkthroughs.tour import Attempt

        self.journey.attempts.append(Attempt(command, outcome, detail, remedy, reason))


def evaluation_beside(journey: Journey) -> tuple[str, TargetCommand] | None:
    """The file and command of a separate evaluation program in the folder of the one that is toured."""
    main = journey.entry
    if main is None or main.role == "eval":
        return None
    for entry in journey.survey.entries:
        same_folder = entry.file.rpartition("/")[0] == main.file.rpartition("/")[0]
        if entry.role == "eval" and same_folder and not any(argument.required for argument in entry.arguments):
            return entry.file, parse_target(entry.command or (entry.file,), journey.checkout.root, entry.cwd)[-1]
    return None


class _Watcher:
    """Turns events of a growing trace into live progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.codes: dict[int, str] = {}

    def on_event(self, event: dict[str, Any]) -> None:
        """One event as it is written."""
        kind = event.get("kind")
        if kind == "code":
            self.codes[event["id"]] = event["file"]
        elif kind in ("landmark", "modules"):
            stage = LIVE.get(str(event.get("event", kind)))
            stack = event.get("stack")
            if stage is not None and stack:
                self.progress.stage_reached(stage, f"{self.codes.get(stack[0][0], '?')}:{stack[0][1]}")
        elif kind in ("fast_forward", "source_ended"):
            self.progress.detail(
                f"left the loop at {self.codes.get(event['code'], '?')}:{event['line']}"
                f" after {event['iterations']} iterations"
            )
