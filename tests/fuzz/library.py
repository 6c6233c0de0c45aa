"""The standard library's own tests as a target: copied, so that they are the repository."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from recordings import record_target, run_plain

PROGRAM = Path(__file__).resolve().parent / "outcomes.py"
# Test modules that lean on what a tracer touches, and that finish within seconds.
MODULES = """
    test_abc test_asyncgen test_atexit test_call test_class test_code test_collections test_compile test_context
    test_contextlib test_contextlib_async test_copy test_coroutines test_dataclasses test_decorators test_defaultdict
    test_descr test_dict test_dictcomps test_dictviews test_dynamic test_enum test_except_star test_exception_group
    test_exceptions test_extcall test_frame test_fstring test_functools test_funcattrs test_future test_gc
    test_generator_stop test_generators test_genexps test_grammar test_inspect test_int test_isinstance test_iter
    test_keywordonlyarg test_list test_listcomps test_metaclass test_named_expressions test_opcodes test_operator
    test_patma test_pep380 test_property test_positional_only_arg test_raise test_scope test_setcomps test_slice
    test_string test_super test_sys test_syntax test_threading_local test_traceback test_tuple test_types
    test_typing test_unary test_unpack test_unpack_ex test_userdict test_warnings test_weakref test_weakset test_with
    test_yield_from
""".split()
# What belongs to a few modules only and is large.
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "cjkencodings", "decimaltestdata", "leakers", "libregrtest", "test_asyncio", "audiodata", "*.pck",
    "test_email", "test_tkinter", "test_importlib", "test_ttk", "archivetestdata", "tokenizedata", "test_idle*",
    "test_tools",
)  # fmt: skip
SECONDS = 60.0
# Tests that see any tracer there is, each with what it sees.
DIFFERENT = {
    "test.test_code.CoExtra.test_free_called": "code objects of the repository are remembered, and stay",
    "test.test_code.CoExtra.test_free_different_thread": "code objects of the repository are remembered, and stay",
    "test.test_code.CodeWeakRefTest.test_basic": "code objects of the repository are remembered, and stay",
    "test.test_generators.SignalAndYieldFromTest.test_raise_and_yield_from":
        "a signal that arrives just before a generator goes on meets the trace function first",
    "test.test_exceptions.ExceptionTests.test_recursion_in_except_handler":
        "leaves no room on the stack for any trace function",
    "test.test_frame.ClearTest.test_lineno_with_tracing": "sets a frame's trace function to what is none",
    "test.test_frame.TestIncompleteFrameAreInvisible.test_sneaky_frame_object": "hunts the frame that was made last",
    "test.test_exceptions.ExceptionTests.test_recursion_error_cleanup":
        "how deep the last frame is that the limit lets be made depends on what is called in it",
    "test.test_gc.GCCallbackTests.test_collect_garbage": "counts collected objects: those we read have a dict made",
    "test.test_gc.GCTests.test_boom": "counts collected objects: those we read have a dict made",
    "test.test_gc.GCTests.test_boom2": "counts collected objects: those we read have a dict made",
    "test.test_gc.GCTests.test_boom2_new": "counts collected objects: those we read have a dict made",
    "test.test_gc.GCTests.test_boom_new": "counts collected objects: those we read have a dict made",
    "test.test_gc.GCTests.test_get_count": "counts allocations of the process",
    "test.test_gc.GCTests.test_resurrection_does_not_block_cleanup_of_other_objects":
        "counts collected objects: those we read have a dict made",
    "test.test_genexps.__test__.doctests": "has no tests where there is a trace function",
    "test.test_metaclass.__test__.doctests": "has no tests where there is a trace function",
    "test.test_functools.TestLRUC.test_lru_reentrancy_with_len": "replaces `len` itself for the whole process",
    "test.test_frame.ClearTest.test_clear_locals": "up to 3.10 the interpreter keeps what it traced",
    "test.test_frame.ClearTest.test_clear_refcycles": "up to 3.10 the interpreter keeps what it traced",
    "test.test_gc.GCTests.test_tuple": "up to 3.10 the interpreter keeps what it traced",
    "test.test_super.TestSuper.test_various___class___pathologies":
        "up to 3.10 the interpreter takes `__class__` from a class body that it traces",
    "test.test_weakref.MappingTestCase.test_weak_keys": "counts weak references, of which we have one",
    "test.test_weakref.MappingTestCase.test_weak_values": "counts weak references, of which we have one",
    "test.test_weakref.ReferencesTestCase.test_getweakrefcount": "counts weak references, of which we have one",
    "test.test_weakref.ReferencesTestCase.test_getweakrefs": "counts weak references, of which we have one",
    "test.test_sys.SysModuleTest.test_current_exceptions":
        "a race that it describes itself: the other thread has not raised yet",
    "test.test_descr.ClassPropertiesAndMethods.test_slots": "counts all objects of the process before and after",
}  # fmt: skip


@cache
def tests_of(python: str) -> Path:
    """The folder of an interpreter's own tests."""
    done = subprocess.run(
        [python, "-c", "import test; print(test.__path__[0])"], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def has(python: str, module: str) -> bool:
    """Whether a version has a test module."""
    folder = tests_of(python)
    return (folder / f"{module}.py").exists() or (folder / module).is_dir()


def copied(python: str, folder: Path) -> Path:
    """A repository that holds an interpreter's tests and the program that runs them."""
    root = folder / "repository"
    shutil.copytree(tests_of(python), root / "test", ignore=LEFT_OUT)
    shutil.copy(PROGRAM, root)
    return root


def outcomes(python: str, module: str, root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """How each test of a module goes without the recorder and with it."""
    words = ("outcomes.py", f"test.{module}", *DIFFERENT)
    found: list[dict[str, str]] = []
    written = root / "outcomes.json"
    for recording in (False, True):
        written.unlink(missing_ok=True)
        if recording:
            record_target(root, python, *words, seconds=SECONDS)
        else:
            run_plain(root, python, *words)
        found.append(json.loads(written.read_text("utf-8")) if written.exists() else {})
    plain, recorded = found
    # Some skip themselves where there is a trace function, and say so.
    left_out = {name for name, how in recorded.items() if how.startswith("skipped") and "trac" in how}
    for one in (plain, recorded):
        for name in left_out & one.keys():
            del one[name]
        one.update((name, how.partition(":")[0]) for name, how in one.items())  # reasons may hold times
    return plain, recorded
