"""scikit-learn."""

from __future__ import annotations

from tracer.frameworks import Framework, LandmarkSpec

# What only transforms data, first: fitting one of these prepares data, and the first landmark that fits counts.
_TRANSFORMERS = (
    "sklearn.preprocessing.", "sklearn.feature_extraction.", "sklearn.impute.", "sklearn.compose.",
    "sklearn.feature_selection.", "sklearn.decomposition.", "sklearn.random_projection.",
    "sklearn.kernel_approximation.",
)  # fmt: skip
_METRICS = (
    "accuracy_score", "average_precision_score", "balanced_accuracy_score", "brier_score_loss",
    "class_likelihood_ratios", "classification_report", "cohen_kappa_score", "confusion_matrix",
    "d2_absolute_error_score", "det_curve", "explained_variance_score", "f1_score", "fbeta_score", "hamming_loss",
    "hinge_loss", "jaccard_score", "log_loss", "matthews_corrcoef", "max_error", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_log_error", "median_absolute_error",
    "mean_pinball_loss", "mean_poisson_deviance", "multilabel_confusion_matrix", "ndcg_score", "dcg_score",
    "precision_recall_curve", "precision_recall_fscore_support", "precision_score", "r2_score", "recall_score",
    "roc_auc_score", "roc_curve", "root_mean_squared_error", "root_mean_squared_log_error", "top_k_accuracy_score",
    "zero_one_loss", "auc", "adjusted_mutual_info_score", "adjusted_rand_score", "calinski_harabasz_score",
    "completeness_score", "davies_bouldin_score", "fowlkes_mallows_score", "homogeneity_score", "mutual_info_score",
    "normalized_mutual_info_score", "rand_score", "silhouette_score", "v_measure_score",
    "label_ranking_average_precision_score", "coverage_error",
)  # fmt: skip

FRAMEWORK = Framework(
    name="scikit-learn",
    imports=("sklearn",),
    landmarks=(
        LandmarkSpec(
            "transform_fit",
            _TRANSFORMERS,
            ("fit", "partial_fit"),
            direct=True,
            arguments=("self", "X", "raw_documents"),
            returns=True,
        ),
        LandmarkSpec(
            "transform_fit",
            ("sklearn.",),
            ("fit_transform", "transform"),
            direct=True,
            arguments=("self", "X", "raw_documents"),
            returns=True,
        ),
        LandmarkSpec(
            "fit",
            ("sklearn.",),
            ("fit", "fit_predict"),
            direct=True,
            arguments=("self", "X", "y"),
            returns=True,
        ),
        LandmarkSpec(
            "fit",
            ("sklearn.",),
            ("partial_fit",),
            direct=True,
            arguments=("self", "X", "y"),
            returns=True,
            probe="training_step",
        ),
        LandmarkSpec(
            "predict",
            ("sklearn.",),
            ("predict", "predict_proba", "predict_log_proba", "decision_function"),
            direct=True,
            arguments=("self", "X"),
            returns=True,
        ),
        LandmarkSpec(
            "metric",
            ("sklearn.metrics.",),
            _METRICS,
            direct=True,
            arguments=("y_true", "y_pred", "y_score"),
            returns=True,
        ),
        LandmarkSpec(
            "metric",
            ("sklearn.model_selection._validation",),
            ("cross_val_score", "cross_validate", "cross_val_predict"),
            direct=True,
            arguments=("estimator", "X", "y"),
            returns=True,
        ),
        LandmarkSpec("metric", ("sklearn.",), ("score",), direct=True, arguments=("self", "X", "y"), returns=True),
        LandmarkSpec(
            "split", ("sklearn.model_selection._split",), ("train_test_split", "split"), direct=True, returns=True
        ),
        LandmarkSpec("read", ("sklearn.datasets.",), ("*",), direct=True, returns=True),
        LandmarkSpec("save", ("joblib.numpy_pickle",), ("dump",), direct=True, arguments=("value", "filename")),
        LandmarkSpec("load", ("joblib.numpy_pickle",), ("load",), direct=True, arguments=("filename",), returns=True),
    ),
)
