"""Starts the recorder inside a target, before the target's own first line. Runs in the target.

The interpreter imports `sitecustomize` while it starts, on its own account. Started from here, the recorder has no
frame below the target's: the interpreter itself then runs the script, so that `__main__`, `sys.argv`, tracebacks,
`inspect.stack()` and the exit status are its own and not an imitation. Afterwards this module is gone, and a
`sitecustomize` of the user's is run.
"""

import sys

PLAN = "REPOTOUR_PLAN"


def _stdlib_first(here: str, given: str) -> list[str]:
    """`sys.path` without this folder and what the user put before the standard library.

    A repository may have a json.py.
    """
    import os

    foreign = {os.path.abspath(part) for part in [here, *filter(None, given.split(os.pathsep))]}
    return [part for part in sys.path if os.path.abspath(part) not in foreign]


def _start() -> None:
    """Start the recorder, then put everything back as the target expects to find it."""
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    plan_path = os.environ.pop(PLAN)
    before = set(sys.modules)
    # This folder is the first word of PYTHONPATH; the rest is what the target would have had.
    given = os.environ.pop("PYTHONPATH", "").partition(os.pathsep)[2]
    if given:
        os.environ["PYTHONPATH"] = given
    path = [part for part in sys.path if os.path.abspath(part) != here]
    package_folder = os.path.dirname(here)
    package = type(sys)("_repotour")
    package.__path__ = [package_folder]
    sys.modules["_repotour"] = package
    sys.path[:] = _stdlib_first(here, given)
    start = None
    try:
        start = __import__("_repotour.recorder").recorder.prepare(plan_path)
    finally:
        sys.path[:] = path
        # On 3.9 a second `atexit` module would forget what the first was told.
        kept = before | ({"atexit"} if sys.version_info < (3, 10) else set())
        for module in set(sys.modules) - kept:
            del sys.modules[module]
        for folder in (here, package_folder):
            sys.path_importer_cache.pop(folder, None)
    start()


def _of_the_user(name: str) -> bool:
    """Run the `sitecustomize` that would have run without us; False when there is none."""
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    spec = finder.find_spec(name, sys.path)
    if spec is None or spec.loader is None:
        return False
    module = sys.modules["_frozen_importlib"].module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return True


_start()
if not _of_the_user(__name__):
    # What the interpreter finds without us: no such module. It takes this in silence.
    raise ImportError("No module named 'sitecustomize'", name="sitecustomize")
