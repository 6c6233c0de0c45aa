"""What is found for models of many sorts: their arguments, and inputs of the right shape. Torch really runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tracer.alone import known_of, seeking, telling
from tracer.engines.driving import DRIVERS
from tracer.plan import Driver, RunPlan
from tracer.survey import survey

pytestmark = pytest.mark.torch

IMAGES = """
from torch import nn

class ConvNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 18 * 18, num_classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv(x), 2)
        return self.fc(x.flatten(1))
"""
TWO_INPUTS = """
from torch import nn
import torch

class Recommender(nn.Module):
    def __init__(self, n_users, n_items, dim=8):
        super().__init__()
        self.users = nn.Embedding(n_users, dim)
        self.items = nn.Embedding(n_items, dim)

    def forward(self, user, item):
        return (self.users(user) * self.items(item)).sum(-1)
"""
PARTS = """
from torch import nn

class Encoder(nn.Module):
    def __init__(self, vocab_size, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden)
        self.rnn = nn.GRU(hidden, hidden)

    def forward(self, src):
        return self.rnn(self.embedding(src))

class Decoder(nn.Module):
    def __init__(self, vocab_size, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden)
        self.rnn = nn.GRU(hidden, hidden)
        self.out = nn.Linear(hidden, vocab_size)

    def forward(self, token, state):
        output, state = self.rnn(self.embedding(token), state)
        return self.out(output), state

class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder, device):
        super().__init__()
        self.encoder, self.decoder, self.device = encoder, decoder, device

    def forward(self, src, trg):
        _, state = self.encoder(src)
        return self.decoder(trg.to(self.device), state)[0]
"""
BUILDS_PARTS = """
import torch
from model import Encoder, Decoder, Seq2Seq
HIDDEN = 6
def main(words):
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    enc = Encoder(len(words), HIDDEN)
    dec = Decoder(len(words), HIDDEN * 1)
    model = Seq2Seq(enc, dec, device).to(device)
    torch.optim.Adam(model.parameters()).step()
if __name__ == '__main__':
    main(open('words.txt').read().split())
"""
SETTINGS = """
from torch import nn

class Mixer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.rnn = nn.LSTM(config.input_size, config.hidden, num_layers=config.n_layers, batch_first=True)
        self.out = nn.Linear(config.hidden, config['n_classes'])

    def forward(self, x, lengths=None):
        return self.out(self.rnn(x)[0])
"""
RESIDUAL = """
from torch import nn

class Block(nn.Module):
    def __init__(self, planes):
        super().__init__()
        self.conv = nn.Conv2d(planes, planes, 3, padding=1)

    def forward(self, x):
        return x + self.conv(x)

class ResNet(nn.Module):
    def __init__(self, block, layers, num_classes=10):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 7, stride=2)
        self.body = nn.Sequential(*[block(8) for _ in range(sum(layers))])
        self.out = nn.Linear(8, num_classes)

    def forward(self, x):
        return self.out(self.body(self.first(x)).mean((2, 3)))

def resnet_small():
    return ResNet(Block, [2, 1])
"""
SCRIPT = """
import torch
from torch import nn

lines = open('input.txt').read()
vocab_size = len(set(lines))
width = 12

class Language(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(vocab_size, width)
        self.head = nn.Linear(width, vocab_size)

    def forward(self, idx, targets=None):
        return self.head(self.table(idx))

model = Language()
for step in range(10):
    model(torch.zeros(1, 4).long()).sum().backward()
"""
GRAPH = """
import torch
from torch import nn

class Graph(nn.Module):
    def __init__(self, nfeat, nclass):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(nfeat, nclass))

    def forward(self, x, adj):
        return adj @ (x @ self.weight)
"""
PATCHES = """
import torch
from torch import nn

class PatchNet(nn.Module):
    def __init__(self, img_size, patch_size, dim, heads):
        super().__init__()
        assert img_size % patch_size == 0
        self.cut = nn.Conv2d(3, dim, patch_size, stride=patch_size)
        self.place = nn.Parameter(torch.zeros(1, (img_size // patch_size) ** 2, dim))
        self.mix = nn.MultiheadAttention(dim, heads, batch_first=True)

    def forward(self, img, mask=None):
        x = self.cut(img).flatten(2).transpose(1, 2) + self.place
        return self.mix(x, x, x)[0]

if __name__ == '__main__':
    print(PatchNet(48, 8, 32, 4)(torch.rand(5, 3, 48, 48)).shape)
"""

CASES: dict[str, tuple[dict[str, str], str, list[list[int]]]] = {
    "images": ({"net.py": IMAGES}, "ConvNet(num_classes=10)", [[2, 1, 38, 38]]),
    "two inputs": ({"rec.py": TWO_INPUTS}, "Recommender(n_users=50, n_items=50)", [[2, 16], [2, 16]]),
    "parts": (
        {"model.py": PARTS, "train.py": BUILDS_PARTS},
        "Seq2Seq(Encoder(100, 6), Decoder(100, 6), 'cpu')",
        [[2, 16], [2, 16]],
    ),
    "settings": (
        {"mixer.py": SETTINGS},
        "Mixer(config=Namespace(input_size=32, hidden=16, n_layers=2, n_classes=10))",
        [[2, 16, 32]],
    ),
    "a class as an argument": ({"resnet.py": RESIDUAL}, "ResNet(Block, [2, 1])", [[2, 3, 32, 32]]),
    "a script that trains": ({"gpt.py": SCRIPT}, "Language()", [[1, 4]]),
    "a graph": ({"graph.py": GRAPH}, "Graph(nfeat=16, nclass=10)", [[16, 16], [16, 16]]),
    "tried out in its own file": ({"vit.py": PATCHES}, "PatchNet(48, 8, 32, 4)", [[5, 3, 48, 48]]),
}


# One process looks for all of them: torch is slow to import.
SEARCH = """
import importlib, json, sys
package = sys.modules["_repotour_drivers"] = type(sys)("_repotour_drivers")
package.__path__ = [sys.argv[1]]
from _repotour_drivers import model
found = []
for plan in json.load(sys.stdin):
    before, path = set(sys.modules), list(sys.path)
    sys.path[:0] = [plan["root"]]
    importlib.invalidate_caches()
    try:
        found.append(model.search(plan))
    except Exception as error:
        found.append({"error": "%s: %s" % (type(error).__name__, error)})
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(plan["root"]):
            del sys.modules[name]
print(json.dumps(found))
"""


def wanted(root: Path) -> dict[str, Any]:
    """What the driver is told of the repository at `root`."""
    found = survey(root)
    entry = found.entries[0] if found.entries else None
    known = known_of(root, found, entry.file if entry else "", entry.arguments if entry else ())
    plan = seeking(RunPlan(root, "", "driver", ("-c", ""), sys.executable), known, "")
    assert plan.driver is not None
    return {**plan.driver.data, "root": str(root), "texts": {}}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    plans = []
    for files, *_ in CASES.values():
        root = tmp_path_factory.mktemp("repository")
        for name, text in files.items():
            (root / name).write_text(text)
        plans.append(wanted(root))
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, str(DRIVERS)], input=json.dumps(plans), capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_model_is_built_and_applied(case: str, found: dict[str, dict[str, Any]]) -> None:
    _, built, shapes = CASES[case]
    recipe = found[case]
    assert "error" not in recipe, recipe["error"]
    assert recipe["built"] == built
    assert [shape for _, kind, shape, _ in recipe["inputs"] if kind != "none"] == shapes


def test_the_command_imports_what_it_names(found: dict[str, dict[str, Any]]) -> None:
    plan = RunPlan(Path(), "", "driver", ("-c", ""), "python", driver=Driver("model", {"modules": {}, "notebooks": []}))
    assert plan.driver is not None
    plan.driver.data["modules"] = {"model.py": "model"}
    shown = telling(plan, found["parts"]).argv[1]
    assert shown.startswith("import torch; from model import Seq2Seq, Encoder, Decoder; Seq2Seq(Encoder(100, 6)")
    assert (
        telling(plan, found["a script that trains"]).argv[1].startswith("import torch; <definitions of gpt.py>; Lang")
    )


def test_what_an_argument_is_says_where_it_stands(found: dict[str, dict[str, Any]]) -> None:
    labels = {name: why for name, _, why in found["parts"]["labels"]}
    assert labels["encoder.hidden"] == "as at train.py:4"
    assert labels["encoder.vocab_size"] == "made up"
    assert labels["device"] == "the CPU stands for any device"
    assert found["tried out in its own file"]["shape_at"] == "vit.py:18"
    assert found["images"]["shape_at"] == ""


def test_of_a_script_only_what_the_model_reads_is_run(found: dict[str, dict[str, Any]]) -> None:
    recipe = found["a script that trains"]
    assert recipe["partly"] == {"gpt.py": ["Language", [6]]}
    ((name, value, why),) = recipe["labels"]
    assert (name, value) == ("vocab_size", "100")
    assert why.startswith("made up, for its own line failed: NameError")


FLAX = """
from flax import linen as nn

class CNN(nn.Module):
    features: int
    num_classes: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Conv(features=self.features, kernel_size=(3, 3))(x)
        x = nn.Dropout(0.1, deterministic=not train)(x.mean(axis=(1, 2)))
        return nn.Dense(self.num_classes)(x)
"""


def test_a_model_of_flax(tmp_path: Path) -> None:
    pytest.importorskip("flax")
    (tmp_path / "cnn.py").write_text(FLAX)
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, str(DRIVERS)], input=json.dumps([wanted(tmp_path)]), capture_output=True,
        text=True, timeout=200, check=True,
    )  # fmt: skip
    (recipe,) = json.loads(done.stdout.splitlines()[-1])
    assert recipe["built"] == "CNN(features=16, num_classes=10)"
    assert recipe["given"] == [["x", "jnp.ones((2, 32, 32, 1))"], ["train", "False"]]
