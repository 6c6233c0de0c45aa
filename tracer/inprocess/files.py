"""Which files the repository's code opens, and where an exception came from. Runs in the target."""

import os
import sys

PER_PLACE = 3


class Files:
    """An audit hook for `open`. Audit hooks cannot be removed, so it does nothing once the recorder has stopped."""

    def __init__(self, hook, writer):
        self.hook = hook
        self.writer = writer
        self.places = {}
        self.inside = False

    def install(self):
        """Begin to listen."""
        sys.addaudithook(self.on_audit)

    def on_audit(self, event, arguments):
        """Called by the interpreter for every audited action; only `open` by repository code is noted."""
        if event != "open" or self.inside or self.hook.off:
            return
        self.inside = True
        try:
            self.on_open(*arguments)
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.hook.failed("open", error)
        finally:
            self.inside = False

    def on_open(self, path, mode, flags):
        """Note who opened what, and whether to read or to write."""
        if type(path) is bytes:
            path = os.fsdecode(path)
        if type(path) is not str or path.startswith(("/dev/", "/proc/", "/sys/")):
            return
        hook = self.hook
        frame = sys._getframe(2)
        via = None
        for _ in range(40):
            if frame is None:
                return
            entry = hook.known.get(id(frame.f_code))
            if entry is not None and hasattr(entry, "folded"):
                if not entry.folded:
                    break
            else:
                name = frame.f_globals.get("__name__")
                if type(name) is str:
                    if name.startswith(("importlib.", "_repotour", "linecache", "tokenize", "inspect")):
                        return
                    via = name + "." + frame.f_code.co_name
            frame = frame.f_back
        else:
            return
        writing = bool(type(flags) is int and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        shown = self.shown(path)
        place = (entry.index, frame.f_lineno, writing, os.path.splitext(shown)[1])
        seen = self.places.get(place, 0)
        self.places[place] = seen + 1
        if seen >= PER_PLACE or shown.endswith((".pyc", ".py", ".so")):
            return
        hook.sequence += 1
        noted = {"kind": "file", "seq": hook.sequence, "mode": "write" if writing else "read", "path": shown}
        noted["stack"] = hook.stack(frame)
        noted["t"] = hook.since(hook.clock())
        if via is not None:
            noted["via"] = via
        self.writer.put(noted)

    def shown(self, path):
        """A path as it may stand in a trace: relative to the repository, or only its last part."""
        full = os.path.realpath(path)
        if full.startswith(self.hook.root):
            return full[len(self.hook.root) :].replace(os.sep, "/")
        return "<outside>/" + os.path.basename(full)

    def traceback(self, traceback):
        """The repository's frames of a traceback, innermost first, with the variables of the innermost three."""
        rows = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            file = self.hook.repository_file(code.co_filename)
            if file is not None:
                name = getattr(code, "co_qualname", None) or code.co_name
                rows.append([file, traceback.tb_lineno, name, traceback.tb_frame])
            traceback = traceback.tb_next
        rows.reverse()
        found = []
        for index, (file, line, name, frame) in enumerate(rows[:20]):
            row = {"file": file, "line": line, "qualname": name}
            if index < 3:
                names = dict(frame.f_locals)
                row["variables"] = [
                    [key, self.hook.values.summary(value)] for key, value in list(names.items())[:40] if not key.startswith("__")
                ]
            found.append(row)
        return found
