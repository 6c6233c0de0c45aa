"""Puts the recorder together inside the target, and closes the trace when the interpreter ends. Runs in the target.

Contract
    The engine starts the target's interpreter on the target's own command, with `start/` as the first word of
    PYTHONPATH and the path of a plan in REPOTOUR_PLAN; both are gone before the target's first line. The plan is a
    dict, written with `marshal`: root, argv, launch, folder, trace, stdout, stderr, limits, landmarks, skip, no_jump,
    shims (disclosed adaptations, see `shims/`), extra_path (folders behind the interpreter's own packages).
    The trace is written to the path in the plan, one JSON object per line; the last line is the `end` event. The exit
    code is the target's own. A failure of the recorder itself is written into the trace as a `fault` event.

Programs that the target starts, and processes that it forks, write traces of their own beside it (`children.py`,
`process.py`): `NAME.child-1.trace.jsonl` and so on, each with the same kinds of events.

What the target may notice, all of it: standard output is not buffered (`python -u`); up to 3.11 `sys.gettrace()`, and
`threading.gettrace()`, give a function, and a thread that only sleeps exists while a program of very many small calls
runs; from 3.12 on the monitoring tool ids 3 and 4 are taken; an audit hook for `open` and fork handlers exist, by which
what is audited (`id()`, say) takes 0.1 microseconds longer; an atexit function was registered before its own (and up to
3.9 the `atexit` module is loaded); a few file descriptors from 900 on (or the last below its limit) are open; objects
that were seen may have a weak reference more, and what we keep counts in `gc.get_objects()`; audit hooks of its own are
asked about what we do; a recursion that meets the limit while recorded meets it one call sooner; in Python 3.9 and 3.10
variables of traced functions lie in a second place (`namespaces.py`), so that a value which a name loses dies at the
next line; a shell, `make` and the like that it starts have two variables more in their environment, in which Pythons
behind them start (a Python that is kept from `site` by -I, -E or -S behind a shell sees them too).
"""

from __future__ import annotations

import atexit
import marshal
import os
import sys
from _signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]

from . import landmarks, leaver, names, outputs, qualnames, values, watch, writer
from .children import Children
from .ending import Ending
from .engine import engine_for
from .files import OWN, Files
from .hook import Hook
from .process import FORKS, SHARE, Process, command_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from .engine import Engine
    from .live.editor import Waiting
    from .live.pauser import Pauser

    Plan = dict[str, Any]
    Event = dict[str, Any]


def header(plan: Plan, engine: str, reason: str) -> dict[str, Any]:
    """The first line of a trace. `reason`: why the engine is not the interpreter's usual one, "" when it is."""
    found = {"kind": "header", "format": 1, "python": sys.version.split()[0], "implementation": sys.implementation.name}
    found.update(platform=sys.platform, engine=engine)
    if reason:
        found["engine_reason"] = reason
    found.update((key, plan[key]) for key in ("launch", "argv", "folder", "limits"))
    found["chapter"] = plan.get("chapter", "main")
    if plan.get("started"):
        found["started"] = plan["started"]
    if plan.get("cells"):
        found["cells"] = plan["cells"]  # of a notebook: which lines are whose
    if plan.get("left"):
        found["left"] = plan["left"]  # lines of a notebook that are not carried out
    return found


class Recording:
    """Everything the recorder is made of, wired together for one process.

    `origin` is (how, number of the parent process) in a process that the target started; `engine` is that of the
    parent in a forked one, where nothing of ours can be imported any more.
    """

    def __init__(
        self, plan: Plan, origin: Optional[tuple[str, int]] = None, engine: Optional[Callable[[Hook], Engine]] = None
    ) -> None:
        self.plan = plan
        limit: int = plan["limits"]["trace_bytes"]
        qualnames.TEXTS.update(plan.get("texts", {}))
        self.writer = writer.Writer("" if origin else plan["trace"], limit // SHARE if origin else limit, plan["root"])
        summarizer = values.Summarizer()
        wide = values.Summarizer({"items": 80, "depth": 2}, like=summarizer)
        watching = watch.Watch(summarizer)
        leaving = leaver.Leaver(plan)
        marks = landmarks.Landmarks(plan, summarizer, wide, watching, self.writer, leaving)
        paths = [plan.get("stdout"), plan.get("stderr")]
        printed = outputs.Outputs(paths, self.writer, bool(origin))
        reading = names.Names(summarizer)
        self.hook = Hook(plan, self.writer, summarizer, reading, watching, marks, leaving, printed)
        self.files = Files(self.hook, self.writer)
        self.hook.ending = Ending(self.hook, self.files)
        self.reason = ""
        if engine is not None:
            self.hook.engine = engine(self.hook)
        else:
            self.hook.engine, self.reason = engine_for(self.hook, plan.get("engine", ""))
        self.hook.unseen = self.files.unseen
        self.hook.tell_taken = self.files.tell_taken
        self.children = Children(plan, marks)
        self.files.on_other = self.children.on_audit
        self.process: Optional[Process] = None
        if origin is None:
            self.writer.put(header(plan, self.hook.engine.name, self.reason), True)
        else:
            self.process = Process(plan, origin[0], origin[1], marks, self.writer)
            self.process.finish = self.close
            self.writer.begin_late(self.process.opened, self.child_header)

    def child_header(self) -> Event:
        """The first line of the trace of a process that the target started."""
        own_command = self.process is not None and self.process.how in ("subprocess", "exec")
        launch, words = command_of() if own_command else ("worker", [])
        shown = [self.files.shown(word) if word[:1] == os.sep else word for word in words]
        folder = os.path.relpath(os.getcwd(), os.path.realpath(self.plan["root"]))
        here = {"launch": launch, "argv": shown, "folder": "" if folder in (".", "..") else folder}
        return {
            **header({**self.plan, **here}, self.hook.engine.name, self.reason),
            **(self.process.facts() if self.process is not None else {}),
        }

    def close(self, end: Optional[Event] = None) -> None:
        """The process ends: write the counts and the end; `end` says how where the interpreter will not."""
        if self.hook.off:
            return
        self.files.look_back()
        self.hook.engine.stop()
        try:
            self.hook.counts()
            self.children.tell_forks(self.writer)
            event = self.hook.ending.event() if end is None else self.hook.ending.told(end)
            self.writer.put(event, True)
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.hook.failed("end", error)
        finally:
            self.hook.stop()
            self.writer.close()

    def forget(self) -> None:
        """In a forked child: the trace stays the parent's."""
        self.children.take_back()
        self.hook.stop()
        self.writer.forget()
        self.hook.engine.stop()


class Recorder:
    """The recording of this process: a forked child begins one of its own in the place of its parent's."""

    def __init__(self, plan: Plan, origin: Optional[tuple[str, int]]) -> None:
        self.plan = plan
        self.recording = Recording(plan, origin)
        self.arm: Callable[[], None] = lambda: None
        self.live: Optional[Pauser | Waiting] = None
        if plan.get("live") and origin is None:
            from .live import walker_of

            self.live = walker_of(plan)
        if plan.get("shims") or plan.get("extra_path"):
            from .shims import Shims

            self.arm = Shims(plan, lambda: self.recording).arm

    def start(self) -> None:
        """Begin: the next thing that runs is the target."""
        if self.live is not None:
            self.arm()
            self.live.start()
            return
        if getsignal(SIGINT) == SIG_IGN and self.recording.process is None:
            # A host that was started in the background ignores Ctrl-C, and we inherit that; it is how runs are ended.
            signal(SIGINT, default_int_handler)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self.before_fork, after_in_child=self.in_child)
        # Registered before any of the target's own, so that it runs behind them: what they do is recorded too.
        atexit.register(self.close)
        self.arm()
        sys.addaudithook(self.on_audit)
        self.recording.hook.engine.start()

    def on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audited action (`sys.addaudithook` protocol)."""
        # By far the most are these, and our own. A trace function that is being set is seen at the next action.
        if event not in OWN:
            self.recording.files.on_audit(event, arguments)

    def close(self) -> None:
        """The interpreter ends."""
        self.recording.close()

    def before_fork(self) -> None:
        """A child is about to be forked."""
        self.recording.children.forks += 1

    def in_child(self) -> None:
        """In a forked child: its trace is its own, and begins here. Of many, the later ones record nothing."""
        try:
            parent = self.recording
            if parent.hook.off:
                return
            parent.forget()
            if parent.children.forks > FORKS:
                return
            self.recording = Recording(self.plan, ("fork", os.getppid()), type(parent.hook.engine))
            self.recording.hook.engine.resume(sys._getframe(1))
        except Exception:  # noqa: BLE001 - the child runs on without a trace
            self.recording.hook.stop()


def prepare(plan_path: str) -> Callable[[], None]:
    """Read the plan and put the recorder together; gives the function that starts it.

    Behind the path of a plan may stand `#`, how this process came about, `#`, and the number of its parent.
    """
    path, _, origin = plan_path.partition("#")
    how, _, parent = origin.partition("#")
    with open(path, "rb") as handle:
        plan = marshal.loads(handle.read())
    plan["path"] = path
    return Recorder(plan, (how, int(parent)) if origin else None).start
