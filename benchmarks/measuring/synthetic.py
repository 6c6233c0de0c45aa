"""Writes a large repository that looks like a grown machine-learning project; the same for the same seed.

Per hundred files: models, layers, data sets, trainers, metrics, scripts and tests, in packages of twenty. A file has
about 10 kB: imports of its neighbours, classes with docstrings, functions with branches, loops and comprehensions.
"""

from __future__ import annotations

import random
from pathlib import Path

TARGET_BYTES = 10_000
PER_PACKAGE = 20
KINDS = ("models", "layers", "data", "training", "metrics", "configs", "tools", "tests")
NOUNS = (
    "encoder decoder block head batch sampler loader schedule token mask field score anchor buffer cache window".split()
)
VERBS = "load merge split scale crop encode decode resolve gather collect align pad shift mix rank filter".split()
TYPES = ("int", "float", "str", "torch.Tensor", "list[int]", "dict[str, float]", "np.ndarray")

MODEL = '''
class {title}(nn.Module):
    """{sentence}

    Args:
        width: size of the hidden state.
        depth: how many blocks follow each other.
    """

    def __init__(self, width: int = {number}, depth: int = {small}, dropout: float = 0.1) -> None:
        super().__init__()
        self.width = width
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """{sentence}"""
        for number, block in enumerate(self.blocks):
            update = torch.relu(block(self.norm(x)))
            if mask is not None and number % 2 == 0:
                update = update.masked_fill(mask, 0.0)
            x = x + self.dropout(update)
        return x
'''

DATASET = '''
class {title}Dataset(Dataset):
    """{sentence}"""

    def __init__(self, root: str, split: str = "train", transform=None) -> None:
        self.root = os.path.join(root, split)
        self.transform = transform
        self.items = sorted(name for name in os.listdir(self.root) if name.endswith(".npy"))

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        array = np.load(os.path.join(self.root, self.items[index]))
        if self.transform is not None:
            array = self.transform(array)
        return torch.from_numpy(array), index % {number}
'''

FUNCTION = '''
def {verb}_{noun}_{serial}(values: {kind}, *, limit: int = {number}, strict: bool = False) -> {other}:
    """{sentence}"""
    found = []
    for index, value in enumerate(values):
        if index >= limit:
            if strict:
                raise ValueError(f"more than {{limit}} values in {noun}")
            break
        scaled = (value - {small}.{number}) / ({number} + abs(value))
        found.append({{"index": index, "{noun}": scaled, "seen": scaled > 0.{small}}})
    total = sum(item["{noun}"] for item in found if item["seen"])
    logger.debug("{verb} %d of %d: %.3f", len(found), limit, total)
    try:
        return max(found, key=lambda item: (item["seen"], item["{noun}"]))["index"] if found else None
    except (KeyError, TypeError) as error:
        logger.warning("{noun}: %s", error)
        return None
'''

TRAINING = '''
def train_{noun}_{serial}(model, loader, optimizer, epochs: int = {small}, device: str = "cpu") -> float:
    """{sentence}"""
    best = float("inf")
    for epoch in range(epochs):
        model.train()
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        score = evaluate_{noun}_{serial}(model, loader)
        if score < best:
            best = score
            torch.save(model.state_dict(), f"{noun}-{{epoch}}.pt")
    return best


@torch.no_grad()
def evaluate_{noun}_{serial}(model, loader) -> float:
    """{sentence}"""
    model.eval()
    losses = [nn.functional.cross_entropy(model(x), y).item() for x, y in loader]
    return sum(losses) / max(1, len(losses))
'''

TESTING = """
def test_{verb}_{noun}_{serial}() -> None:
    values = [{numbers}]
    expected = sorted(value * {small} for value in values if value % 3)
    assert [value * {small} for value in sorted(values) if value % 3] == expected
    assert len(expected) <= {number}
"""

SCRIPT = '''
def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="{sentence}")
    parser.add_argument("--data", default="data/{noun}")
    parser.add_argument("--epochs", type=int, default={small})
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--batch-size", type=int, default={number})
    return parser.parse_args()


def main() -> None:
    """{sentence}"""
    args = parse_args()
    model = nn.Sequential(nn.Linear({number}, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
    loader = DataLoader(TensorDataset(torch.randn(64, {number}), torch.randint(10, (64,))), args.batch_size)
    for epoch in range(args.epochs):
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


if __name__ == "__main__":
    main()
'''

HEAD = '''"""{sentence}"""

from __future__ import annotations

import argparse
import logging
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

{neighbours}
logger = logging.getLogger(__name__)
{upper}_SIZE = {number}
'''

SHAPES = {
    "models": (MODEL, FUNCTION),
    "layers": (MODEL, MODEL, FUNCTION),
    "data": (DATASET, FUNCTION),
    "training": (TRAINING, FUNCTION),
    "metrics": (FUNCTION,),
    "configs": (FUNCTION,),
    "tools": (FUNCTION,),
    "tests": (TESTING,),
}


def generate(folder: Path, files: int, seed: int = 7) -> int:
    """Write `files` Python files into `folder`; gives their size in bytes."""
    source = random.Random(seed)
    modules: list[str] = []
    total = 0
    for number in range(files):
        kind = KINDS[number // PER_PACKAGE % len(KINDS)]
        package = f"project/{kind}{number // (PER_PACKAGE * len(KINDS))}"
        if number % 250 == 249:
            path, text = (
                f"train_{number}.py",
                _file(source, number, (FUNCTION,), modules) + _piece(SCRIPT, source, number),
            )
        elif number % PER_PACKAGE == 0:
            path, text = f"{package}/__init__.py", _file(source, number, SHAPES[kind], [])
        else:
            path, text = f"{package}/{source.choice(NOUNS)}_{number}.py", _file(source, number, SHAPES[kind], modules)
            modules.append(path.removesuffix(".py").replace("/", "."))
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        total += len(text.encode())
    (folder / "README.md").write_text("# Synthetic\n\n    python train_249.py --epochs 3\n", encoding="utf-8")
    return total


def _file(source: random.Random, number: int, shapes: tuple[str, ...], modules: list[str]) -> str:
    """One module of about ten kilobytes."""
    chosen = source.sample(modules, min(3, len(modules)))
    neighbours = "".join(f"from {name} import logger as logger_{place}\n" for place, name in enumerate(chosen))
    parts = [_piece(HEAD, source, number, neighbours)]
    size = len(parts[0])
    serial = number * 1000
    while size < TARGET_BYTES:
        parts.append(_piece(source.choice(shapes), source, serial))
        size += len(parts[-1])
        serial += 1
    return "\n".join(parts)


def _piece(shape: str, source: random.Random, serial: int, neighbours: str = "") -> str:
    """A template with its blanks filled."""
    verb, noun = source.choice(VERBS), source.choice(NOUNS)
    return shape.format(
        title=f"{verb.title()}{noun.title()}{serial}",
        sentence=f"{verb.title()} each {noun} before the {source.choice(NOUNS)} is needed.",
        verb=verb,
        noun=noun,
        upper=noun.upper(),
        serial=serial,
        kind=source.choice(TYPES),
        other=source.choice(TYPES),
        number=source.randint(8, 512),
        small=source.randint(2, 9),
        numbers=", ".join(str(source.randint(0, 999)) for _ in range(12)),
        neighbours=neighbours,
    )
