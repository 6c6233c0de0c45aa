"""Gradient boosting: XGBoost and LightGBM."""

from __future__ import annotations

from tracer.frameworks import Cap, Framework, LandmarkSpec

_MODULES = ("xgboost.", "lightgbm.")
# Rounds are quick, and each adds a tree like the one before it.
_ROUNDS = 20
_TRAINERS = ("xgboost.training", "xgboost.sklearn", "lightgbm.engine", "lightgbm.sklearn")

FRAMEWORK = Framework(
    name="gradient boosting",
    imports=("xgboost", "lightgbm"),
    landmarks=(
        LandmarkSpec(
            "fit",
            _TRAINERS,
            ("train", "fit", "cv"),
            direct=True,
            arguments=("self", "params", "dtrain", "train_set", "X", "y"),
            returns=True,
            caps=(Cap("num_boost_round", "given", times=_ROUNDS),),
        ),
        LandmarkSpec(
            "fit",
            ("xgboost.core",),
            ("update", "boost"),
            owner="Booster",
            direct=True,
            arguments=("self", "dtrain"),
            returns=True,
            probe="training_step",
        ),
        LandmarkSpec(
            "fit",
            ("lightgbm.basic",),
            ("update",),
            owner="Booster",
            direct=True,
            arguments=("self", "train_set"),
            returns=True,
            probe="training_step",
        ),
        LandmarkSpec(
            "predict",
            _MODULES,
            ("predict", "predict_proba", "inplace_predict"),
            direct=True,
            arguments=("self", "data", "X"),
            returns=True,
        ),
        LandmarkSpec(
            "dataset",
            ("xgboost.core",),
            ("__init__",),
            owner="DMatrix",
            direct=True,
            arguments=("self", "data", "label"),
        ),
        LandmarkSpec(
            "dataset",
            ("xgboost.core",),
            ("__init__",),
            owner="QuantileDMatrix",
            direct=True,
            arguments=("self", "data", "label"),
        ),
        LandmarkSpec(
            "dataset",
            ("lightgbm.basic",),
            ("__init__",),
            owner="Dataset",
            direct=True,
            arguments=("self", "data", "label"),
        ),
        LandmarkSpec(
            "save", _MODULES, ("save_model", "dump_model"), direct=True, arguments=("self", "fname", "filename")
        ),
        LandmarkSpec("load", _MODULES, ("load_model",), direct=True, arguments=("self", "fname")),
    ),
)
