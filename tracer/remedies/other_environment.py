"""The environment that a program acts in cannot be had here: one that needs nothing takes its place. Host side.

Only where a setting of the program names it. The one that is taken asks for the same kind of actions.
"""

from __future__ import annotations

import re

from tracer.diagnosis import complaint
from tracer.fitting.subject import Subject, called
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument

GONE = re.compile(
    r"DependencyNotInstalled|NameNotFound|NamespaceNotFound|UnregisteredEnv|VersionNotFound|DeprecatedEnv|MissingEnv"
    r"|No module named '(?:mujoco\w*|Box2D|box2d\w*|pybullet\w*|ale_py|atari_py|roboschool|dm_control|procgen)'"
    r"|Environment `[^`]+` (?:doesn't|does not) exist|No registered env with id"
)
UNFIT = re.compile(r"'(?:Box|Discrete)' object has no attribute|tuple index out of range|instances of 'NoneType'")
NAME = re.compile(r"^(?:[\w.-]+[:/])?[A-Za-z][\w.-]*-v\d+$")
PICTURES = re.compile(r"NoFrameskip|Deterministic-v\d|^ALE/|-ram-v\d|Minigrid|procgen", re.IGNORECASE)
"""Names of environments that show pictures: no small one stands in for these."""
CONTINUOUS = re.compile(r"action_space\.(?:high|low|shape)|action_bound|max_action|Normal\(|MultivariateNormal")
DISCRETE = re.compile(r"action_space\.n\b|Categorical\(|argmax\(|epsilon")
SMALL = {"continuous": "Pendulum-v1", "discrete": "CartPole-v1"}


class OtherEnvironment:
    """Names a small environment of the same kind of actions; the other kind when that did not fit."""

    order = 62

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the one that is named cannot be made, or where ours turned out to be of the wrong kind."""
        if situation.trained:
            return None
        text = complaint(situation)
        subject = Subject.of(situation) if GONE.search(text) or UNFIT.search(text) else None
        named = _named(subject) if subject is not None else None
        if subject is None or named is None:
            return None
        argument, name = named
        tried = [slug.rpartition(":")[2] for slug in situation.tried if slug.startswith("other-environment:")]
        if tried and UNFIT.search(text) and name in SMALL.values():
            chosen = next((other for other in SMALL.values() if other not in tried), "")
            why = f"{name} takes actions of another kind than the program gives ({text[:100]})"
        elif not tried and GONE.search(text) and not PICTURES.search(name) and name not in SMALL.values():
            kind = _kind(subject)
            chosen = SMALL[kind]
            why = f"{name} cannot be made here ({text[:100]}); {chosen} takes {kind} actions, as the program gives them"
        else:
            return None
        if not chosen:
            return None
        plan = subject.with_value(argument, chosen)
        what = f"{called(argument)} was set to {chosen}, another environment than {name}"
        return Adaptation(plan, what, why, slug=f"other-environment:{chosen}")


REMEDY = OtherEnvironment()


def _named(subject: Subject) -> tuple[Argument, str] | None:
    """The setting whose value is the name of an environment, and that name; one that is given before all others."""
    found = [(item, subject.value(item)) for item in subject.arguments if NAME.match(subject.value(item))]
    given = [pair for pair in found if subject.is_given(pair[0])]
    return next(iter([*given, *found]), None)


def _kind(subject: Subject) -> str:
    """What kind of actions the program gives, by what it asks of the space of actions."""
    lines = subject.program.lines
    continuous = sum(bool(CONTINUOUS.search(line)) for line in lines)
    discrete = sum(bool(DISCRETE.search(line)) for line in lines)
    return "continuous" if continuous > discrete else "discrete"
