"""NumPy, SciPy and pandas: where data is read and written."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_NUMPY_FILES = ("numpy.lib._npyio_impl", "numpy.lib.npyio")

FRAMEWORK = Framework(
    name="NumPy",
    imports=("numpy", "pandas", "scipy"),
    landmarks=(
        LandmarkSpec("read", _NUMPY_FILES, ("load", "loadtxt", "genfromtxt", "fromregex"), returns=True, direct=True),
        LandmarkSpec("write", _NUMPY_FILES, ("save", "savez", "savez_compressed", "savetxt"), direct=True),
        LandmarkSpec(
            "read",
            ("pandas.io.",),
            (
                "read_csv",
                "read_table",
                "read_json",
                "read_parquet",
                "read_excel",
                "read_pickle",
                "read_hdf",
                "read_feather",
            ),
            returns=True,
            direct=True,
        ),
        LandmarkSpec(
            "write",
            ("pandas.core.generic", "pandas.core.frame"),
            ("to_csv", "to_json", "to_parquet", "to_pickle"),
            direct=True,
        ),
        LandmarkSpec("read", ("scipy.io.",), ("loadmat", "read"), returns=True, direct=True),
        LandmarkSpec("read", ("datasets.load", "datasets.builder"), ("load_dataset",), returns=True, direct=True),
    ),
)
