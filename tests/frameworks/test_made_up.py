"""Data sets and weights of real libraries that cannot be downloaded: made up in their shape, and told where.

Nothing is reached: what would be downloaded goes to a port on which nobody listens.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import Attempts, attempts_of

from tests.frameworks.test_programs import PYTHON
from tests.truth import ROOT
from tracer import synthetic
from tracer.plan import Shim

MakeRepo = Callable[..., Path]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the frameworks; `make test` builds it"),
]
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


def run(make_repo: MakeRepo, source: str, package: str, **environment: str) -> Attempts:
    """A program that runs with the shims that make up data for a package; it must come to its end."""
    shims = tuple(Shim(name) for name in synthetic.SHIMS[package])
    given = {"environment": {**NOWHERE, "HOME": ".", **environment}, "limits": {"seconds": 120, "iterations": 50}}
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", python=str(PYTHON), shims=shims, **given)
    assert done.ending[0] == "finished", done.last.err
    return done


def rows(done: Attempts) -> dict[str, object]:
    """What the program printed: a name and a literal a line, behind `=`."""
    found = [line.partition("= ") for line in done.last.out.splitlines()]
    return {name: ast.literal_eval(value) for name, mark, value in found if mark}


SKLEARN = """
from sklearn.datasets import fetch_20newsgroups, fetch_california_housing, fetch_covtype, fetch_openml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

X, y = fetch_openml("mnist_784", version=1, return_X_y=True, as_frame=False)
print("mnist=", (X.shape, str(X.dtype), y.shape, y[0] in "0123456789", bool(X.max() <= 255)))
model = LogisticRegression(max_iter=20).fit(X[:200] / 255, y[:200])
print("learned=", bool(model.score(X[200:400] / 255, y[200:400]) > 0.5))
titanic = fetch_openml("titanic", version=1)
print("titanic=", (titanic.data.shape[1], sorted(titanic.data["sex"].unique()), str(titanic.target.dtype)))
train = fetch_20newsgroups(subset="train", categories=["sci.space", "rec.autos"], remove=("headers",))
words = TfidfVectorizer()
model = LogisticRegression().fit(words.fit_transform(train.data), train.target)
test = fetch_20newsgroups(subset="test", categories=["sci.space", "rec.autos"])
print("news=", (bool(model.score(words.transform(test.data), test.target) > 0.8), list(train.target_names)))
housing = fetch_california_housing(as_frame=True)
print("housing=", (housing.frame.shape[1], list(housing.data.columns)[:2], str(housing.target.name)))
print("fitted=", bool(Ridge().fit(housing.data, housing.target).score(housing.data, housing.target) > 0.5))
print("cover=", fetch_covtype(as_frame=True).frame.shape[1])
"""


def test_what_scikit_learn_fetches(make_repo: MakeRepo) -> None:
    done = run(make_repo, SKLEARN, "sklearn")
    assert rows(done) == {
        "mnist": ((512, 784), "float64", (512,), True, True),
        "learned": True,
        "titanic": (13, ["female", "male"], "category"),
        "news": (True, ["sci.space", "rec.autos"]),
        "housing": (9, ["MedInc", "HouseAge"], "MedHouseVal"),
        "fitted": True,
        "cover": 55,
    }
    said = "the data are made up by RepoTour in the shape of mnist_784 (512 items) (at train.py:6)"
    assert f"{said}: fetch_openml could not download them (URLError)" in done.told


SAVED = """
from sklearn.datasets import fetch_california_housing
import joblib, numpy

joblib.dump(numpy.ones((30, 9)), "cal_housing_py3.pkz")
print("housing=", fetch_california_housing(data_home=".").data.shape)
"""


def test_what_was_fetched_before_is_used(make_repo: MakeRepo) -> None:
    done = run(make_repo, SAVED, "sklearn")
    assert rows(done) == {"housing": (30, 8)}
    assert done.told == ""


KERAS = """
import keras

for name in ("mnist", "cifar10", "cifar100", "imdb", "boston_housing"):
    (x, y), (tx, ty) = getattr(keras.datasets, name).load_data()
    print(name + "=", (x.shape[1:], str(x.dtype), y.shape[1:], str(y.dtype), len(x) == len(y), len(tx) == len(ty)))
(x, y), _ = keras.datasets.imdb.load_data(num_words=1000)
print("padded=", (keras.utils.pad_sequences(x, maxlen=50).shape[1], max(map(max, x)) < 1004))
print("words=", len(keras.datasets.imdb.get_word_index()) > 100)
model = keras.applications.MobileNetV2(weights="imagenet", include_top=False, input_shape=(32, 32, 3), alpha=0.35)
print("model=", model.output_shape[-1])
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_what_keras_downloads(backend: str, make_repo: MakeRepo) -> None:
    source = KERAS if backend == "jax" else KERAS.partition("model = ")[0]
    done = run(make_repo, source, "keras", KERAS_BACKEND=backend)
    found = rows(done)
    assert found.pop("model", 1280) == 1280
    assert found == {
        "mnist": ((28, 28), "uint8", (), "uint8", True, True),
        "cifar10": ((32, 32, 3), "uint8", (1,), "uint8", True, True),
        "cifar100": ((32, 32, 3), "uint8", (1,), "int64", True, True),
        "imdb": ((), "object", (), "int64", True, True),
        "boston_housing": ((13,), "float64", (), "float64", True, True),
        "padded": (50, True),
        "words": True,
    }
    assert "the data are made up by RepoTour in the shape of mnist (512 items) (at train.py:5)" in done.told
    if backend == "jax":
        assert "the pretrained weights are left out by RepoTour: the model begins with random ones" in done.told


GRAPHS = """
import torch_geometric.transforms as T
from torch_geometric.datasets import Planetoid, TUDataset
from torch_geometric.loader import DataLoader

cora = Planetoid("data", "Cora", transform=T.NormalizeFeatures())
graph = cora[0]
print("cora=", (len(cora), cora.num_features, cora.num_classes, tuple(graph.x.shape), tuple(graph.edge_index.shape)))
print("masks=", (int(graph.train_mask.sum()), int(graph.val_mask.sum()), int(graph.test_mask.sum())))
print("plain=", (graph.is_undirected(), graph.has_self_loops()))
mutag = TUDataset("data", "MUTAG").shuffle()
print("mutag=", (len(mutag), mutag.num_features, mutag.num_classes))
for batch in DataLoader(mutag[:64], batch_size=32):
    print("batch=", (batch.num_graphs, batch.x.shape[1], tuple(batch.y.shape)))
"""


def test_what_torch_geometric_downloads(make_repo: MakeRepo) -> None:
    done = run(make_repo, GRAPHS, "torch_geometric")
    assert rows(done) == {
        "cora": (1, 1433, 7, (2708, 1433), (2, 10556)),
        "masks": (140, 500, 1000),
        "plain": (True, False),
        "mutag": (188, 7, 2),
        "batch": (32, 7, (32,)),
    }
    assert "in the shape of MUTAG (188 graphs, 2 classes) (at train.py:11)" in done.told


MODELS = """
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
from transformers import BertTokenizer, GPT2LMHeadModel, GPT2Tokenizer, RobertaForSequenceClassification

tokenizer = GPT2Tokenizer.from_pretrained("gpt2")
tokenizer.pad_token = tokenizer.eos_token
model = GPT2LMHeadModel.from_pretrained("gpt2")
model.resize_token_embeddings(len(tokenizer))
batch = tokenizer(["hello", "hello world"], padding=True, return_tensors="pt")
print("gpt2=", (tokenizer.decode(batch["input_ids"][1]), model.num_parameters() < 200_000, model.training))
print("loss=", bool(model(**batch, labels=batch["input_ids"]).loss > 0))
for name, cls in (("facebook/opt-125m", AutoModelForCausalLM), ("google/flan-t5-small", AutoModelForSeq2SeqLM)):
    tokenizer, model = AutoTokenizer.from_pretrained(name), cls.from_pretrained(name)
    batch = tokenizer("hello world", return_tensors="pt")
    output = model(**batch, labels=batch["input_ids"])
    print(name + "=", (type(model).__name__, output.logits.shape[-1]))
print("roberta=", (AutoConfig.from_pretrained("roberta-base", num_labels=7).num_labels,
                   RobertaForSequenceClassification.from_pretrained("roberta-base", num_labels=3).num_labels))
print("bert=", BertTokenizer.from_pretrained("bert-base-cased")("ab")["input_ids"])
try:
    AutoConfig.from_pretrained("./checkpoints/mine")
except OSError:
    print("own= True")
"""


def test_models_that_transformers_would_download(make_repo: MakeRepo) -> None:
    done = run(make_repo, MODELS, "transformers", HF_HUB_OFFLINE="1")
    bert = rows(done).pop("bert")
    assert rows(done) == {
        "gpt2": ("hello world", True, False),
        "loss": True,
        "facebook/opt-125m": ("OPTForCausalLM", 512),
        "google/flan-t5-small": ("T5ForConditionalGeneration", 512),
        "roberta": (7, 3),
        "bert": bert,
        "own": True,
    }
    assert isinstance(bert, list)
    assert (bert[0], bert[-1], len(bert)) == (2, 3, 4)
    said = "the model gpt2 is made up by RepoTour: a small one of its kind (gpt2) with random weights (at train.py:8)"
    assert said in done.told


FINE_TUNE = """
import torch
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer

train = load_dataset("stanfordnlp/imdb", split="train[:50%]")
tokenizer = AutoTokenizer.from_pretrained("distilbert-base-uncased")
train = train.map(lambda row: tokenizer(row["text"], truncation=True, max_length=32, padding="max_length"))
train.set_format("torch", columns=["input_ids", "attention_mask", "label"])
model = AutoModelForSequenceClassification.from_pretrained("distilbert-base-uncased", num_labels=2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for batch in torch.utils.data.DataLoader(train, batch_size=16):
    output = model(batch["input_ids"], attention_mask=batch["attention_mask"], labels=batch["label"])
    loss = output.loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
model.save_pretrained("out")
"""


def test_a_tour_of_fine_tuning_what_cannot_be_downloaded(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": FINE_TUNE})
    words = ["run", str(repo), "--python", str(PYTHON), "--no-install", "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "repotour", *words],
        cwd=ROOT,
        env={**os.environ, **NOWHERE, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (tmp_path / "out").glob("*.tour.json")
    tour = json.loads(path.read_text("utf-8"))
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert [row["outcome"] for row in tour["attempts"]] == ["raised", "finished"]
    assert "small models of the same kind" in tour["attempts"][0]["remedy"]
    labels = {stop["stage"]: " ".join(stop.get("adapted", ())) for stop in tour["stops"]}
    for stage in ("data", "model", "forward", "loss", "backward", "optimizer_step", "checkpoint"):
        assert "made up by RepoTour" in labels[stage], (stage, labels)
    assert "the data are made up by RepoTour in the form of imdb (256 rows)" in labels["loss"]
    assert "the model distilbert-base-uncased is made up" in labels["model"]
