"""One truth table for each detector: the lines that carry a mark, and no others, are sightings of the stage."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tracer.survey import scopes
from tracer.survey.detectors import all_detectors
from tracer.survey.program import SourceFile

MARK = "#!"

TRUTH = {
    "config": """
        import argparse, sys, yaml, json, hydra
        ALPHA = 1  #!
        BETA = 0.5
        names = ["a", "b"]
        def main():
            parser = argparse.ArgumentParser()  #!
            args = parser.parse_args()  #!
            config = yaml.safe_load(open(args.config))  #!
            rows = json.load(open("rows.json"))  #!
            mode = sys.argv[1]  #!
            exec(open("configurator.py").read())  #!
            model.fit(rows)
        @hydra.main(config_name="x")
        def start(cfg):  #!
            pass
    """,
    "data": """
        import numpy as np
        import torch
        from torch.utils.data import DataLoader, Dataset
        from torchvision import datasets, transforms
        class Words(Dataset):  #!
            def __getitem__(self, i):  #!
                return i
            def name(self):
                return "x"
        def get_batch(split):  #!
            raw = np.memmap("x.bin")  #!
            return raw
        def compute(x):
            return np.sum(x)
        pipeline = transforms.Compose([])  #!
        train = datasets.MNIST(".")  #!
        loader = DataLoader(train)  #!
    """,
    "model": """
        import torch
        import torch.nn as nn
        import collections
        class Layer(nn.Module):  #!
            pass
        class Net(nn.Module):  #!
            def __init__(self):
                self.layer = Layer()
                self.fc = nn.Linear(1, 1)
        class Counter:
            pass
        def build_model():  #!
            return Net()  #!
        counts = collections.Counter()
        net = Net()  #!
        opt = torch.optim.Adam(net.parameters())  #!
    """,
    "train_loop": """
        import torch
        opt = torch.optim.SGD([], lr=1)
        env = make_env()
        def one_epoch(loader):
            for x in loader:  #!
                loss = f(x)
                loss.backward()
                opt.step()
        def main():
            for epoch in range(3):  #!
                one_epoch(epoch)
            for name in names:
                print(name)
            while True:
                env.step(1)
        import lightgbm as lgb
        booster = lgb.train({}, None)  #!
        trainer.fit(model)  #!
        scaler = StandardScaler()
    """,
    "forward": """
        import torch
        import torch.nn as nn
        class Block(nn.Module):
            def forward(self, x):  #!
                return x
        class Net(nn.Module):
            def __init__(self):
                self.actor = Block()
            def act(self, x):  #!
                return self.actor(x)  #!
            def reset(self, x):
                return x
        class Other:
            def call_me(self, x):
                return x
        net = Net()
        def train(batch):
            out = net(batch)  #!
            more = net.act(batch)  #!
            net.train()
            out.backward()
    """,
    "loss": """
        import torch
        import torch.nn.functional as F
        criterion = torch.nn.MSELoss()
        def train(model, x, y):
            out = model(x)
            loss = criterion(out, y)  #!
            loss = loss + 0.1 * out.norm()  #!
            total = 0
            loss.backward()
        def test(model, x, y):
            return F.cross_entropy(model(x), y)  #!
        def focal_loss(a, b):  #!
            return a - b
        def log_loss_to_file(x):
            pass
    """,
    "backward": """
        import jax, torch
        class Op(torch.autograd.Function):
            pass
        def step(loss, scaler, accelerator, x):
            loss.backward()  #!
            scaler.scale(loss).backward()  #!
            accelerator.backward(loss)  #!
            torch.autograd.grad(loss, x)  #!
            go_backward(x)
        gradients = jax.value_and_grad(step)  #!
        def backprop(self, delta):  #!
            return delta
        class Layer:
            def run(self):
                super().backward()
    """,
    "optimizer_step": """
        import torch, optax
        import gymnasium as gym
        class Trainer:
            def __init__(self, model):
                self.opt = torch.optim.Adam(model.parameters())
                self.schedule = torch.optim.lr_scheduler.StepLR(self.opt, 1)
                self.world = gym.make("CartPole-v1")
            def run(self, scaler, optimizer, env, lr, grad, w, p):
                self.opt.step()  #!
                self.schedule.step()
                self.world.step(0)
                env.step(0)
                optimizer.step()  #!
                optimizer.zero_grad()
                scaler.step(optimizer)  #!
                scaler.update()
                w -= lr * grad  #!
                w = w - lr * grad  #!
                p.data.add_(p.grad, alpha=-lr)  #!
                w -= 1
        params = optax.apply_updates(params, updates)  #!
    """,
    "evaluation": """
        import torch
        from sklearn.metrics import f1_score
        def evaluate(model, loader):  #!
            model.eval()  #!
            with torch.no_grad():  #!
                return f1_score([], [])  #!
        def accuracy(a, b):  #!
            return (a == b).mean()
        def train(model):
            model.train()
            loss.backward()
        def main(trainer: object):
            trainer.test()  #!
            value = evaluate(None, None)  #!
    """,
    "checkpoint": """
        import torch, joblib, json
        def save_checkpoint(model, path):  #!
            torch.save(model.state_dict(), path)  #!
        def load(model):
            model.load_state_dict(torch.load("x.pt"))  #!
            joblib.dump(model, "x")  #!
            first, second = joblib.load("rows.pkl")
            classifier = joblib.load("fitted.pkl")  #!
            json.dump({}, open("r.json", "w"))  #!
            image.save("x.png")
    """,
    "rollout": """
        import gymnasium as gym
        world = gym.make("CartPole-v1")
        def play(env, optimizer, tree):
            state = world.reset()  #!
            world.step(1)  #!
            env.step(2)  #!
            optimizer.step()
            tree.reset()
            world.close()
    """,
}


def opened(text: str) -> SourceFile:
    body = textwrap.dedent(text).strip("\n")
    tree = ast.parse(body)
    return SourceFile("a.py", body, tree, scopes.resolve_names(tree, body))


def marked(source: SourceFile) -> set[int]:
    return {number for number, line in enumerate(source.lines, 1) if line.rstrip().endswith(MARK)}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_the_marked_lines_and_no_others(name: str) -> None:
    source = opened(TRUTH[name])
    detector = next(item for item in all_detectors() if item.stage.value == name)
    found = {sighting.location.line for sighting in detector.detect(source)}
    assert {source.lines[line - 1] for line in found} == {source.lines[line - 1] for line in marked(source)}


def test_every_detector_has_a_truth_table() -> None:
    assert {detector.stage.value for detector in all_detectors()} == set(TRUTH)


def test_sightings_name_their_function_and_show_their_line() -> None:
    source = opened(TRUTH["optimizer_step"])
    detector = next(item for item in all_detectors() if item.stage.value == "optimizer_step")
    first = min(detector.detect(source), key=lambda sighting: sighting.location.line)
    assert first.location.qualname == "Trainer.run"
    assert first.evidence.startswith("self.opt.step()")
    assert first.detector == "optimizer_step"


def test_a_known_optimizer_is_surer_than_a_name() -> None:
    source = opened(TRUTH["optimizer_step"])
    detector = next(item for item in all_detectors() if item.stage.value == "optimizer_step")
    by_text = {sighting.evidence.split("  ")[0]: sighting.confidence for sighting in detector.detect(source)}
    assert by_text["self.opt.step()"] > by_text["optimizer.step()"] > by_text["w -= lr * grad"]
