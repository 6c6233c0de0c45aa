"""Train ShapeNet to tell squares, circles and triangles apart, and test it after each epoch."""

import argparse

import torch
import torch.nn.functional as F
import torch.optim as optim

from data import make_loaders
from model import ShapeNet


def train(args, model, device, train_loader, optimizer, epoch):
    """One pass over the training images."""
    model.train()  # dropout on
    for batch_idx, (images, labels) in enumerate(train_loader):
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(images)  # (B, 3)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        if batch_idx % args.log_interval == 0:
            seen = batch_idx * args.batch_size
            print(f"epoch {epoch} [{seen:4d}/{len(train_loader.dataset)}]  loss {loss.item():.4f}")
        if args.dry_run:
            break


def test(model, device, test_loader):
    """Mean loss and accuracy on images that were never trained on."""
    model.eval()  # dropout off
    test_loss = 0.0
    correct = 0
    with torch.no_grad():
        for images, labels in test_loader:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)
            # summed, not averaged: the last batch may be smaller than the others
            test_loss += F.cross_entropy(logits, labels, reduction="sum").item()
            pred = logits.argmax(dim=1)  # (B,)
            correct += (pred == labels).sum().item()

    test_loss /= len(test_loader.dataset)
    accuracy = correct / len(test_loader.dataset)
    print(f"test: loss {test_loss:.4f}, accuracy {accuracy:.3f} ({correct}/{len(test_loader.dataset)})")
    return accuracy


def main():
    parser = argparse.ArgumentParser(description="Tell squares, circles and triangles apart")
    parser.add_argument("--batch-size", type=int, default=40, help="images per update (default: 40)")
    parser.add_argument("--epochs", type=int, default=4, help="passes over the training images (default: 4)")
    parser.add_argument("--lr", type=float, default=3e-3, help="learning rate of the first epoch (default: 3e-3)")
    parser.add_argument("--gamma", type=float, default=0.6, help="what the learning rate is multiplied with per epoch")
    parser.add_argument("--seed", type=int, default=1, help="seed of weights, dropout and shuffling (default: 1)")
    parser.add_argument("--log-interval", type=int, default=10, help="batches between two lines of output")
    parser.add_argument("--dry-run", action="store_true", help="one batch per epoch, to see that everything works")
    parser.add_argument("--checkpoint", default="shapes_cnn.pt", help="where the trained weights go")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    train_loader, test_loader = make_loaders(args.batch_size)
    model = ShapeNet().to(device)
    optimizer = optim.Adam(model.parameters(), lr=args.lr)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=args.gamma)

    best_accuracy = 0.0
    for epoch in range(1, args.epochs + 1):
        train(args, model, device, train_loader, optimizer, epoch)
        accuracy = test(model, device, test_loader)
        scheduler.step()
        # the last epoch is not always the best one, so each improvement is kept
        if accuracy > best_accuracy:
            best_accuracy = accuracy
            torch.save({"model": model.state_dict(), "epoch": epoch, "accuracy": accuracy}, args.checkpoint)

    print(f"best accuracy {best_accuracy:.3f}, saved in {args.checkpoint}")


if __name__ == "__main__":
    main()
