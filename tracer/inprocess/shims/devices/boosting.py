"""LightGBM, XGBoost and CatBoost: parameters that ask for a GPU. Runs in the target."""

from __future__ import annotations

from .mapping import WHY, like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness

    from .mapping import Mapping

NAMES = ("device", "device_type", "task_type", "tree_method", "predictor")
INSTEAD = {"gpu_hist": "hist", "gpu_exact": "exact", "gpu_predictor": "cpu_predictor"}


def arm(harness: Harness, mapping: Mapping) -> None:
    """Wait for the libraries."""
    for module, places in (
        ("lightgbm.basic", ("Booster.__init__",)),
        ("lightgbm.sklearn", ("LGBMModel.__init__",)),
        ("xgboost.core", ("Booster.__init__",)),
        ("xgboost.sklearn", ("XGBModel.__init__",)),
        ("catboost.core", ("CatBoost.__init__", "CatBoostClassifier.__init__", "CatBoostRegressor.__init__")),
    ):
        harness.after(module, _changing(places, harness))


def _changing(places: tuple[str, ...], harness: Harness) -> Any:
    def change(module: Any) -> None:
        for place in places:
            owner, _, name = place.partition(".")
            cls = getattr(module, owner, None)
            if cls is not None:
                setattr(cls, name, _without_gpu(vars(cls)[name], owner, harness))

    return change


def _without_gpu(begin: Any, shown: str, harness: Harness) -> Any:
    def __init__(self: Any, *given: Any, **named: Any) -> None:
        given = tuple(_mapped(one, shown, harness) if isinstance(one, dict) else one for one in given)
        if isinstance(named.get("params"), dict):
            named["params"] = _mapped(named["params"], shown, harness)
        begin(self, *given, **_mapped(named, shown, harness))

    return like(__init__, begin)


def _mapped(params: dict[str, Any], shown: str, harness: Harness) -> dict[str, Any]:
    found = dict(params)
    for name in NAMES:
        value = found.get(name)
        if not isinstance(value, str):
            continue
        low = value.lower()
        instead = INSTEAD.get(low, "cpu" if low in ("gpu", "cuda") or low.startswith("cuda:") else "")
        if instead:
            instead = instead.upper() if name == "task_type" else instead
            harness.tell("%s(%s=%r) became %r" % (shown, name, value, instead), WHY)
            found[name] = instead
    return found
