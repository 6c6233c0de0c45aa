"""CatBoost: gradient boosting whose loop is in the library."""

from __future__ import annotations

from tracer.frameworks import Cap, Framework, LandmarkSpec

_CORE = ("catboost.core",)
# Rounds are quick, and each adds a tree like the one before it.
_ROUNDS = 20

FRAMEWORK = Framework(
    name="CatBoost",
    imports=("catboost",),
    landmarks=(
        LandmarkSpec(
            "fit",
            _CORE,
            ("train", "fit", "cv"),
            direct=True,
            arguments=("self", "params", "X", "y"),
            returns=True,
            caps=(Cap("num_boost_round", "given", times=_ROUNDS), Cap("iterations", "given", times=_ROUNDS)),
        ),
        LandmarkSpec(
            "predict", _CORE, ("predict", "predict_proba"), direct=True, arguments=("self", "data"), returns=True
        ),
        LandmarkSpec("metric", _CORE, ("score", "eval_metrics"), direct=True, arguments=("self", "X"), returns=True),
        LandmarkSpec("dataset", _CORE, ("__init__",), owner="Pool", direct=True, arguments=("self", "data", "label")),
        LandmarkSpec("save", _CORE, ("save_model",), direct=True, arguments=("self", "fname")),
        LandmarkSpec("load", _CORE, ("load_model",), direct=True, arguments=("self", "fname")),
    ),
)
