"""Programs for the environments of old gym run with those of gymnasium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

MakeRepo = Callable[..., Path]

# The shape of gymnasium, as far as a program meets it.
GYMNASIUM = """
class error:
    class Error(Exception):
        pass

    class DeprecatedEnv(Error):
        pass


class Space:
    def seed(self, seed):
        self.seeded = seed


class Wrapper:
    def __init__(self, env):
        self.env = env
        self.action_space = env.action_space

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError("accessing private attribute '%s' is prohibited" % name)
        return getattr(self.env, name)


class Spec:
    max_episode_steps = 200


class Walk:
    action_space = Space()
    spec = Spec()

    def reset(self, seed=None, options=None):
        self.at = 0 if seed is None else seed
        return [float(self.at)], {}

    def step(self, action):
        self.at += action
        return [float(self.at)], 1.0, self.at > 8, False, {}


def make(id):
    if id != "Walk-v1":
        raise error.DeprecatedEnv("Environment version v0 for `Walk` is deprecated. Please use `Walk-v1` instead.")
    return Walk()
"""
OLD = """
import gym
from gym.wrappers import Monitor

env = gym.make("Walk-v0")
env.seed(5)
state = env.reset()
print("start", state[0] + 1, "of", env._max_episode_steps)
for _ in range(4):
    state, reward, done, info = env.step(2)
    print(state, reward, done)
    if done:
        break
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site" / "gymnasium"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(GYMNASIUM)
    (folder / "wrappers.py").write_text("class Monitor:\n    pass\n")
    return tmp_path / "site"


def test_gym_by_way_of_gymnasium(make_repo: MakeRepo, site: Path) -> None:
    done = attempts_of(make_repo(files={"train.py": OLD}), "train.py", extra_path=(site,))
    assert done.slugs == ["old-gym"]
    assert done.last.out == "start 6.0 of 200\n[7.0] 1.0 False\n[9.0] 1.0 True\n", done.last.err
    assert "gymnasium stood in for gym (at train.py:2)" in done.told
    assert "the environment Walk-v0 was made as Walk-v1 (at train.py:5)" in done.told
    assert "env.step() gave four values" in done.told


def test_a_program_that_takes_four_values(make_repo: MakeRepo, site: Path) -> None:
    source = (
        "import gymnasium\n\nenv = gymnasium.make('Walk-v1')\nstate, _ = env.reset(), None\n"
        "state, reward, done, info = env.step(9)\nprint(state, done)\n"
    )
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", extra_path=(site,))
    assert done.slugs == ["old-gym-four"]
    assert done.last.out == "[9.0] True\n"
