"""Load the trained network, test it on a new spiral, and draw which arm it sees where."""

import argparse

from data import make_spiral
from model import load_checkpoint

MARKS = ".o#"  # one per arm


def predict(model, x):
    """The arm with the largest logit."""
    logits = [logit.data for logit in model.forward(x)]
    return logits.index(max(logits))


def draw(model, width=61, height=25):
    """The square -1..1 as text, each character the arm that the network sees there."""
    for row in range(height):
        y = 1.0 - 2.0 * row / (height - 1)
        print("".join(MARKS[predict(model, (2.0 * col / (width - 1) - 1.0, y))] for col in range(width)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", default="spiral.json")
    args = parser.parse_args()

    model = load_checkpoint(args.weights)
    draw(model)

    # another seed than in train.py: the same arms, but no point that was seen before
    dataset = make_spiral(points_per_class=100, noise=0.15, seed=99)
    correct = sum(predict(model, x) == label for x, label in dataset)
    print(f"accuracy on a new spiral: {correct / len(dataset):.3f} ({correct}/{len(dataset)})")


if __name__ == "__main__":
    main()
