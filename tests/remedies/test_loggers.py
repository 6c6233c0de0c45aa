"""Programs that log to somewhere keep their logs in the workspace; a logger that is not there is quiet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

from tracer.remedies import loggers, missing_package

MakeRepo = Callable[..., Path]

LOGGING = """
import swanlab
from swanlab.integration import Callback


class Mine(Callback):
    pass


@swanlab.watch
def train():
    return 3


run = swanlab.init(project="p", config={"lr": 1})
with run.group("a") as group:
    run.config["x"] = group
    for row in run.rows:
        print(row)
    swanlab.log({"loss": 1.0}, step=1)
print(train(), isinstance(run, swanlab.Run), Mine().anything(1), "x" in run.config)
"""

CLOUD = '''
"""A logger with an account, as the program finds it without one."""


class UsageError(Exception):
    pass


class Run:
    def __init__(self, mode):
        self.mode = mode


def login(key=None):
    raise UsageError("api_key not configured (no-tty). call wandb.login(key=[your_api_key])")


def init(project=None, mode="online"):
    return Run(mode)
'''


def test_a_logger_that_is_not_there(make_repo: MakeRepo) -> None:
    # Tests install nothing: what installing would be is another remedy's business.
    repo = make_repo(files={"train.py": LOGGING})
    done = attempts_of(repo, "train.py", only=(loggers.REMEDY,))
    assert done.slugs == ["quiet-swanlab"]
    assert done.last.out == "3 False  False\n", done.last.err
    told = "swanlab, which is not installed, was answered by something that does nothing (at train.py:2)"
    assert told in done.told


def test_a_logger_that_wants_an_account(make_repo: MakeRepo, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "wandb.py").write_text(CLOUD)
    source = "import wandb\n\nwandb.login()\nprint(wandb.init(project='p', mode='online').mode)\n"
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", extra_path=(tmp_path / "site",))
    assert done.slugs == ["loggers"]
    assert done.last.out == "offline\n"
    assert "wandb.login() was left out (at train.py:3): nothing of a run is sent anywhere" in done.told
    assert "wandb.init() wrote its logs into the workspace (offline) (at train.py:4)" in done.told


def test_a_real_logger_is_looked_for_first() -> None:
    assert loggers.REMEDY.order > missing_package.REMEDY.order
