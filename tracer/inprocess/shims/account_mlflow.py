"""mlflow: a folder in the workspace in place of a server. Runs in the target."""

from __future__ import annotations

import os

from .account_calls import WHY, changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

FOLDER = "mlruns"
SERVERS = ("http:", "https:", "databricks", "postgresql", "mysql", "mssql", "arn:", "uc:")
FOLDERS_ALLOWED = "MLFLOW_ALLOW_FILE_STORE"
SERVER = "MLFLOW_TRACKING_URI"


def arm(harness: Harness) -> None:
    """Wait for mlflow; what the environment says of a server is changed before."""

    def wanted() -> None:
        # Newer versions refuse to keep their logs in files, and want a database that not every installation can make.
        os.environ.setdefault(FOLDERS_ALLOWED, "true")
        if _is_server(os.environ.get(SERVER)) or not (SERVER in os.environ or harness.finds("sqlalchemy")):
            os.environ[SERVER] = FOLDER

    harness.before("mlflow", wanted)
    harness.after("mlflow", lambda module: _local(module, harness))
    for name in ("mlflow.tracking.client", "mlflow.tracking"):
        harness.after(name, lambda module: _client(module, harness))


def _is_server(uri: Any) -> bool:
    return str(uri or "").startswith(SERVERS)


def _local(module: Any, harness: Harness) -> None:
    def local(given: Any, named: dict[str, Any]) -> Any:
        if _is_server(given[0] if given else named.get("uri")):
            return (FOLDER,), {}, "was given a folder in the workspace in place of a server"
        return given, named, ""

    for name in ("set_tracking_uri", "set_registry_uri"):
        changed(module, name, harness, "mlflow.%s()" % name, local)
    for name in ("set_experiment", "start_run"):
        changed(module, name, harness, "mlflow.%s()" % name, _unless_local)
    if hasattr(module, "login"):
        module.login = lambda *_, **__: harness.tell("mlflow.login() was left out", WHY)


def _unless_local(given: Any, named: dict[str, Any]) -> Any:
    """A program may name the server in its own environment, at any time."""
    if _is_server(os.environ.get(SERVER)):
        os.environ[SERVER] = FOLDER
        return given, named, "was given a folder in the workspace in place of a server"
    return given, named, ""


def _client(module: Any, harness: Harness) -> None:
    cls = getattr(module, "MlflowClient", None)
    if cls is None or hasattr(vars(cls).get("__init__"), "__wrapped__"):
        return

    def local(given: Any, named: dict[str, Any]) -> Any:
        told = False
        if len(given) > 1 and _is_server(given[1]):
            given, told = (given[0], FOLDER, *given[2:]), True
        for name in ("tracking_uri", "registry_uri"):
            if _is_server(named.get(name)):
                named, told = {**named, name: FOLDER}, True
        return given, named, "was given a folder in the workspace in place of a server" if told else ""

    changed(cls, "__init__", harness, "MlflowClient()", local)
