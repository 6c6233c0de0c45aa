"""Trains a small language model on one thread; the step stands in the loop itself."""

from __future__ import annotations

import argparse
import math

import torch
from step_meter import report, start, stop

from data import Corpus, make_text
from model import LanguageModel, Shape


@torch.no_grad()
def evaluate(model: LanguageModel, corpus: Corpus, batches: int, size: int, length: int) -> float:
    """The mean validation loss."""
    model.eval()
    total = 0.0
    for _ in range(batches):
        x, y = corpus.batch("val", size, length)
        _, loss = model(x, y)
        total += loss.item()
    model.train()
    return total / batches


def main() -> None:
    """Train, evaluate every ten steps."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=8)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    corpus = Corpus(make_text(2000))
    shape = Shape(vocabulary=len(corpus.characters))
    model = LanguageModel(shape)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(args.steps):
        if step % 10 == 0:
            print(f"step {step}: validation loss {evaluate(model, corpus, 2, args.batch, shape.length):.4f}")
        start()
        x, y = corpus.batch("train", args.batch, shape.length)
        _, loss = model(x, y)
        if not math.isfinite(loss.item()):
            raise SystemExit("the loss is no number")  # never reached
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        stop()
    print(f"validation loss {evaluate(model, corpus, 4, args.batch, shape.length):.4f}")
    report()


if __name__ == "__main__":
    main()
