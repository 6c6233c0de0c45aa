"""Settings that say how much a program does, and how far each may be lowered for a short run. Host side, pure.

Nothing is lowered here: remedies choose what, and by how much, and tell it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracer.fitting.knobs.intervals import is_interval
from tracer.fitting.subject import Subject, called, plain_name
from tracer.plan import RunPlan
from tracer.survey import Argument
from tracer.survey.wordlist import words

BATCH = words("batch batchsize bs minibatch bsz")
NO_BATCH = words("num n norm first total count batches eval test valid val validation max")
EPOCHS = words("epoch epochs epoches nepoch nepochs n_epoch n_epochs num_epoch num_epochs max_epoch max_epochs "
               "total_epochs training_epochs train_epochs num_train_epochs")  # fmt: skip
STEPS = re.compile(
    r"^(?:n|num|max|total|train|training|num_train|n_train|total_train)_"
    r"(?:iter|iters|iterations?|steps?|updates?|batches|minibatches|train_steps|training_steps|train_iters|epochs?)$"
    r"|^(?:iter|iters|iterations|niter|niters|nsteps|steps|updates|maxiter|itrs|n_itr)$"
)
TOTALS = re.compile(
    r"^(?:(?:max|num|n|total|train|training|max_train|max_training|num_train)_)?"
    r"(?:timesteps?|env_steps?|frames?|episodes?|eps|games|interactions|env_interactions|time_steps)$"
)
"""What a program that acts in an environment does in all."""
WAITS = re.compile(
    r"^(?:learning_starts?|learn_starts?|start_steps|start_time_?steps?|start_training|train_start|start_train"
    r"|(?:random|initial|init|seed|prefill|exploration|warm_?up|burn_?in|min|pre_?fill|pre_?train)_"
    r"(?:collect_?|random_?|replay_?|buffer_?|exploration_?)?"
    r"(?:steps?|timesteps?|time_steps?|frames?|episodes?|samples|transitions|experiences?|buffer|size|history|memory)"
    r"|update_after|replay_start(?:_size)?|(?:replay|buffer)_(?:initial|min)(?:_size)?|learn_after|observe|burn_?in)$"
)
"""How long it gathers experience before it begins to learn."""
AMOUNTS = re.compile(
    r"^(?:(?:max|num|n|total|nb|number_of|limit|subset|train|training)_)+"
    r"(?:samples?|examples?|points?|data|datapoints|instances?|sequences|sentences|images?|rows|records|items"
    r"|documents|docs|lines|graphs|trajectories|rollouts|pairs|size)$"
    r"|^(?:subset|limit|subset_size|sample_size|dataset_size|data_size|corpus_size|nsamples|ntrain|n_train|num_train"
    r"|train_size|size_train|limit_train_batches|samples_per_class|data_limit|max_size)$"
)
"""How much data it makes or takes."""
ROLLOUTS = re.compile(
    r"^(?:num_steps|n_steps|nsteps|rollout_(?:length|len|size|steps)|horizon|update_(?:timestep|timesteps|interval)"
    r"|steps_per_(?:epoch|update|iter|rollout|batch)|num_envs|n_envs|n_rollout_threads|num_workers_env|episode_length"
    r"|(?:min_)?timesteps_per_batch|episodes_per_(?:batch|update|epoch)|trajectories_per_(?:batch|update))$"
)
"""How much it gathers for one update."""
SIZES = {
    "image_size": 32, "img_size": 32, "imsize": 32, "resolution": 32, "block_size": 32, "seq_len": 16, "seq_length": 16,
    "sequence_length": 16, "max_len": 16, "max_length": 16, "max_seq_len": 16, "max_seq_length": 16,
    "context_length": 32, "n_layer": 2, "n_layers": 2, "num_layers": 2, "num_hidden_layers": 2, "layers": 2,
    "hidden_size": 32, "hidden_dim": 32, "hidden": 16, "d_model": 32, "n_embd": 32, "emsize": 32, "nhid": 32,
    "embed_dim": 32, "embedding_dim": 16, "dim": 32, "d_ff": 64, "width": 16, "base_channels": 8, "channels": 8,
}  # fmt: skip
"""How large the model is, or one item of what it is given, and the least of each."""
HEADS = words("n_head n_heads num_heads nhead nheads heads num_attention_heads")
WIDTHS = words("hidden_size hidden_dim d_model n_embd emsize embed_dim dim")
"""Sizes that have to be a multiple of the number of heads."""
FLOOR_BATCH = 4
"""Normalising over a batch needs more than one item."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One setting that can be lowered: from which number to which."""

    argument: Argument
    before: int
    after: int


Family = Callable[[Subject, Argument, float], int | None]
"""The number to which a setting of a kind is lowered, wanted `factor` times less; None for what is not of the kind."""


def lowered(subject: Subject, families: tuple[Family, ...], factor: float) -> list[Lowered]:
    """The settings of some kinds that are larger than a short run needs, each with its new number."""
    found = []
    for argument in subject.arguments:
        number = subject.number(argument)
        if argument.form not in ("value", "many") or number is None or number != int(number) or is_interval(argument):
            continue
        wanted = next((new for family in families if (new := family(subject, argument, factor)) is not None), None)
        if wanted is not None and 0 < wanted < number:
            found.append(Lowered(argument, int(number), wanted))
    return found


def batch(subject: Subject, argument: Argument, factor: float) -> int | None:
    """How many items are computed on at a time."""
    parts = plain_name(argument).split("_")
    is_batch = BATCH.intersection(parts) and not NO_BATCH.intersection(parts)
    return _divided(subject, argument, factor, FLOOR_BATCH) if is_batch else None


def epochs(_subject: Subject, argument: Argument, _factor: float) -> int | None:
    """How often all data are gone through."""
    return 1 if plain_name(argument) in EPOCHS else None


def steps(subject: Subject, argument: Argument, _factor: float) -> int | None:
    """How many iterations are made in all."""
    name = plain_name(argument)
    if not STEPS.match(name) or name in EPOCHS or (ROLLOUTS.match(name) and _acts(subject)):
        return None
    return subject.limits.iterations + 2


def totals(subject: Subject, argument: Argument, _factor: float) -> int | None:
    """How much is done in an environment in all: enough for a few updates, and for what comes before the first."""
    name = plain_name(argument)
    if not TOTALS.match(name):
        return None
    if not name.endswith(("steps", "step", "frames", "frame", "interactions")):
        return 4
    rollout = 1.0
    for item in subject.arguments:
        if ROLLOUTS.match(plain_name(item)) and (number := subject.number(item)) is not None and number > 1:
            rollout *= number
    waits = [subject.number(item) or 0.0 for item in subject.arguments if WAITS.match(plain_name(item))]
    return int(max(waits, default=0.0) + 4 * rollout + 200)


def waits(subject: Subject, argument: Argument, _factor: float) -> int | None:
    """How long it waits before it learns: as long as filling a few batches takes."""
    name = plain_name(argument)
    if not WAITS.match(name):
        return None
    if "episode" in name:
        return 1
    sizes = [subject.number(item) or 0.0 for item in subject.arguments if batch(subject, item, 1.0) is not None]
    return int(max(2 * max(sizes, default=0.0), 100))


def amounts(subject: Subject, argument: Argument, factor: float) -> int | None:
    """How much data are made or taken."""
    if not AMOUNTS.match(plain_name(argument)):
        return None
    return _divided(subject, argument, factor, 200)


def rollouts(subject: Subject, argument: Argument, factor: float) -> int | None:
    """How much is gathered for one update, in a program that acts in an environment."""
    name = plain_name(argument)
    if not ROLLOUTS.match(name) or not _acts(subject):
        return None
    return _divided(subject, argument, factor, 2 if "env" in name or "thread" in name or "episodes" in name else 32)


def sizes(subject: Subject, argument: Argument, factor: float) -> int | None:
    """How large the model is, or an item that it is given; widths stay multiples of the number of heads."""
    name = plain_name(argument)
    if name not in SIZES:
        return None
    wanted = _divided(subject, argument, min(factor, 8.0), SIZES[name])
    counts = [int(n) for item in subject.arguments if plain_name(item) in HEADS and (n := subject.number(item))]
    if wanted is not None and name in WIDTHS and counts:
        each = 2 * counts[0]
        return max(each, wanted // each * each)
    return wanted


def _divided(subject: Subject, argument: Argument, factor: float, floor: int) -> int | None:
    """A number divided, as a power of two where it was one (or nearly all sizes are), not below a floor."""
    number = subject.number(argument)
    if number is None:
        return None
    wanted = max(floor, int(number / max(factor, 1.0)))
    power: int = 2 ** (wanted.bit_length() - 1)
    return power if int(number) & (int(number) - 1) == 0 and power >= floor else wanted


def _acts(subject: Subject) -> bool:
    """Whether the program acts in an environment."""
    return any(TOTALS.match(plain_name(item)) for item in subject.program.arguments) or any(
        facts.path == subject.program.entry.file and any(_ENVIRONMENTS.match(name) for name in facts.imports)
        for facts in subject.survey.files
    )


_ENVIRONMENTS = re.compile(r"^(?:gym|gymnasium|pettingzoo|dm_control|gymnax|minigrid|procgen)\b")

QUICK = words(
    "dry_run fast_dev_run smoke_test smoke quick quick_run quick_test quick_debug fast_run short_run tiny toy "
    "dummy_run debug debug_mode test_run sanity_check"
)
"""Switches by which programs offer a short run themselves."""
MODELS = words(
    "model arch architecture net network backbone model_name model_type encoder arch_name variant size preset"
)
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)(?P<rest>\D*)$")
_LARGE_TO_SMALL = ("giant", "huge", "xxl", "xl", "large", "big", "base", "medium", "small", "mini", "tiny", "nano")


def smaller_choice(subject: Subject) -> tuple[RunPlan, str] | None:
    """The plan with the smallest model of the same family (`resnet152` to `resnet18`), among the declared choices."""
    for argument in subject.arguments:
        value = subject.value(argument)
        if plain_name(argument) not in MODELS or value not in argument.choices:
            continue
        smaller = _smallest(value, argument.choices)
        if smaller != value:
            return subject.with_value(argument, smaller), f"{called(argument)} {smaller} instead of {value}"
    return None


def quick_switch(subject: Subject) -> tuple[RunPlan, str] | None:
    """The plan with a switch of the program for a short run."""
    for argument in subject.arguments:
        if plain_name(argument) in QUICK and argument.form in ("on", "pair") and subject.truth(argument) is False:
            return subject.with_value(argument, "True"), called(argument)
    return None


def _smallest(value: str, choices: tuple[str, ...]) -> str:
    """The choice that says the same with a smaller number, or a smaller size in words; the value itself if none."""
    numbered = _NUMBERED.match(value)
    if numbered:
        rest = (numbered["stem"], numbered["rest"])
        known = [found for name in choices if (found := _NUMBERED.match(name))]
        same = [found for found in known if (found["stem"], found["rest"]) == rest]
        return min(same, key=lambda found: int(found["number"]), default=numbered).string
    word = next((word for word in _LARGE_TO_SMALL if word in value.lower()), "")
    for other in reversed(_LARGE_TO_SMALL[_LARGE_TO_SMALL.index(word) + 1 :] if word else ()):
        for name in choices:
            if name.lower() == value.lower().replace(word, other):
                return name
    return value
