"""A library that writes logs of a run wants an account, a server or a package that is not there."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.diagnosis import complaint, raising_lines, with_shim
from tracer.remedies import Adaptation, Situation

PURE = (
    "wandb", "mlflow", "comet_ml", "neptune", "tensorboardX", "tensorboard", "tensorboard_logger", "visdom", "clearml",
    "aim", "swanlab", "trackio", "dvclive", "hyperdash", "crayon", "pycrayon", "logger_tt",
    "telegram_send", "knockknock", "codecarbon", "gpustat", "nvsmi", "GPUtil", "setproctitle",
    "apprise", "slack", "slackclient",
)  # fmt: skip
"""Packages that a program computes nothing with: logs, notices, the name of the process."""

MISSING = re.compile(rf"No module named '(?P<name>{'|'.join(PURE)})(?:\.[\w.]+)?'")
ACCOUNT = re.compile(
    r"api_key not configured|wandb\.errors|wandb: ERROR|requires an API key|No API key|NeptuneMissing|Neptune.*Exc"
    r"|comet\.(?:com|ml)|clearml\.conf|MissingConfigError|API Token|CommError|login required",
    re.IGNORECASE,
)
SERVER = re.compile(
    r"ConnectionError|MlflowException|Max retries exceeded|Connection refused|Failed to establish|visdom", re.I
)
LOGGER = re.compile(r"wandb|mlflow|comet|neptune|visdom|clearml|tracking_uri", re.IGNORECASE)
OFFLINE = {
    "WANDB_MODE": "offline",
    "NEPTUNE_MODE": "offline",
    "CLEARML_OFFLINE_MODE": "1",
    "COMET_OFFLINE_DIRECTORY": ".",
}


class Loggers:
    """Keeps the logs in the workspace; a logger that cannot be had is quiet."""

    order = 36  # behind the installation of what is missing: a real logger shows more

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failure is a logger's."""
        text = complaint(situation)
        missing = MISSING.search(text)
        if missing:
            name = missing["name"]
            return Adaptation(
                with_shim(situation.plan, "loggers", quiet=[name]),
                f"{name} was answered by something that does nothing",
                "it is not installed, and only writes logs",
                slug=f"quiet-{name}",
            )
        told = ACCOUNT.search(text) or (SERVER.search(text) and _logs(situation))
        if not told:
            return None
        plan = with_shim(situation.plan, "loggers")
        return Adaptation(
            replace(plan, environment={**plan.environment, **OFFLINE}),
            "logs of the run were kept in the workspace (offline)",
            f"nothing of a run is sent anywhere ({text[:120]})",
            slug="loggers",
        )


REMEDY = Loggers()


def _logs(situation: Situation) -> bool:
    """Whether the line that failed is one that logs."""
    return any(LOGGER.search(line) for line in raising_lines(situation)) or bool(LOGGER.search(situation.message))
