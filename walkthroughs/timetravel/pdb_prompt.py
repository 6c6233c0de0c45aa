"""A prompt over a recording for people whose fingers know pdb, with the same letters backwards: rn, rs, rc.

Runs on the host, in a terminal or on pipes. What is shown, and in what words, is pdb's where pdb has them.
"""

from __future__ import annotations

import cmd
import pprint
import sys
from collections.abc import Callable
from typing import TextIO

from tracer.errors import RepoTourError
from tracer.location import Location
from walkthroughs.stepping import Walk
from walkthroughs.stop import Variable
from walkthroughs.timetravel.breakpoints import Breakpoint, NoPlace
from walkthroughs.timetravel.cursor import Arrival, Cursor
from walkthroughs.timetravel.expressions import NotKnown, Scope, described, evaluate, known_whole, written
from walkthroughs.timetravel.listing import source_lines
from walkthroughs.tour import Tour

AROUND = 5


class PdbPrompt(cmd.Cmd):
    """One session over one tour; `start` is the step at which it begins."""

    prompt = "(Pdb) "

    def __init__(self, tour: Tour, start: int = 0, stdin: TextIO | None = None, stdout: TextIO | None = None) -> None:
        super().__init__("tab", stdin or sys.stdin, stdout or sys.stdout)
        if tour.recording is None or not tour.recording.order:
            hint = "Make it again with `repotour run`, or read it with `repotour replay`."
            raise RepoTourError("this tour carries no recorded lines to step through.", slug="no-recording", hint=hint)
        self.tour = tour
        self.walk = Walk(tour.recording)
        self.cursor = Cursor(self.walk, start)
        self.level = 0
        self.listed: tuple[str, int] | None = None
        self.stops = {stop.step: (number, stop) for number, stop in enumerate(tour.stops, 1) if stop.step is not None}
        self.use_rawinput = stdin is None

    # -- telling -----------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """One line, or several, to whoever reads."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self.stdout)

    def complain(self, text: str) -> None:
        """What cannot be done, as pdb says it."""
        self.say(f"*** {text}")

    def place(self) -> Location:
        """The place of the level that is looked at."""
        return self.walk.places(self.cursor.step)[self.level]

    def tell_place(self) -> None:
        """Where the prompt stands: pdb's two lines, and what the recording has to say of it."""
        step = self.cursor.step
        if self.level == 0:
            for line in self._notices(step):
                self.say(line)
        place = self.place()
        self.say(f"> {place.file}({place.line}){place.qualname}()")
        source = self.walk.recording.source(place.file)
        text = source.line(place.line) if source is not None else None
        self.say("-> " + (text.strip() if text is not None else "(its source is not in the tour)"))

    def _notices(self, step: int) -> list[str]:
        found = []
        left = self.walk.after_loop(step)
        if left is not None:
            passes = f"{left.iterations} iteration" + ("" if left.iterations == 1 else "s")
            found.append(f"[RepoTour left the loop at line {left.line} early, after {passes}]")
        if self.walk.after_gap(step):
            found.append("[lines of this function ran unrecorded before this one]")
        number, stop = self.stops.get(step, (0, None))
        if stop is not None:
            found.append(f"[stop {number} of {len(self.tour.stops)}: {stop.title or stop.stage_title}]")
        return found

    def arrive(self, arrival: Arrival, before: int) -> None:
        """Tell what happened on the way, and where it led."""
        self.level, self.listed = 0, None
        if arrival.passed:
            text = self.walk.output(before, arrival.step)
            if text:
                self.say(text.removesuffix("\n"))
            self._tell_left(before, arrival.step)
        for one in arrival.breakpoints:
            self.say(f"[breakpoint {one.number}: {one}]")
        for one in self.cursor.breakpoints.all.values():
            if one.unsure:
                times = "once" if one.unsure == 1 else f"{one.unsure} times"
                self.say(f"[breakpoint {one.number}: whether {one.condition} held could not be told {times}]")
                one.unsure = 0
        if arrival.step == before or arrival.reason in ("end", "start"):
            self.say(
                "--The recording ends here--"
                if arrival.passed or arrival.reason == "end"
                else "--The recording begins here--"
            )
        self.tell_place()

    def _tell_left(self, before: int, now: int) -> None:
        """The calls, returns and exceptions that a step of one line led through."""
        walk, order = self.walk, self.walk.recording.order
        raised = walk.raises(before) or walk.lets_through(before, now)
        if raised is not None:
            self.say(f"{raised.type}: {raised.message}" if raised.message else raised.type)
        frames = {level.frame for level in walk.stack(now)}
        frame = walk.recording.frames[order[before]]
        if order[before] not in frames and walk.steps_of[order[before]][-1] == before:
            given = walk.returns(before)
            shown = f"->{written(known_whole(given))}" if given is not None and not frame.raised else ""
            self.say(f"--Return-- {frame.location.qualname}{shown}")
        if walk.frame(before).chapter != walk.frame(now).chapter:
            self.say(f"[the next program of the tour: {walk.frame(now).chapter}]")
        elif walk.steps_of[order[now]][0] == now and order[now] != order[before]:
            self.say("--Call--")

    def move(self, mover: Callable[[], Arrival]) -> None:
        """Go somewhere and tell about it."""
        before = self.cursor.step
        self.arrive(mover(), before)

    # -- moves -------------------------------------------------------------------------------------------------------

    def do_next(self, _: str) -> None:
        """n(ext): to the next line of this function, or behind its return."""
        self.move(self.cursor.over)

    def do_step(self, _: str) -> None:
        """s(tep): one line on, into a function that is called."""
        missed = self.walk.missed(self.cursor.step)
        step = self.cursor.step
        self.move(self.cursor.into)
        entered = self.walk.caller(self.cursor.step)
        if missed and not (entered is not None and entered.step == step):
            for row in missed:
                number = f", call {row.number} of it" if row.number else ""
                times = "" if row.count == 1 else f" {row.count} times"
                why = "left out of this tour to keep it small" if row.recorded else "only the first visits are recorded"
                self.say(f"[the line called {row.location.qualname}{times}{number}: {why}]")

    def do_return(self, _: str) -> None:
        """r(eturn): to the last line of this function."""
        self.move(self.cursor.to_return)

    def do_until(self, arg: str) -> None:
        """unt(il) [line]: on until a line below this one, or below the given one, is reached in this function."""
        if arg and not arg.isdecimal():
            self.complain(f"Error in argument: {arg!r}")
            return
        self.move(lambda: self.cursor.until(int(arg or 0)))

    def do_continue(self, _: str) -> None:
        """c(ont(inue)): on to the next breakpoint."""
        self.move(self.cursor.resume)

    def do_rnext(self, _: str) -> None:
        """rn(ext): back to the line before in this function, or to the line that called it."""
        self.move(self.cursor.back_over)

    def do_rstep(self, _: str) -> None:
        """rs(tep): one line back, into the end of a function that was called."""
        self.move(self.cursor.back)

    def do_rcontinue(self, _: str) -> None:
        """rc(ontinue): back to the breakpoint before."""
        self.move(self.cursor.resume_back)

    def do_rout(self, _: str) -> None:
        """ro(ut): back to the line that called this function."""
        self.move(self.cursor.back_out)

    def do_stop(self, arg: str) -> None:
        """stop N|ID: to a stop of the tour. Without an argument: the stops and their numbers."""
        if not arg:
            for number, stop in enumerate(self.tour.stops, 1):
                known = "" if stop.step is not None else "  (not in the recording)"
                self.say(f"{number:>3} {stop.location} {stop.title or stop.stage_title}{known}")
            return
        rows = [stop for number, stop in enumerate(self.tour.stops, 1) if arg in (str(number), stop.id)]
        if not rows or rows[0].step is None:
            self.complain(f"there is no stop {arg}" if not rows else "that stop is not in the recording")
            return
        self.cursor.step = rows[0].step
        self.arrive(Arrival(self.cursor.step), -1)

    # -- the stack ---------------------------------------------------------------------------------------------------

    def do_where(self, _: str) -> None:
        """w(here): the call stack, the innermost call last."""
        places = self.walk.places(self.cursor.step)
        for level in range(len(places) - 1, -1, -1):
            place = places[level]
            source = self.walk.recording.source(place.file)
            text = source.line(place.line) if source is not None else None
            mark = ">" if level == self.level else " "
            self.say(f"{mark} {place.file}({place.line}){place.qualname}()")
            if text is not None:
                self.say(f"-> {text.strip()}")

    def do_up(self, arg: str) -> None:
        """u(p) [count]: to the caller's level."""
        self._to_level(self.level + _count(arg), "Oldest frame")

    def do_down(self, arg: str) -> None:
        """d(own) [count]: back towards the innermost level."""
        self._to_level(self.level - _count(arg), "Newest frame")

    def _to_level(self, level: int, limit: str) -> None:
        last = len(self.walk.places(self.cursor.step)) - 1
        if self.level == min(max(level, 0), last):
            self.complain(limit)
            return
        self.level, self.listed = min(max(level, 0), last), None
        self.tell_place()

    # -- values ------------------------------------------------------------------------------------------------------

    def scope(self) -> Scope:
        """The names at the level that is looked at; of calls above those recorded nothing is known."""
        return self.cursor.scope(self.level) if self.level < len(self.cursor.stack()) else Scope({}, {})

    def do_p(self, arg: str) -> None:
        """p expression: the value as it was recorded."""
        self._print(arg, written)

    def do_pp(self, arg: str) -> None:
        """pp expression: the same, laid out, with the recorded items."""
        self._print(arg, _laid_out)

    def do_whatis(self, arg: str) -> None:
        """whatis expression: its type."""
        self._print(
            arg, lambda value: f"<class '{value.type if isinstance(value, Variable) else type(value).__name__}'>"
        )

    def _print(self, text: str, shown: Callable[[object], str]) -> None:
        if self.level >= len(self.cursor.stack()):
            self.complain("nothing was recorded of this call.")
            return
        try:
            self.say(shown(evaluate(text, self.scope())))
        except NotKnown as error:
            self.complain(str(error))

    def do_args(self, _: str) -> None:
        """a(rgs): the arguments of this call."""
        frame = self.walk.recording.frames[self.cursor.stack()[min(self.level, len(self.cursor.stack()) - 1)].frame]
        for row in frame.args:
            self.say(f"{row.name} = {written(known_whole(self.walk.recording.values[row.value]))}")

    def do_locals(self, _: str) -> None:
        """locals: all names of this level that were recorded up to here; `*` marks what the line before bound."""
        for name, seen in self.scope().names.items():
            self.say(f"{'*' if seen.changed else ' '} {name} = {written(known_whole(seen.value))}")

    def do_retval(self, _: str) -> None:
        """retval: what this call gave back, where its last line is next."""
        given = self.walk.returns(self.cursor.step)
        if given is None:
            self.complain("Not yet returned!")
        else:
            self.say(written(known_whole(given)))

    # -- source ------------------------------------------------------------------------------------------------------

    def do_list(self, arg: str) -> None:
        """l(ist) [first[, last]] | .: lines around this one, then those behind; B marks breakpoints."""
        place = self.place()
        words = [word.strip() for word in arg.split(",")]
        if arg and arg != "." and not all(word.isdecimal() for word in words):
            self.complain(f"Error in argument: {arg!r}")
            return
        if arg and arg != ".":
            first = int(words[0])
            last = int(words[1]) if len(words) > 1 else first + 2 * AROUND
            last = first + last if last < first else last
        elif self.listed is not None and not arg and self.listed[0] == place.file:
            first = self.listed[1] + 1
            last = first + 2 * AROUND
        else:
            first = max(1, place.line - AROUND)
            last = first + 2 * AROUND
        self._list(place, first, last)

    def do_longlist(self, _: str) -> None:
        """ll: the whole function."""
        place = self.place()
        whole = next((f.location for f in self.walk.recording.frames if _is_in(f.location, place)), None)
        last = whole.end_line if whole is not None and whole.qualname != "<module>" else place.line + 10**6
        self._list(place, whole.line if whole is not None else 1, last)

    def _list(self, place: Location, first: int, last: int) -> None:
        source = self.walk.recording.source(place.file)
        marks = {
            one.lines.start for one in self.cursor.breakpoints.all.values() if one.file == place.file and one.lines
        }
        rows = list(source_lines(source, first, last, place.line, marks)) if source is not None else []
        for row in rows:
            self.say(row)
        if not rows:
            self.say("[EOF]")
        self.listed = (place.file, last)

    # -- breakpoints -------------------------------------------------------------------------------------------------

    def do_break(self, arg: str) -> None:
        """b(reak) [[file:]line | function [, condition]]: stop there; without an argument: all breakpoints."""
        if arg:
            self._set(arg, temporary=False)
            return
        rows = self.cursor.breakpoints.all.values()
        if rows:
            self.say("Num Type         Disp Enb   Where")
        for one in rows:
            kept, shown = "del " if one.temporary else "keep", "yes" if one.enabled else "no "
            self.say(f"{one.number:<4}breakpoint   {kept} {shown}   {'' if one.watched else 'at '}{one}")
            if one.condition:
                self.say(f"\tstop only if {one.condition}")
            if one.hits:
                self.say(f"\tbreakpoint already hit {one.hits} time{'' if one.hits == 1 else 's'}")

    def do_tbreak(self, arg: str) -> None:
        """tbreak: as break, but gone when it has stopped once."""
        self._set(arg, temporary=True)

    def do_watch(self, arg: str) -> None:
        """watch name: stop behind each line that gives a name another value."""
        self._told(lambda: self.cursor.breakpoints.at_change(arg.strip()))

    def _set(self, arg: str, *, temporary: bool) -> None:
        where, _, condition = (part.strip() for part in arg.partition(","))
        file, colon, place = where.rpartition(":")
        if colon:
            files = [source.path for source in self.walk.recording.sources if _names(source.path, file)]
            if len(files) != 1:
                self.complain(f"{'no file' if not files else 'more than one file'} of this recording is called {file}")
                return
            path = files[0]
        else:
            path = self.place().file
        points = self.cursor.breakpoints
        if place.isdecimal():
            self._told(lambda: points.at_line(path, int(place), condition=condition, temporary=temporary))
        else:
            file = path if colon else ""
            self._told(lambda: points.at_function(place, file, condition=condition, temporary=temporary))

    def _told(self, make: Callable[[], Breakpoint]) -> None:
        try:
            one = make()
        except NoPlace as error:
            self.complain(f"{error}.")
        else:
            self.say(f"Breakpoint {one.number} {'' if one.watched else 'at '}{one}")

    def do_clear(self, arg: str) -> None:
        """cl(ear) [numbers]: take breakpoints away, all of them without an argument."""
        for one in self._chosen(arg) if arg else list(self.cursor.breakpoints.all.values()):
            del self.cursor.breakpoints.all[one.number]
            self.say(f"Deleted breakpoint {one.number} {'' if one.watched else 'at '}{one}")

    def do_enable(self, arg: str) -> None:
        """enable numbers: let breakpoints stop again."""
        for one in self._chosen(arg):
            one.enabled = True
            self.say(f"Enabled breakpoint {one.number}")

    def do_disable(self, arg: str) -> None:
        """disable numbers: pass breakpoints by."""
        for one in self._chosen(arg):
            one.enabled = False
            self.say(f"Disabled breakpoint {one.number}")

    def do_condition(self, arg: str) -> None:
        """condition number [expression]: stop there only if it holds; without an expression always."""
        number, _, condition = arg.strip().partition(" ")
        for one in self._chosen(number):
            one.condition = condition.strip()
            self.say(f"Breakpoint {number} {'now stops always' if not one.condition else 'stops only if it holds'}.")

    def do_ignore(self, arg: str) -> None:
        """ignore number [count]: pass a breakpoint by so many times."""
        number, _, count = arg.strip().partition(" ")
        for one in self._chosen(number):
            one.ignore = one.hits + _count(count)
            self.say(f"Will ignore next {_count(count)} crossings of breakpoint {number}.")

    def _chosen(self, arg: str) -> list[Breakpoint]:
        found = []
        for word in arg.replace(",", " ").split():
            one = self.cursor.breakpoints.all.get(int(word)) if word.isdecimal() else None
            if one is None:
                self.complain(f"No breakpoint numbered {word}")
            else:
                found.append(one)
        return found

    # -- the prompt itself -------------------------------------------------------------------------------------------

    def do_quit(self, _: str) -> bool:
        """q(uit): leave."""
        return True

    def do_EOF(self, _: str) -> bool:
        """Ctrl-D: leave."""
        self.say("")
        return True

    def default(self, line: str) -> None:
        """What is no command is an expression, as in pdb."""
        self._print(line.removeprefix("!"), written)

    def emptyline(self) -> bool:
        """Enter alone does the last thing again."""
        return bool(self.onecmd(self.lastcmd)) if self.lastcmd else False

    def onecmd(self, line: str) -> bool:
        """Short names are those of pdb."""
        word, _, rest = line.strip().partition(" ")
        return bool(super().onecmd(f"{SHORT[word]} {rest}" if word in SHORT else line))

    def completedefault(self, *given: object) -> list[str]:
        """Names that were recorded, where an expression is expected."""
        text = str(given[0]) if given else ""
        scope = self.scope()
        return sorted(name for name in {*scope.names, *scope.outer} if name.startswith(text))

    def completenames(self, text: str, *ignored: object) -> list[str]:
        """Commands, and names as expressions."""
        return [*super().completenames(text, *ignored), *self.completedefault(text)]


def prompt(tour: Tour, start: int | None = None) -> int:
    """Show the prompt until it is left; Ctrl-C is no reason to. Exit code 0."""
    session = PdbPrompt(tour, start or 0)
    session.tell_place()
    while True:
        try:
            session.cmdloop()
        except KeyboardInterrupt:
            session.say("--KeyboardInterrupt--")
        else:
            return 0


SHORT = {
    "n": "next", "s": "step", "r": "return", "unt": "until", "c": "continue", "cont": "continue", "w": "where",
    "bt": "where", "u": "up", "d": "down", "l": "list", "ll": "longlist", "b": "break", "cl": "clear", "a": "args",
    "rn": "rnext", "rs": "rstep", "rc": "rcontinue", "ro": "rout", "q": "quit", "exit": "quit", "rv": "retval",
    "h": "help",
}  # fmt: skip


def _count(arg: str) -> int:
    return int(arg) if arg.strip().isdecimal() else 1


def _names(path: str, file: str) -> bool:
    return path == file or path.endswith("/" + file) or path.removesuffix(".py").endswith(file.replace(".", "/"))


def _is_in(whole: Location, place: Location) -> bool:
    return whole.file == place.file and whole.qualname == place.qualname and whole.line <= place.line <= whole.end_line


def _laid_out(value: object) -> str:
    """A value with its recorded items, one on each line."""
    if not isinstance(value, Variable):
        return pprint.pformat(value)
    rows = [described(value)]
    rows.extend(f"    {item.name}: {described(item)}" for item in value.items)
    if value.length is not None and len(value.items) < value.length and value.items:
        rows.append(f"    ... of {value.length}, of which the first {len(value.items)} were recorded")
    return "\n".join(rows)
