"""What a program imports that is not its repository's own, and which distribution that means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.environment.declared import declared_for
from tracer.environment.distributions import distributions_for, modules_of
from tracer.environment.imported import imports_of, modules_to_ask
from tracer.environment.wishes import Wishes, wishes_for
from tracer.machine import Machine
from tracer.survey import survey

MakeRepo = Callable[..., Path]

MAIN = """
import os, numpy as np
from parts import model
import parts.late
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import only_types
try:
    import perhaps
except ImportError:
    perhaps = None
try:
    import surely
except ImportError as error:
    raise SystemExit("install surely") from error
if os.environ.get("X"):
    import conditional


def track():
    import wandb


if __name__ == "__main__":
    import tqdm
    track()
"""


def reached(repo: Path, file: str = "train.py") -> dict[str, bool]:
    """Top-level names with whether their import is certain."""
    found: dict[str, bool] = {}
    for item in imports_of(survey(repo, detail=False, entry=file), file):
        found[item.top] = found.get(item.top, False) or item.certain
    return found


def test_what_is_sure_to_be_imported(make_repo: MakeRepo) -> None:
    files = {
        "train.py": MAIN,
        "parts/__init__.py": "",
        "parts/model.py": "import torch\nfrom .deep import thing\n",
        "parts/deep.py": "import einops\n",
        "parts/late.py": "def f():\n    import scipy\n",
        "elsewhere.py": "import tensorflow\n",
    }
    repo = make_repo(files=files)
    certain = {"numpy", "torch", "einops", "surely", "tqdm"}
    uncertain = {"perhaps", "conditional", "wandb", "scipy"}
    assert reached(repo) == dict.fromkeys(certain, True) | dict.fromkeys(uncertain, False)


def test_own_modules_are_not_taken_for_packages(make_repo: MakeRepo) -> None:
    files = {
        "code/train.py": "import sys\nsys.path.append('..')\nimport helper\nimport src.net\nimport absl.flags\n",
        "libs/helper.py": "import lib_of_helper\n",
        "src/net.py": "import flax\n",
    }
    assert reached(make_repo(files=files), "code/train.py") == {"absl": True, "flax": True}


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("cv2", "opencv-python-headless"), ("PIL", "pillow"), ("sklearn", "scikit-learn"), ("yaml", "pyyaml"),
        ("bs4", "beautifulsoup4"), ("zmq", "pyzmq"), ("torch_geometric", "torch-geometric"), ("numpy", "numpy"),
        ("google.protobuf", "protobuf"), ("google.cloud.storage", "google-cloud-storage"), ("hydra", "hydra-core"),
    ],
)  # fmt: skip
def test_modules_and_their_distributions(module: str, distribution: str) -> None:
    assert distributions_for(module)[0] == distribution


def test_what_cannot_be_had_has_no_distribution() -> None:
    assert distributions_for("apex") == distributions_for("google.colab") == ()
    assert "cv2" in modules_of("opencv-contrib-python")


def wished(repo: Path, machine: Machine) -> Wishes:
    """What would be installed for train.py."""
    return wishes_for(declared_for(repo, "train.py"), imports_of(survey(repo, detail=False), "train.py"), machine)


def test_declarations_and_imports_come_together(make_repo: MakeRepo) -> None:
    main = "import cv2\nimport sklearn\nimport tqdm\nimport apex\nfrom torch.utils.tensorboard import SummaryWriter\n"
    files = {
        "train.py": main + "try:\n    import wandb\nexcept ImportError:\n    pass\n",
        "requirements.txt": "opencv-python==4.1\nsklearn\nplugin\ntorch==1.8.1+cu111\nnvidia-cublas-cu11\nfaiss-gpu\n",
        "requirements-dev.txt": "tqdm==4.60\npytest\n",
    }
    repo = make_repo(files=files)
    found = wished(repo, Machine(0, 1, 0))
    texts = {wish.text: wish.needed for wish in found.items}
    assert texts == {
        "opencv-python==4.1": True,
        "scikit-learn": True,
        "tqdm==4.60": True,
        "torch==1.8.1": True,
        "tensorboard": True,
        "plugin": False,
        "faiss-cpu": False,
    }
    assert any("apex is in no package index" in line for line in found.left_out)
    assert any(line.startswith("nvidia-cublas-cu11") and "no GPU" in line for line in found.left_out)
    with_gpu = {wish.text for wish in wished(repo, Machine(1, 1, 0)).items}
    assert {"torch==1.8.1+cu111", "nvidia-cublas-cu11", "faiss-gpu"} <= with_gpu


def test_a_notebook_is_read_cell_by_cell(make_repo: MakeRepo) -> None:
    cells = [
        "!pip install -q toy==2 'gym[box2d]'\nimport toy",
        "%matplotlib inline\nimport numpy",
        "%%bash\nls",
        "def (",
    ]
    text = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})
    repo = make_repo(files={"main.ipynb": text, "requirements.txt": "numpy<2\n"})
    assert reached(repo, "main.ipynb") == {"toy": True, "numpy": True}
    runs = json.dumps({"cells": [{"cell_type": "code", "source": "%run lib/a.ipynb\n!python3 b.py --fast"}]})
    files = {"main.ipynb": runs, "lib/a.ipynb": text, "b.py": "import scipy\n"}
    assert reached(make_repo(name="runs", files=files), "main.ipynb") == {"toy": True, "numpy": True, "scipy": True}
    old = json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "import toy"}]}]})
    assert reached(make_repo(name="old", files={"main.ipynb": old}), "main.ipynb") == {"toy": True}
    near = declared_for(repo, "main.ipynb").near
    assert [str(item.requirement) for item in near.items] == ["toy==2", "gym[box2d]", "numpy<2"]


def test_shared_packages_are_asked_for_by_their_parts(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": "from mpl_toolkits.mplot3d import Axes3D\nfrom google import protobuf\n"})
    modules = modules_to_ask(imports_of(survey(repo, detail=False), "train.py"))
    assert modules == ("google.protobuf", "mpl_toolkits.mplot3d")
