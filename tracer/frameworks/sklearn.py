"""scikit-learn."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

FRAMEWORK = Framework(
    name="scikit-learn",
    imports=("sklearn",),
    landmarks=(
        LandmarkSpec("fit", ("sklearn.",), ("fit", "partial_fit"), direct=True, arguments=("self", "X", "y")),
        LandmarkSpec("transform_fit", ("sklearn.",), ("fit_transform", "transform"), direct=True, arguments=("self", "X", "raw_documents")),
        LandmarkSpec("predict", ("sklearn.",), ("predict", "predict_proba", "decision_function"), direct=True,
                     arguments=("self", "X"), returns=True),
        LandmarkSpec("metric", ("sklearn.metrics.",), ("*",), direct=True, arguments=("y_true", "y_pred", "y_score"), returns=True),
        LandmarkSpec("metric", ("sklearn.base", "sklearn.model_selection._validation"), ("score", "cross_val_score", "cross_validate"),
                     direct=True, returns=True),
        LandmarkSpec("split", ("sklearn.model_selection._split",), ("train_test_split",), direct=True, returns=True),
        LandmarkSpec("read", ("sklearn.datasets.",), ("*",), direct=True, returns=True),
    ),
)  # fmt: skip
