"""Gradient boosting: XGBoost, LightGBM, CatBoost."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

_MODULES = ("xgboost.", "lightgbm.", "catboost.")

FRAMEWORK = Framework(
    name="gradient boosting",
    imports=("xgboost", "lightgbm", "catboost"),
    landmarks=(
        LandmarkSpec("fit", _MODULES, ("train", "fit", "cv"), direct=True, arguments=("params", "dtrain", "train_set", "X", "y"), returns=True),
        LandmarkSpec("predict", _MODULES, ("predict", "predict_proba"), direct=True, arguments=("self", "data", "X"), returns=True),
        LandmarkSpec("dataset", _MODULES, ("__init__",), direct=True, arguments=("self", "data", "label")),
        LandmarkSpec("save", _MODULES, ("save_model", "dump_model"), direct=True, arguments=("fname", "filename")),
        LandmarkSpec("load", _MODULES, ("load_model",), direct=True),
    ),
)  # fmt: skip
