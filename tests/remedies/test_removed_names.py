"""Programs written for older libraries: each runs with the names that it knew, and the tour says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from repotour.outcomes import outcome_of
from tracer.inprocess.shims import removed
from tracer.remedies.removed_names import missing_name

MakeRepo = Callable[..., Path]

OLD = """
from collections import Mapping

import numpy as np
import torch
from torch._six import string_classes, inf
from torch.optim.lr_scheduler import ReduceLROnPlateau


class Best:
    def __init__(self):
        self.loss = np.Inf


model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = ReduceLROnPlateau(optimizer, mode="min", verbose=True)
best = Best()
for step in range(3):
    loss = model(torch.ones(4, 2)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step(loss)
    best.loss = min(best.loss, float(np.product([loss.item()])))
q, r = torch.qr(torch.eye(2))
print(isinstance({}, Mapping), isinstance("a", string_classes), best.loss < inf, tuple(q.shape))
"""

PANDAS = """
import pandas as pd

frame = pd.DataFrame({"total": [1.0, 2.0], "count": [1, 1]}, index=["a", "b"])
for column in frame.columns:
    frame[column].values[:] = 0
rows = pd.DataFrame({"x": [1]}).append({"x": 2}, ignore_index=True)
for name, values in rows.iteritems():
    print(name, list(values), float(frame["total"].sum()))
"""


@pytest.mark.torch
def test_names_of_older_libraries(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": OLD}), "train.py")
    assert outcome_of(done.runs[0].result)[0] == "raised"
    assert done.ending[0] == "finished"
    assert done.slugs == ["removed-names"]  # one attempt for all of them
    assert done.last.out == "True True True (2, 2)\n"
    for name in ("collections.Mapping", "numpy.Inf", "numpy.product", "torch._six.string_classes"):
        assert f"{name}, which" in done.told
    assert "the argument verbose of ReduceLROnPlateau" in done.told
    assert "(at train.py:" in done.told


def test_pandas_that_copies_on_write(make_repo: MakeRepo) -> None:
    pandas = pytest.importorskip("pandas")
    done = attempts_of(make_repo(files={"train.py": PANDAS}), "train.py")
    assert done.ending[0] == "finished"
    assert done.last.out == "x [1, 2] 0.0\n"
    assert done.slugs == ["removed-names"]
    assert "DataFrame.append" in done.told
    assert ("read-only" in done.told) == (int(pandas.__version__.partition(".")[0]) >= 3)


def test_every_name_of_the_tables_is_still_there() -> None:
    """Replacements in libraries that are installed lead to something."""
    import importlib

    from tracer.inprocess.shims.removed_names import resolved

    checked = 0
    for module, rows in removed.NAMES.items():
        for name, replacement in rows.items():
            where = str(replacement).partition(":")[0].partition(".")[0] or module.partition(".")[0]
            if isinstance(replacement, str) and importlib.util.find_spec(where) is not None:
                assert resolved(replacement, module) is not None, f"{module}.{name}"
                checked += 1
    assert checked > 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AttributeError: `np.Inf` was removed in the NumPy 2.0 release. Use `np.inf` instead.", "numpy.Inf"),
        ("AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias", "numpy.float"),
        ("ImportError: cannot import name 'Mapping' from 'collections' (x)", "collections.Mapping"),
        ("ModuleNotFoundError: No module named 'torch._six'", "torch._six"),
        ("ImportError: cannot import name 'joblib' from 'sklearn.externals'", "sklearn.externals.joblib"),
        ("AttributeError: 'DataFrame' object has no attribute 'append'", "DataFrame.append"),
        ("AttributeError: module 'numpy' has no attribute 'zeroes'", ""),
        ("ModuleNotFoundError: No module named 'nobody'", ""),
        ("AttributeError: 'Trainer' object has no attribute 'append'", ""),
        ("TypeError: run() got an unexpected keyword argument 'verbose'", ""),
    ],
)
def test_which_failures_are_known(text: str, expected: str) -> None:
    assert missing_name(text) == expected
