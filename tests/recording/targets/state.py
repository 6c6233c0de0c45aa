import atexit
import builtins
import gc
import inspect
import json
import locale
import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings


def world():
    umask = os.umask(0o22)
    os.umask(umask)
    descriptors = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
    for descriptor in descriptors:
        os.close(descriptor)
    return {
        "filters": [repr(one) for one in warnings.filters],
        "modules of warnings": [warnings.filters is sys.modules["_warnings"].filters, warnings.onceregistry],
        "hooks": [
            sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, sys.stdout is sys.__stdout__,
            sys.unraisablehook is sys.__unraisablehook__, type(threading.excepthook).__name__,
            sys.breakpointhook is sys.__breakpointhook__, repr(sys.path_hooks).count("function"), len(sys.path_hooks),
        ],
        "importers": sorted(sys.path_importer_cache),
        "meta": [repr(one).partition(" object at")[0] for one in sys.meta_path],
        "limit": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(),
        "digits": getattr(sys, "get_int_max_str_digits", int)(),
        "dlopen": sys.getdlopenflags(),
        "profile": [sys.getprofile(), getattr(threading, "_profile_hook", None)],
        "coroutines": [sys.get_coroutine_origin_tracking_depth(), repr(sys.get_asyncgen_hooks())],
        "signals": {str(one): repr(signal.getsignal(one)).partition(" at 0x")[0] for one in signal.valid_signals()},
        "timers": [signal.getitimer(signal.ITIMER_REAL), signal.set_wakeup_fd(-1)],
        "masked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "collector": [gc.isenabled(), gc.get_threshold(), gc.callbacks, gc.get_debug(), gc.get_freeze_count(), gc.garbage],
        "threads": [(one.name, one.daemon) for one in threading.enumerate()],
        "locale": [locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(False), sys.getfilesystemencoding()],
        "umask": umask,
        "folder": os.getcwd(),
        "descriptors": descriptors,
        "times": [time.tzname, time.timezone],
        "temporary": tempfile.tempdir,
        "depth": [len(inspect.stack()), sum(1 for _ in traceback.walk_stack(None))],
        "builtins": sorted(vars(builtins)),
        "process": [os.nice(0), os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else 0],
        "streams": [repr(one).partition(" at 0x")[0] for one in (sys.stdin, sys.stdout, sys.stderr)],
        "environment": sorted(os.environ.items()),
        "faults": sys.modules["faulthandler"].is_enabled() if "faulthandler" in sys.modules else None,
    }


def texts():
    """Tracebacks as they are printed: chained, with notes, grouped, from generators and from recursion."""
    found = []

    def chained():
        try:
            int("x")
        except ValueError as error:
            if hasattr(error, "add_note"):
                error.add_note("a note")
            raise KeyError("chained") from error

    def generator():
        yield 1
        raise RuntimeError("from a generator")

    def recursive(depth):
        return recursive(depth - 1) if depth else chained()

    def grouped():
        if sys.version_info >= (3, 11):
            raise ExceptionGroup("group", [ValueError(1), KeyError(2)])
        raise ValueError(1)

    for action in (chained, lambda: list(generator()), lambda: recursive(6), grouped, lambda: exec("1 / 0"), lambda: eval("a b")):
        try:
            action()
        except Exception as error:
            found.append(traceback.format_exc())
            found.append(str(len(traceback.extract_tb(error.__traceback__))))
            try:
                raise
            except Exception:
                found.append(traceback.format_exc())
    return found


def busy():
    random.seed(7)
    numbers = [random.random() for _ in range(10)]
    total = 0
    for number in numbers:
        total += number
        total = total * 2 if total < 1 else total
        for inner in range(20):
            total += inner
    return total


modules = sorted(sys.modules)
main = sys.modules["__main__"]
exits = []
shown = {
    "argv": sys.argv,
    "path": sys.path,
    "modules": modules,
    "flags": {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_" and name not in ("count", "index")},
    "main": {name: repr(type(value)) for name, value in vars(main).items()},
    "file": __file__,
    "package": __package__,
    "spec": repr(__spec__).partition(" object at")[0],
    "orig": getattr(sys, "orig_argv", [])[1:],
    "warnoptions": sys.warnoptions,
    "random": [random.Random(3).random(), hash("x") if sys.flags.hash_randomization == 0 else 0],
    "thread": threading.current_thread().name,
    "environment": sorted(os.environ.items()),
    "world": world(),
}
for number in range(2):
    shown[f"busy {number}"] = busy()
shown["texts"] = texts()
after = world()
shown["changed"] = {name: value for name, value in after.items() if value != shown["world"][name]}
shown["seeded"] = random.random()
shown["interned"] = sys.intern("a b") is sys.intern("a " + "b")
shown["modules afterwards"] = sorted(set(sys.modules) - set(modules))
print(json.dumps(shown, indent=1, sort_keys=True, default=repr))
atexit.register(lambda: print("order", exits.append(1) or exits, sys.getrecursionlimit()))
atexit.register(lambda: print("order", exits.append(2) or exits, random.random()))
