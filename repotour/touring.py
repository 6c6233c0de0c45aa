"""From a repository to a tour: checkout, survey, workspace, recorded runs, build, save. Runs on the host."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repotour import __version__
from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.plan import Limits, RunPlan
from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from repotour.progress import Progress
    from tracer.checkout import Checkout
    from tracer.engines.recorder import RunResult
    from tracer.interpreter import Interpreter
    from tracer.survey import EntryPoint, Survey
    from tracer.trace import Trace
    from walkthroughs.tour import Attempt, Outcome, Tour

PREPARATION_SECONDS = 120.0
TAIL = 4000

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


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; the fields are the options of `repotour run`."""

    ref: str | None = None
    entry: str | None = None
    python: str | None = None
    before: tuple[str, ...] = ()
    iterations: int = 3
    timeout: float = 120.0
    out: Path | None = None
    target: tuple[str, ...] = ()
    keep: bool = False


@dataclass(slots=True)
class Journey:
    """What has been gathered so far, so that an interruption can still be told."""

    checkout: Checkout
    survey: Survey
    out: Path
    name: str
    traces: list[Path] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    outcome: Outcome | None = None
    main: RunResult | None = None
    command: tuple[str, ...] = ()
    entry: EntryPoint | None = None
    entry_file: str = ""
    entry_reason: str = ""
    interrupted: bool = False


Confirm = Callable[[str], bool]


def make_tour(repo: str, options: Options, progress: Progress, confirm: Confirm) -> tuple[Tour, Path]:
    """Tour a repository; gives the tour and the path of its file. `confirm` is asked before foreign code runs."""
    from repotour.store import default_out
    from tracer.checkout import open_checkout
    from tracer.survey import survey

    progress.step(f"opening {repo}")
    checkout = open_checkout(repo, ref=options.ref, progress=progress.transfer)
    progress.step("reading the repository")
    explicit = bool(options.target)
    found = survey(checkout.root, folder=checkout.folder, entry=options.entry or "", detail=False)
    name = checkout.name
    out = (options.out or default_out(name)).resolve()
    journey = Journey(checkout, found, out, name)
    commands, before = (
        _commands(journey, options) if not explicit else (_explicit(journey, options), list(options.before))
    )
    from tracer.interpreter import probe

    needs = _imports(found, journey.entry_file)
    # An environment that a foreign repository brings along is foreign code too: it is not even asked for its version.
    interpreter = probe(options.python, checkout=None if checkout.is_remote else checkout.root, needs=needs)
    _consent(checkout, [*before, *[command.shown for command in commands]], confirm)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RepoTourError(
            f"cannot write to {out} ({error.strerror}).", slug="out-not-writable", hint="Choose another --out."
        ) from error
    return _run_all(journey, options, commands, before, interpreter, progress)


def _explicit(journey: Journey, options: Options) -> list[TargetCommand]:
    """The command that the user gave behind `--`."""
    root, folder = journey.checkout.root, journey.checkout.folder
    commands = parse_target(options.target, root, folder)
    first = commands[0]
    journey.entry_file = _file_of(first, root)
    journey.entry = journey.survey.entry(journey.entry_file)
    journey.entry_reason = "you gave this command"
    return commands


def _file_of(command: TargetCommand, root: Path) -> str:
    """The repository's file that a command starts, or ""."""
    if command.launch == "script":
        path = os.path.normpath(os.path.join(command.folder, command.argv[0])).replace(os.sep, "/")
        return path
    module = command.argv[0].partition(":")[0].replace(".", "/")
    for base in (command.folder, "", "src"):
        for tail in (".py", "/__main__.py"):
            path = os.path.normpath(os.path.join(base, module + tail)).replace(os.sep, "/")
            if (root / path).is_file():
                return path
    return ""


def _commands(journey: Journey, options: Options) -> tuple[list[TargetCommand], list[str]]:
    """The best entry point's command, or that of `--entry`."""
    from tracer.survey import equal_rank
    from tracer.survey.failures import require_entry, resolve_entry

    found, name = journey.survey, journey.checkout.name
    try:
        entry = require_entry(found, name, options.entry or "")
    except RepoTourError as error:
        if error.slug != "not-startable":
            raise
        # The user knows better than the ranking what can be started.
        journey.entry_file, journey.entry_reason = (
            resolve_entry(found, options.entry or ""),
            "you named it with --entry",
        )
        return [TargetCommand("script", (journey.entry_file,))], list(options.before)
    if options.entry:
        journey.entry_reason = "you named it with --entry"
    else:
        entry = _startable(found, entry, name)
        equals = [other.file for other in equal_rank(found) if other.file != entry.file]
        journey.entry_reason = "; ".join(entry.reasons[:3])
        if equals:
            count = f"{len(equals)} other programs rank" if len(equals) > 1 else "1 other program ranks"
            journey.entry_reason += (
                f"; {count} about as high: {', '.join(equals[:3])}{', …' if len(equals) > 3 else ''}"
            )
    journey.entry, journey.entry_file = entry, entry.file
    before = list(options.before) or list(entry.before)
    return parse_target(entry.command or (entry.file,), journey.checkout.root, entry.cwd), before


def _startable(found: Survey, entry: EntryPoint, name: str) -> EntryPoint:
    """The best entry point that is a program; notebooks are not run."""
    for candidate in found.entries:
        if candidate.role != "notebook":
            return candidate
    raise RepoTourError(
        f"{name} has only notebooks, the best is {entry.file}; RepoTour runs programs.",
        slug="only-notebooks",
        hint="Save it as a script (jupyter nbconvert --to script) and tour that.",
        exit_code=3,
    )


def _imports(found: Survey, file: str) -> tuple[str, ...]:
    """Top-level packages that the entry point imports, for choosing among interpreters."""
    facts = found.facts(file)
    names = {name.split(".")[0] for name in facts.imports} if facts is not None else set()
    return tuple(sorted(name for name in names & set(found.packages) if name))


def _consent(checkout: Checkout, commands: list[str], confirm: Confirm) -> None:
    """Show the exact commands of foreign code and ask."""
    if not checkout.is_remote:
        return
    lines = "\n".join(f"  {command}" for command in commands)
    if not confirm(f"This will run code from {checkout.url} at {checkout.commit[:10]}:\n{lines}"):
        raise RepoTourError(
            "nothing was run: code from a URL runs only when you agree.",
            slug="not-confirmed",
            hint="Answer y, or give --yes when there is no terminal.",
            exit_code=1,
        )


def _run_all(
    journey: Journey,
    options: Options,
    commands: list[TargetCommand],
    before: list[str],
    interpreter: Interpreter,
    progress: Progress,
) -> tuple[Tour, Path]:
    """Run preparation, the program and its evaluation in one workspace, then tell."""
    from tracer.workspace import Workspace

    progress.step("making a scratch copy")
    with Workspace.create(journey.checkout.root, keep=options.keep) as workspace:
        runner = Runner(journey, options, workspace.root, interpreter, progress)
        with contextlib.suppress(KeyboardInterrupt):
            for number, text in enumerate(before, 1):
                runner.prepare(text, f"before-{number}")
            for number, command in enumerate(commands[:-1], 1):
                runner.run(command, f"before-{len(before) + number}")
            runner.run_main(commands[-1])
            if not options.target:
                runner.run_evaluation()
        progress.step("telling the tour")
        return _tell(journey, workspace.root, interpreter, progress)


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
            self.run(command, chapter)

    def _shell(self, text: str) -> None:
        """Something that is no Python program (`mkdir -p data`): run, not recorded."""
        self.progress.attempt(text)
        environment = os.environ | {
            "PATH": os.pathsep.join([str(self.interpreter.path.parent), os.environ.get("PATH", "")])
        }
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
        self._note(
            (text,),
            "finished" if done.returncode == 0 else "exited",
            "" if done.returncode == 0 else f"exit status {done.returncode}",
        )

    def plan(self, command: TargetCommand, chapter: str, **changes: Any) -> RunPlan:
        """The plan of one program."""
        entry = self.journey.entry
        needs = entry.needs_path if entry is not None else ()
        if command.launch == "console":
            needs = (*needs, ".", "src")
        return RunPlan(
            self.root,
            command.folder,
            command.launch,
            command.argv,
            str(self.interpreter.path),
            chapter,
            dict(command.environment),
            tuple(needs),
            changes.get("limits", self.limits),
            changes.get("no_jump", ()),
        )

    def run(self, command: TargetCommand, chapter: str, **changes: Any) -> RunResult:
        """Record one program; its trace joins the tour."""
        from tracer.engines.recorder import record

        stem = self.journey.name if chapter == "main" else f"{self.journey.name}.{chapter}"
        trace = self.journey.out / f"{stem}.trace.jsonl"
        self.progress.attempt(command.shown)
        watcher = _Watcher(self.progress)
        if trace not in self.journey.traces:
            self.journey.traces.append(trace)
        try:
            return record(self.plan(command, chapter, **changes), trace, on_event=watcher.on_event)
        except KeyboardInterrupt:
            self.journey.interrupted = True
            raise

    def run_main(self, command: TargetCommand) -> None:
        """Record the program itself; once more without jumps when a jump of ours is what broke it."""
        from walkthroughs.tour import Outcome

        self.journey.command = tuple(self.plan(command, "main").command())
        result = self.run(command, "main")
        broken = broken_by_jump(result)
        if broken:
            self._note(
                self.journey.command,
                "raised",
                broken,
                "run again without leaving loops early",
                "a name that our jump out of a loop left unbound was missed afterwards: our doing, not the program's",
            )
            result = self.run(command, "main", limits=replace(self.limits, jumps=False))
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

    def run_evaluation(self) -> None:
        """A separate evaluation program of the same folder, after training, when it needs nothing that is not there."""
        main = self.journey.entry
        if (
            main is None
            or main.role == "eval"
            or self.journey.outcome is None
            or self.journey.outcome.kind not in ("finished", "limit")
        ):
            return
        for entry in self.journey.survey.entries:
            same_folder = entry.file.rpartition("/")[0] == main.file.rpartition("/")[0]
            if entry.role != "eval" or not same_folder or any(argument.required for argument in entry.arguments):
                continue
            command = parse_target(entry.command or (entry.file,), self.journey.checkout.root, entry.cwd)[-1]
            result = self.run(command, "after-1")
            kind, detail = outcome_of(result)
            useful = kind in ("finished", "limit")
            if not useful:
                self.journey.traces.remove(result.trace)
                for path in (result.trace, result.stdout, result.stderr):
                    path.unlink(missing_ok=True)
            self._note(
                tuple(self.plan(command, "after-1").command()),
                kind,
                detail,
                "" if useful else "left out of the tour",
                "the evaluation program beside it",
            )
            return

    def _note(self, command: tuple[str, ...], outcome: str, detail: str, remedy: str = "", reason: str = "") -> None:
        from walkthroughs.tour import Attempt

        self.journey.attempts.append(Attempt(command, outcome, detail, remedy, reason))


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
        elif kind == "fast_forward":
            self.progress.detail(
                f"left the loop at {self.codes.get(event['code'], '?')}:{event['line']} after {event['iterations']} iterations"
            )


def adaptations(result: RunResult) -> list[tuple[str, str]]:
    """(what was changed, why) of the adaptations that a run made use of."""
    trace = _load(result.trace)
    if trace is None:
        return []
    found = []
    workers = [row["was"] for row in trace.adapted if row.get("what") == "num_workers"]
    if workers:
        found.append(
            (
                f"data loaders loaded in the main process (num_workers {max(workers)} became 0)",
                "what worker processes do cannot be recorded",
            )
        )
    if trace.landmarks("compile"):
        found.append(("torch.compile was bypassed (TORCHDYNAMO_DISABLE=1)", "compiled code shows a debugger no lines"))
    return found


def broken_by_jump(result: RunResult) -> str:
    """What a run failed with, when it failed over a name that a jump of ours had left unbound; else ""."""
    from tracer.trace import Trace

    trace = _load(result.trace)
    if not isinstance(trace, Trace) or trace.end is None or not trace.fast_forwards:
        return ""
    if trace.end.get("outcome") != "raised" or trace.end.get("type") not in ("NameError", "UnboundLocalError"):
        return ""
    return f"{trace.end['type']}: {trace.end.get('detail', '')}"


def _load(path: Path) -> Trace | None:
    from tracer.trace import Trace

    try:
        return Trace.load(path)
    except RepoTourError:
        return None


def outcome_of(result: RunResult) -> tuple[str, str]:
    """(kind, detail) of a run, in the tour's words: finished, exited, raised, limit, killed or timed_out."""
    trace = _load(result.trace)
    end = trace.end if trace is not None else None
    if result.reason:
        learned = trace is not None and any(
            event.name in ("optimizer_step", "backward", "fit", "functional_step") for event in trace.events
        )
        learned = learned or (trace is not None and any(line.updated for _, line in trace.lines()))
        return ("limit" if learned else "timed_out"), f"ended by RepoTour because {result.reason}"
    if end is None:
        if result.code < 0:
            return "killed", f"killed by signal {-result.code}"
        return "killed", f"the process ended at once with status {result.code} (os._exit, or a crash)"
    if end["outcome"] == "ended":
        return "limit", str(end["detail"])
    if end["outcome"] == "interrupted":
        return "raised", "KeyboardInterrupt"
    if end["outcome"] == "raised":
        message = str(end.get("detail", ""))
        return "raised", f"{end.get('type', 'an exception')}: {message}" if message else str(
            end.get("type", "an exception")
        )
    if end["outcome"] == "exited":
        return "exited", f"exit status {end['exit_code']}" + (f": {end['detail']}" if end.get("detail") else "")
    return "finished", ""


def _tell(journey: Journey, root: Path, interpreter: Interpreter, progress: Progress) -> tuple[Tour, Path]:
    """Build, save and remember the tour."""
    from repotour.store import remember
    from walkthroughs.build import Telltale, build_tour, stages_seen
    from walkthroughs.renderers.base import find_renderer
    from walkthroughs.tour import Entry, OtherEntry, Outcome, Provenance
    from walkthroughs.writing import write_whole

    traces = [trace for trace in map(_load, journey.traces) if trace is not None]
    outcome = journey.outcome or Outcome(
        "killed", "interrupted by you (Ctrl-C)" if journey.interrupted else "it never started", 0.0
    )
    others = tuple(
        OtherEntry(entry.file, "; ".join(entry.reasons[:2]))
        for entry in journey.survey.entries[:12]
        if entry.file != journey.entry_file
    )
    checkout = journey.checkout
    line = journey.entry.line if journey.entry is not None else 1
    known = Telltale(
        title=_title(journey),
        provenance=Provenance(
            checkout.url,
            checkout.commit,
            checkout.dirty,
            datetime.now(timezone.utc).replace(microsecond=0).isoformat(),
            interpreter.version_text,
            __version__,
            sys.platform,
            checkout.folder,
        ),
        entry=Entry(journey.entry_file, line, journey.entry_reason),
        command=journey.command,
        outcome=outcome,
        attempts=tuple(journey.attempts),
        rung=_rung(outcome, journey),
        others=others,
        output_tail=_tail(journey, root),
    )
    tour = build_tour(traces, root, known)
    path = journey.out / f"{journey.name}.tour.json"
    tour.save(path)
    write_whole(journey.out / "ONBOARDING.md", find_renderer("markdown").render(tour))
    remember(path, title=tour.title, stages_seen=stages_seen(tour), stops=len(tour.stops))
    progress.done(f"{len(tour.stops)} stops, {stages_seen(tour)} of {len(CORE_STAGES)} stages")
    return tour, path


def _rung(outcome: Outcome, journey: Journey) -> str:
    """How far up the ladder of DESIGN section 5 this tour stands."""
    if outcome.kind not in ("finished", "limit"):
        return "run up to the failure"
    return "run with remedies" if any(attempt.remedy for attempt in journey.attempts) else "full run"


def _title(journey: Journey) -> str:
    name = journey.checkout.name
    return f"{name}: {journey.entry_file}" if journey.entry_file else name


def _tail(journey: Journey, root: Path) -> str:
    """The end of what the program printed, without paths of this machine."""
    if journey.main is None:
        return ""
    parts = []
    for path in (journey.main.stdout, journey.main.stderr):
        try:
            with open(path, "rb") as handle:
                handle.seek(max(0, path.stat().st_size - TAIL))
                parts.append(handle.read().decode("utf-8", "replace"))
        except OSError:
            continue
    text = "\n".join(part.strip() for part in parts if part.strip())
    return scrub(text, root)


def scrub(text: str, root: Path) -> str:
    """Text without the paths and names of this machine."""
    for prefix, shown in (
        (str(root) + os.sep, ""),
        (str(root), "."),
        (str(root.parent), "<workspace>"),
        (str(Path.home()), "~"),
    ):
        text = text.replace(prefix, shown)
    return text
