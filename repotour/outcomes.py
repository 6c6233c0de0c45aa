"""How a recorded run ended, in a tour's words, and what we ourselves had changed about it. Runs on the host."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.errors import RepoTourError
from tracer.notebooks.told import left_out

if TYPE_CHECKING:
    from tracer.engines.recorder import RunResult
    from tracer.processes import Processes
    from tracer.trace import Trace


PLACES_SHOWN = 3  # lines that are named of those that met one change


def load_traces(path: Path) -> Processes | None:
    """The traces of a program and its processes, or None when there is none that can be read.

    Asked for by several parts of one run, they are read once as they stand.
    """
    from tracer.processes import children_of

    try:
        states = tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in (path, *children_of(path)))
    except OSError:
        return None
    return _read(path, states)


@lru_cache(maxsize=4)
def _read(path: Path, _states: tuple[tuple[Path, int, int], ...]) -> Processes | None:
    from tracer.processes import load_processes

    try:
        return load_processes(path)
    except RepoTourError:
        return None


def load_trace(path: Path) -> Trace | None:
    """The trace of the process of a program that is told, or None when it cannot be read."""
    found = load_traces(path)
    return found.told[-1] if found is not None else None


def adaptations(result: RunResult) -> list[tuple[str, str]]:
    """(what was changed, why) of the adaptations that a run made use of."""
    return [(what, why) for what, why, _ in changes_in(result)]


def changes_in(result: RunResult) -> list[tuple[str, str, str]]:
    """(what was changed, why, the shim that did it or "") of the adaptations that a run made use of."""
    trace = load_trace(result.trace)
    if trace is None:
        return []
    found = []
    workers = [row["was"] for row in trace.adapted if row.get("what") == "num_workers"]
    if workers:
        found.append(
            (
                f"data loaders loaded in the main process (num_workers {max(workers)} became 0)",
                "so that one process shows where the data come from and where they go",
            )
        )
    if trace.header.get("engine_reason"):
        found.append(("recorded with sys.settrace, which is slower", str(trace.header["engine_reason"])))
    if trace.landmarks("compile"):
        found.append(("torch.compile was bypassed (TORCHDYNAMO_DISABLE=1)", "compiled code shows a debugger no lines"))
    plain = [(what, why, "") for what, why in (*found, *left_out(trace))]
    return [*plain, *_shimmed(load_traces(result.trace))]


def _shimmed(processes: Processes | None) -> list[tuple[str, str, str]]:
    """(what was changed, why, which shim) of what shims really did in a program and its processes, each with where."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for trace in (*processes.told, *processes.others) if processes is not None else ():
        for row in trace.adapted:
            if "text" not in row:
                continue
            met = places.setdefault((str(row["text"]), str(row.get("why", "")), str(row.get("what", ""))), [])
            code, line = next(iter(row.get("stack") or ()), (None, 0))[:2]
            if code in trace.codes and trace.codes[code].place(line) not in met:
                met.append(trace.codes[code].place(line))
    found = []
    for (text, why, shim), met in places.items():
        shown = ", ".join(met[:PLACES_SHOWN]) + (f" and {len(met) - PLACES_SHOWN} more" * (len(met) > PLACES_SHOWN))
        found.append((f"{text} (at {shown})" if met else text, why, shim))
    return found


def gaps(trace: Trace) -> str:
    """Who else watched the run, and why lines of it may be missing; empty when nothing of the kind is known."""
    found = []
    for event in trace.elisions:
        if event.get("reason") == "the program traces itself":
            code, line = next(((row[0], row[1]) for row in event.get("stack", ())), (None, 0))
            place = f" from {trace.codes[code].file}:{line} on" if code in trace.codes else ""
            who = f"the program's own {event['by']}" if event.get("by") else "a trace function of the program's own"
            if trace.elided:
                found.append(f"{who} took the place of the recorder{place}: lines that ran meanwhile are not told")
            else:
                found.append(f"{who} watched the program as well{place}")
        elif event.get("reason") == "the trace could not be written":
            found.append("the trace could not be written any further (a full disk, or a limit): lines are missing")
        elif event.get("reason") == "the trace reached its size limit":
            found.append("the trace reached the size it may have: later lines are not told")
    if trace.gap.get("lost"):
        taken = "an interrupt, or a sys.settrace of the program's own, takes it away"
        found.append(f"the recorder was away for moments ({taken}): what ran only then is not told")
    if trace.seconds_off >= 0.1:
        found.append(_off(trace))
    places = [event.place.code.place(event.place.line) for event in trace.landmarks("script")]
    if places:
        where = ", ".join(list(dict.fromkeys(places))[:3])
        found.append(f"what torch.jit compiled at {where} runs outside Python: its lines cannot be told")
    return "; ".join(dict.fromkeys(found))


def _off(trace: Trace) -> str:
    """For how long nothing was recorded, and why."""
    slices, seconds = trace.gap.get("slices") or (0, 0.0)
    below = float(trace.gap.get("seconds", 0.0))
    parts = []
    if below >= 0.1:
        parts.append(f"{below:.1f} s in calls of functions that had shown every line that calls something")
    if slices:
        parts.append(f"{seconds:.1f} s in {slices} parts of the run in which very many small calls showed nothing new")
    return f"to keep the run fast nothing was recorded for {' and '.join(parts)}: what happened only there is not told"


def outcome_of(result: RunResult) -> tuple[str, str]:
    """(kind, detail) of a run, in the tour's words: finished, exited, raised, limit, killed or timed_out."""
    kind, detail = ending_of(result)
    trace = load_trace(result.trace)
    missing = gaps(trace) if trace is not None else ""
    return kind, "; ".join(filter(None, (detail, missing)))


def ending_of(result: RunResult) -> tuple[str, str]:
    """(kind, detail) of how a run ended, without what was not recorded of it."""
    from tracer.processes import trained

    found = load_traces(result.trace)
    traces = (*found.told, *found.others) if found is not None else ()
    end = _end_of(found, result)
    if result.reason:
        learned = any(trained(trace) for trace in traces)
        if result.interrupted:
            return ("limit" if learned else "killed"), result.reason
        stopped = "killed" if result.excess else "timed_out"
        return ("limit" if learned else stopped), f"ended by RepoTour because {result.reason}"
    if end is None:
        if result.code < 0:
            return "killed", f"killed by signal {-result.code}"
        return "killed", f"the process ended at once with status {result.code} (os._exit, or a crash)"
    if end["outcome"] == "ended":
        return "limit", str(end["detail"])
    if end["outcome"] == "unseen" and result.code:
        status = f"exit status {result.code}"
        return ("killed", f"killed by signal {-result.code}") if result.code < 0 else ("exited", status)
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


def _end_of(found: Processes | None, result: RunResult) -> dict[str, Any] | None:
    """The event with which a run ended: the program's own, or that of the program that took its place (`exec`)."""
    if found is None:
        return None
    traces = (*found.told, *found.others)
    own = next((trace.end for trace in traces if not trace.process), None)
    replaced = [trace.end for trace in traces if trace.header.get("how") == "exec" and trace.end is not None]
    if own is None and replaced and result.code == replaced[-1].get("exit_code"):
        return replaced[-1]
    told = found.told[-1]
    # A launcher fails when what it started fails: that says what happened.
    failed = told.end is not None and told.end.get("outcome") == "raised"
    return told.end if own is not None and own.get("outcome") != "finished" and failed else own
