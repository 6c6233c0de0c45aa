"""Numbers that stand only in the source of a program, and plans in which others take their place. Host side.

The source is not edited: a driver compiles the program with other numbers, and its files stay as they are.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tracer.fitting import documents
from tracer.fitting.config_files import LARGEST, text_of
from tracer.location import Location
from tracer.plan import Driver, RunPlan
from tracer.survey import Argument
from tracer.survey.wordlist import words

KIND = "constant"
SETTINGS = words("config configs conf cfg settings setting hparams hyperparams hyperparameters params parameters "
                 "constants options opts arguments args defaults globals const")  # fmt: skip
"""Names of modules that hold settings."""
DRIVER = "constants"


def constants_of(plan: RunPlan, files: Iterable[str]) -> list[Argument]:
    """The values in the source of the program and of the modules of settings among the files that it imports."""
    if plan.launch != "script" or (plan.driver is not None and plan.driver.name != DRIVER):
        return []
    own = posixpath.normpath(posixpath.join(plan.folder, plan.argv[0]))
    found = []
    for file in dict.fromkeys(file for file in files if file == own or _holds_settings(file)):
        text = text_of(plan, file)
        for item in documents.values_of(file, text) if len(text) <= LARGEST else ():
            changed = next((row[3] for row in _edits(plan).get(file, ()) if row[0] == item.start), item.text)
            place = Location(file, item.line, item.line)
            found.append(Argument(item.name, (), changed, kind=KIND, location=place))
    return found


def with_constant(plan: RunPlan, argument: Argument, value: str) -> RunPlan:
    """The plan in which the program is compiled with another value; the plan itself where it has no such value."""
    file = argument.location.file
    for item in documents.values_of(file, text_of(plan, file)):
        if item.name == argument.name and item.line == argument.location.line and "\n" not in item.text:
            row = [item.start, item.stop, item.text, documents.spelled(item, value, file)]
            edits = _edits(plan)
            others = [known for known in edits.get(file, ()) if known[0] != item.start]
            return replace(plan, driver=Driver(DRIVER, {"edits": {**edits, file: [*others, row]}}))
    return plan


def _edits(plan: RunPlan) -> dict[str, list[list[Any]]]:
    return dict(plan.driver.data["edits"]) if plan.driver is not None and plan.driver.name == DRIVER else {}


def _holds_settings(file: str) -> bool:
    name = os.path.basename(file).removesuffix(".py").lower()
    return bool(SETTINGS.intersection(name.split("_"))) or os.path.basename(os.path.dirname(file)).lower() in SETTINGS
