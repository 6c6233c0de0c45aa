"""Gymnasium and gym: simulators for reinforcement learning."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_PREFIXES = ("gymnasium.", "gym.", "pettingzoo.", "envpool.")

FRAMEWORK = Framework(
    name="Gymnasium",
    imports=("gymnasium", "gym", "pettingzoo"),
    landmarks=(
        LandmarkSpec(
            "simulator_step",
            _PREFIXES,
            ("step",),
            direct=True,
            arguments=("self", "action", "actions"),
            returns=True,
            probe="simulator",
        ),
        LandmarkSpec("simulator_reset", _PREFIXES, ("reset",), direct=True, returns=True),
        LandmarkSpec(
            "simulator",
            ("gymnasium.envs.registration", "gym.envs.registration"),
            ("make", "make_vec"),
            direct=True,
            arguments=("id",),
            returns=True,
        ),
        LandmarkSpec(
            "simulator", ("gymnasium.vector.", "gym.vector."), ("__init__",), direct=True, arguments=("self",)
        ),
    ),
)
