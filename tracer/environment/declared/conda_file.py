"""environment.yml: a conda environment in the words of pip. Host.

Only what is Python is taken over: conda also installs compilers, C libraries and drivers, which no package index has.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tracer.environment.declared.declaration import Declarations, declare
from tracer.environment.declared.requirements_file import FROZEN_LINES, place_of
from tracer.survey.wordlist import words
from tracer.survey.yamltext import yaml_values

PIP_NAMES = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "pyg": "torch-geometric",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "faiss": "faiss-cpu",
    "tensorflow-base": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "python-blosc": "blosc",
    "seaborn-base": "seaborn",
    "dask-core": "dask",
    "jupyter_core": "jupyter-core",
    "ruamel_yaml": "ruamel.yaml",
    "brotlipy": "brotli",
    "hydra": "hydra-core",
    "pot": "POT",
    "importlib_metadata": "importlib-metadata",
}
"""What some distributions are called in conda's channels, and what in the package index."""

NOT_PYTHON = words(
    """
    cudatoolkit cudatoolkit-dev cudnn cuda cuda-toolkit cuda-nvcc pytorch-cuda pytorch-mutex mkl mkl-service mkl_fft
    mkl_random mkl-include blas openblas libblas liblapack intel-openmp gcc gxx gcc_linux-64 gxx_linux-64 cmake make
    ninja-base ffmpeg openssl ca-certificates certifi libgcc-ng libstdcxx-ng libgomp _libgcc_mutex _openmp_mutex zlib
    xz sqlite tk readline ncurses libffi bzip2 git wget curl nodejs openjdk r-base cpuonly pip conda swig openmpi mpich
    magma-cuda102 magma-cuda110 nccl tini hdf5 libpng jpeg libtiff freetype setuptools wheel graph-tool
    """
)


def read_conda_file(path: Path, root: Path) -> Declarations:
    """The Python packages of an environment file."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return Declarations()
    found, skipped = Declarations(), []
    for value in yaml_values(text):
        if value.key[:1] != ("dependencies",) or value.value in ("", "null"):
            continue
        place = f"{place_of(path, root)}:{value.line}"
        line = value.value.strip().strip("\"'")
        if "pip" in value.key[1:]:
            found += _pip_line(line, path, root, place)
        elif value.key[-1].isdigit():
            name = _name(line)
            if name in NOT_PYTHON or name.startswith(("lib", "_", "cuda-", "nvidia-")):
                skipped.append(name)
            else:
                found += declare(_translated(line), place)
    if len(found.items) >= FROZEN_LINES:
        found = replace(found, items=tuple(replace(item, frozen=True) for item in found.items))
    return found


def _pip_line(line: str, path: Path, root: Path, place: str) -> Declarations:
    from tracer.environment.declared.requirements_file import read_requirements

    if line.startswith("-r"):
        return read_requirements((path.parent / line[2:].strip()).resolve(), root)
    return Declarations() if line.startswith("-") else declare(line, place)


def _name(line: str) -> str:
    """conda's name in a line such as `conda-forge::numpy=1.19=py38_0` or `numpy >=1.19`."""
    line = line.rpartition("::")[2].strip()
    for sign in "=<>! [":
        line = line.partition(sign)[0]
    return line.strip().lower()


def _translated(line: str) -> str:
    """The line as pip would have it."""
    line = line.rpartition("::")[2].strip()
    name = line[: len(_name(line))]
    rest = line[len(name) :].strip()
    if rest.startswith("["):
        rest = ""
    if rest[:1].isdigit():
        rest = f"={rest.split()[0]}"
    return PIP_NAMES.get(name.lower(), name) + rest
