"""The data: ten digits from a 5 x 7 pixel font, moved about on a 12 x 12 grid and covered with noise."""

import numpy as np

SIZE = 12

FONT = """
.###.  ..#..  .###.  ####.  ...#.  #####  .###.  #####  .###.  .###.
#...#  .##..  #...#  ....#  ..##.  #....  #....  ....#  #...#  #...#
#..##  ..#..  ....#  ....#  .#.#.  ####.  #....  ...#.  #...#  #...#
#.#.#  ..#..  ..##.  .###.  #..#.  ....#  ####.  ..#..  .###.  .####
##..#  ..#..  .#...  ....#  #####  ....#  #...#  ..#..  #...#  ....#
#...#  ..#..  #....  ....#  ...#.  #...#  #...#  ..#..  #...#  ....#
.###.  .###.  #####  ####.  ...#.  .###.  .###.  ..#..  .###.  .###.
"""


def read_font():
    """The ten glyphs, 0..9, as arrays (10, 7, 5) of zeros and ones."""
    rows = [line.split() for line in FONT.split("\n") if line]
    return np.array([[[char == "#" for char in row[digit]] for row in rows] for digit in range(10)], dtype=np.float64)


def make_digits(size, noise, rng):
    """Images (N, 144), shifted and scaled to mean 0 and deviation 1, and labels (N,)."""
    glyphs = read_font()
    labels = rng.integers(0, 10, size)
    images = rng.normal(0.0, noise, (size, SIZE, SIZE))
    for image, label in zip(images, labels):
        # near the middle, but never quite where it was before: the network has to learn shapes, not pixels
        top, left = rng.integers(1, 5), rng.integers(2, 6)
        image[top : top + 7, left : left + 5] += glyphs[label]
    images = (images - images.mean()) / images.std()
    return images.reshape(size, SIZE * SIZE), labels


def iterate_batches(images, labels, batch_size, rng):
    """All images in random order, a batch at a time."""
    order = rng.permutation(len(images))
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield images[chosen], labels[chosen]
