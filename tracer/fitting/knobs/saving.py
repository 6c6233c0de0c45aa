"""Options without which a program does not save: in a short run it can, and is seen doing it. Host side."""

from __future__ import annotations

import ast
import re

from tracer.fitting.line import truth_word
from tracer.fitting.subject import MAX_READ, Program, Subject, plain_name, shown
from tracer.plan import RunPlan
from tracer.remedies import Adaptation
from tracer.survey import Argument
from tracer.survey.wordlist import words

SAVE = words("save saves saving checkpoint checkpoints checkpointing ckpt dump")
OTHER = words(
    """
    no not dont disable skip load loading restore resume from only best last all every interval freq image images img
    imgs plot plots fig figs figure figures video videos gif gifs memory grad gradient gradients activation
    activations code
    """
)
"""Words of options that do not say whether weights or results are saved, or that cost more than they show."""
WHERE = words("path file filename name to dir folder directory model weights as")
SAVES = re.compile(r"(?:^|_)(?:save|saves|dump|savez|savetxt|checkpoint|ckpt|export|serialize|to_bytes)(?:_|$)")


class Saving:
    """Switches saving on where the program's own condition asks for it."""

    order = 42

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only an option of the toured program that is off, and that stands in an `if` around a call that saves."""
        if subject.plan.chapter != "main":
            return None
        for argument in subject.arguments:
            plan = _switched_on(subject, argument)
            place = condition_of(subject.program, argument) if plan is not None else ""
            if plan is None or plan == subject.plan or not place:
                continue
            why = f"what stands behind {place} is saved only then, and would not be seen"
            return Adaptation(plan, f"saving was switched on ({shown(subject, plan, argument)})", why)
        return None


KNOB = Saving()


def _switched_on(subject: Subject, argument: Argument) -> RunPlan | None:
    """The plan in which an option says that, or where, something is saved; None when it says so already, or never."""
    parts = set(plain_name(argument).split("_"))
    if not argument.flags or subject.is_given(argument) or not parts & SAVE or parts & OTHER:
        return None
    value = subject.value(argument)
    nowhere = value in ("", "None")
    if argument.form in ("on", "pair") or (not nowhere and subject.truth(argument) is False):
        return subject.with_value(argument, truth_word(argument, value, True))
    text = argument.form == "value" and argument.type in ("", "str", "Path", "pathlib.Path") and not argument.choices
    return subject.with_value(argument, "saved") if nowhere and text and parts & WHERE else None


def condition_of(program: Program, argument: Argument) -> str:
    """`file:line` of the `if` that asks for a setting and saves where it is set; "" when there is none."""
    name = argument.name.rsplit(".", 1)[-1].replace("-", "_")
    for file in program.files[:MAX_READ]:
        try:
            tree = ast.parse(program.tree.read(file))
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and _asks(node.test, name) and _saves(node.body):
                return f"{file}:{node.lineno}"
    return ""


def _asks(test: ast.expr, name: str) -> bool:
    """Whether a condition holds only where a setting is set."""
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            return any(_asks(part, name) for part in parts)
        case ast.Compare(left=inner, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant()]):
            return _asks(inner, name)
        case ast.Attribute(attr=found) | ast.Name(id=found) | ast.Subscript(slice=ast.Constant(value=found)):
            return found == name
        case _:
            return False


def _saves(body: list[ast.stmt]) -> bool:
    calls = [node.func for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return any(SAVES.search(ast.unparse(call).rpartition(".")[2].lower()) for call in calls)
