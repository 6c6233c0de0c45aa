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
SOUND = (
    "import os\nimport torch\n\n"
    "torch.ops.load_library(os.path.join(os.path.dirname(__file__), 'lib', 'libsound.so'))\nRATE = 16000\n"
)
TRAIN = """
import torch
from torch_scatter import scatter, scatter_max, scatter_softmax
import torchsound
import torchparts

src, index = torch.tensor([1.0, 5.0, 2.0, 4.0]), torch.tensor([0, 0, 1, 1])
print(scatter(src, index, dim=0, reduce="mean").tolist(), [part.tolist() for part in scatter_max(src, index)])
print(scatter_softmax(src, index).sum().item(), torchsound.RATE, torchparts.boxes.area([0, 0, 2, 3]))
"""


def test_parts_that_do_not_load(make_repo: MakeRepo, tmp_path: Path) -> None:
    site = tmp_path / "site"
    files = VISION | {"torchsound/__init__.py": SOUND, "torchsound/lib/libsound.so": "no library at all"}
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    done = attempts_of(make_repo(files={"train.py": TRAIN}), "train.py", extra_path=(site,))
    # The second operator needs no attempt of its own.
    assert done.slugs == [
        "compiled-extension",
        "compiled-extension-torchsound-0",
        "compiled-extension-torchparts::nms",
    ]
    assert done.ending[0] == "finished", done.last.err
    assert done.last.out == "[3.0, 3.0] [[5.0, 4.0], [1, 3]]\n2.0 16000 6\n"
    assert "torch_scatter was done by functions of torch" in done.told
    assert "the compiled library libsound.so was left out (at train.py:4)" in done.told
    assert "the operator torchparts::nms was declared" in done.told
    assert "the operator torchparts::pool was declared" in done.told
