"""From a repository or a tour to a live walk: the same program once more, standing still at each stop. Host."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from repotour.journey import Journey, Options
from tracer.errors import RepoTourError
from tracer.plan import Driver, Edited, RunPlan, Shim

if TYPE_CHECKING:
    from repotour.attempts.bench import Bench
    from repotour.progress import Progress
    from repotour.touring import Confirm
    from tracer.environment import Environment
    from walkthroughs.sources import Sources
    from walkthroughs.tour import Program, Stop, Tour


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for: `source` is a tour file, a folder or a URL; `repo` says where the code of a tour lies;
    `stop` (an id or a number from 1) and `stage` say where to stand still first."""

    source: str
    repo: str = ""
    stop: str = ""
    stage: str = ""
    ui: str = "terminal"
    """terminal, or vscode: debugpy, and any editor that speaks the Debug Adapter Protocol."""
    port: int = 0
    """Where an editor connects; 0: a free port."""
    write_launch: bool = False
    """Whether the launch configuration is written into the repository."""
    options: Options = field(default_factory=Options)


def walk_live(wanted: Wanted, progress: Progress, confirm: Confirm) -> int:
    """Walk a program live in this terminal; gives its exit status. `confirm` is asked before foreign code runs."""
    from repotour.touring import ask_consent, propose_environment

    tour = _tour_of(wanted.source)
    journey = _journey(wanted, tour, progress)
    proposal = propose_environment(journey, tour.entry.file if tour is not None else journey.entry_file, progress)
    shown = [" ".join(tour.command)] if tour is not None and tour.command else [journey.entry_file]
    ask_consent(journey.checkout, wanted.source, shown, proposal.text, confirm)
    return _walk(wanted, journey, tour, proposal.build(progress), progress)


def _tour_of(source: str) -> Tour | None:
    """The tour that was named; None for a repository."""
    from walkthroughs.tour import Tour

    path = Path(source)
    return Tour.load(path) if path.is_file() or source.endswith(".tour.json") else None


def _journey(wanted: Wanted, tour: Tour | None, progress: Progress) -> Journey:
    """The checkout and what reading it found; without a tour also the program to walk."""
    from repotour.touring import choose_program
    from tracer.checkout import open_checkout
    from tracer.survey import survey

    repo = wanted.source if tour is None else wanted.repo or tour.provenance.url or _here(tour)
    commit = tour.provenance.commit if tour is not None and not wanted.repo else ""
    progress.step(f"opening {repo}")
    remote = tour is not None and bool(tour.provenance.url) and not wanted.repo
    checkout = open_checkout(repo, ref=commit if remote else wanted.options.ref, progress=progress.transfer)
    progress.step("reading the repository")
    entry = wanted.options.entry or (tour.entry.file if tour is not None else "")
    known = entry if (checkout.root / entry).is_file() else ""
    found = survey(checkout.root, folder=checkout.folder, entry=known, detail=tour is None)
    journey = Journey(checkout, found, Path(), checkout.name, wanted.options)
    if tour is None:
        journey.candidate = choose_program(journey, wanted.options)
    return journey


def _here(tour: Tour) -> str:
    """The current folder, when the toured program lies in it."""
    if (Path.cwd() / tour.entry.file).is_file():
        return str(Path.cwd())
    raise RepoTourError(
        f"the tour is of a local folder, and {tour.entry.file} is not here.",
        slug="no-repository",
        hint="Say where the repository is: --repo FOLDER.",
    )


def _walk(wanted: Wanted, journey: Journey, tour: Tour | None, environment: Environment, progress: Progress) -> int:
    """Make the scratch copy and the plan, run what comes before, and hand the terminal to the program."""
    from repotour.attempts.bench import Bench
    from repotour.touring import shelter_for
    from tracer.engines.live import Walked, walk
    from tracer.plan import Limits
    from tracer.workspace import Workspace
    from walkthroughs.sources import Sources

    progress.step("making a scratch copy")
    with Workspace.create(journey.checkout.root) as workspace, TemporaryDirectory(prefix="repotour-walk-") as out:
        shelter = shelter_for(journey, workspace, environment.interpreter, progress)
        in_editor = wanted.ui != "terminal"
        if in_editor and shelter.is_offline:
            raise RepoTourError(
                "an editor cannot reach a program in a sandbox without network.",
                slug="no-network",
                hint="Let it run without one: --no-sandbox.",
            )
        borrowed = debugger_folders(environment, progress, "debugpy" if in_editor else "ipdb")
        limits = Limits(seconds=wanted.options.timeout)
        bench = Bench(workspace, environment, Path(out), journey.name, limits, progress, shelter)
        plan, told = _from_tour(tour, bench) if tour is not None else _from_reading(journey, bench)
        stops = live_stops(told, Sources(workspace.root), progress)
        first = _first(stops, wanted)
        path = Path(wanted.source) if tour is not None else None
        if in_editor:
            return _in_editor(wanted, journey, plan, stops, borrowed, progress)
        walked = Walked(stops, first, wanted.stage, borrowed)
        progress.done(f"{len(stops)} stops to come; `help` lists the commands, those of the tour are: tour, nextstop, "
                      "stage, why, shape, note, leave, save")  # fmt: skip
        with progress.paused():
            return walk(plan, walked, lambda rows: keep_notes(path, rows))


def _in_editor(
    wanted: Wanted, journey: Journey, plan: RunPlan, stops: list[dict[str, Any]], borrowed: tuple[Path, ...],
    progress: Progress,
) -> int:  # fmt: skip
    """Start the program under debugpy, say how an editor connects, and wait for the end."""
    from repotour.editor import Editor, free_port
    from repotour.launch_json import write_launch
    from tracer.engines.live import Walked, walk

    first = _first(stops, wanted)
    chosen = [stop for stop in stops if first in ("", stop["id"]) and (first or wanted.stage in ("", stop["stage"]))]
    target = free_port()
    editor = Editor(chosen, journey.checkout.root, plan.root, target, wanted.port)
    configuration = editor.configuration(f"Walk the tour of {journey.name}")
    if wanted.write_launch:
        progress.done(f"written: {write_launch(journey.checkout.root, configuration)}")
    editor.start()
    with progress.paused():
        print(json.dumps({"version": "0.2.0", "configurations": [configuration]}, indent=2))
        print(f"The program waits for a debugger on 127.0.0.1:{editor.port}; it will stop at {len(chosen)} places.",
              flush=True)  # fmt: skip
        try:
            return walk(plan, Walked(stops, borrowed=borrowed, port=target), lambda _: None)
        finally:
            editor.close()


def debugger_folders(environment: Environment, progress: Progress, package: str = "ipdb") -> tuple[Path, ...]:
    """Where the target finds ipdb or debugpy beside its own environment: with us, or in a folder for its Python."""
    from tracer.engines.live import BORROWED, own_packages
    from tracer.interpreter import has_modules

    if has_modules(environment.interpreter, (package,))[package]:
        return ()
    own = own_packages(environment.interpreter.version, BORROWED if package == "ipdb" else (package,))
    if own:
        return own
    try:
        return environment.add((package,))
    except RepoTourError as error:
        if package != "ipdb":
            raise
        progress.warn(f"ipdb cannot be had for Python {environment.interpreter.version_text}, pdb takes its place: "
                      f"{error.message}")  # fmt: skip
        return ()


def _from_tour(tour: Tour, bench: Bench) -> tuple[RunPlan, Tour]:
    """The plan of a tour's main program, after what ran before it was run again."""
    programs = {program.chapter: program for program in tour.programs}
    main = programs.get("main")
    if main is None:
        raise RepoTourError(
            "this tour does not say how its program was started, so it cannot be started again.",
            slug="no-program",
            hint="Make it again with `repotour run`, or name the repository instead of the tour.",
        )
    for program in tour.programs:
        if program.chapter.startswith("before"):
            bench.record(plan_of(program, bench), bench.limits.seconds)
    return plan_of(main, bench), tour


def plan_of(program: Program, bench: Bench) -> RunPlan:
    """How a program of a tour is started here."""
    plan = RunPlan(
        bench.root,
        program.folder,
        program.launch,
        program.argv,
        str(bench.environment.interpreter.path),
        program.chapter,
        dict(program.environment),
        program.needs_path,
        bench.limits,
        shims=tuple(Shim(name, dict(settings)) for name, settings in program.shims),
        folders=program.folders,
        files=tuple(Edited(*row) for row in program.files),
        shelter=bench.shelter,
        driver=Driver(*program.driver) if program.driver else None,
    )
    return bench.equip(plan, program.packages)


def _from_reading(journey: Journey, bench: Bench) -> tuple[RunPlan, Tour]:
    """Without a tour: the program that reading finds, with what can be known ahead, and the stops of reading."""
    from repotour.telling import telltale
    from tracer.fitting import fit
    from tracer.machine import this_machine
    from walkthroughs.static_tour import static_tour

    candidate = journey.candidate
    assert candidate is not None
    for command in candidate.commands[:-1]:
        bench.record(bench.plan(command, "before-1"), bench.limits.seconds)
    plan = bench.plan(candidate.commands[-1], "main")
    entry = journey.survey.entry(candidate.file)
    for change in fit(plan, entry, journey.survey, this_machine(), plan.limits) if entry is not None else ():
        plan = bench.equip(change.plan, change.packages)
        bench.progress.remedy(change.what, change.why)
    return plan, static_tour(journey.survey, bench.root, telltale(journey))


def _first(stops: list[dict[str, Any]], wanted: Wanted) -> str:
    """The id of the stop to stand still at first, "" for none; raises where there is no such stop or stage."""
    if wanted.stage and wanted.stage not in {stop["stage"] for stop in stops}:
        known = ", ".join(dict.fromkeys(stop["stage"] for stop in stops))
        raise RepoTourError(f"no stop of the stage {wanted.stage!r} can be walked to; there are {known}.",
                            slug="no-such-stage")  # fmt: skip
    if not wanted.stop:
        return ""
    for stop in stops:
        if wanted.stop in (stop["id"], str(stop["number"])):
            return str(stop["id"])
    raise RepoTourError(
        f"there is no stop {wanted.stop!r} that can be walked to.",
        slug="no-such-stop",
        hint=f"The first is {stops[0]['id']}." if stops else "",
    )


def live_stops(tour: Tour, sources: Sources, progress: Progress) -> list[dict[str, Any]]:
    """The stops of the main program as the target wants them, each with the line that runs when one comes to it.

    A stop whose line reads differently in the code that is walked is left out, and it is said how many are.
    """
    from walkthroughs.prose import bare, parse

    found = []
    changed = 0
    for number, stop in enumerate(tour.stops, 1):
        source = sources.get(stop.location.file)
        if stop.chapter != "main" or source is None:
            continue
        if not _reads_the_same(stop, source.lines):
            changed += 1
            continue
        line = line_of(stop, tour, sources)
        if line:
            found.append({
                "id": stop.id, "number": number, "chapter": stop.part, "stage": stop.stage,
                "title": bare(stop.title or stop.stage_title), "note": [block.text for block in parse(stop.note)],
                "because": bare(stop.because), "basis": stop.basis, "file": stop.location.file, "lines": [line],
                "qualname": stop.location.qualname,
                "variables": [
                    {
                        "name": one.name, "type": one.type, "value": one.value, "shape": one.shape, "dtype": one.dtype,
                        "device": one.device, "len": one.length, "changed": one.changed,
                    }
                    for one in stop.variables
                ],
            })  # fmt: skip
    if changed:
        progress.warn(f"{changed} stops are left out: their lines have changed since the tour was made")
    return found


def _reads_the_same(stop: Stop, lines: Sequence[str]) -> bool:
    """Whether a stop's line is in the code what it was when the tour was made."""
    index = stop.location.line - stop.excerpt.first_line
    if not 0 <= index < len(stop.excerpt.lines):
        return 0 < stop.location.line <= len(lines)
    return stop.location.line <= len(lines) and lines[stop.location.line - 1] == stop.excerpt.lines[index]


def line_of(stop: Stop, tour: Tour, sources: Sources) -> int:
    """The line that runs when one comes to a stop: of a definition the first of its body; 0 for a class without."""
    recording = tour.recording
    if stop.step is not None and recording is not None:
        return recording.lines[stop.step]
    source = sources.get(stop.location.file)
    node = source.statement(stop.location.line) if source is not None else None
    if isinstance(node, ast.ClassDef):
        node = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
        if node is None:
            return 0
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
        return body[0].lineno if body else 0
    return stop.location.line


def keep_notes(path: Path | None, rows: list[dict[str, Any]]) -> None:
    """Put the reader's notes into the tour, or print them where there is no tour to keep them in."""
    from walkthroughs.tour import Tour

    notes = tuple(row for row in rows if row.get("text"))
    if not notes:
        return
    if path is None:
        for row in notes:
            print(f"{row['file']}:{row['line']}  {row['text']}")
        return
    tour = Tour.load(path)
    kept = (*(note for note in tour.notes_by_reader if note not in notes), *notes)
    if kept != tour.notes_by_reader:
        replace(tour, notes_by_reader=kept).save(path)
