"""From a repository to a tour: checkout, survey, workspace, recorded runs, build, save. Runs on the host."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from repotour import __version__
from repotour.journey import Journey, Options
from repotour.outcomes import load_traces
from repotour.running import Runner, evaluation_beside
from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.garbage import without_collection
from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from repotour.progress import Progress
    from tracer.checkout import Checkout
    from tracer.interpreter import Interpreter
    from tracer.survey import EntryPoint, Survey
    from tracer.trace import Trace
    from walkthroughs.tour import Outcome, Tour

TAIL = 4000

Confirm = Callable[[str], bool]


TRAINING = {stage.value for stage in (Stage.TRAIN_LOOP, Stage.BACKWARD, Stage.OPTIMIZER_STEP)}
NEVER_TRAINED = "it ended well but never trained: no gradients, no fit and no change of weights were seen"


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
    from tracer.environment import choose

    environment = choose(options.python, checkout, found, journey.entry_file, progress)
    interpreter = environment.interpreter
    beside = None if explicit else evaluation_beside(journey)
    after = [f"{beside[1].shown}   (afterwards)"] if beside is not None else []
    _consent(checkout, repo, [*before, *[command.shown for command in commands], *after], confirm)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RepoTourError(
            f"cannot write to {out} ({error.strerror}).", slug="out-not-writable", hint="Choose another --out."
        ) from error
    return _run_all(journey, options, commands, before, beside, interpreter, progress)


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
        return os.path.normpath(os.path.join(command.folder, command.argv[0])).replace(os.sep, "/")
    module = command.argv[0].partition(":")[0].replace(".", "/")
    for base in (command.folder, "", "src"):
        for tail in (".py", "/__main__.py"):
            path = os.path.normpath(os.path.join(base, module + tail)).replace(os.sep, "/")
            if (root / path).is_file():
                return path
    # A launcher: the program is among its words.
    for word in command.argv[1:]:
        path = os.path.normpath(os.path.join(command.folder, word)).replace(os.sep, "/")
        if word.endswith(".py") and (root / path).is_file():
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
        folder = journey.checkout.folder
        script = os.path.relpath(journey.entry_file, folder or ".").replace(os.sep, "/")
        return [TargetCommand("script", (script,), folder)], list(options.before)
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


def _consent(checkout: Checkout, repo: str, commands: list[str], confirm: Confirm) -> None:
    """Show the exact commands of foreign code and ask."""
    if not checkout.is_remote:
        return
    lines = "\n".join(f"  {command}" for command in commands)
    # A clone of a folder (`file://…`) has no address that a tour could keep, but the one who typed it knows it.
    if not confirm(f"This will run code from {checkout.url or repo} at {checkout.commit[:10]}:\n{lines}"):
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
    beside: tuple[str, TargetCommand] | None,
    interpreter: Interpreter,
    progress: Progress,
) -> tuple[Tour, Path]:
    """Run preparation, the program and its evaluation in one workspace, then tell."""
    from tracer.workspace import Workspace

    progress.step("making a scratch copy")
    with Workspace.create(journey.checkout.root, keep=options.keep) as workspace:
        runner = Runner(journey, options, workspace.root, interpreter, progress)
        progress.step("running it under the debugger")
        with contextlib.suppress(KeyboardInterrupt):
            for number, text in enumerate(before, 1):
                runner.prepare(text, f"before-{number}")
            for number, command in enumerate(commands[:-1], 1):
                runner.run_before(command, f"before-{len(before) + number}")
            runner.run_main(commands[-1])
            if beside is not None:
                runner.run_evaluation(*beside)
        runner.ahead.wait()
        progress.step("telling the tour")
        with without_collection():
            return _tell(journey, workspace.root, interpreter, progress)


def _tell(journey: Journey, root: Path, interpreter: Interpreter, progress: Progress) -> tuple[Tour, Path]:
    """Build, save and remember the tour."""
    from repotour.store import remember
    from walkthroughs.build import Telltale, build_tour, stages_seen
    from walkthroughs.renderers.base import find_renderer
    from walkthroughs.tour import Entry, OtherEntry, Outcome, Provenance
    from walkthroughs.writing import write_whole

    programs = [found for found in map(load_traces, journey.traces) if found is not None]
    traces = [trace for found in programs for trace in found.told]
    beside = [trace for found in programs for trace in found.others]
    outcome = journey.outcome or Outcome(
        "killed", "interrupted by you (Ctrl-C)" if journey.interrupted else "it never started", 0.0
    )
    others = tuple(
        OtherEntry(entry.file, "; ".join(entry.reasons[:2]))
        for entry in journey.survey.entries[:12]
        if entry.file not in (journey.entry_file, *journey.toured)
    )
    checkout = journey.checkout
    line = journey.entry.line if journey.entry is not None else 1
    line = first_line(traces, journey.entry_file, root) or line
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
    tour = build_tour(traces, root, known, beside)
    if outcome.kind == "finished" and not {stop.stage for stop in tour.stops} & TRAINING:
        tour = replace(tour, outcome=replace(outcome, detail=NEVER_TRAINED))
    path = journey.out / f"{journey.name}.tour.json"
    tour.save(path)
    write_whole(journey.out / "ONBOARDING.md", find_renderer("markdown").render(tour))
    remember(path, title=tour.title, stages_seen=stages_seen(tour), stops=len(tour.stops))
    progress.done(f"{len(tour.stops)} stops, {stages_seen(tour)} of {len(CORE_STAGES)} stages")
    return tour, path


def first_line(traces: list[Trace], file: str, root: Path) -> int:
    """The first line that the program ran, when it works at module level; 0 when a `__main__` guard starts it."""
    text = (root / file).read_text("utf-8", "replace") if file and (root / file).is_file() else ""
    if "__main__" in text:
        return 0
    for trace in traces:
        for frame in trace.frames.values():
            if trace.chapter == "main" and frame.code.type == "module" and frame.code.file == file and frame.lines:
                return frame.lines[0].line
    return 0


def _rung(outcome: Outcome, journey: Journey) -> str:
    """How complete the recorded run was: full, with remedies, or up to a failure."""
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
