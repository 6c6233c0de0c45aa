"""Data and weights that cannot be downloaded: made up in their shape, as the last way, and labelled where they reach.

The package `torchvision` of these tests has the constructors and attributes of the real one (0.28), whose compiled part
does not load beside every torch; its downloads go to a port on which nobody listens.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from touring import Toured, toured

MakeRepo = Callable[..., Path]
pytestmark = pytest.mark.torch

VISION = """
import os
import pickle
import urllib.request

import numpy as np
import torch


class VisionDataset(torch.utils.data.Dataset):
    def __init__(self, root=None, transforms=None, transform=None, target_transform=None):
        self.root, self.transforms = root, transforms
        self.transform, self.target_transform = transform, target_transform


class CIFAR10(VisionDataset):
    train_list = ["data_batch_1"]

    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError("Dataset not found or corrupted. You can use download=True to download it")
        with open(os.path.join(self.root, "data_batch_1"), "rb") as f:
            entry = pickle.load(f)
        self.data, self.targets = np.asarray(entry["data"], "uint8"), entry["labels"]
        self.classes = ["a", "b"]

    def __getitem__(self, index):
        img, target = self.data[index], self.targets[index]
        return (self.transform(img) if self.transform is not None else img), target

    def __len__(self):
        return len(self.data)

    def _check_integrity(self):
        return os.path.isfile(os.path.join(self.root, "data_batch_1"))

    def download(self):
        if not self._check_integrity():
            urllib.request.urlopen("http://127.0.0.1:9/cifar-10-python.tar.gz")


class MNIST(VisionDataset):
    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            urllib.request.urlopen("http://127.0.0.1:9/train-images-idx3-ubyte.gz")
        raise RuntimeError("Dataset not found. You can use download=True to download it")

    def __getitem__(self, index):
        return self.data[index], int(self.targets[index])

    def __len__(self):
        return len(self.data)


class DatasetFolder(VisionDataset):
    def __init__(self, root, loader, extensions=None, transform=None, target_transform=None, is_valid_file=None):
        super().__init__(root, transform=transform, target_transform=target_transform)
        raise FileNotFoundError(2, "No such file or directory", root)


class ImageFolder(DatasetFolder):
    def __init__(self, root, transform=None, target_transform=None, loader=None, is_valid_file=None):
        super().__init__(root, loader, (".png",), transform=transform, target_transform=target_transform)
        self.imgs = self.samples
"""

TRAIN = """
import torch
from torchvision import datasets


def tensor(img):
    return torch.from_numpy(img).permute(2, 0, 1).float() / 255


class Pairs(datasets.CIFAR10):
    def __getitem__(self, index):
        img, target = self.data[index], self.targets[index]
        return tensor(img), target


def main():
    data = Pairs("data", train=True, download=True)
    SPLIT
    loader = torch.utils.data.DataLoader(data, batch_size=32)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3072, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for images, targets in loader:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
    print("random", torch.rand(1).item(), "loss", loss.item())


torch.manual_seed(0)
main()
"""

WEIGHTS = """
import torch

model = torch.nn.Linear(2, 1)
weights = torch.hub.load_state_dict_from_url("http://127.0.0.1:9/weights.pth")
del weights["head"]
model.load_state_dict(weights["model"], strict=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(2):
    loss = model(torch.ones(4, 2)).pow(2).mean()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
"""


@pytest.fixture
def vision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package `torchvision` that the targets find."""
    folder = tmp_path / "site-packages" / "torchvision"
    (folder / "datasets").mkdir(parents=True)
    (folder / "__init__.py").write_text("from . import datasets\n")
    (folder / "datasets" / "__init__.py").write_text(VISION)
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))


def stages(made: Toured, *, adapted: bool) -> set[str]:
    """The stages of stops that are labelled, or of those that are not."""
    return {stop["stage"] for stop in made.tour["stops"] if bool(stop.get("adapted")) is adapted}


def test_a_known_data_set_is_made_up(make_repo: MakeRepo, vision: None) -> None:
    torch = pytest.importorskip("torch")
    made = toured(make_repo(files={"train.py": TRAIN.replace("SPLIT", "")}))
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    first = made.tour["attempts"][0]
    assert first["outcome"] == "raised"
    assert "--synthetic-data=never" in first["remedy"]
    assert "--synthetic-data=never" in " ".join(made.out.split())
    assert stages(made, adapted=True) >= {"data", "forward", "loss", "backward", "optimizer_step"}
    assert not stages(made, adapted=True) & {"model", "config"}
    label = next(stop["adapted"] for stop in made.tour["stops"] if stop["stage"] == "loss")
    shape = "512 colour pictures of 32 x 32 pixels, 10 classes"
    assert label == [f"the data are made up by RepoTour in the shape of CIFAR10 ({shape})"]
    # The program's own random numbers are those that it would draw without us.
    torch.manual_seed(0)
    torch.nn.Linear(3072, 10)
    iter(torch.utils.data.DataLoader([0]))
    assert f"random {torch.rand(1).item()} " in made.tour["output_tail"]
    assert made.verified().stdout.endswith(" 0 differ\n")
    for stop in made.tour["stops"]:
        stop.pop("adapted", None)
    made.path.write_text(json.dumps(made.tour))
    assert "what the trace does not show" in made.verified().stdout


def test_a_program_that_relies_on_the_number_of_items(make_repo: MakeRepo, vision: None) -> None:
    split = "data = torch.utils.data.Subset(data, range(45000, 46000))"
    made = toured(make_repo(files={"train.py": TRAIN.replace("SPLIT", split)}))
    assert made.tour["outcome"]["kind"] in ("finished", "limit"), made.tour["outcome"]
    assert [row["outcome"] for row in made.tour["attempts"]][:2] == ["raised", "raised"]
    assert "as many items were made up" in made.tour["attempts"][1]["remedy"]
    assert any("50000 colour pictures" in text for text in made.labels)


def test_never_is_never(make_repo: MakeRepo, vision: None) -> None:
    made = toured(make_repo(files={"train.py": TRAIN.replace("SPLIT", "")}), "--synthetic-data", "never")
    assert made.tour["outcome"]["kind"] == "raised"
    assert "URLError" in made.tour["outcome"]["detail"]
    assert not stages(made, adapted=True)


def test_always_is_at_once(make_repo: MakeRepo, vision: None) -> None:
    files = {"train.py": TRAIN.replace("SPLIT", "")}
    made = toured(make_repo(files=files), "--synthetic-data", "always", "--", "train.py")
    assert made.tour["outcome"]["kind"] == "finished"
    assert len(made.tour["attempts"]) == 1
    assert "loss" in stages(made, adapted=True)


def test_data_that_are_there_are_used(make_repo: MakeRepo, vision: None) -> None:
    prepare = (
        "import os, pickle\nos.makedirs('data', exist_ok=True)\n"
        "rows = [[[[7] * 3] * 32] * 32] * 64\n"
        "pickle.dump({'data': rows, 'labels': [0, 1] * 32}, open('data/data_batch_1', 'wb'))\n"
    )
    repo = make_repo(files={"train.py": TRAIN.replace("SPLIT", ""), "prepare.py": prepare})
    made = toured(repo, "--synthetic-data", "always", "--before", "python prepare.py", "--", "train.py")
    assert made.tour["outcome"]["kind"] == "finished"
    assert not stages(made, adapted=True)


def test_weights_that_cannot_be_downloaded(make_repo: MakeRepo) -> None:
    made = toured(make_repo(files={"train.py": WEIGHTS}))
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert made.labels == {"the pretrained weights are left out by RepoTour: the model begins with random ones"}
    assert made.verified().stdout.endswith(" 0 differ\n")


def test_a_download_of_the_program_itself_is_told(make_repo: MakeRepo) -> None:
    fetch = "import urllib.request\nimport torch\n\nurllib.request.urlopen('http://127.0.0.1:9/x.csv')\n"
    made = toured(make_repo(files={"train.py": fetch}))
    assert [row["outcome"] for row in made.tour["attempts"]] == ["raised"]
    (need,) = made.tour["needs"]
    assert need["form"].startswith("the data could not be had (URLError")
    assert (need["location"]["file"], need["location"]["line"]) == ("train.py", 4)
    assert "What is missing: the data could not be had" in " ".join(made.out.split())
