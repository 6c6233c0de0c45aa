"""One debugging session over a recorded tour: requests of the Debug Adapter Protocol in, responses and events out.

Runs on the host; no program runs. What stands at a step is told by the protocol's names; positions count as the client
counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from walkthroughs.stepping import Walk
from walkthroughs.timetravel.breakpoints import Breakpoint, NoPlace
from walkthroughs.timetravel.cursor import Arrival, Cursor
from walkthroughs.timetravel.dap.places import Places
from walkthroughs.timetravel.dap.requests import Message, Refused, Requests
from walkthroughs.timetravel.dap.values import Row, Unfolding
from walkthroughs.timetravel.expressions import Scope, evaluate
from walkthroughs.tour import Tour

THREAD = 1
CAN = (
    "supportsConfigurationDoneRequest", "supportsFunctionBreakpoints", "supportsConditionalBreakpoints",
    "supportsHitConditionalBreakpoints", "supportsEvaluateForHovers", "supportsStepBack", "supportsGotoTargetsRequest",
    "supportsRestartFrame", "supportsDataBreakpoints", "supportsLoadedSourcesRequest", "supportsTerminateRequest",
    "supportsExceptionInfoRequest", "supportsDelayedStackTraceLoading", "supportsCompletionsRequest",
    "supportsBreakpointLocationsRequest",
)  # fmt: skip


class Adapter(Requests):
    """A session. `tour` may be given before; else `launch` names a tour file."""

    def __init__(self, tour: Tour | None = None, root: str = "") -> None:
        super().__init__()
        self.over = False
        self._tour = tour
        self._root = root
        self._cursor: Cursor | None = None
        self._places: Places | None = None
        self._unfolding = Unfolding()
        self._first_line = 1
        self._first_column = 1
        self._as_uri = False
        self._of: dict[str, list[int]] = {}
        self._launched = False
        self._told = False
        self._ready = False

    @property
    def cursor(self) -> Cursor:
        """The position; refused before `launch`."""
        if self._cursor is None:
            raise Refused("no tour has been launched yet")
        return self._cursor

    @property
    def places(self) -> Places:
        """The files; refused before `launch`."""
        if self._places is None:
            raise Refused("no tour has been launched yet")
        return self._places

    # -- begin and end -----------------------------------------------------------------------------------------------

    def on_initialize(self, given: Message) -> Message:
        """What this adapter can do."""
        self._first_line = 0 if given.get("linesStartAt1") is False else 1
        self._first_column = 0 if given.get("columnsStartAt1") is False else 1
        self._as_uri = given.get("pathFormat") == "uri"
        if self._tour is not None:
            self._open(self._tour)
        raised = {"filter": "raised", "label": "Recorded exceptions", "supportsCondition": False}
        return {**dict.fromkeys(CAN, True), "exceptionBreakpointFilters": [raised]}

    def on_launch(self, given: Message) -> None:
        """Open the tour (`tour`: its file, `stop`: the stop to begin at, `root`: a checkout to show files of)."""
        path = given.get("tour") or given.get("program")
        if path:
            self._open(Tour.load(Path(str(path))))
        if self._tour is None or self._cursor is None:
            raise Refused("launch needs `tour`: the path of a NAME.tour.json file")
        self.places.set_root(str(given.get("root") or self._root))
        stop = given.get("stop")
        if stop is not None:
            rows = [one for number, one in enumerate(self._tour.stops, 1) if str(stop) in (str(number), one.id)]
            if not rows or rows[0].step is None:
                raise Refused(f"the tour has no stop {stop} in its recording")
            self._cursor.step = rows[0].step
        self._launched = True
        if self._told:
            self._begin()

    on_attach = on_launch

    def _open(self, tour: Tour) -> None:
        if tour.recording is None or not tour.recording.order:
            raise Refused("this tour carries no recorded lines to step through")
        self._tour = tour
        self._cursor = Cursor(Walk(tour.recording))
        self._places = Places(tour.recording)
        self._places.as_uri = self._as_uri
        self._of.clear()
        # Breakpoints can be set from now on: in a client's eyes that may be before or after `launch` is answered.
        if not self._ready:
            self._ready = True
            self._event("initialized")

    def on_configurationDone(self, _: Message) -> None:
        """The breakpoints are set: show where the run begins."""
        self._told = True
        if self._launched:
            self._begin()

    def _begin(self) -> None:
        self._arrive(Arrival(self.cursor.step), "entry")

    def on_disconnect(self, _: Message) -> None:
        """The session is over."""
        self.over = True
        self._event("terminated")

    def on_terminate(self, _: Message) -> None:
        """The session is over."""
        self.on_disconnect({})

    def on_cancel(self, _: Message) -> None:
        """Nothing takes long enough to be cancelled."""

    # -- where -------------------------------------------------------------------------------------------------------

    def on_threads(self, _: Message) -> Message:
        """The recorded run is one thread of steps."""
        return {"threads": [{"id": THREAD, "name": "the recorded run"}]}

    def on_stackTrace(self, given: Message) -> Message:
        """The call stack, innermost first; of calls above those recorded only the place is known."""
        places = self.cursor.walk.places(self.cursor.step)
        known = len(self.cursor.stack())
        first = int(given.get("startFrame") or 0)
        count = int(given.get("levels") or 0) or len(places)
        frames = []
        for level in range(max(first, 0), min(len(places), max(first, 0) + max(count, 0))):
            place = places[level]
            row: Row = {"id": level + 1, "name": place.qualname, "line": place.line - 1 + self._first_line}
            row.update(column=self._first_column, source=self.places.source(place.file))
            if level >= known:
                row["presentationHint"] = "subtle"
            frames.append(row)
        return {"stackFrames": frames, "totalFrames": len(places)}

    def on_scopes(self, given: Message) -> Message:
        """The names of a frame, and of the module that it is defined in."""
        scope = self._scope(given)
        rows = [("Locals", scope.names, "locals"), ("Module", scope.outer, "globals")]
        found = [
            {
                "name": name,
                "presentationHint": hint,
                "variablesReference": self._unfolding.reference(partial(self._unfolding.names, names)),
                "namedVariables": len(names),
                "expensive": False,
            }
            for name, names, hint in rows
            if names or hint == "locals"
        ]
        level = int(given.get("frameId") or 1) - 1
        given_back = self.cursor.walk.returns(self.cursor.step) if level == 0 else None
        if given_back is not None:
            number = self._unfolding.reference(lambda: [self._unfolding.row("return", given_back)])
            found.append({"name": "Returns", "variablesReference": number, "expensive": False})
        return {"scopes": found}

    def _scope(self, given: Message) -> Scope:
        number = given.get("frameId")
        level = 0 if number is None else int(number) - 1
        if not 0 <= level < len(self.cursor.walk.places(self.cursor.step)):
            raise Refused("there is no such frame")
        return self.cursor.scope(level) if level < len(self.cursor.stack()) else Scope({}, {})

    def on_variables(self, given: Message) -> Message:
        """What is inside a value."""
        try:
            rows = self._unfolding.rows(int(given["variablesReference"]))
        except KeyError:
            raise Refused("this value belongs to another step") from None
        if given.get("filter") == "indexed":
            rows = []
        first, count = int(given.get("start") or 0), int(given.get("count") or 0)
        return {"variables": rows[max(first, 0) :][: count if count > 0 else None]}

    def on_evaluate(self, given: Message) -> Message:
        """An expression over what was recorded."""
        text = given.get("expression")
        if not isinstance(text, str):
            raise Refused("there is no expression")
        shown = self._unfolding.shown(evaluate(text, self._scope(given)), text.strip())
        return {**shown, "result": shown.pop("value")}

    def on_completions(self, given: Message) -> Message:
        """Names that begin with what has been typed."""
        scope = self._scope(given)
        typed = str(given.get("text", ""))[: max(0, int(given.get("column", 1)) - self._first_column)]
        stem = typed[len(typed.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")) :]
        names = sorted(name for name in {*scope.names, *scope.outer} if name.startswith(stem))
        begin = len(typed) - len(stem) + self._first_column
        return {"targets": [{"label": name, "start": begin, "length": len(stem)} for name in names]}

    def on_source(self, given: Message) -> Message:
        """The text of a file as the tour carries it."""
        holder = given.get("source")
        number = given.get("sourceReference") or (holder.get("sourceReference") if isinstance(holder, dict) else 0)
        found = self.places.numbered(int(number or 0))
        if found is None and isinstance(holder, dict):
            path = self.places.path_of(holder)
            found = self.places.recording.source(path) if path is not None else None
        if found is None:
            raise Refused("the tour does not carry this file")
        return {"content": self.places.text(found), "mimeType": "text/x-python"}

    def on_loadedSources(self, _: Message) -> Message:
        """The files in which code ran."""
        return {"sources": [self.places.source(source.path) for source in self.places.recording.sources]}

    # -- moves -------------------------------------------------------------------------------------------------------

    def on_next(self, _: Message) -> None:
        """To the next line of this function."""
        self._move(self.cursor.over)

    def on_stepIn(self, _: Message) -> None:
        """One line on, into a function."""
        walk, before = self.cursor.walk, self.cursor.step
        self._move(self.cursor.into)
        entered = walk.caller(self.cursor.step)
        stopped = self._events.pop()
        for row in walk.missed(before) if entered is None or entered.step != before else ():
            number = f" (call {row.number} of it)" if row.number else ""
            why = "it is left out of the tour" if row.recorded else "only first visits are recorded"
            self._say(f"The line called {row.location.qualname}{number}, which cannot be entered: {why}.\n")
        self._events.append(stopped)

    def on_stepOut(self, _: Message) -> None:
        """Behind the return from this function."""
        self._move(self.cursor.out)

    def on_stepBack(self, _: Message) -> None:
        """To the line before in this function."""
        self._move(self.cursor.back_over)

    def on_continue(self, _: Message) -> Message:
        """On to the next breakpoint; behind the end the session is over."""
        if self.cursor.walk.into(self.cursor.step) is None:
            self._event("terminated")
        else:
            self._move(self.cursor.resume)
        return {"allThreadsContinued": True}

    def on_reverseContinue(self, _: Message) -> None:
        """Back to the breakpoint before."""
        self._move(self.cursor.resume_back)

    def on_pause(self, _: Message) -> None:
        """It always stands."""
        self._arrive(Arrival(self.cursor.step), "pause")

    def on_restartFrame(self, given: Message) -> None:
        """Back to the first line of a call."""
        stack = self.cursor.stack()
        level = int(given["frameId"]) - 1
        if not 0 <= level < len(stack):
            raise Refused("there is no such frame in the recording")
        self.cursor.step = self.cursor.walk.steps_of[stack[level].frame][0]
        self._arrive(Arrival(self.cursor.step), "restart")

    def on_gotoTargets(self, given: Message) -> Message:
        """The recorded runs of a line, to go to any of them."""
        path = self._path(given)
        line = self.cursor.breakpoints.line_that_ran(path, self._line(given))
        steps = self.cursor.walk.runs_of(path, line)
        return {
            "targets": [
                {"id": step, "label": f"run {count} of {len(steps)} of line {line}", "line": self._shown(line)}
                for count, step in enumerate(steps, 1)
            ]
        }

    def on_goto(self, given: Message) -> None:
        """To a step, forward or backward."""
        step = int(given["targetId"])
        if not 0 <= step < len(self.cursor.walk):
            raise Refused("there is no such place in the recording")
        self.cursor.step = step
        self._arrive(Arrival(step), "goto")

    def _move(self, move: Callable[[], Arrival]) -> None:
        before = self.cursor.step
        arrival = move()
        if arrival.passed:
            text = self.cursor.walk.output(before, arrival.step)
            if text:
                self._event("output", {"category": "stdout", "output": text})
        self._arrive(arrival, arrival.reason)

    def _arrive(self, arrival: Arrival, reason: str) -> None:
        self._unfolding.clear()
        walk, step = self.cursor.walk, arrival.step
        left = walk.after_loop(step)
        if left is not None:
            self._say(f"RepoTour left the loop at line {left.line} early, after {left.iterations} iterations.\n")
        if walk.after_gap(step):
            self._say("Lines of this function ran unrecorded before this one.\n")
        body: Message = {"reason": reason, "threadId": THREAD, "allThreadsStopped": True}
        if reason in ("end", "start"):
            body.update(reason="step", description=f"The recording {'ends' if reason == 'end' else 'begins'} here")
        elif arrival.breakpoints:
            self._tell_breakpoints(body, arrival.breakpoints, step)
        self._event("stopped", body)

    def _tell_breakpoints(self, body: Message, met: tuple[Breakpoint, ...], step: int) -> None:
        body["hitBreakpointIds"] = [one.number for one in met]
        raised = self.cursor.walk.raises(step)
        if any(one.raising for one in met) and raised is not None:
            body.update(reason="exception", description=f"This line raises {raised.type}", text=raised.message)
        elif all(one.watched for one in met):
            body.update(reason="data breakpoint", description=f"{met[0].watched} has changed")
        elif all(one.function for one in met):
            body["reason"] = "function breakpoint"

    def _say(self, text: str) -> None:
        self._event("output", {"category": "console", "output": text})

    # -- breakpoints -------------------------------------------------------------------------------------------------

    def on_setBreakpoints(self, given: Message) -> Message:
        """The breakpoints of one file, in the place of those set before."""
        path = self.places.path_of(given["source"])
        rows = given.get("breakpoints")
        if rows is None:
            rows = [{"line": line} for line in given.get("lines", ())]
        points = self.cursor.breakpoints

        def place(row: Message) -> Breakpoint:
            if path is None:
                raise NoPlace("no code of this file is in the recording")
            return points.at_line(path, self._line(row), **_conditions(row))

        return self._set(f"file {path or given['source']}", rows, place)

    def on_setFunctionBreakpoints(self, given: Message) -> Message:
        """Breakpoints where functions begin."""
        points = self.cursor.breakpoints
        return self._set(
            "functions",
            given.get("breakpoints", ()),
            lambda row: points.at_function(str(row["name"]), **_conditions(row)),
        )

    def on_dataBreakpointInfo(self, given: Message) -> Message:
        """Whether a name can be watched."""
        name = str(given["name"])
        try:
            made = self.cursor.breakpoints.at_change(name)
        except NoPlace as error:
            return {"dataId": None, "description": str(error)}
        del self.cursor.breakpoints.all[made.number]
        return {"dataId": name, "description": name, "accessTypes": ["write"], "canPersist": True}

    def on_setDataBreakpoints(self, given: Message) -> Message:
        """Breakpoints where names change."""
        points = self.cursor.breakpoints
        return self._set(
            "data",
            given.get("breakpoints", ()),
            lambda row: points.at_change(str(row["dataId"]), **_conditions(row)),
        )

    def on_setExceptionBreakpoints(self, given: Message) -> Message:
        """Stop on lines that raise."""
        rows: list[Message] = [{}] if "raised" in given.get("filters", ()) else []
        return self._set("exceptions", rows, lambda _: self.cursor.breakpoints.at_exceptions())

    def on_exceptionInfo(self, _: Message) -> Message:
        """The exception that the line at hand raises."""
        raised = self.cursor.walk.raises(self.cursor.step)
        if raised is None:
            raise Refused("this line raises no recorded exception")
        return {"exceptionId": raised.type, "description": raised.message, "breakMode": "always"}

    def on_breakpointLocations(self, given: Message) -> Message:
        """The lines of a file that were recorded running."""
        path = self._path(given)
        first = self._line(given)
        last = int(given.get("endLine") or given["line"]) + 1 - self._first_line
        walk = self.cursor.walk
        pairs = zip(walk.recording.order, walk.recording.lines, strict=True)
        frames = walk.recording.frames
        lines = {line for number, line in pairs if frames[number].location.file == path and first <= line <= last}
        return {"breakpoints": [{"line": self._shown(line)} for line in sorted(lines)]}

    def _set(self, group: str, rows: Any, make: Callable[[Message], Breakpoint]) -> Message:
        """Set the breakpoints of a group in the place of those before; what has no place is said not to."""
        points = self.cursor.breakpoints
        rows = list(rows)
        if not all(isinstance(row, dict) for row in rows):
            raise Refused("breakpoints are objects")
        for number in self._of.pop(group, ()):
            points.all.pop(number, None)
        told: list[Row] = []
        for row in rows:
            try:
                one = make(row)
            except NoPlace as error:
                told.append(
                    {"verified": False, "message": str(error), **({"line": row["line"]} if "line" in row else {})}
                )
                continue
            self._of.setdefault(group, []).append(one.number)
            shown: Row = {"id": one.number, "verified": True}
            if one.lines:
                shown.update(line=self._shown(one.lines.start), source=self.places.source(one.file))
            told.append(shown)
        return {"breakpoints": told}

    def _path(self, given: Message) -> str:
        path = self.places.path_of(given["source"])
        if path is None:
            raise Refused("no code of this file is in the recording")
        return path

    def _line(self, row: Message) -> int:
        return int(row["line"]) + 1 - self._first_line

    def _shown(self, line: int) -> int:
        return line - 1 + self._first_line


def _conditions(row: Message) -> dict[str, Any]:
    """What a breakpoint's row says of when it stops; raises NoPlace for a hit condition that is not understood."""
    hits = str(row.get("hitCondition") or "").strip()
    count = hits.lstrip(">= ")
    if hits and not count.isdecimal():
        raise NoPlace(f"the hit condition {hits[:40]} is not understood: a number, or > or >= and a number")
    ignore = max(0, int(count) - (0 if hits.startswith(">") and not hits.startswith(">=") else 1)) if hits else 0
    return {"condition": str(row.get("condition") or "").strip(), "ignore": ignore}
