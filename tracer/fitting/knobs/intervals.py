"""How often a program logs, evaluates and saves: in a short run often enough that it happens at all. Host side."""

from __future__ import annotations

from tracer.fitting.subject import Subject, plain_name, shown
from tracer.remedies import Adaptation
from tracer.survey import Argument
from tracer.survey.wordlist import words

WHAT = words(
    """
    log logging print printing display report eval evaluation evaluate val valid validation validate test testing save
    saving checkpoint checkpointing ckpt snapshot disp show info summary
    """
)
RATE = words("interval intervals every freq frequency period each")
UNITS = words("steps step epoch iter n")
"""`save_steps`, `log_step`: how often, when nothing else is said."""
COUNT = words("epochs iters iterations batches samples size max num total")
"""Words of settings that say how much, not how often."""


EVALUATES = words("eval evaluation evaluate val valid validation validate test testing")
GATHERING = words(
    """
    learning_start learning_starts learn_start start_steps start_step start_timesteps random_steps initial_steps
    init_steps initial_random_steps exploration_steps prefill prefill_steps replay_start replay_start_size
    min_replay_size
    """
)
"""Names of settings that say for how many steps experience is only gathered before anything is trained."""


class Intervals:
    """Lowers intervals that a short run would not reach."""

    order = 40

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only whole numbers above what the run will show of a loop; off (0, -1, None) stays off."""
        changed, start = [], subject
        gathered = max((subject.number(item) or 0 for item in subject.named(GATHERING)), default=0)
        for argument in subject.arguments:
            if not is_interval(argument):
                continue
            number = subject.number(argument)
            if number is None or number != int(number) or number < subject.limits.iterations:
                continue
            if number < gathered and EVALUATES.intersection(plain_name(argument).split("_")):
                continue  # it comes before training does, and at every step it would take all the time
            plan = subject.with_value(argument, "1")
            if plan != subject.plan:
                changed.append(f"{shown(subject, plan, argument)} instead of {int(number)}")
                subject = subject.on(plan)
        if subject is start:
            return None
        why = "loops are left after a few iterations, and what is done less often would not be seen"
        return Adaptation(subject.plan, f"intervals were lowered ({', '.join(changed)})", why)


KNOB = Intervals()


def is_interval(argument: Argument) -> bool:
    """Whether a setting says how often something is logged, evaluated or saved: `eval_interval`, `save_every`."""
    parts = plain_name(argument).split("_")
    if argument.type not in ("", "int", "Optional[int]", "int | None") or COUNT.intersection(parts):
        return False
    if not WHAT.intersection(parts):
        return False
    return bool(RATE.intersection(parts)) or (len(parts) == 2 and parts[0] in WHAT and parts[1] in UNITS)
