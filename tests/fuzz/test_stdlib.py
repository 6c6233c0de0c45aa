"""The standard library's own tests go as they go without the recorder, with each Python that is here.

FUZZ_STDLIB=all runs all modules of `library.MODULES` (half an hour); without it, a few of each Python.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fuzz.library import MODULES, copied, has, outcomes
from interpreters import HERE, here

FEW = ["test_generators", "test_with", "test_scope", "test_raise", "test_contextlib"]


@pytest.mark.slow
@pytest.mark.parametrize("version", HERE)
def test_the_standard_library_s_tests(version: str, tmp_path: Path) -> None:
    python = here(version)
    root = copied(python, tmp_path)
    for module in MODULES if os.environ.get("FUZZ_STDLIB") == "all" else FEW:
        if has(python, module):
            plain, recorded = outcomes(python, module, root)
            assert plain, f"{module} did not run at all"
            assert recorded == plain, module
