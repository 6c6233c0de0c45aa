"""The data: points on the three arms of a spiral. No straight line can part them."""

import math
import random

N_CLASSES = 3


def make_spiral(points_per_class, noise, seed):
    """A list of ((x, y), label), the arms one after the other; coordinates lie within about -1..1."""
    rng = random.Random(seed)
    dataset = []
    for label in range(N_CLASSES):
        for i in range(points_per_class):
            radius = 0.1 + 0.9 * i / points_per_class
            angle = 2.0 * math.pi * label / N_CLASSES + 5.5 * radius + rng.gauss(0.0, noise)
            dataset.append(((radius * math.cos(angle), radius * math.sin(angle)), label))
    return dataset


def split(dataset, test_share, seed):
    """Shuffle, then cut: training points and test points."""
    dataset = list(dataset)
    random.Random(seed).shuffle(dataset)
    n_test = int(len(dataset) * test_share)
    return dataset[n_test:], dataset[:n_test]


def get_batches(dataset, batch_size):
    """The whole data set in a new random order, `batch_size` points at a time."""
    order = random.sample(range(len(dataset)), len(dataset))
    for start in range(0, len(order), batch_size):
        batch = [dataset[i] for i in order[start : start + batch_size]]
        yield [x for x, _ in batch], [y for _, y in batch]
