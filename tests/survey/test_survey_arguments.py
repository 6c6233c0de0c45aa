"""Settings and their defaults, from each mechanism that programs use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.survey.arguments import arguments_of
from tracer.survey.sightings import Argument
from tracer.survey.walk import list_tree
from tracer.survey.yamltext import yaml_values

Plant = Callable[[dict[str, str]], Path]


def settings(root: Path, entry: str = "train.py", reached: tuple[str, ...] = ()) -> dict[str, Argument]:
    return {argument.name: argument for argument in arguments_of(list_tree(root), entry, reached)}


def test_argparse(plant: Plant) -> None:
    root = plant(
        {
            "train.py": """
                import argparse
                parser = argparse.ArgumentParser()
                parser.add_argument("data", help="where it is")
                parser.add_argument("-b", "--batch-size", type=int, default=64, help="how "
                                    "many")
                parser.add_argument("--no-cuda", action="store_true")
                parser.add_argument("--out", nargs="?")
                group = parser.add_argument_group("model")
                group.add_argument("--arch", choices=["gru", "lstm"], dest="kind", required=True)
                group.add_argument("--layers", default=2)
                parser.set_defaults(layers=4)
                args = parser.parse_args()
                """
        }
    )
    found = settings(root)
    assert list(found) == ["data", "batch_size", "no_cuda", "out", "kind", "layers"]
    assert (found["data"].required, found["data"].flags, found["data"].help) == (True, ("data",), "where it is")
    assert (found["batch_size"].flags, found["batch_size"].default) == (("-b", "--batch-size"), "64")
    assert (found["batch_size"].help, found["batch_size"].location.line) == ("how many", 4)
    assert (found["no_cuda"].default, found["out"].default) == ("False", "None")
    assert (found["kind"].required, found["kind"].choices) == (True, ("gru", "lstm"))
    assert found["layers"].default == "4"
    assert {argument.kind for argument in found.values()} == {"argparse"}


def test_a_parser_in_another_file(plant: Plant) -> None:
    options = (
        "def parse(p):\n    p.add_argument('--a', default=1)\n    p.add_argument('--b')\n    p.add_argument('--c')\n"
    )
    root = plant(
        {"train.py": "from options import parse\n", "options.py": options, "far.py": options.replace("--a", "--z")}
    )
    found = settings(root, reached=("options.py", "far.py"))
    assert (list(found), found["a"].location.file) == (["a", "b", "c"], "options.py")


def test_click_and_typer(plant: Plant) -> None:
    root = plant(
        {
            "train.py": """
                import click
                @click.command()
                @click.argument("source")
                @click.option("--lr", "-l", default=0.1, help="rate")
                @click.option("--mode", type=click.Choice(["a", "b"]), required=True)
                @click.option("--fast/--slow", default=False)
                @click.option("--debug", is_flag=True)
                def main(**options): pass
                """,
            "other.py": """
                import typer
                app = typer.Typer()
                @app.command()
                def main(name: str, count: int = 3, *, rate: float = typer.Option(0.5, "--rate", help="r"),
                         path: str = typer.Argument(...)): pass
                def not_a_command(x: int = 1): pass
                """,
        }
    )
    found = settings(root)
    assert {name: (item.default, item.required) for name, item in found.items()} == {
        "source": ("", True),
        "lr": ("0.1", False),
        "mode": ("", True),
        "fast": ("False", False),
        "debug": ("False", False),
    }
    assert found["mode"].choices == ("a", "b")
    other = settings(root, "other.py")
    assert {name: (item.flags, item.default, item.required) for name, item in other.items()} == {
        "name": ((), "", True),
        "count": (("--count",), "3", False),
        "path": ((), "", True),
        "rate": (("--rate",), "0.5", False),
    }


def test_absl(plant: Plant) -> None:
    root = plant(
        {
            "train.py": """
                from absl import flags
                flags.DEFINE_integer("steps", 100, "how many")
                flags.DEFINE_enum("mode", "a", ["a", "b"], help="which")
                flags.DEFINE_string("dir", default=None, help="where")
                flags.mark_flag_as_required("dir")
                """
        }
    )
    found = settings(root)
    assert [(item.name, item.default, item.required, item.choices, item.help) for item in found.values()] == [
        ("steps", "100", False, (), "how many"),
        ("mode", "'a'", False, ("a", "b"), "which"),
        ("dir", "", True, (), "where"),
    ]


def test_dataclasses_that_become_options(plant: Plant) -> None:
    root = plant(
        {
            "train.py": """
                import tyro
                from dataclasses import dataclass, field
                @dataclass
                class Args:
                    seed: int = 1
                    '''the seed'''
                    name: str = field(default="x", metadata={"help": "the name"})
                    path: str
                class Unrelated:
                    x: int = 5
                args = tyro.cli(Args)
                """,
            "hf.py": "from transformers import HfArgumentParser\nfrom args import A, B\np = HfArgumentParser((A, B))\n",
            "args.py": "class A:\n    one: int = 1\nclass B:\n    two: int = 2\n",
        }
    )
    found = settings(root)
    assert [(item.name, item.default, item.help, item.required) for item in found.values()] == [
        ("seed", "1", "the seed", False),
        ("name", "'x'", "the name", False),
        ("path", "", "", True),
    ]
    assert list(settings(root, "hf.py", ("args.py",))) == ["one", "two"]


def test_hydra(plant: Plant) -> None:
    root = plant(
        {
            "src/train.py": """
                import hydra
                @hydra.main(version_base="1.3", config_path="../configs", config_name="train.yaml")
                def main(cfg): pass
                """,
            "configs/train.yaml": """
                # @package _global_
                defaults:
                  - _self_
                  - data: mnist
                  - model: null
                  - optional extra: local
                  - override hydra/launcher: x
                seed: 12
                data:
                  batch: 7
                ckpt: ???
                """,
            "configs/data/mnist.yaml": "batch: 64  # per step\n_target_: src.data.Mnist\n",
        }
    )
    found = settings(root, "src/train.py")
    assert {name: item.default for name, item in found.items()} == {
        "data.batch": "7",
        "data._target_": "src.data.Mnist",
        "seed": "12",
        "ckpt": "???",
    }
    assert found["ckpt"].required
    assert str(found["data._target_"].location) == "configs/data/mnist.yaml:2"


def test_plain_globals_and_configuration_objects(plant: Plant) -> None:
    root = plant(
        {
            "train.py": """
                import os
                lr, epochs = 3e-4, 10
                SIZES = [64, 64]
                name: str = "x"
                path = os.getcwd()
                if __name__ == "__main__":
                    seed = 1
                """,
            "other.py": """
                import argparse
                N = 3
                lower = 4
                argparse.ArgumentParser().add_argument("--a", default=1)
                def get_config():
                    C = Node()
                    C.model.depth = 3
                    C.rate = 0.1 * 2
                    C.f = compute()
                    return C
                """,
        }
    )
    assert {name: item.default for name, item in settings(root).items()} == {
        "lr": "0.0003",
        "epochs": "10",
        "SIZES": "[64, 64]",
        "name": "'x'",
        "seed": "1",
    }
    other = settings(root, "other.py")
    assert {name: item.kind for name, item in other.items()} == {
        "a": "argparse",
        "model.depth": "global",
        "rate": "global",
        "N": "global",
    }


def test_configuration_files_named_by_default(plant: Plant) -> None:
    root = plant(
        {
            "train.py": "p.add_argument('-c', '--config', default='config.json')\n",
            "config.json": """
                {
                  "name": "x",
                  "optimizer": {
                    "type": "Adam",
                    "lr": 0.1
                  },
                  "sizes": [1, 2]
                }
                """,
        }
    )
    found = settings(root)
    assert {name: (item.default, item.location.line) for name, item in found.items() if item.kind == "file"} == {
        "name": ('"x"', 2),
        "optimizer.type": ('"Adam"', 4),
        "optimizer.lr": ("0.1", 5),
        "sizes": ("[1, 2]", 7),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb:\n  c: x y\n  d: 'q: #r'  # why\n", [("a", "1", 1), ("b.c", "x y", 3), ("b.d", "'q: #r'", 4)]),
        ("a:\n- 1\n- 2\n", [("a.0", "1", 2), ("a.1", "2", 3)]),
        ("a:\n  - b: 1\n    c: 2\n  - b: 3\n", [("a.0.b", "1", 2), ("a.0.c", "2", 3), ("a.1.b", "3", 4)]),
        ("a: |\n  text: no\n  more\nb: 2\n", [("a", "|", 1), ("b", "2", 4)]),
        ("a: [1, 2]\nurl: http://x/y\n", [("a", "[1, 2]", 1), ("url", "http://x/y", 2)]),
        ("a:\nb: 1\n", [("a", "null", 1), ("b", "1", 2)]),
        ("---\n# note\n'a b': 1\n", [("a b", "1", 3)]),
        (": : :\n\t-\n{\n", []),
    ],
)
def test_yaml(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(".".join(value.key), value.value, value.line) for value in yaml_values(text)] == expected
