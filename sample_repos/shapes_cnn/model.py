"""The model: two convolutions that find edges and corners, two linear layers that decide."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class ShapeNet(nn.Module):
    """Images (B, 1, 24, 24) to logits (B, 3)."""

    def __init__(self, num_classes=3):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(8, 16, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(0.2)
        self.fc1 = nn.Linear(16 * 6 * 6, 32)
        self.fc2 = nn.Linear(32, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  # (B, 8, 12, 12)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # (B, 16, 6, 6)
        x = torch.flatten(x, start_dim=1)  # (B, 576)
        x = self.dropout(F.relu(self.fc1(x)))  # (B, 32)
        return self.fc2(x)
