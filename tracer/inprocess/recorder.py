"""Runs one target program and records it: `python recorder.py PLAN`. Runs in the target's interpreter.

Contract
    PLAN is a JSON file: root, cwd, argv, launch ("script" or "module"), trace, stdout, stderr, limits, landmarks, skip, no_jump.
    The trace is written to the path in the plan, one JSON object per line; the last line is the `end` event.
    The exit code is the target's own. A failure of the recorder itself is written into the trace as a `fault` event.
The target sees what plain `python script.py` would give it: the same `__main__`, `sys.argv`, `sys.path`, working directory and
modules. Only this folder's files are loaded, by path; what they import is evicted from `sys.modules` before the target starts.
"""

import sys

_BEFORE = set(sys.modules)

import dis  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402, F401

_HERE = os.path.dirname(os.path.abspath(__file__))


def load_part(name):
    """Load a sibling file as a module that nobody else can import."""
    path = os.path.join(_HERE, name + ".py")
    module = type(sys)("_repotour_" + name)
    module.__file__ = path
    with open(path, "rb") as handle:
        exec(compile(handle.read(), path, "exec"), module.__dict__)
    return module


def load_parts(plan):
    """Everything the recorder is made of, wired together: (hook, writer)."""
    values = load_part("values")
    writer = load_part("writer").Writer(plan["trace"], plan["limits"]["trace_bytes"])
    summarizer = values.Summarizer()
    wide = values.Summarizer({"items": 80, "depth": 2}, like=summarizer)
    watch = load_part("watch").Watch(summarizer, values)
    leaver = load_part("leaver").Leaver(plan, load_part("loops"), dis.findlinestarts)
    landmarks = load_part("landmarks").Landmarks(plan, summarizer, wide, values, watch, writer, leaver)
    names = load_part("names").Names(summarizer)
    line_facts = load_part("statements").line_facts
    hook = load_part("hook").Hook(plan, writer, summarizer, names, watch, landmarks, line_facts, leaver)
    files = load_part("files").Files(hook, writer)
    return hook, writer, files


def header(plan):
    """The first line of a trace."""
    return {
        "kind": "header", "format": 1, "python": sys.version.split()[0], "implementation": sys.implementation.name,
        "platform": sys.platform, "engine": "settrace", "launch": plan["launch"], "argv": plan["argv"], "folder": plan["folder"],
        "limits": plan["limits"], "chapter": plan.get("chapter", "main"),
    }  # fmt: skip


def main_module(path, spec=None):
    """A fresh `__main__`, as the interpreter itself would have made it."""
    module = type(sys)("__main__")
    names = module.__dict__
    names["__builtins__"] = sys.modules["builtins"]
    names["__file__"] = path
    names["__spec__"] = spec
    names["__annotations__"] = {}
    if spec is None:
        names["__loader__"] = type(sys.modules["__main__"].__dict__["__loader__"])("__main__", path)
        names["__package__"] = None
        names["__cached__"] = None
    else:
        names["__loader__"] = spec.loader
        names["__package__"] = spec.parent
        names["__cached__"] = spec.cached
        names["__doc__"] = None
    sys.modules["__main__"] = module
    return names


def prepare_script(plan):
    """(code, names) of a script, with `sys.argv` and `sys.path` as Python sets them."""
    argv = plan["argv"]
    path = os.path.abspath(argv[0])
    sys.argv[:] = argv
    sys.path[0] = os.path.dirname(os.path.realpath(path))
    with open(path, "rb") as handle:
        code = compile(handle.read(), path, "exec", dont_inherit=True)
    return code, main_module(path)


def prepare_module(plan):
    """(code, names) of `-m NAME`, found by runpy as Python finds it."""
    import runpy

    sys.path[0] = os.getcwd()
    sys.argv[:] = ["-m"] + plan["argv"][1:]
    _, spec, code = runpy._get_module_details(plan["argv"][0])
    path = spec.origin
    sys.argv[0] = path
    return code, main_module(path, spec)


def prepare_console(plan):
    """(code, names) of a console script `module:function`, as the file that an installation would write."""
    module, _, function = plan["argv"][0].partition(":")
    sys.path[0] = os.getcwd()
    sys.argv[:] = [function or module] + plan["argv"][1:]
    text = "import sys\nfrom %s import %s\nsys.exit(%s())\n" % (module, function.split(".")[0], function)
    return compile(text, "<console script>", "exec", dont_inherit=True), main_module("<console script>")


def evict(before):
    """Forget the modules that only the recorder imported, so that the target imports its own."""
    for name in set(sys.modules) - before:
        del sys.modules[name]


def run(plan, hook, writer):
    """Run the target under the hook; gives the exception that ended it, or None."""
    try:
        prepare = {"module": prepare_module, "console": prepare_console}.get(plan["launch"], prepare_script)
        code, names = prepare(plan)
    except BaseException as error:  # noqa: BLE001 - a script that does not compile is the target's failure, told as such
        return error
    finally:
        evict(_BEFORE | {"__main__"})
    try:
        sys.settrace(hook.trace_function())
        follow_threads(hook)
        exec(code, names)
        return None
    except BaseException as error:  # noqa: BLE001 - told in the trace, then raised again as Python would
        return error
    finally:
        sys.settrace(None)
        hook.stop()


def follow_threads(hook):
    """Let threads that the target starts be recorded too, once it has imported threading itself."""
    threading = sys.modules.get("threading")
    if threading is not None:
        threading.settrace(hook.trace_function())


def describe_end(error, hook, files):
    """The `end` event: how the run ended, and where in the repository."""
    event = {"kind": "end", "t": hook.since(hook.clock()), "exit_code": 0, "outcome": "finished", "detail": ""}
    if error is None:
        return event
    if type(error).__name__ == "TourEnd":
        event["outcome"] = "ended"
        event["detail"] = error.args[0]
    elif isinstance(error, SystemExit):
        code = error.code
        event["exit_code"] = 0 if code is None else code if type(code) is int else 1
        event["detail"] = code[:400] if type(code) is str else ""
        event["outcome"] = "finished" if event["exit_code"] == 0 else "exited"
    else:
        event["outcome"] = "interrupted" if isinstance(error, KeyboardInterrupt) else "raised"
        event["exit_code"] = 130 if isinstance(error, KeyboardInterrupt) else 1
        event["type"] = type(error).__name__
        event["detail"] = hook.message(error) or syntax_detail(error)
    if event["outcome"] != "ended":
        event["stack"] = files.traceback(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        event["syntax"] = [hook.repository_file(error.filename), error.lineno]
    return event


def syntax_detail(error):
    """The text of an exception of the interpreter's own."""
    return str(error)[:400] if type(error).__module__ == "builtins" else ""


def finish(error):
    """End the process the way Python would have ended it."""
    if error is None or type(error).__name__ == "TourEnd":
        return
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename == os.path.abspath(__file__):
        step = step.tb_next
    error = error.with_traceback(step)
    if isinstance(error, SystemExit):
        raise error
    sys.excepthook(type(error), error, step)
    if isinstance(error, KeyboardInterrupt):
        raise SystemExit(130)
    raise SystemExit(1)


def main():
    """Read the plan, run the target, write the end."""
    with open(sys.argv[1], "rb") as handle:
        plan = json.loads(handle.read())
    hook, writer, files = load_parts(plan)
    writer.put(header(plan), True)
    hook.open_outputs(plan.get("stdout"), plan.get("stderr"))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: forget(hook, writer))
    files.install()
    error = run(plan, hook, writer)
    try:
        hook.counts()
        writer.put(describe_end(error, hook, files), True)
    finally:
        writer.close()
    finish(error)


def forget(hook, writer):
    """In a forked child: record nothing, so that it runs as fast as without us and writes no line into the parent's trace."""
    hook.stop()
    writer.forget()
    sys.settrace(None)


if __name__ == "__main__":
    main()
