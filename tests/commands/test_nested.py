"""Options below others: fields of fields, pairs among the last words, sub-commands (knob `subcommand`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fitted import Fitted

Fit = Callable[..., Fitted]

CLASSES = """
    from dataclasses import dataclass, field
    import {library}
    @dataclass
    class Base:
        log_every: int = 10
    @dataclass
    class Evaluation:
        eval_every: int = 100
        compile: bool = True
    @dataclass
    class Args(Base):
        evaluation: Evaluation = field(default_factory=Evaluation)
        width: int = 4
    {call}
    """
YACS = {
    "train.py": """
        import argparse
        from defaults import cfg
        p = argparse.ArgumentParser()
        p.add_argument('--config-file', default='')
        p.add_argument('--save-every', type=int, default=5)
        p.add_argument({opts})
        args = p.parse_args()
        if args.config_file:
            cfg.merge_from_file(args.config_file)
        cfg.merge_from_list(args.opts)
        """,
    "defaults.py": """
        from yacs.config import CfgNode as CN
        _C = CN()
        _C.SOLVER = CN()
        _C.SOLVER.LR = 0.1
        _C.SOLVER.EVAL_PERIOD = 500
        _C.DEVICE = 'cuda'
        cfg = _C
        """,
    "configs/small.yaml": "SOLVER:\n  EVAL_PERIOD: 20\n",
    "README.md": "```\npython train.py{words}\n```\n",
}
COMMANDS = {
    "train.py": """
        import argparse
        def add_training(parser):
            parser.add_argument('--save-every', type=int, default=50)
            parser.add_argument('--net', required=True, choices=['big', 'tiny'])
        common = argparse.ArgumentParser(add_help=False)
        common.add_argument('--device', default='cuda')
        p = argparse.ArgumentParser()
        p.add_argument('--log-every', type=int, default=50)
        s = p.add_subparsers(dest='verb')
        t = s.add_parser('train', parents=[common])
        add_training(t)
        e = s.add_parser('test', parents=[common])
        e.add_argument('--weights', required=True)
        e.add_argument('--eval-every', type=int, default=50)
        s.add_parser('list')
        args = p.parse_args()
        if args.verb != 'train': raise SystemExit(2)
        """
}
CLICK = {
    "train.py": """
        import click
        @click.group()
        @click.option('--log-every', default=50)
        def cli(log_every): pass
        @cli.command()
        @click.option('--save-every', default=20)
        def train(save_every): pass
        @cli.command('check')
        @click.option('--eval-every', default=20)
        @click.argument('file')
        def check_it(eval_every, file): pass
        cli()
        """
}


@pytest.mark.parametrize(
    ("library", "call", "expected"),
    [
        ("tyro", "args = tyro.cli(Args)", "--evaluation.no-compile --log-every 1 --evaluation.eval-every 1"),
        ("tyro", "def main(args: Args, save_every: int = 3): pass\n    tyro.cli(main)",
         "--args.evaluation.no-compile --args.log-every 1 --args.evaluation.eval-every 1 --save-every 1"),
        ("pyrallis", "args = pyrallis.parse(config_class=Args)",
         "--evaluation.compile False --log_every 1 --evaluation.eval_every 1"),
        ("simple_parsing", "args = simple_parsing.parse(Args)", "--compile False --log_every 1 --eval_every 1"),
    ],
)  # fmt: skip
def test_fields_of_fields(library: str, call: str, expected: str, fitted: Fit) -> None:
    assert " ".join(fitted({"train.py": CLASSES.format(library=library, call=call)}).words) == expected


def yacs(opts: str, words: str = "") -> dict[str, str]:
    return {path: text.replace("{opts}", opts).replace("{words}", words) for path, text in YACS.items()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (yacs("'opts', nargs=argparse.REMAINDER"), "--save-every 1 DEVICE cpu SOLVER.EVAL_PERIOD 1"),
        (yacs("'--opts', nargs='+', default=[]"), "--save-every 1 --opts SOLVER.EVAL_PERIOD 1 DEVICE cpu"),
        (yacs("'opts', nargs=argparse.REMAINDER", " --config-file configs/small.yaml SOLVER.LR 3"),
         "--config-file configs/small.yaml --save-every 1 SOLVER.LR 3 DEVICE cpu SOLVER.EVAL_PERIOD 1"),
    ],
    ids=["by their place", "behind an option", "in a file"],
)  # fmt: skip
def test_pairs(files: dict[str, str], expected: str, fitted: Fit) -> None:
    made = fitted(files)
    assert " ".join(made.words) == expected
    assert made.plan.files == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (COMMANDS, "--log-every 1 train --net tiny --device cpu --save-every 1"),
        (CLICK, "--log-every 1 train --save-every 1"),
    ],
    ids=["argparse", "click"],
)
def test_options_stand_where_their_command_takes_them(files: dict[str, str], expected: str, fitted: Fit) -> None:
    assert " ".join(fitted(files).words) == expected


def test_a_program_with_commands_runs(make_repo: Callable[..., Any], plant: Callable[..., Any]) -> None:
    import subprocess
    import sys

    root = plant(COMMANDS)
    (root / "train.py").write_text((root / "train.py").read_text().partition("\nimport torch")[0])
    words = "--log-every 1 train --net tiny --device cpu --save-every 1".split()
    assert subprocess.run([sys.executable, "train.py", *words], cwd=root, check=False).returncode == 0
