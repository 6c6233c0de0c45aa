"""The remedy `ragged_arrays`: rows of different lengths are an array again, and the tour says at which line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

MakeRepo = Callable[..., Path]

RAGGED = """
import numpy as np

folds = np.array([[np.ones((3, 2)), [1, 2, 3]], [np.ones((4, 2)), [1, 2, 3, 4]]])
print(folds.dtype, folds.shape, np.array([1, 2]).dtype, np.asarray([[1], [2, 3]]).shape)
try:
    np.array([[1], [2, 3]], dtype=float)
except ValueError:
    print("still refused")
print(np.array.__name__, np.array.__module__)
"""


def test_rows_of_different_lengths(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": RAGGED}), "train.py")
    assert done.slugs == ["ragged-arrays"]
    assert done.last.out == "object (2, 2) int64 (2,)\nstill refused\narray numpy\n"
    assert "numpy.array was given rows of different lengths and made an array of objects (at train.py:4)" in done.told
    assert "numpy.asarray was given rows of different lengths" in done.told


def test_another_complaint_of_numpy_stays(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": "import numpy as np\nnp.ones(3) + np.ones(2)\n"}), "train.py")
    assert (done.slugs, done.ending[0]) == ([], "raised")
