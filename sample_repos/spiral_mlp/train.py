"""Teach a small network which arm of a spiral a point belongs to. Only the standard library is used."""

import argparse
import random
import time

from autograd import cross_entropy, mean
from data import N_CLASSES, get_batches, make_spiral, split
from model import MLP, SGD, save_checkpoint


def evaluate(model, dataset):
    """The share of points for which the largest logit is the right one."""
    correct = 0
    for x, label in dataset:
        logits = [logit.data for logit in model.forward(x)]
        correct += logits.index(max(logits)) == label
    return correct / len(dataset)


def train_epoch(model, optimizer, train_set, batch_size, max_iters, iteration):
    """One pass over the points, or what is left of `max_iters`; gives the mean loss and the new iteration count."""
    losses = []
    for xs, ys in get_batches(train_set, batch_size):
        if iteration == max_iters:
            break
        logits = [model.forward(x) for x in xs]  # batch_size lists of 3
        loss = mean([cross_entropy(out, y) for out, y in zip(logits, ys)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
        iteration += 1
    return sum(losses) / max(1, len(losses)), iteration


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, nargs="+", default=[16, 16], help="neurons per hidden layer")
    parser.add_argument("--lr", type=float, default=0.15, help="learning rate at the start")
    parser.add_argument("--batch-size", type=int, default=15)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--max-iters", type=int, default=-1, help="stop after so many updates (default: never)")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--out", default="spiral.json", help="where the weights go")
    return parser.parse_args()


def main():
    args = parse_args()
    random.seed(args.seed)
    started = time.time()

    dataset = make_spiral(points_per_class=100, noise=0.15, seed=args.seed)
    train_set, test_set = split(dataset, test_share=0.2, seed=args.seed)
    model = MLP([2, *args.hidden, N_CLASSES])
    optimizer = SGD(model.parameters(), lr=args.lr)
    print(f"{len(train_set)} points to train on, {len(test_set)} to test on, {len(model.parameters())} parameters")

    iteration = 0
    for epoch in range(1, args.epochs + 1):
        # a learning rate that falls to a tenth: bold at first, careful at the end
        optimizer.lr = args.lr * (1.0 - 0.9 * (epoch - 1) / args.epochs)
        loss, iteration = train_epoch(model, optimizer, train_set, args.batch_size, args.max_iters, iteration)
        if epoch % 10 == 0 or iteration == args.max_iters:
            print(f"epoch {epoch:3d}  loss {loss:.4f}  test accuracy {evaluate(model, test_set):.3f}")
        if iteration == args.max_iters:
            break

    save_checkpoint(model, args.out)
    print(f"saved {args.out} after {iteration} updates and {time.time() - started:.1f} seconds")


if __name__ == "__main__":
    main()
