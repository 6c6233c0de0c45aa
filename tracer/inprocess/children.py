"""Leads the Pythons that the target starts to the recorder, without the target seeing it. Runs in the target.

A program that inherits its environment inherits that of the C library, which `os.environ` only mirrors: the variables
that start the recorder are set there while a Python is being started, and gone afterwards. A program that is given an
environment is given a copy with them. What the child's own code then reads is what it would read without us: the
child's start takes them away (`start/sitecustomize.py`).
"""

from __future__ import annotations

import os

from .namespaces import assign, local_names
from .process import FORKS
from .programs import follows, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Optional

    from .landmarks import Landmark, Landmarks
    from .writer import Writer

    Plan = dict[str, Any]
    Variables = dict[str, str]

PATH, PLAN = "PYTHONPATH", "REPOTOUR_PLAN"
START = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start")
MOST_STARTED = 100  # programs that are led to the recorder: a few of them are recorded, the others counted
SPECS = (
    ("subprocess", "_execute_child", "Popen", "starts_program"),
    ("subprocess", "_posix_spawn", "Popen", "starts_by_posix_spawn"),
    ("multiprocessing.util", "spawnv_passfds", "", "starts_worker"),
)


class Children:
    """Watches how the target starts programs, and gives those that are Pythons the way to the recorder."""

    def __init__(self, plan: Plan, marks: Landmarks) -> None:
        self.plan_path: str = plan.get("path", "")
        self.marks = marks
        self.forks = 0
        self.started = 0
        self._set = False
        self._lent = 0
        if not self.plan_path:
            return
        probes: dict[str, Callable[[Landmark, FrameType], Any]] = {
            "starts_program": self.on_program,
            "starts_by_posix_spawn": self.on_posix_spawn,
            "starts_worker": self.on_worker,
        }
        marks.add_probes(SPECS, probes)

    # -- the variables -----------------------------------------------------------------------------------------------

    def variables(self, how: str, given: Optional[str]) -> Variables:
        """What starts the recorder in a child that would have the PYTHONPATH `given` (None: not set)."""
        path = START if not given else START + os.pathsep + given
        return {PATH: path, PLAN: "%s#%s#%d%s" % (self.plan_path, how, os.getpid(), "" if given is None else "+")}

    def lend(self, how: str) -> None:
        """Set the variables where a program that inherits its environment finds them."""
        environment: Any = os.environ
        if type(environment) is not os._Environ:
            return
        for name, value in self.variables(how, environment.get(PATH)).items():
            os.putenv(name, value)
        self._set = True

    def take_back(self) -> None:
        """Let the C library's environment be that of `os.environ` again."""
        if not self._set:
            return
        self._set = False
        os.unsetenv(PLAN)
        environment: Any = os.environ
        given = environment.get(PATH) if type(environment) is os._Environ else None
        if given is None:
            os.unsetenv(PATH)
        else:
            os.putenv(PATH, given)

    def with_variables(self, environment: Any, how: str) -> Optional[dict[Any, Any]]:
        """A copy of an environment with the variables; None when it is of a type that is not known."""
        if type(environment) is os._Environ:
            found: dict[Any, Any] = dict(environment)
        elif type(environment) is dict:
            found = dict(environment)
        else:
            return None
        given, name = None, None
        for key, value in found.items():
            if key in (PATH, os.fsencode(PATH)) if type(key) in (str, bytes) else False:
                name, given = key, value
        if type(given) is bytes:
            given = os.fsdecode(given)
        if given is not None and type(given) is not str:
            return None
        for key, text in self.variables(how, given).items():
            found[name if key == PATH and name is not None else key] = text
        return found

    # -- moments -----------------------------------------------------------------------------------------------------

    def on_program(self, mark: Landmark, frame: FrameType) -> Any:
        """`subprocess` is about to start a program."""
        names = local_names(frame)
        words = words_of(names.get("args"))
        program = words_of(names["executable"]) if names.get("executable") is not None else [""]
        if words is None or program is None:
            return None
        shell = type(names.get("shell")) in (bool, int) and bool(names["shell"])
        if not self.unseen(lambda: follows(words, program[0], shell)):
            return None
        return self.around(frame, "subprocess")

    def on_posix_spawn(self, mark: Landmark, frame: FrameType) -> Any:
        """`subprocess` starts a program in the way that takes `os.environ` for what is inherited."""
        if local_names(frame).get("env") is None and self._lent:
            changed = self.with_variables(os.environ, "subprocess")
            if changed is not None:
                assign(frame, {"env": changed})
        return None

    def on_worker(self, mark: Landmark, frame: FrameType) -> Any:
        """`multiprocessing` is about to start a worker, or a helper of its own, as a fresh interpreter."""
        words = words_of(local_names(frame).get("args"))
        if words is None or any("resource_tracker" in word for word in words):
            return None
        return self.around(frame, "spawn")

    def around(self, frame: FrameType, how: str) -> Any:
        """Lead the program that a frame is about to start here; until the frame returns, when it inherits."""
        self.started += 1
        if self.started > MOST_STARTED:
            return None
        environment = local_names(frame).get("env")
        if environment is not None:
            changed = self.with_variables(environment, how)
            if changed is not None:
                assign(frame, {"env": changed})
            return None
        self.unseen(lambda: self.lend(how))
        self._lent += 1

        def finished(value: Any) -> None:
            self._lent -= 1
            if not self._lent:
                self.unseen(self.take_back)

        return finished

    def on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audited action: `os.system` and the `os.exec` family are about to start a program that inherits."""
        if event == "os.system":
            self.lend("subprocess")
        elif event == "os.exec" and arguments[2] is None:
            words = words_of(arguments[1])
            program = words_of(arguments[0])
            if words and program and follows(words, program[0]):
                self.lend("exec")
            self.marks.hook.counts(changed=True)  # there is no later moment
        elif self._set and not self._lent:
            self.take_back()

    def unseen(self, action: Callable[[], Any]) -> Any:
        """Do something that is audited without our own audit function seeing it."""
        return self.marks.hook.unseen(action)

    def tell_forks(self, writer: Writer) -> None:
        """Say how many processes were forked, when there were any."""
        if self.forks:
            writer.put({"kind": "forks", "count": self.forks, "recorded": min(self.forks, FORKS)}, True)
