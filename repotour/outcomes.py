"""How a recorded run ended, in a tour's words, and what we ourselves had changed about it. Runs on the host."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from tracer.engines.recorder import RunResult
    from tracer.trace import Trace


def load_trace(path: Path) -> Trace | None:
    """A trace, or None when it cannot be read. Asked for by several parts of one run, it is read once as it stands."""
    try:
        state = path.stat()
    except OSError:
        return None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Trace | None:
    from tracer.trace import Trace

    try:
        return Trace.load(path)
    except RepoTourError:
        return None


def adaptations(result: RunResult) -> list[tuple[str, str]]:
    """(what was changed, why) of the adaptations that a run made use of."""
    trace = load_trace(result.trace)
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
    places = [f"{event.place.code.file}:{event.place.line}" for event in trace.landmarks("script")]
    if places:
        where = ", ".join(list(dict.fromkeys(places))[:3])
        found.append(f"what torch.jit compiled at {where} runs outside Python: its lines cannot be told")
    return "; ".join(dict.fromkeys(found))


def outcome_of(result: RunResult) -> tuple[str, str]:
    """(kind, detail) of a run, in the tour's words: finished, exited, raised, limit, killed or timed_out."""
    kind, detail = _ending(result)
    trace = load_trace(result.trace)
    missing = gaps(trace) if trace is not None else ""
    return kind, "; ".join(filter(None, (detail, missing)))


def _ending(result: RunResult) -> tuple[str, str]:
    trace = load_trace(result.trace)
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
