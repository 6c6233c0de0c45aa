"""comet: an experiment that is kept in the workspace. Runs in the target."""

from __future__ import annotations

import os

from .account_calls import OFFLINE, WHY, changed, left_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

KEPT = ("project_name", "workspace", "experiment_key", "disabled", "log_code", "parse_args", "auto_metric_logging")
"""Arguments that say the same of an experiment that is kept here."""


def arm(harness: Harness) -> None:
    """Wait for comet."""

    def wanted() -> None:
        os.environ.setdefault("COMET_OFFLINE_DIRECTORY", ".")
        # Errors would be reported, and the address of the machine's cloud be asked for.
        os.environ.update(COMET_ERROR_TRACKING_ENABLE="false", COMET_AUTO_LOG_ENV_DETAILS="false")

    harness.before("comet_ml", wanted)
    harness.after("comet_ml", lambda module: _offline(module, harness))


def _offline(module: Any, harness: Harness) -> None:
    for name in ("Experiment", "ExistingExperiment"):
        offline = getattr(module, name.replace("Experiment", "OfflineExperiment"), None)
        if hasattr(module, name) and offline is not None:
            setattr(module, name, _kept_here(offline, name, harness))

    def without_server(given: Any, named: dict[str, Any]) -> Any:
        return given, {**named, "online": False}, OFFLINE

    changed(module, "start", harness, "comet_ml.start()", without_server)
    for name in ("login", "init"):
        left_out(module, name, harness, "comet_ml.%s()" % name)


def _kept_here(offline: Any, name: str, harness: Harness) -> Any:
    """A class that stands for one that sends: that which keeps what it is given."""

    def __init__(self: Any, api_key: Any = None, *given: Any, **named: Any) -> None:
        harness.tell("comet_ml.%s() %s" % (name, OFFLINE), WHY)
        named.update(zip(("project_name", "workspace"), given))
        kept = {key: named[key] for key in KEPT if key in named}
        offline.__init__(self, offline_directory=".", **kept)

    return type(name, (offline,), {"__init__": __init__, "__module__": "comet_ml", "__doc__": offline.__doc__})
