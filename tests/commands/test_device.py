"""The knob `device`: options that ask for a GPU, however they are declared."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest
from fitted import Fitted

Fit = Callable[..., Fitted]

PARSER = "import argparse\np = argparse.ArgumentParser()\n{}\nargs = p.parse_args()\nmodel.to(args.x)\n"

CASES = {
    "a device": ("p.add_argument('--device', default='cuda:0')", "", "--device cpu"),
    "a device that is a number": ("p.add_argument('--device', default='0')", "", "--device cpu"),
    "a device given in the README": ("p.add_argument('--device', default='cpu')", "--device cuda", "--device cpu"),
    "a device that is found out": ("p.add_argument('--device', default='auto')", "", ""),
    "choices without a CPU": ("p.add_argument('--device', default='cuda', choices=['cuda', 'mps'])", "", ""),
    "a switch against it": ("p.add_argument('--no-cuda', action='store_true')", "", "--no-cuda"),
    "a switch for it": ("p.add_argument('--cuda', action='store_true')", "--cuda --lr 1", "--lr 1"),
    "a switch for it that is not given": ("p.add_argument('--cuda', action='store_true')", "", ""),
    "an inverted switch": ("p.add_argument('--cuda', action='store_false', help='use CUDA')", "", "--cuda"),
    "a word that bool() turns round": ("p.add_argument('--use_gpu', type=bool, default=True)", "", "--use_gpu ''"),
    "a truth value by number": ("p.add_argument('--use_gpu', type=int, default=1)", "", "--use_gpu 0"),
    "a truth value by text": ("p.add_argument('--cuda', type=str2bool, default=True)", "", "--cuda False"),
    "a number with -1 for the CPU": ("p.add_argument('--gpu', type=int, default=0, help='-1: CPU')", "", "--gpu=-1"),
    "a number that says nothing": ("p.add_argument('--gpu', type=int, default=0)", "", ""),
    "several numbers": (
        "p.add_argument('--gpu_ids', default='0', help='gpu ids: 0,1; use -1 for CPU')", "", "--gpu_ids=-1",
    ),
    "half precision": ("p.add_argument('--fp16', action='store_true')", "--fp16", ""),
    "a pair of switches": ("p.add_argument('--cuda', default=True, action=argparse.BooleanOptionalAction)", "",
                           "--no-cuda"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_options(case: tuple[str, str, str], fitted: Fit) -> None:
    declared, given, expected = case
    declared += "\np.add_argument('--lr')"
    readme = f"# Train\n\n```\npython train.py {given}\n```\n"
    assert fitted({"train.py": PARSER.format(declared), "README.md": readme}).words == shlex.split(expected)


def test_on_a_machine_with_a_gpu_nothing_is_changed(fitted: Fit) -> None:
    program = PARSER.format("p.add_argument('--device', default='cuda')")
    assert fitted({"train.py": program}, gpus=1).changes == []


def test_a_program_that_asks_for_itself_is_left_alone(fitted: Fit) -> None:
    program = PARSER.format("p.add_argument('--no-cuda', action='store_true')")
    asks = "use_cuda = not args.no_cuda and torch.cuda.is_available()\n"
    assert fitted({"train.py": program + asks}).changes == []


def test_the_tour_can_tell_what_and_why(fitted: Fit) -> None:
    done = fitted({"train.py": PARSER.format("p.add_argument('--device', default='cuda')")})
    assert "--device cpu" in done.told
    assert "there is no GPU on this machine" in done.told
