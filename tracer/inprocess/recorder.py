"""Puts the recorder together inside the target, and closes the trace when the interpreter ends. Runs in the target.

Contract
    The engine starts the target's interpreter on the target's own command, with `start/` as the first word of
    PYTHONPATH and the path of a plan in REPOTOUR_PLAN; both are gone before the target's first line. The plan is a
    JSON file: root, argv, launch, folder, trace, stdout, stderr, limits, landmarks, skip, no_jump. The trace is
    written to the path in the plan, one JSON object per line; the last line is the `end` event. The exit code is the
    target's own. A failure of the recorder itself is written into the trace as a `fault` event.

What the target may notice, all of it: standard output is not buffered (`python -u`); `sys.gettrace()`, and
`threading.gettrace()`, give a function; an audit hook for `open` and a fork handler exist; an atexit function was
registered before its own (and up to 3.9 the `atexit` module is loaded); a few file descriptors from 900 on are open.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal

from . import landmarks, leaver, names, outputs, values, watch, writer
from .ending import Ending
from .engine import engine_for
from .files import Files
from .hook import Hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Plan = dict[str, Any]


def header(plan: Plan, engine: str) -> dict[str, Any]:
    """The first line of a trace."""
    found = {"kind": "header", "format": 1, "python": sys.version.split()[0], "implementation": sys.implementation.name}
    found.update(platform=sys.platform, engine=engine)
    found.update((key, plan[key]) for key in ("launch", "argv", "folder", "limits"))
    found["chapter"] = plan.get("chapter", "main")
    return found


class Recording:
    """Everything the recorder is made of, wired together for one run."""

    def __init__(self, plan: Plan) -> None:
        self.writer = writer.Writer(plan["trace"], plan["limits"]["trace_bytes"], plan["root"])
        summarizer = values.Summarizer()
        wide = values.Summarizer({"items": 80, "depth": 2}, like=summarizer)
        watching = watch.Watch(summarizer)
        leaving = leaver.Leaver(plan)
        marks = landmarks.Landmarks(plan, summarizer, wide, watching, self.writer, leaving)
        printed = outputs.Outputs([plan.get("stdout"), plan.get("stderr")])
        reading = names.Names(summarizer)
        self.hook = Hook(plan, self.writer, summarizer, reading, watching, marks, leaving, printed)
        self.files = Files(self.hook, self.writer)
        self.hook.ending = Ending(self.hook, self.files)
        self.hook.engine = engine_for(self.hook, plan.get("engine", ""))
        self.writer.put(header(plan, self.hook.engine.name), True)

    def start(self) -> None:
        """Begin: the next thing that runs is the target."""
        if getsignal(SIGINT) == SIG_IGN:
            # A host that was started in the background ignores Ctrl-C, and we inherit that; it is how runs are ended.
            signal(SIGINT, default_int_handler)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forget)
        # Registered before any of the target's own, so that it runs behind them: what they do is recorded too.
        atexit.register(self.close)
        sys.addaudithook(self.files.audit_function())
        self.hook.engine.start()

    def close(self) -> None:
        """The interpreter ends: write the counts and the end."""
        if self.hook.off:
            return
        self.hook.engine.stop()
        try:
            self.hook.counts()
            self.writer.put(self.hook.ending.event(), True)
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.hook.failed("end", error)
        finally:
            self.hook.stop()
            self.writer.close()

    def forget(self) -> None:
        """In a forked child: record nothing. It runs as fast as without us, and the trace stays the parent's."""
        self.hook.stop()
        self.writer.forget()
        self.hook.engine.stop()


def prepare(plan_path: str) -> Callable[[], None]:
    """Read the plan and put the recorder together; gives the function that starts it."""
    with open(plan_path, "rb") as handle:
        plan = json.loads(handle.read())
    return Recording(plan).start
