"""ipdb with the words of a tour: every command of pdb and ipdb, and those that know the stops. Runs in the target."""

from __future__ import annotations

import json

from . import panel
from .shapes import described, shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from .pauser import Pauser


def debugger_of(base: Any, pauser: Pauser) -> Any:
    """A debugger of class `base` whose commands know the tour that `pauser` walks."""

    class TourDebugger(Verbs, base):  # type: ignore[misc]
        """Stops where the tour says; `continue` goes on to the next stop or breakpoint."""

        def set_continue(self) -> None:
            """Run on; tracing stays, for the stops that are still to come."""
            self._set_stopinfo(self.botframe, None, -1)

        def set_quit(self) -> None:
            """Leave the program."""
            self.stopframe = self.botframe
            self.returnframe = None
            self.quitting = True

    TourDebugger.__name__ = TourDebugger.__qualname__ = base.__name__
    made = TourDebugger()
    made.pauser = pauser
    if type(made).prompt == "(Pdb) ":
        made.prompt = "(repotour) "
    return made


class Verbs:
    """The commands that a tour adds. They are methods of a `pdb.Pdb`."""

    pauser: Pauser
    curframe: FrameType
    message: Any
    error: Any

    def busy(self) -> bool:
        """Whether it wants to see what happens: the user steps, or has breakpoints."""
        debugger: Any = self
        stays = debugger.stopframe is debugger.botframe and debugger.stoplineno == -1
        return not stays or bool(debugger.breaks)

    def do_tour(self, arg: str) -> None:
        """tour
        Where am I: the stops of the tour, those that were met, and the one where the program stands.
        """
        stops = self.pauser.stops
        here = [stop["id"] for stop in stops.current]
        for stop in stops.all:
            mark = ">" if stop["id"] in here else "*" if stop["id"] in stops.met else " "
            row = "%s %2d  %s: %s  %s:%d" % (
                mark, stop["number"], stop["chapter"], stop["title"], stop["file"], stop["lines"][0],
            )  # fmt: skip
            self.message(row)
        self.message("%d of %d stops are still to come; > here, * met." % (stops.left(), len(stops.all)))

    def do_nextstop(self, arg: str) -> Any:
        """nextstop
        Run on to the next stop of the tour that was not met yet, past breakpoints.
        """
        self.pauser.past_breakpoints = True
        return self.go_on()

    def do_stage(self, arg: str) -> Any:
        """stage NAME
        Run on to a stop of a stage (config, data, model, train_loop, forward, loss, backward, optimizer_step,
        evaluation, checkpoint), also one that was met before.
        """
        stops = self.pauser.stops
        if not stops.only(arg.strip()):
            known = sorted({stop["stage"] for stop in stops.all})
            self.error("this tour has no stop of the stage %r; it has %s" % (arg.strip(), ", ".join(known)))
            return None
        return self.go_on()

    def go_on(self) -> Any:
        """Run on."""
        debugger: Any = self
        return debugger.onecmd("continue")

    def do_why(self, arg: str) -> None:
        """why
        The call path to here, and why the tour stops at this place.
        """
        for stop in self.pauser.stops.current:
            if stop["because"]:
                self.message("Stop %d is here because: %s" % (stop["number"], stop["because"]))
        self.message("The way here, the innermost call first (repository only):")
        for level, file in self.pauser.repository_frames(self.curframe):
            self.message("  %s  %s:%d" % (level.f_code.co_name, file, level.f_lineno))

    def do_shape(self, arg: str) -> None:
        """shape EXPR
        The shapes of everything in an expression, and of the whole of it.
        """
        if not arg.strip():
            self.error("shape needs an expression, such as: shape x @ self.weight.T")
            return
        try:
            for row in shapes(arg, self.curframe, lambda value: described(self.pauser.summary(value))):
                self.message(row)
        except Exception as error:  # noqa: BLE001 - whatever the user's expression raises is for the user to read
            self.error("%s: %s" % (type(error).__name__, error))

    def do_note(self, arg: str) -> None:
        """note TEXT
        A note of your own at this place, kept in the tour.
        """
        if not arg.strip():
            self.error("note needs a text")
            return
        file = self.pauser.stops.file_of(self.curframe.f_code) or ""
        stops = [stop["id"] for stop in self.pauser.stops.current]
        row = {"text": arg.strip(), "file": file, "line": self.curframe.f_lineno, "stop": stops[0] if stops else ""}
        with open(self.pauser.notes, "a", encoding="utf-8") as handle:
            handle.write(json.dumps(row) + "\n")
        self.message("noted at %s:%d" % (file, self.curframe.f_lineno))

    def do_save(self, arg: str) -> None:
        """save
        Write your notes into the tour's file now; they are written when the program ends in any case.
        """
        with open(self.pauser.notes, "a", encoding="utf-8") as handle:
            handle.write(json.dumps({"save": True}) + "\n")
        self.message("saving the notes into the tour")

    def do_leave(self, arg: str) -> Any:
        """leave
        Leave the innermost training loop: when its next pass begins, go behind it.
        """
        place = self.pauser.loop_around(self.curframe)
        if place is None:
            self.error("no loop of the repository is running here")
            return None
        self.message("leaving the loop at %s:%d when its next pass begins" % place)
        return self.go_on()

    def show_panel(self, stop: dict[str, Any]) -> None:
        """Say what a stop is, and what is different from what the recording saw."""
        total = len(self.pauser.stops.all)
        self.message(panel.panel(stop, total, self.curframe_of(), self.pauser.summary))

    def curframe_of(self) -> FrameType:
        """The frame that the program stands in."""
        return self.pauser.frame
