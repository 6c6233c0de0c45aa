"""Starts the recorder inside a target, before the target's own first line. Runs in the target.

The interpreter imports `sitecustomize` while it starts, on its own account. Started from here, the recorder has no
frame below the target's: the interpreter itself then runs the script, so that `__main__`, `sys.argv`, tracebacks,
`inspect.stack()` and the exit status are its own and not an imitation. Afterwards this module is gone, and a
`sitecustomize` of the user's is run.

Programs that the target starts come here too, and they may be of any Python, even 2.7: one that the recorder cannot
run in finds its environment put back and nothing else. So this file has no annotation that an old Python cannot read.
"""

import sys

PLAN = "REPOTOUR_PLAN"
OLDEST, NEWEST = (3, 9), (3, 14)


def _stdlib_first(here, given):  # type: (str, str) -> list[str]
    """`sys.path` without this folder and what the user put before the standard library.

    A repository may have a json.py.
    """
    import os

    foreign = set(map(os.path.abspath, [here] + [part for part in given.split(os.pathsep) if part]))
    return [part for part in sys.path if os.path.abspath(part) not in foreign]


def _put_back():  # type: () -> tuple[str, str, str]
    """Give the environment and the path what they would be without us; (plan, this folder, the target's PYTHONPATH).

    The plan's path is followed, in a program that the target started, by `#`, what to know of it, and `+` when a
    PYTHONPATH was set at all: an empty one cannot be told from none in what we were given.
    """
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    plan = os.environ.pop(PLAN, "")
    # This folder is the first word of PYTHONPATH; the rest is what the target would have had.
    first, _, given = os.environ.get("PYTHONPATH", "").partition(os.pathsep)
    if first and os.path.abspath(first) == here:
        if given or plan.endswith("+"):
            os.environ["PYTHONPATH"] = given
        else:
            del os.environ["PYTHONPATH"]
    sys.path[:] = [part for part in sys.path if os.path.abspath(part) != here]
    sys.path_importer_cache.pop(here, None)
    return plan.rstrip("+"), here, given


def _with_own_builtins():  # type: ignore[no-untyped-def]
    """A finder of our modules that gives them builtins of their own.

    A target may replace `len`, `open` or `isinstance` in `builtins`: that is for its code to see, not for ours to run.
    """
    files = sys.modules["_frozen_importlib_external"]
    own = dict(sys.modules["builtins"].__dict__)

    class Loader(files.SourceFileLoader):  # type: ignore[misc, name-defined]
        def create_module(self, spec):  # type: ignore[no-untyped-def]
            module = type(sys)(spec.name)
            module.__dict__["__builtins__"] = own
            return module

    class Finder(object):
        @staticmethod
        def find_spec(name, path, target=None):  # type: ignore[no-untyped-def]
            if not name.startswith("_repotour."):
                return None
            spec = files.PathFinder.find_spec(name, path)
            if spec is not None:
                spec.loader = Loader(spec.loader.name, spec.loader.path)
            return spec

    return Finder


def _start(plan, here, given):  # type: (str, str, str) -> None
    """Start the recorder, then put everything back as the target expects to find it."""
    import os

    before = set(sys.modules)
    path = list(sys.path)
    bytecode = sys.dont_write_bytecode, sys.pycache_prefix
    package_folder = os.path.dirname(here)
    package = type(sys)("_repotour")
    package.__path__ = [package_folder]
    sys.modules["_repotour"] = package
    sys.path[:] = _stdlib_first(here, given)
    # Ours is kept compiled beside its source, whatever is wanted of the target's: reading it anew takes the most time.
    sys.dont_write_bytecode, sys.pycache_prefix = False, None
    start = None
    finder = _with_own_builtins()  # type: ignore[no-untyped-call]
    sys.meta_path.insert(0, finder)
    try:
        start = __import__("_repotour.recorder").recorder.prepare(plan)
    finally:
        sys.meta_path.remove(finder)
        sys.path[:] = path
        sys.dont_write_bytecode, sys.pycache_prefix = bytecode
        # On 3.9 a second `atexit` module would forget what the first was told.
        kept = before | ({"atexit"} if sys.version_info < (3, 10) else set())
        for module in set(sys.modules) - kept:
            del sys.modules[module]
        for folder in [key for key in sys.path_importer_cache if key.startswith(package_folder)]:
            del sys.path_importer_cache[folder]
    start()


def _begin():  # type: () -> None
    """Start the recorder where it can run; a program that the target started goes on without it when it cannot."""
    plan, here, given = _put_back()
    child = "#" in plan
    if not plan or (child and not OLDEST <= sys.version_info[:2] <= NEWEST):
        return
    if child and getattr(getattr(sys, "implementation", None), "name", "") != "cpython":
        return
    try:
        _start(plan, here, given)
    except Exception:
        if not child:
            raise


def _of_the_user(name):  # type: (str) -> bool
    """Run the `sitecustomize` that would have run without us; False when there is none."""
    if sys.version_info < (3, 4):
        return _of_the_user_before_3_4(name)
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    spec = finder.find_spec(name, sys.path)
    if spec is None or spec.loader is None:
        return False
    module = sys.modules["_frozen_importlib"].module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return True


def _of_the_user_before_3_4(name):  # type: (str) -> bool
    imp = __import__("imp")  # gone from 3.12 on
    try:
        found = imp.find_module(name, sys.path)
    except ImportError:
        return False
    sys.modules.pop(name, None)
    imp.load_module(name, *found)
    return True


_begin()
if not _of_the_user(__name__):
    # What the interpreter finds without us: no such module. It takes this in silence.
    _missing = ImportError("No module named 'sitecustomize'")
    _missing.name = __name__
    raise _missing
