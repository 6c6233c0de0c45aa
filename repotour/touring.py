"""From a repository to a tour: checkout, survey, workspace, recorded runs, build, save. Runs on the host."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.candidate import Candidate, alternatives, file_of, of_entry
from repotour.journey import Journey, Options
from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.garbage import without_collection
from tracer.notebooks import is_notebook

if TYPE_CHECKING:
    from repotour.attempts.attempting import Field
    from repotour.attempts.campaign import Campaign
    from repotour.attempts.reached import Reached
    from repotour.progress import Progress
    from tracer.checkout import Checkout
    from tracer.environment import Environment, Proposal
    from tracer.interpreter import Interpreter
    from tracer.safety.shelter import Shelter
    from tracer.survey import EntryPoint, Survey
    from tracer.workspace import Workspace
    from walkthroughs.tour import Tour

NO_NETWORK = re.compile(
    r"ConnectionError|ConnectionRefused|gaierror|URLError|NameResolution|name resolution|Network is unreachable"
    r"|NewConnectionError|OfflineMode|LocalEntryNotFound|outgoing traffic has been disabled"
)
"""How programs say that they could not reach the network."""

Confirm = Callable[[str], bool]

NO_PROGRAM = "no-entry-point"
NOTHING_TO_START = (
    NO_PROGRAM,
    "only-notebooks",
    "environment-failed",
    "environment-not-possible",
    "no-interpreter",
)
"""Failures after which there is still something to tell: what reading found."""


def make_tour(repo: str, options: Options, progress: Progress, confirm: Confirm) -> tuple[Tour, Path]:
    """Tour a repository; gives the tour and the path of its file. `confirm` is asked before foreign code runs."""
    from repotour.store import default_out
    from tracer.checkout import open_checkout
    from tracer.survey import survey

    progress.step(f"opening {repo}")
    checkout = open_checkout(repo, ref=options.ref, progress=progress.transfer)
    progress.step("reading the repository")
    # Arguments and places of stages are read only where we choose the command: one that was given stays as it is.
    found = survey(checkout.root, folder=checkout.folder, entry=options.entry or "", detail=not options.target)
    name = checkout.name
    journey = Journey(checkout, found, (options.out or default_out(name)).resolve(), name, options)
    try:
        journey.candidate = first = _given(journey, options) if options.target else choose_program(journey, options)
        proposal = propose_environment(journey, first.file, progress)
    except RepoTourError as error:
        return _without_program(journey, repo, error, progress, confirm)
    except KeyboardInterrupt:
        journey.interrupted = True
        return _read_only(journey, progress)
    beside = None if first.given else evaluation_beside(first, found, checkout.root)
    after = [f"{beside[1].shown}   (afterwards)"] if beside is not None else []
    commands = [*first.before, *[command.shown for command in first.commands], *after]
    ask_consent(checkout, repo, commands, proposal.text, confirm)
    _make_out(journey.out)
    try:
        environment = proposal.build(progress)
    except RepoTourError as error:
        return _without_run(journey, error, progress)
    except KeyboardInterrupt:
        journey.interrupted = True
        return _read_only(journey, progress)
    _note_environment(journey, environment, progress)
    return _run_all(journey, beside, environment, progress)


def propose_environment(journey: Journey, file: str, progress: Progress) -> Proposal:
    """The environment that is to run the program; nothing is installed before the user has agreed."""
    from tracer.environment import propose

    progress.step("looking for an interpreter")
    options = journey.options
    return propose(options.python, journey.checkout, journey.survey, file, install=options.install)


def _note_environment(journey: Journey, environment: Environment, progress: Progress) -> None:
    """What runs the programs, and what of it is not as the repository asks for it."""
    from repotour.attempts.account import AS_IT_STANDS, EVERY, Change, Entry

    journey.python = environment.interpreter.version_text
    progress.done(f"Python {journey.python}: {environment.reason}")
    changes = tuple(Change(what, why) for what, why in environment.changes)
    if changes:
        command = shlex.split(journey.candidate.commands[-1].shown) if journey.candidate is not None else []
        journey.account.add(Entry(tuple(command), "", AS_IT_STANDS, EVERY, then=changes))


def _without_program(
    journey: Journey, repo: str, error: RepoTourError, progress: Progress, confirm: Confirm
) -> tuple[Tour, Path]:
    """Where there is no program to start there may be a model, which is run alone."""
    from tracer.alone import known_of

    checkout = journey.checkout
    known = known_of(checkout.root, journey.survey) if error.slug == NO_PROGRAM else None
    if known is None or not known.candidates:
        return _without_run(journey, error, progress)
    progress.fail(str(error))
    journey.obstacle = error.message
    best = known.candidates[0]
    try:
        proposal = propose_environment(journey, best.file, progress)
        ask_consent(checkout, repo, [f"{best.name} of {best.file}, built and applied alone"], proposal.text, confirm)
        _make_out(journey.out)
        environment = proposal.build(progress)
    except RepoTourError as other:
        if other.slug not in NOTHING_TO_START:
            raise
        progress.fail(str(other))
        return _read_only(journey, progress)
    except KeyboardInterrupt:
        journey.interrupted = True
        return _read_only(journey, progress)
    _note_environment(journey, environment, progress)
    return _run_all(journey, None, environment, progress)


def _without_run(journey: Journey, error: RepoTourError, progress: Progress) -> tuple[Tour, Path]:
    """What stands in the way of any run is said, and what reading found is told."""
    if error.slug not in NOTHING_TO_START:
        raise error
    progress.fail(str(error))
    journey.obstacle = error.message
    return _read_only(journey, progress)


def _read_only(journey: Journey, progress: Progress) -> tuple[Tour, Path]:
    """Nothing can be run: the tour of what reading found."""
    from repotour.telling import tell_journey

    progress.step("telling what reading found")
    _make_out(journey.out)
    return tell_journey(journey, journey.checkout.root, progress)


def _make_out(out: Path) -> None:
    """The folder of the tour's files."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RepoTourError(
            f"cannot write to {out} ({error.strerror}).", slug="out-not-writable", hint="Choose another --out."
        ) from error


def _given(journey: Journey, options: Options) -> Candidate:
    """The command that the user gave behind `--`."""
    root, folder = journey.checkout.root, journey.checkout.folder
    commands = tuple(parse_target(options.target, root, folder))
    file = file_of(commands[0], root)
    return Candidate(file, commands, options.before, journey.survey.entry(file), "you gave this command", given=True)


def choose_program(journey: Journey, options: Options) -> Candidate:
    """The best entry point's command, or that of `--entry`."""
    from tracer.survey.failures import require_entry, resolve_entry

    found, root, name = journey.survey, journey.checkout.root, journey.checkout.name
    try:
        entry = require_entry(found, name, options.entry or "")
    except RepoTourError as error:
        if error.slug != "not-startable":
            raise
        # The user knows better than the ranking what can be started.
        file, folder = resolve_entry(found, options.entry or ""), journey.checkout.folder
        script = file[len(folder) :].lstrip("/") if folder and file.startswith(folder + "/") else file
        folder = folder if script != file else ""
        command = TargetCommand("notebook" if is_notebook(script) else "script", (script,), folder)
        return Candidate(file, (command,), options.before, None, "you named it with --entry")
    commands = tuple(parse_target(entry.command or (entry.file,), root, entry.cwd))
    reason = "you named it with --entry" if options.entry else _reason(found, entry)
    return Candidate(entry.file, commands, options.before or entry.before, entry, reason)


def _reason(found: Survey, entry: EntryPoint) -> str:
    """Why an entry point is the one to tour, and which others could have been."""
    from tracer.survey import equal_rank

    reason = "; ".join(entry.reasons[:3])
    equals = [other.file for other in equal_rank(found) if other.file != entry.file]
    if equals:
        count = f"{len(equals)} other programs rank" if len(equals) > 1 else "1 other program ranks"
        reason += f"; {count} about as high: {', '.join(equals[:3])}{', …' if len(equals) > 3 else ''}"
    return reason


def evaluation_beside(main: Candidate, found: Survey, root: Path) -> tuple[str, TargetCommand] | None:
    """The file and command of a separate evaluation program in the folder of the one that is toured."""
    if main.entry is None or main.entry.role == "eval":
        return None
    beside = [
        entry
        for entry in found.entries
        if entry.role == "eval" and entry.file.rpartition("/")[0] == main.file.rpartition("/")[0]
    ]
    # What a program asks for may be known when the toured one has run; one that asks for nothing is surer.
    for entry in sorted(beside, key=lambda entry: any(argument.required for argument in entry.arguments)):
        made = of_entry(entry, root)
        if made is not None:
            return entry.file, made.commands[-1]
    return None


def ask_consent(checkout: Checkout, repo: str, commands: list[str], packages: str, confirm: Confirm) -> None:
    """Show the exact commands of foreign code, and what is installed for it, and ask."""
    if not checkout.is_remote:
        return
    lines = "\n".join(f"  {command}" for command in commands)
    more = f"\nBefore that it will install {packages}." if packages else ""
    more += "\nWhat fails is tried again with other options, or another program of the repository in its place."
    # A clone of a folder (`file://…`) has no address that a tour could keep, but the one who typed it knows it.
    if not confirm(f"This will run code from {checkout.url or repo} at {checkout.commit[:10]}:\n{lines}{more}"):
        raise RepoTourError(
            "nothing was run: code from a URL runs only when you agree.",
            slug="not-confirmed",
            hint="Answer y, or give --yes when there is no terminal.",
            exit_code=1,
        )


def _run_all(
    journey: Journey, beside: tuple[str, TargetCommand] | None, environment: Environment, progress: Progress
) -> tuple[Tour, Path]:
    """Run preparation, the program and its evaluation in one workspace, then tell."""
    from repotour.telling import tell_journey
    from tracer.workspace import Workspace

    progress.step("making a scratch copy")
    with Workspace.create(journey.checkout.root, keep=journey.options.keep) as workspace:
        journey.shelter = shelter_for(journey, workspace, environment.interpreter, progress)
        progress.step("running it under the debugger")
        field = _field(journey, workspace, environment, progress)
        _try(journey, field, beside)
        field.bench.ahead.wait()
        _warn(journey, workspace, progress)
        progress.step("telling the tour")
        with without_collection():
            return tell_journey(journey, workspace.root, progress)


def _warn(journey: Journey, workspace: Workspace, progress: Progress) -> None:
    """Say what the shelter kept from the program, and what it could not keep it from."""
    said = [attempt.detail for attempt in journey.account.attempts()]
    for changed in workspace.changed_originals():
        progress.warn(
            f"{changed.name} was changed by the program: it is too large to copy, and without bubblewrap nothing "
            "protects it"
        )
    if journey.shelter.is_offline and any(map(NO_NETWORK.search, said)):
        progress.warn(
            "the program looked for something on the network, which the sandbox has not: --no-sandbox lets it"
        )
    for name in journey.shelter.kept_back("\n".join(said)):
        progress.warn(f"{name} was kept from the program, it could be a secret; --keep-env {name} lets it through")


def shelter_for(journey: Journey, workspace: Workspace, python: Interpreter, progress: Progress) -> Shelter:
    """What the programs of this tour may see and change; says what could not be had."""
    from tracer.safety.shelter import make_shelter

    checkout, options = journey.checkout, journey.options
    shelter = make_shelter(
        workspace,
        checkout.root,
        python=str(python.path),
        version=python.version,
        remote=checkout.is_remote,
        sandbox=options.sandbox,
        keep=options.keep_env,
    )
    if shelter.obstacle and options.sandbox:
        raise RepoTourError(
            f"there can be no sandbox: {shelter.obstacle}.",
            slug="no-sandbox",
            hint="Install bubblewrap (apt install bubblewrap), or go without: --no-sandbox.",
        )
    if shelter.obstacle:
        progress.warn(f"the program runs without a sandbox: {shelter.obstacle}")
    return shelter


def _field(journey: Journey, workspace: Workspace, environment: Environment, progress: Progress) -> Field:
    """What all attempts share."""
    from repotour.attempts.attempting import Field
    from repotour.attempts.bench import Bench
    from repotour.attempts.bounds import Bounds
    from repotour.attempts.leftovers import Leftovers
    from repotour.attempts.reached import Standing
    from repotour.attempts.reading import Reading
    from repotour.attempts.shelf import Shelf
    from tracer.plan import Limits

    options = journey.options
    limits = Limits(seconds=options.timeout, iterations=options.iterations)
    packages = journey.survey.packages
    made_up = options.synthetic == "always"
    shelter = journey.shelter
    return Field(
        Bench(workspace, environment, journey.out, journey.name, limits, progress, shelter, packages, made_up=made_up),
        Bounds(options.attempts, max(options.total, options.timeout)),
        journey.account,
        Standing(Shelf(journey.out)),
        Leftovers(workspace, journey.checkout.root),
        Reading(journey.survey, journey.checkout.root),
        options.synthetic != "never",
    )


def _try(journey: Journey, field: Field, beside: tuple[str, TargetCommand] | None) -> None:
    """Make the attempts, and put into the journey which of them is told."""
    from repotour.attempts.campaign import Campaign
    from repotour.needing import needs_of
    from walkthroughs.tour import Outcome

    first = journey.candidate
    if first is None:
        _run_alone(journey, field, None)
        return
    campaign = Campaign(field)
    others = alternatives(first, journey.survey, journey.checkout.root, named=bool(journey.options.entry))
    told = campaign.run(first, others)
    journey.interrupted, journey.unfinished = campaign.interrupted, campaign.unfinished
    if told is None:
        journey.traces = [*campaign.prepared]
        return
    _evaluate(journey, campaign, beside)
    if not first.given and not campaign.interrupted:
        _run_alone(journey, field, told)
    journey.needs = needs_of(told)
    journey.candidate = told.candidate
    journey.traces = [*told.traces, *journey.traces]
    journey.main = told.result
    journey.command = tuple(told.plan.command())
    journey.outcome = Outcome(told.kind, told.detail, round(told.result.seconds, 2))


def _run_alone(journey: Journey, field: Field, told: Reached | None) -> None:
    """Where no attempt got as far as a model: run the model alone, beside what was seen of the program."""
    from repotour.attempts.alone import ModelAlone, is_wanted
    from walkthroughs.tour import Outcome

    if not is_wanted(told):
        return
    try:
        found = ModelAlone(field, told, told.candidate.entry if told is not None else None).run()
    except KeyboardInterrupt:
        journey.interrupted = True
        return
    if found is None:
        return
    journey.alone = found.model
    journey.traces = [*journey.traces, found.result.trace]
    if told is None:
        journey.account.told = found.entry
        journey.main = found.result
        journey.command = tuple(found.plan.command())
        journey.outcome = Outcome(found.kind, found.detail, round(found.result.seconds, 2))


def _evaluate(journey: Journey, campaign: Campaign, beside: tuple[str, TargetCommand] | None) -> None:
    """Run the evaluation program beside the one that is told, where there is one."""
    told = campaign.told
    if told is None or campaign.interrupted:
        return
    if told.candidate.file != journey.entry_file:
        beside = evaluation_beside(told.candidate, journey.survey, journey.checkout.root)
    if beside is not None and campaign.evaluate(beside[1]):
        journey.toured.append(beside[0])
