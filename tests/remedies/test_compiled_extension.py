"""Libraries whose compiled part does not load: programs that need only the rest run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

MakeRepo = Callable[..., Path]
pytestmark = [pytest.mark.torch]

# What such a library does when it is imported: declare things about operators that its compiled part brings along.
VISION = {
    "torchparts/__init__.py": "from torchparts import _meta, boxes\n",
    "torchparts/_meta.py": (
        "import torch\n\n\n@torch.library.register_fake('torchparts::nms')\ndef nms(boxes):\n    return boxes\n\n\n"
        "@torch.library.register_fake('torchparts::pool')\ndef pool(boxes):\n    return boxes\n"
    ),
    "torchparts/boxes.py": "def area(box):\n    return (box[2] - box[0]) * (box[3] - box[1])\n",
}
TRAIN = "import torchparts\n\nprint(torchparts.boxes.area([0, 0, 2, 3]))\n"
SCATTER = """
import torch
from torch_scatter import scatter, scatter_max, scatter_softmax

src, index = torch.tensor([1.0, 5.0, 2.0, 4.0]), torch.tensor([0, 0, 1, 1])
print(scatter(src, index, dim=0, reduce="mean").tolist(), [part.tolist() for part in scatter_max(src, index)])
print(scatter_softmax(src, index).sum().item())
"""


def installed(folder: Path, files: dict[str, str]) -> Path:
    """A folder with an installed library."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_operators_that_do_not_exist(make_repo: MakeRepo, tmp_path: Path) -> None:
    site = installed(tmp_path / "site", VISION)
    done = attempts_of(make_repo(files={"train.py": TRAIN}), "train.py", extra_path=(site,))
    assert done.slugs == ["compiled-extension-torchparts::nms"]  # the second operator needs no attempt of its own
    assert done.ending[0] == "finished"
    assert done.last.out == "6\n"
    assert "the operator torchparts::nms was declared" in done.told
    assert "the operator torchparts::pool was declared" in done.told


def test_a_library_that_cannot_be_loaded(make_repo: MakeRepo, tmp_path: Path) -> None:
    files = {"torchsound/__init__.py": "import os\nimport torch\nhere = os.path.dirname(__file__)\n"}
    files["torchsound/__init__.py"] += (
        "torch.ops.load_library(os.path.join(here, 'lib', 'libsound.so'))\nRATE = 16000\n"
    )
    site = installed(tmp_path / "site", files | {"torchsound/lib/libsound.so": "no library at all"})
    source = "import torchsound\nprint(torchsound.RATE)\n"
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", extra_path=(site,))
    assert done.ending[0] == "finished", done.runs[0].end
    assert done.last.out == "16000\n"
    assert "the compiled library libsound.so was left out (at train.py:1)" in done.told


def test_reductions_by_index(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": SCATTER}), "train.py")
    assert done.slugs == ["compiled-extension"]
    assert done.last.out == "[3.0, 3.0] [[5.0, 4.0], [1, 3]]\n2.0\n"
    assert "torch_scatter was done by functions of torch" in done.told
