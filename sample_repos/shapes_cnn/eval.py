"""Judge a saved ShapeNet on fresh images: which shapes does it mistake for which?"""

import argparse

import torch
from torch.utils.data import DataLoader

from data import CLASSES, ShapesDataset
from model import ShapeNet


@torch.no_grad()
def confusion_matrix(model, loader):
    """Counts (3, 3): the row is the true class, the column what the model said."""
    counts = torch.zeros(len(CLASSES), len(CLASSES), dtype=torch.long)
    for images, labels in loader:
        pred = model(images).argmax(dim=1)  # (B,)
        for label, guess in zip(labels.tolist(), pred.tolist()):
            counts[label, guess] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description="Judge a saved model")
    parser.add_argument("--checkpoint", default="shapes_cnn.pt")
    parser.add_argument("--size", type=int, default=500, help="how many fresh images (default: 500)")
    args = parser.parse_args()

    checkpoint = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    model = ShapeNet()
    model.load_state_dict(checkpoint["model"])
    model.eval()

    # seed 3: images that played no part in training, nor in choosing the epoch
    loader = DataLoader(ShapesDataset(args.size, seed=3), batch_size=100)
    counts = confusion_matrix(model, loader)

    print(f"weights of epoch {checkpoint['epoch']}, {args.size} fresh images")
    print(" " * 10 + "".join(f"{name:>10}" for name in CLASSES))
    for name, row in zip(CLASSES, counts.tolist()):
        print(f"{name:10}" + "".join(f"{n:10d}" for n in row))
    accuracy = counts.diagonal().sum().item() / counts.sum().item()
    print(f"accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
