"""A plain loop with accelerate: gradient accumulation, gathered metrics, state saving."""

import argparse

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def get_dataloaders(batch_size):
    points = torch.randn(640, 8)
    target = (points[:, 0] * points[:, 1] > 0).long()
    train = TensorDataset(points[:512], target[:512])
    evaluation = TensorDataset(points[512:], target[512:])
    return DataLoader(train, batch_size=batch_size, shuffle=True), DataLoader(evaluation, batch_size=batch_size)


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, hidden), nn.Tanh(), nn.Linear(hidden, 2))

    def forward(self, x):
        return self.layers(x)


def training_function(config, args):
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    set_seed(config["seed"])
    train_loader, eval_loader = get_dataloaders(config["batch_size"])
    model = Net(config["hidden"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=config["lr"])
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=100)
    model, optimizer, train_loader, eval_loader, scheduler = accelerator.prepare(
        model, optimizer, train_loader, eval_loader, scheduler
    )
    for epoch in range(config["num_epochs"]):
        model.train()
        for x, y in train_loader:
            with accelerator.accumulate(model):
                loss = nn.functional.cross_entropy(model(x), y)
                accelerator.backward(loss)
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
        model.eval()
        correct = 0
        total = 0
        for x, y in eval_loader:
            with torch.no_grad():
                predictions = model(x).argmax(dim=-1)
            predictions, y = accelerator.gather_for_metrics((predictions, y))
            correct += (predictions == y).sum().item()
            total += len(y)
        accuracy = correct / total
        accelerator.print(f"epoch {epoch}: accuracy {accuracy:.3f}")
        accelerator.save_state(args.output_dir)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output-dir", default="state")
    args = parser.parse_args()
    config = {"lr": 3e-3, "num_epochs": 40, "seed": 42, "batch_size": 16, "hidden": 32}
    training_function(config, args)


if __name__ == "__main__":
    main()
