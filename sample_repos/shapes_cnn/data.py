"""The data: small grey images of a square, a circle or a triangle, drawn anew from a seed."""

import math

import torch
from torch.utils.data import DataLoader, Dataset

CLASSES = ("square", "circle", "triangle")
IMAGE_SIZE = 24  # pixels


def draw_shape(label, generator):
    """One image (1, 24, 24) with values around 0..1: a filled shape of random place, size and tilt, under noise."""
    center_x, center_y = (10.0 + 4.0 * torch.rand(2, generator=generator)).tolist()
    radius = 6.0 + 3.0 * torch.rand(1, generator=generator).item()
    angle = (torch.rand(1, generator=generator).item() - 0.5) * math.pi / 6

    steps = torch.arange(IMAGE_SIZE, dtype=torch.float32)
    y, x = torch.meshgrid(steps - center_y, steps - center_x, indexing="ij")  # each (24, 24)
    u = x * math.cos(angle) + y * math.sin(angle)  # the same pixels, seen by the tilted shape
    v = y * math.cos(angle) - x * math.sin(angle)

    if CLASSES[label] == "square":
        inside = torch.maximum(u.abs(), v.abs()) < 0.8 * radius
    elif CLASSES[label] == "circle":
        inside = u.square() + v.square() < (0.9 * radius) ** 2
    else:
        inside = (v < 0.6 * radius) & (v > 1.9 * u.abs() - radius)

    brightness = 0.5 + 0.5 * torch.rand(1, generator=generator).item()
    noise = 0.1 * torch.randn(IMAGE_SIZE, IMAGE_SIZE, generator=generator)
    return (brightness * inside.float() + noise).unsqueeze(0)


class ShapesDataset(Dataset):
    """`size` labelled images. The same seed gives the same images, another seed gives others."""

    def __init__(self, size, seed):
        generator = torch.Generator().manual_seed(seed)
        self.labels = torch.randint(len(CLASSES), (size,), generator=generator)
        self.images = torch.stack([draw_shape(label, generator) for label in self.labels.tolist()])  # (N, 1, 24, 24)
        # a network learns faster from inputs with mean 0 and deviation 1
        self.images = (self.images - 0.2) / 0.4

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index], self.labels[index]


def make_loaders(batch_size, train_size=1200, test_size=300):
    """Batches for training, shuffled, and for testing, made from different seeds so that no image is in both."""
    train_loader = DataLoader(ShapesDataset(train_size, seed=1), batch_size=batch_size, shuffle=True)
    test_loader = DataLoader(ShapesDataset(test_size, seed=2), batch_size=100)
    return train_loader, test_loader
