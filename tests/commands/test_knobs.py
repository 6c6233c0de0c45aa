"""The knobs `intervals` and `compilation`, written as each kind of parser wants it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fitted import Fitted

Fit = Callable[..., Fitted]

ARGPARSE = "import argparse\np = argparse.ArgumentParser()\n{}\nargs = p.parse_args()\n"
OWN = """
    import sys
    eval_interval = 500
    compile = True
    for word in sys.argv[1:]:
        key, value = word.split('=')
        assert key.startswith('--')
        globals()[key[2:]] = value
    """
OWN_IN_ANOTHER_FILE = {
    "train.py": "import sys\neval_interval = 500\nexec(open('settings.py').read())\nprint(sys.argv)\n",
    "settings.py": """
        import sys
        for word in sys.argv[1:]:
            key, value = word.split('=')
            globals()[key[len('--'):]] = value
        """,
}
ATTRIBUTES = {
    "train.py": """
        import sys
        from box import Box, Trainer
        def get_config():
            C = Box()
            C.trainer = Trainer.get_default_config()
            C.trainer.save_every = 200
            return C
        config = get_config()
        config.merge(sys.argv[1:])
        """,
    "box.py": """
        class Box:
            def merge(self, words):
                for word in words:
                    key, value = word.split('=')
                    assert key[:2] == '--'
                    setattr(self, key[2:], value)
        class Trainer:
            @staticmethod
            def get_default_config():
                C = Box()
                C.log_interval = 50
                return C
        """,
}
HYDRA = {
    "train.py": "import hydra\n@hydra.main(config_path='conf', config_name='config')\ndef main(c):\n    pass\nmain()\n",
    "conf/config.yaml": "defaults:\n  - model: net\ntrain:\n  eval_every: 100\n",
    "conf/model/net.yaml": "compile: true\n",
}
DATACLASS = """
    import {0}
    from dataclasses import dataclass
    @dataclass
    class Args:
        save_freq: int = 100
        compile: bool = True
    args = {1}
    """
PYTHON_FILE = {
    "train.py": "from absl import flags\nfrom ml_collections import config_flags\n"
    "config_flags.DEFINE_config_file('config', 'configs/default.py')\n",
    "configs/default.py": "def get_config():\n    c = dict()\n    c.eval_every_steps = 1000\n    return c\n",
}

CASES: dict[str, tuple[dict[str, str], str]] = {
    "argparse": ({"train.py": ARGPARSE.format("p.add_argument('--log-interval', type=int, default=100)")},
                 "--log-interval 1"),
    "short": ({"train.py": ARGPARSE.format("p.add_argument('-s', '--save_freq', default=10)")}, "--save_freq 1"),
    "own parser": ({"train.py": OWN}, "--compile=False --eval_interval=1"),
    "own parser in a file that is executed": (OWN_IN_ANOTHER_FILE, "--eval_interval=1"),
    "own parser that sets attributes": (ATTRIBUTES, "--trainer.log_interval=1 --trainer.save_every=1"),
    "Hydra": (HYDRA, "model.compile=false train.eval_every=1"),
    "tyro": ({"train.py": DATACLASS.format("tyro", "tyro.cli(Args)")}, "--no-compile --save-freq 1"),
    "simple_parsing": ({"train.py": DATACLASS.format("simple_parsing", "simple_parsing.parse(Args)")},
                       "--compile False --save_freq 1"),
    "fire": ({"train.py": "import fire\ndef main(eval_every=100, compile=True):\n    pass\nfire.Fire(main)\n"},
             "--compile=False --eval_every=1"),
    "click": ({"train.py": "import click\n@click.command()\n@click.option('--save-every', default=20)\n"
               "@click.option('--compile/--eager', default=True)\ndef main(**k):\n    pass\nmain()\n"},
              "--eager --save-every 1"),
    "typer": ({"train.py": "import typer\ndef main(log_every: int = 50, compile: bool = True):\n    pass\n"
               "typer.run(main)\n"}, "--no-compile --log-every 1"),
    "absl": ({"train.py": "from absl import flags\nflags.DEFINE_integer('eval_every', 50, '')\n"
              "flags.DEFINE_bool('compile', True, '')\n"}, "--nocompile --eval_every=1"),
    "a Python file behind a flag": (PYTHON_FILE, "--config.eval_every_steps=1"),
    "OmegaConf": ({"train.py": "from omegaconf import OmegaConf\nc = OmegaConf.load('c.yaml')\n"
                   "c.merge_with(OmegaConf.from_cli())\n", "c.yaml": "log:\n  val_interval: 10\n"},
                  "log.val_interval=1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_parser_gets_its_words(case: tuple[dict[str, str], str], fitted: Fit) -> None:
    files, expected = case
    assert " ".join(fitted(files).words) == expected


@pytest.mark.parametrize(
    "declared",
    ["'--eval_iters', default=200", "'--log_interval', default=1", "'--save_every', default=-1", "'--log_dir'",
     "'--test_batches', type=int, default=100", "'--validation_split', default=0.2", "'--eval_every', default=None"],
)  # fmt: skip
def test_what_is_no_interval_or_small_or_off_stays(declared: str, fitted: Fit) -> None:
    assert fitted({"train.py": ARGPARSE.format(f"p.add_argument({declared})")}).changes == []


def test_before_training_begins_nothing_is_evaluated_at_every_step(fitted: Fit) -> None:
    options = "p.add_argument('--eval_freq', default=5000)\np.add_argument('--log_freq', default=100)\n"
    late = fitted({"train.py": ARGPARSE.format(options + "p.add_argument('--start_timesteps', default=25e3)")})
    assert late.words == ["--log_freq", "1"]


def test_globals_that_nobody_sets_stay(fitted: Fit) -> None:
    assert fitted({"train.py": "eval_interval = 500\nname = 'a=b'.split('=')\n"}).changes == []
