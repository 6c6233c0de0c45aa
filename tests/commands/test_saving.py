"""The knob `saving`: an option without which nothing is saved is set where the program's own condition asks for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fitted import Fitted

Fit = Callable[..., Fitted]

PROGRAM = """
    import argparse
    import torch
    p = argparse.ArgumentParser()
    {}
    args = p.parse_args()
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(3):
        loss = model(torch.ones(1, 2)).sum()
        loss.backward()
        optimizer.step()
    {}
    """
SAVES = "if {}:\n        torch.save(model.state_dict(), 'net.pt')"


@pytest.mark.parametrize(
    ("option", "condition", "words"),
    [
        ("'--save-model', action='store_true'", "args.save_model", ["--save-model"]),
        ("'--save', type=bool, default=False", "args.save and step", ["--save", "1"]),
        ("'--save-path', type=str, default=None", "args.save_path", ["--save-path", "saved"]),
        ("'--checkpoint-dir', default=''", "args.checkpoint_dir != ''", ["--checkpoint-dir", "saved"]),
        ("'--ckpt-file'", "args.ckpt_file is not None", ["--ckpt-file", "saved"]),
    ],
)
def test_what_is_off_is_switched_on(fitted: Fit, option: str, condition: str, words: list[str]) -> None:
    made = fitted({"train.py": PROGRAM.format(f"p.add_argument({option})", SAVES.format(condition))})
    assert made.words == words
    assert "what stands behind train.py:12 is saved only then" in made.told


@pytest.mark.parametrize(
    ("option", "last"),
    [
        ("'--save-model', action='store_true'", "torch.save(model.state_dict(), 'net.pt')"),
        ("'--no-save', action='store_true'", SAVES.format("not args.no_save")),
        ("'--save-model', action='store_true'", SAVES.format("not args.save_model")),
        ("'--save-path', default='net.pt'", SAVES.format("args.save_path")),
        ("'--save-images', action='store_true'", SAVES.format("args.save_images")),
        ("'--load-checkpoint', default=None", "if args.load_checkpoint:\n        torch.load(args.load_checkpoint)"),
        ("'--checkpoint', default=None", "if args.checkpoint:\n        model.load_state_dict(args.checkpoint)"),
    ],
)
def test_what_saves_anyway_or_does_something_else_stays(fitted: Fit, option: str, last: str) -> None:
    assert fitted({"train.py": PROGRAM.format(f"p.add_argument({option})", last)}).words == []
