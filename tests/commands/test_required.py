"""The knob `required`: arguments that must be given, from each kind of parser and each source of values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fitted import Fitted

Fit = Callable[..., Fitted]

ARGPARSE = "import argparse\np = argparse.ArgumentParser()\n{}\nargs = p.parse_args()\n"
CLICK = "import click\n@click.command()\n{}\ndef main(**k):\n    pass\nif __name__ == '__main__':\n    main()\n"
ABSL = "from absl import app, flags\n{}\nFLAGS = flags.FLAGS\n"

DECLARED = {
    "choices": (ARGPARSE.format("p.add_argument('--model', choices=['big', 'tiny'], required=True)"), "--model tiny"),
    "by place": (ARGPARSE.format("p.add_argument('model', choices=['gru', 'lstm'])"), "gru"),
    "output": (ARGPARSE.format("p.add_argument('--save_dir', required=True)"), "--save_dir tour_output"),
    "compared": (
        ARGPARSE.format("p.add_argument('--dataset', required=True)") + "if args.dataset == 'cora':\n    pass\n",
        "--dataset cora",
    ),
    "config": (ARGPARSE.format("p.add_argument('--config', required=True)"), "--config configs/small.yaml"),
    "data": (ARGPARSE.format("p.add_argument('--data_dir', required=True)"), "--data_dir data"),
    "training": (ARGPARSE.format("p.add_argument('--is_training', type=int, required=True)"), "--is_training 1"),
    "nothing likely": (ARGPARSE.format("p.add_argument('--alpha', type=float, required=True)"), ""),
    "click": (CLICK.format("@click.option('--arch', type=click.Choice(['a', 'b']), required=True)"), "--arch a"),
    "absl": (ABSL.format("flags.DEFINE_string('workdir', None, 'h', required=True)"), "--workdir=tour_output"),
    "fire": ("import fire\ndef main(out_dir, lr=0.1):\n    pass\nfire.Fire(main)\n", "--out_dir=tour_output"),
}


@pytest.mark.parametrize("case", DECLARED.values(), ids=DECLARED.keys())
def test_values_from_the_repository(case: tuple[str, str], fitted: Fit) -> None:
    program, expected = case
    done = fitted({"train.py": program, "configs/large.yaml": "a: 1\n", "configs/small.yaml": "a: 1\n",
                   "data/x.csv": "1\n"})  # fmt: skip
    assert " ".join(done.words) == expected
    assert bool(done.changes) == bool(expected)


def test_values_from_another_command(fitted: Fit) -> None:
    program = ARGPARSE.format(
        "p.add_argument('--data', required=True)\np.add_argument('--path', required=True)\np.add_argument('--eval')"
    )
    script = "python train.py --eval yes --data ETTh2 --path gone.csv\npython train.py --data ETTh1 --path here.csv\n"
    readme = "# Use\n\n```\npython train.py\n```\n"
    done = fitted({"train.py": program, "README.md": readme, "scripts/run.sh": script, "here.csv": "1\n"})
    assert " ".join(done.words) == "--data ETTh1 --path here.csv"
    assert "scripts/run.sh:2" in done.told


def test_what_is_given_stays(fitted: Fit) -> None:
    program = ARGPARSE.format("p.add_argument('out')\np.add_argument('--name', required=True)")
    done = fitted({"train.py": program, "README.md": "# Use\n\n```\npython train.py here --name=x\n```\n"})
    assert done.changes == []
