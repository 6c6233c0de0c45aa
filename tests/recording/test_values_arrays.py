"""Value summaries of numpy arrays and numbers, of tables, pictures and sparse matrices."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tracer.inprocess.values import Summarizer, measured_norm, norm, sample_values


@pytest.fixture
def summarizer() -> Summarizer:
    return Summarizer()


def explode(*args: object, **kwargs: object) -> Any:
    raise KeyboardInterrupt("the value was asked")


class Loud(np.ndarray):
    """An array that must not be asked anything."""

    armed = False

    def __array_finalize__(self, source: object) -> None:
        if Loud.armed:
            explode()

    __len__ = __repr__ = __str__ = __iter__ = __getitem__ = __array__ = __array_ufunc__ = __array_function__ = explode
    shape = property(explode)  # type: ignore[assignment]
    dtype = property(explode)  # type: ignore[assignment]
    view = astype = min = explode


def test_an_array_says_shape_dtype_and_a_few_elements(summarizer: Summarizer) -> None:
    summary = summarizer.summary(np.arange(12.0).reshape(3, 4))
    assert summary["type"] == "numpy.ndarray"
    assert (summary["shape"], summary["dtype"]) == ([3, 4], "float64")
    assert summary["sample"] == [0, 2, 4, 6, 8, 10]
    assert "stats" not in summary
    assert "scalar" not in summary


@pytest.mark.parametrize(
    ("array", "scalar"),
    [
        (np.array(2.5), 2.5),
        (np.array([7]), 7),
        (np.array([[True]]), 1),
        (np.array(math.nan), "nan"),
        (np.array([-math.inf]), "-inf"),
    ],
)
def test_a_single_element_is_told(summarizer: Summarizer, array: Any, scalar: Any) -> None:
    assert summarizer.summary(array)["scalar"] == scalar


@pytest.mark.parametrize("kind", ["float16", "float32", ">f8", "longdouble", "int8", "uint64", "bool"])
def test_numbers_of_every_width_are_sampled_and_counted(summarizer: Summarizer, kind: str) -> None:
    summary = summarizer.summary(np.array([0, 1, 1, 0]).astype(kind), stats=True)
    assert summary["sample"] == [0, 1, 1, 0]
    assert summary["stats"] == {"min": 0, "max": 1, "mean": 0.5, "std": 0.5, "zeros": 0.5, "nan": 0}


@pytest.mark.parametrize(
    "array",
    [
        np.array([1j]),
        np.array(["text"]),
        np.array([b"bytes"]),
        np.array([object()]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]),
    ],
)
def test_other_contents_are_told_by_their_kind_only(summarizer: Summarizer, array: Any) -> None:
    summary = summarizer.summary(array, stats=True)
    assert summary["shape"] == [1]
    assert summary["dtype"]
    assert not {"sample", "scalar", "stats"} & summary.keys()
    assert norm(array) is None
    assert sample_values(array, 3) is None


def test_the_fields_of_a_structured_array_are_named(summarizer: Summarizer) -> None:
    assert summarizer.summary(np.zeros(2, dtype=[("a", "i4"), ("b", "f4")]))["value"] == "fields a, b"


def test_statistics_leave_nan_out_and_keep_infinity_as_text(summarizer: Summarizer) -> None:
    stats = summarizer.summary(np.array([math.nan, 1.0, 3.0]), stats=True)["stats"]
    assert stats == {"min": 1, "max": 3, "mean": 2, "std": 1, "zeros": 0, "nan": 1}
    stats = summarizer.summary(np.array([math.inf, 0.0]), stats=True)["stats"]
    json.dumps(stats, allow_nan=False)
    assert (stats["max"], stats["zeros"]) == ("inf", 0.5)
    assert summarizer.summary(np.array([math.nan]), stats=True)["stats"] == {"zeros": 0, "nan": 1}
    assert "stats" not in summarizer.summary(np.zeros((0, 3)), stats=True)


def test_statistics_of_a_large_array_come_from_a_sample(summarizer: Summarizer) -> None:
    array = np.tile([0.0, 1.0, 2.0], 100_000)
    stats = summarizer.summary(array, stats=True)["stats"]
    assert stats["sampled"] is True
    assert stats["mean"] == pytest.approx(1.0, abs=0.1)
    assert "sampled" not in summarizer.summary(array[:60_000], stats=True)["stats"]


def test_no_warning_and_no_change_of_the_error_state(summarizer: Summarizer) -> None:
    extreme = [
        np.array([np.finfo("f8").max] * 4),
        np.array([6e4, -6e4], "f2"),
        np.array([np.inf, -np.inf, np.nan]),
        np.array([1e-320]),
    ]
    extreme += [np.array([np.finfo(np.longdouble).max])]
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        before = np.geterr()
        for array in extreme:
            summarizer.summary(array, stats=True)
            norm(array)
            sample_values(array, 2)
        assert np.geterr() == before
    assert norm(extreme[0]) == math.inf


def test_views_are_read_in_their_own_order(summarizer: Summarizer) -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert summarizer.summary(array.T)["sample"] == [0, 3, 1, 4, 2, 5]
    assert summarizer.summary(array[:, ::-1])["sample"] == [2, 1, 0, 5, 4, 3]
    assert summarizer.summary(np.broadcast_to(np.float32(2), (1000, 1000)))["sample"] == [2] * 6


def test_a_huge_mapped_file_is_touched_in_a_few_places(summarizer: Summarizer, tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "sparse.bin", dtype="f4", mode="w+", shape=(50_000, 10_000))
    summary = summarizer.summary(mapped, stats=True)
    assert summary["type"] == "numpy.memmap"
    assert summary["sample"] == [0] * 6
    assert summary["stats"]["sampled"] is True


def test_a_subclass_is_not_asked(summarizer: Summarizer, monkeypatch: pytest.MonkeyPatch) -> None:
    loud = np.arange(4.0).view(Loud)
    monkeypatch.setattr(Loud, "armed", True)
    summary = summarizer.summary(loud, stats=True)
    assert summary["type"].endswith(".Loud")
    assert summary["shape"] == [4]
    assert summary["sample"] == [0, 1, 2, 3]
    assert summary["stats"]["max"] == 3
    assert norm(loud) == pytest.approx(math.sqrt(14))
    assert summarizer.summary(np.ma.masked_array([1.0, 2.0], [True, False]))["shape"] == [2]


def test_numbers_of_numpy_are_numbers(summarizer: Summarizer) -> None:
    assert summarizer.summary(np.float32(0.5)) == {"type": "numpy.float32", "value": "0.5", "scalar": 0.5}
    assert summarizer.summary(np.float64("nan"))["scalar"] == "nan"
    assert summarizer.summary(np.int64(3))["scalar"] == 3
    assert summarizer.summary(np.bool_(True))["value"] == "True"
    assert summarizer.summary(np.str_("a"))["value"] == "'a'"
    assert summarizer.summary(np.datetime64("2020-01-01"))["type"] == "numpy.datetime64"
    assert summarizer.summary(np.dtype("f4"))["value"] == "float32"
    assert "scalar" not in summarizer.summary(np.complex64(1j))


def test_arrays_are_not_kept_alive_and_not_changed(summarizer: Summarizer) -> None:
    array = np.random.default_rng(0).random(100)
    array.flags.writeable = False
    copy = array.copy()
    state = np.random.get_state()[1].tobytes()  # type: ignore[union-attr]
    serial = summarizer.serial(array)
    summarizer.summary([array], stats=True)
    norm(array)
    assert summarizer.summary(array)["id"] == serial
    assert (array == copy).all()
    assert np.random.get_state()[1].tobytes() == state  # type: ignore[union-attr]
    dead = weakref.ref(array)
    del array
    assert dead() is None


def test_norm_of_a_large_array_is_an_estimate_and_says_so() -> None:
    small, large = np.ones(100), np.ones(2_000_000, "f4")
    assert measured_norm(small) == (10.0, False)
    measured = measured_norm(large)
    assert measured is not None
    assert measured[1] is True
    assert measured[0] == pytest.approx(math.sqrt(2_000_000))
    middle = np.arange(200_000, dtype="f4").reshape(400, 500)
    assert measured_norm(middle) == (pytest.approx(float(np.linalg.norm(middle.astype("f8")))), False)
    assert norm(middle.T) == pytest.approx(norm(middle))
    assert norm([1.0]) is None
    assert sample_values(np.arange(100), 3) == [0, 49, 98]
    assert sample_values(np.zeros(0), 3) == []


def test_a_batch_of_arrays_has_statistics_one_level_down(summarizer: Summarizer) -> None:
    summary = summarizer.summary({"images": np.ones(2), "deep": [np.ones(2)]}, stats=True)
    parts = dict(summary["items"])
    assert parts["images"]["stats"]["mean"] == 1
    assert "stats" not in parts["deep"]["items"][0][1]


def test_tables_are_told_by_their_columns(summarizer: Summarizer) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    frame = pandas.DataFrame({"age": [1, 2], "name": ["a", "b"], 7: [0.5, 1.5]})
    summary = summarizer.summary(frame)
    assert (summary["type"], summary["shape"]) == ("pandas.DataFrame", [2, 3])
    assert [name for name, _ in summary["items"]] == ["age", "name", "7"]
    assert summary["items"][0][1]["dtype"] == "int64"
    series = summarizer.summary(frame["age"], stats=True)
    assert (series["type"], series["len"], series["dtype"], series["stats"]["max"]) == ("pandas.Series", 2, "int64", 2)

    class Mine(pandas.DataFrame):  # type: ignore[misc,name-defined]
        shape = columns = property(explode)

    assert "shape" not in summarizer.summary(Mine(frame))


def test_tables_of_polars_are_told_by_their_columns(summarizer: Summarizer) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed here")
    frame = polars.DataFrame({"age": [1, 2], "name": ["a", "b"]})
    summary = summarizer.summary(frame)
    assert (summary["shape"], summary["value"]) == ([2, 2], "2 rows, 2 columns")
    assert summary["items"] == [
        ["age", {"type": "column", "dtype": "Int64"}], ["name", {"type": "column", "dtype": "String"}]
    ]  # fmt: skip
    series = summarizer.summary(frame["age"])
    assert (series["len"], series["dtype"], series["value"]) == (2, "Int64", "column age")

    class Mine(polars.DataFrame):  # type: ignore[misc,name-defined]
        shape = columns = property(explode)

    assert "shape" not in summarizer.summary(Mine({"a": [1]}))


def test_data_sets_of_hugging_face_are_told_without_reading_a_row(summarizer: Summarizer) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets of Hugging Face is not installed here")
    rows = datasets.Dataset.from_dict({"text": ["a", "b", "c"], "label": [0, 1, 0]})
    summary = summarizer.summary(rows)
    assert (summary["len"], summary["value"]) == (3, "3 rows, 2 columns")
    assert [(name, column["dtype"]) for name, column in summary["items"]] == [("text", "string"), ("label", "int64")]
    assert summarizer.summary(rows.select([0, 2]))["len"] == 2
    assert summarizer.summary(rows[0])["value"] == "{'text': 'a', 'label': 0}"


def test_pictures_are_told_by_size_and_mode(summarizer: Summarizer) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed here")
    summary = summarizer.summary(image.new("RGB", (32, 16)))
    assert (summary["size"], summary["mode"], summary["type"]) == ([32, 16], "RGB", "PIL.Image.Image")


def test_sparse_matrices_are_told_by_what_they_hold(summarizer: Summarizer) -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse", reason="scipy is not installed here")
    for kind in ("csr", "csc", "coo"):
        summary = summarizer.summary(scipy_sparse.random(10, 20, density=0.1, format=kind, dtype="f4"))
        assert (summary["shape"], summary["dtype"], summary["nnz"]) == ([10, 20], "float32", 20)


RESIDENT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from tracer.inprocess.values import Summarizer, measured_norm, sample_values

def resident():
    with open("/proc/self/statm") as handle:
        return int(handle.read().split()[1]) * 4096 / 2**20

mapped = np.memmap(sys.argv[2], dtype="f4", mode="r")
told = Summarizer().summary(np.ones(10), stats=True)
subjects = {
    "mapped": mapped, "plain": np.asarray(mapped), "part": mapped[5 : 2**31], "strided": np.asarray(mapped)[::1000],
    "turned": np.asarray(mapped)[: 2**30].reshape(2**15, 2**15).T,
    "spread": np.broadcast_to(np.float32(1), (2**20, 2**20)), "made": np.empty(2**31, "f4"),
}
if len(sys.argv) > 3:
    import torch
    writable = np.asarray(np.memmap(sys.argv[2], dtype="f4", mode="r+"))
    torch.ones(3).norm()
    subjects |= {
        "tensor": torch.from_numpy(writable), "meta": torch.empty(2**31, device="meta"),
        "expanded": torch.ones(1).expand(2**40), "turned tensor": torch.from_numpy(writable[: 2**30]).view(2**15, -1).T,
    }
seen = {}
for name, value in subjects.items():
    before = resident()
    summary = Summarizer().summary(value, stats=True)
    measured_norm(value), sample_values(value, 48)
    seen[name] = [resident() - before, summary.get("shape"), "stats" in summary]
print(json.dumps(seen))
"""


@pytest.mark.parametrize("library", ["numpy", pytest.param("torch", marks=pytest.mark.torch)])
def test_huge_arrays_are_not_read_into_memory(tmp_path: Path, library: str) -> None:
    """Ten gibibytes of a sparse file, and shapes no memory holds: what is looked at takes a few mebibytes."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("this system does not tell the memory of a process in /proc")
    pytest.importorskip(library, reason=f"{library} is not installed here")
    file = tmp_path / "sparse.bin"
    with open(file, "wb") as handle:
        handle.truncate(10 * 2**30)
    root = str(Path(__file__).resolve().parents[2])
    words = [sys.executable, "-c", RESIDENT, root, str(file), *(["torch"] if library == "torch" else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    file.unlink()
    seen = json.loads(done.stdout)
    assert {name: grown for name, (grown, _, _) in seen.items() if grown > 24} == {}
    assert seen["mapped"][1] == [10 * 2**28]
    assert all(stats for name, (_, _, stats) in seen.items() if name != "meta")
