"""What the fast first pass says about single files."""

from __future__ import annotations

import textwrap

import pytest

from tracer.survey.facts import may_start, read_facts


def test_a_guard_and_its_line() -> None:
    facts = read_facts("a.py", "def main():\n    pass\n\nif __name__ == '__main__':\n    main()\n")
    assert (facts.has_main_guard, facts.main_line, facts.lines) == (True, 4, 5)


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("x = 1\ny = [1, 2]\n", 0),
        ("import logging\nlog = logging.getLogger(__name__)\n", 0),
        ("from typing import TypeVar\nT = TypeVar('T')\n", 0),
        ("def f():\n    g()\n\nclass A:\n    x = f()\n", 0),
        ("import torch\ntorch.manual_seed(1)\nprint('loaded')\n", 0),
        ("print(Net().fit())\n", 1),
        ("model = Net()\n", 1),
        ("for i in range(3):\n    print(i)\n", 1),
        ("if use_gpu:\n    run()\n", 1),
        ('"""Only a docstring."""\n', 0),
    ],
)
def test_work_at_module_level(text: str, work: int) -> None:
    assert read_facts("a.py", text).top_work == work


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("loss.backward()", "loss.backward()"),
        ("scaler.scale(loss).backward()", "scaler.scale.backward()"),
        ("optimizer.step()", "optimizer.step()"),
        ("self.opt.step()", "self.opt.step()"),
        ("env.step(action)", ""),
        ("super().backward(x)", ""),
        ("model.fit(x, y)", "model.fit()"),
        ("ax.fit()", ""),
        ("model.train()", ""),
        ("trainer.train()", "trainer.train()"),
        ("lgb.train(params, data)", "lgb.train()"),
        ("g = jax.grad(f)", "jax.grad()"),
        ("state = state.apply_gradients(grads=grads)", "state.apply_gradients()"),
        ("w -= lr * grad_w", "w -= lr * grad_w"),
        ("count -= 1", ""),
        ("total += loss.item()", ""),
    ],
)
def test_calls_that_betray_training(line: str, text: str) -> None:
    assert [call.text for call in read_facts("a.py", line + "\n").training_calls] == ([text] if text else [])


def test_imports_and_those_made_late() -> None:
    facts = read_facts(
        "pkg/a.py",
        textwrap.dedent(
            """
            import numpy as np
            import torch.nn as nn
            from . import model
            from ..base import Trainer, Logger
            from utils import *
            def f():
                import wandb
            """
        ),
    )
    assert facts.imports == ("numpy", "torch.nn", ".model", "..base.Trainer", "..base.Logger", "utils", "wandb")
    assert facts.late_imports == ("wandb",)


@pytest.mark.parametrize(
    ("text", "python2"),
    [
        ("print 'hello'\n", True),
        ("try:\n    x()\nexcept ValueError, e:\n    pass\n", True),
        ("raise ValueError, 'no'\n", True),
        ("def f(:\n", False),
    ],
)
def test_files_that_do_not_parse_are_kept_with_the_reason(text: str, python2: bool) -> None:
    facts = read_facts("old.py", text)
    assert facts.syntax_error.startswith("line ")
    assert facts.python2 is python2


@pytest.mark.parametrize("text", ["x = '\0'\n", "(" * 3000 + ")" * 3000])
def test_text_that_breaks_the_parser_is_no_error(text: str) -> None:
    assert read_facts("odd.py", text).syntax_error


def test_files_that_are_read_by_name() -> None:
    text = "open('input.txt').read()\nopen('log.txt', 'w')\nimport numpy as np\nnp.loadtxt('data/a.csv')\nopen(name)\n"
    assert read_facts("a.py", text).files_read == ("input.txt", "data/a.csv")


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("train.py", "train"),
        ("scripts/run_finetuning.py", "train"),
        ("fineTune.py", "train"),
        ("eval.py", "eval"),
        ("test_model.py", "eval"),
        ("data/prepare.py", "prepare"),
        ("download_data.py", "prepare"),
        ("main.py", "other"),
        ("demo.ipynb", "notebook"),
        ("training/__main__.py", "train"),
    ],
)
def test_roles_that_names_promise(path: str, role: str) -> None:
    from tracer.survey.names import role_of

    assert role_of(path)[0] == role


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("if __name__ == '__main__':\n    main()\n", True),
        ("model = Net()\n", True),
        ("a, b = load(1)\n", True),
        ("torch.manual_seed(0)\n", False),
        ("for x in y:\n    pass\n", True),
        ("import logging\nlog = logging.getLogger(__name__)\n", False),
        ("@register('x')\ndef f(a):\n    return g(a)\n", False),
        ("class A(B):\n    x = f()\n", False),
        ("N = 3\nNAMES = ('a',)\n", False),
    ],
)
def test_a_look_at_the_text_tells_what_could_start(text: str, starts: bool) -> None:
    assert may_start(text) is starts
