"""A small corpus that needs no download: sentences put together by a seeded generator."""

from __future__ import annotations

import random

import torch

SUBJECTS = "the cat,a student,the old captain,my neighbour,the machine,a small bird".split(",")
VERBS = "watches,repairs,forgets,finds,paints,measures".split(",")
OBJECTS = "the river,a clock,the letter,an engine,the garden,two stones".split(",")


def make_text(sentences: int, seed: int = 1) -> str:
    """`sentences` lines of text, the same for the same seed."""
    source = random.Random(seed)
    lines = (
        " ".join((source.choice(SUBJECTS), source.choice(VERBS), source.choice(OBJECTS))) for _ in range(sentences)
    )
    return ".\n".join(lines)


class Corpus:
    """The text as indices of characters, cut into a training and a validation part."""

    def __init__(self, text: str) -> None:
        self.characters = sorted(set(text))
        numbers = {character: number for number, character in enumerate(self.characters)}
        indices = torch.tensor([numbers[character] for character in text], dtype=torch.long)
        cut = int(0.9 * len(indices))
        self.parts = {"train": indices[:cut], "val": indices[cut:]}

    def batch(self, part: str, size: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Random windows and the same windows one character on, both (size, length)."""
        data = self.parts[part]
        starts = torch.randint(len(data) - length - 1, (size,))
        x = torch.stack([data[i : i + length] for i in starts.tolist()])
        y = torch.stack([data[i + 1 : i + 1 + length] for i in starts.tolist()])
        return x, y
