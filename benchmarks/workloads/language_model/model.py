"""A decoder-only transformer over characters."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass
class Shape:
    """The sizes of the model."""

    vocabulary: int
    length: int = 64
    layers: int = 4
    heads: int = 4
    width: int = 64


class Attention(nn.Module):
    """Causal self-attention."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.joint = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, width) to the same shape."""
        batch, time, width = x.shape
        query, key, value = self.joint(x).split(width, dim=2)
        query = query.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        key = key.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        value = value.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        mixed = mixed.transpose(1, 2).contiguous().view(batch, time, width)
        return self.out(mixed)


class Block(nn.Module):
    """Attention and a small network, each added to what comes in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.before = nn.LayerNorm(shape.width)
        self.attention = Attention(shape)
        self.between = nn.LayerNorm(shape.width)
        self.wide = nn.Linear(shape.width, 4 * shape.width)
        self.narrow = nn.Linear(4 * shape.width, shape.width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, time, width) to the same shape."""
        x = x + self.attention(self.before(x))
        hidden = functional.gelu(self.wide(self.between(x)))
        return x + self.narrow(hidden)


class LanguageModel(nn.Module):
    """Predicts the next character."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.places = nn.Embedding(shape.length, shape.width)
        self.blocks = nn.ModuleList([Block(shape) for _ in range(shape.layers)])
        self.norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, shape.vocabulary, bias=False)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Indices (batch, time) and their targets to logits (batch, time, vocabulary) and the loss."""
        places = torch.arange(x.shape[1])
        hidden = self.tokens(x) + self.places(places)
        for block in self.blocks:
            hidden = block(hidden)
        logits = self.head(self.norm(hidden))
        loss = functional.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))
        return logits, loss
