"""An environment that cannot be made is replaced by a small one, by the program's own setting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from tracer.remedies import other_environment
from tracer.survey import survey

MakeRepo = Callable[..., Path]

# The shape of gymnasium, as far as a program meets it.
GYMNASIUM = """
class DependencyNotInstalled(Exception):
    pass


class Space:
    def __init__(self, **given):
        self.__dict__.update(given)


class Box(Space):
    pass


class Discrete(Space):
    pass


class Env:
    def __init__(self, id):
        self.id = id
        self.action_space = Box(high=2.0) if id == "Pendulum-v1" else Discrete(n=2)


def make(id):
    if id not in ("Pendulum-v1", "CartPole-v1"):
        raise DependencyNotInstalled("No module named 'mujoco_py'")
    return Env(id)
"""
PROGRAM = """
import argparse

import gymnasium as gym

{setting}
env = gym.make({name})
print("acting in", env.id, "up to", env.action_space.{asked})
{more}
"""
OPTION = "p = argparse.ArgumentParser()\np.add_argument('--env', default='{}')\nargs = p.parse_args()"


@pytest.mark.parametrize(
    ("setting", "name", "asked", "more", "said", "slugs"),
    [
        (OPTION.format("Humanoid-v2"), "args.env", "high", "", "acting in Pendulum-v1 up to 2.0", ["Pendulum-v1"]),
        (OPTION.format("Thing-v0"), "args.env", "n", "", "acting in CartPole-v1 up to 2", ["CartPole-v1"]),
        ("ENV = 'Humanoid-v2'", "ENV", "high", "", "acting in Pendulum-v1 up to 2.0", ["Pendulum-v1"]),
        (OPTION.format("Humanoid-v2"), "args.env", "high", "# epsilon\n# argmax(", "acting in Pendulum-v1 up to 2.0",
         ["CartPole-v1", "Pendulum-v1"]),
    ],
    ids=["continuous actions", "discrete actions", "named in the source", "of the wrong kind at first"],
)  # fmt: skip
def test_a_small_environment_takes_its_place(
    setting: str, name: str, asked: str, more: str, said: str, slugs: list[str], make_repo: MakeRepo
) -> None:
    program = PROGRAM.format(setting=setting, name=name, asked=asked, more=more)
    root = make_repo(files={"train.py": program, "lib/gymnasium/__init__.py": GYMNASIUM})
    found = survey(root, entry="train.py")
    made = attempts_of(
        root,
        "train.py",
        environment={"PYTHONPATH": str(root / "lib")},
        survey=found,
        entry=found.entry("train.py"),
        only=(other_environment.REMEDY,),
    )
    assert said in made.last.out
    assert made.slugs == [f"other-environment:{slug}" for slug in slugs]
    assert "cannot be made here (DependencyNotInstalled: No module named 'mujoco_py')" in made.remedies[0].why


def test_pictures_have_no_stand_in(make_repo: MakeRepo) -> None:
    program = PROGRAM.format(setting=OPTION.format("PongNoFrameskip-v4"), name="args.env", asked="n", more="")
    root = make_repo(files={"train.py": program, "lib/gymnasium/__init__.py": GYMNASIUM})
    found = survey(root, entry="train.py")
    made = attempts_of(
        root,
        "train.py",
        environment={"PYTHONPATH": str(root / "lib")},
        survey=found,
        entry=found.entry("train.py"),
        only=(other_environment.REMEDY,),
    )
    assert made.slugs == []
