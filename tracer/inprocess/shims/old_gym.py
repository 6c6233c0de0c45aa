"""Programs for the environments of `gym` as they were before 0.26, with those of today. Runs in the target.

`reset()` gave the observation alone, `step()` four values, environments had a `seed()`. Where `gym` itself is not
installed and `gymnasium` is, that stands in for it. `four` in the settings says that the program expects those values.
"""

from __future__ import annotations

import sys

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness

WHY = "the program was written for an older gym"
SUGGESTS = ("`", "'")


def arm(harness: Harness) -> None:
    """Wait for both libraries."""
    four = bool(harness.settings.get("four"))

    def renamed(name: str) -> Optional[ModuleType]:
        """`gym`, and all below it, by way of `gymnasium`."""
        if name == "gym" and harness.finds("gym"):
            return None
        if name != "gym" and sys.modules.get("gym") is not sys.modules.get("gymnasium", None):
            return None
        other = "gymnasium" + name[3:]
        try:
            __import__(other)
        except ImportError:
            return None
        if name == "gym":
            harness.tell("gymnasium stood in for gym", "gym is not installed, and gymnasium is what became of it")
        module: ModuleType = sys.modules[other]
        return module

    harness.instead("gym.", renamed)
    done: list[Any] = []

    def on_gym(module: Any) -> None:
        if module not in done:  # it may have come under both names
            done.append(module)
            _make_old(module, harness, four)

    harness.after("gym", on_gym)
    harness.after("gymnasium", on_gym)


def _make_old(module: Any, harness: Harness, four: bool) -> None:
    """Let `make` give environments that speak as they once did, in the version that is there."""
    make = module.make

    def old_make(id: Any, *given: Any, **named: Any) -> Any:  # noqa: A002 - that is what it is called
        try:
            found = make(id, *given, **named)
        except module.error.Error as error:
            newer = _suggested(str(error), str(id))
            if not newer:
                raise
            harness.tell("the environment %s was made as %s" % (id, newer), "the version that was asked for is gone")
            found = make(newer, *given, **named)
        return _old(module, found, harness) if four else found

    module.make = like(old_make, make)


def _suggested(text: str, name: str) -> str:
    """The environment's name with another version, when an error names one."""
    base = name.rpartition("-v")[0]
    for quote in SUGGESTS:
        for word in text.split(quote)[1::2]:
            if base and word.startswith(base + "-v") and word != name:
                return word
    return ""


def _old(module: Any, env: Any, harness: Harness) -> Any:
    """An environment with the methods that it had once."""

    class OldEnvironment(module.Wrapper):  # type: ignore[misc]
        """Observation alone from `reset`, four values from `step`."""

        __module__, __qualname__ = "repotour", "OldEnvironment"  # as a tour names its type
        _seed: Any = None

        def reset(self, **named: Any) -> Any:
            harness.tell("env.reset() gave the observation alone", WHY)
            if self._seed is not None:
                named.setdefault("seed", self._seed)
                self._seed = None
            return self.env.reset(**named)[0]

        def step(self, action: Any) -> Any:
            observation, reward, terminated, truncated, info = self.env.step(action)
            harness.tell("env.step() gave four values, of which the third is whether the episode is over", WHY)
            if truncated:
                info = {**info, "TimeLimit.truncated": not terminated}
            return observation, reward, bool(terminated or truncated), info

        def seed(self, seed: Any = None) -> list[Any]:
            harness.tell("env.seed() was kept for the next reset", WHY)
            self._seed = seed
            self.action_space.seed(seed)
            return [seed]

        @property
        def _max_episode_steps(self) -> Any:
            harness.tell("env._max_episode_steps was answered with the environment's own limit", WHY)
            return self.env.spec.max_episode_steps

        def render(self, mode: str = "human", **_: Any) -> Any:
            return self.env.render()

    return OldEnvironment(env)
