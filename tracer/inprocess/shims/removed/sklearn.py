"""scikit-learn: what 0.18 to 1.8 took away."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SELECTION = (
    "train_test_split cross_val_score cross_val_predict KFold StratifiedKFold ShuffleSplit StratifiedShuffleSplit"
    " LeaveOneOut LeavePOut cross_validate"
).split()
_SEARCH = "GridSearchCV ParameterGrid ParameterSampler RandomizedSearchCV".split()


def _linear_assignment(cost: Any) -> Any:
    """`linear_assignment`: pairs of row and column."""
    rows, columns = __import__("scipy.optimize").optimize.linear_sum_assignment(cost)
    return __import__("numpy").column_stack([rows, columns])


def _plot(display: str) -> Any:
    def plot(estimator: Any, features: Any, truth: Any, **named: Any) -> Any:
        metrics = __import__("sklearn.metrics").metrics
        return getattr(metrics, display).from_estimator(estimator, features, truth, **named)

    return plot


NAMES = {
    "sklearn.externals": {"joblib": "joblib:", "six": "six:"},
    "sklearn.cross_validation": {name: "sklearn.model_selection:" + name for name in _SELECTION},
    "sklearn.grid_search": {name: "sklearn.model_selection:" + name for name in _SEARCH},
    "sklearn.learning_curve": {
        "learning_curve": "sklearn.model_selection:learning_curve",
        "validation_curve": "sklearn.model_selection:validation_curve",
    },
    "sklearn.datasets.samples_generator": {
        name: "sklearn.datasets:" + name
        for name in "make_blobs make_classification make_regression make_moons make_circles make_swiss_roll".split()
    },
    "sklearn.datasets.base": {"Bunch": "sklearn.utils:Bunch", "load_iris": "sklearn.datasets:load_iris"},
    "sklearn.preprocessing": {"Imputer": "sklearn.impute:SimpleImputer"},
    "sklearn.mixture": {
        "GMM": ":GaussianMixture",
        "DPGMM": ":BayesianGaussianMixture",
        "VBGMM": ":BayesianGaussianMixture",
    },
    "sklearn.decomposition": {"RandomizedPCA": ":PCA"},
    "sklearn.lda": {"LDA": "sklearn.discriminant_analysis:LinearDiscriminantAnalysis"},
    "sklearn.qda": {"QDA": "sklearn.discriminant_analysis:QuadraticDiscriminantAnalysis"},
    "sklearn.metrics": {
        "jaccard_similarity_score": ":accuracy_score",
        "plot_confusion_matrix": _plot("ConfusionMatrixDisplay"),
        "plot_roc_curve": _plot("RocCurveDisplay"),
        "plot_precision_recall_curve": _plot("PrecisionRecallDisplay"),
    },
    "sklearn.utils.linear_assignment_": {"linear_assignment": _linear_assignment},
    "sklearn.utils.testing": {
        name: "sklearn.utils._testing:" + name for name in ("ignore_warnings", "assert_array_equal", "assert_allclose")
    },
    "sklearn.feature_extraction.stop_words": {
        "ENGLISH_STOP_WORDS": "sklearn.feature_extraction.text:ENGLISH_STOP_WORDS"
    },
    "sklearn.neighbors.kde": {"KernelDensity": "sklearn.neighbors:KernelDensity"},
}
ALIASES = {
    "sklearn.externals.joblib": "joblib",
    "sklearn.externals.six": "six",
    "sklearn.linear_model.logistic": "sklearn.linear_model",
    "sklearn.linear_model.base": "sklearn.linear_model",
    "sklearn.linear_model.stochastic_gradient": "sklearn.linear_model",
    "sklearn.ensemble.forest": "sklearn.ensemble",
    "sklearn.ensemble.gradient_boosting": "sklearn.ensemble",
    "sklearn.ensemble.bagging": "sklearn.ensemble",
    "sklearn.tree.tree": "sklearn.tree",
    "sklearn.svm.classes": "sklearn.svm",
    "sklearn.neighbors.classification": "sklearn.neighbors",
    "sklearn.neighbors.unsupervised": "sklearn.neighbors",
    "sklearn.cluster.k_means_": "sklearn.cluster",
    "sklearn.metrics.classification": "sklearn.metrics",
    "sklearn.metrics.ranking": "sklearn.metrics",
    "sklearn.metrics.regression": "sklearn.metrics",
    "sklearn.metrics.scorer": "sklearn.metrics",
    "sklearn.preprocessing.data": "sklearn.preprocessing",
    "sklearn.preprocessing.label": "sklearn.preprocessing",
    "sklearn.preprocessing.imputation": "sklearn.impute",
    "sklearn.decomposition.pca": "sklearn.decomposition",
    "sklearn.manifold.t_sne": "sklearn.manifold",
    "sklearn.mixture.gmm": "sklearn.mixture",
    "sklearn.neural_network.multilayer_perceptron": "sklearn.neural_network",
}
_WORDS = {"get_feature_names": lambda own: list(own.get_feature_names_out())}
METHODS = {
    "sklearn.feature_extraction.text:CountVectorizer": _WORDS,
    "sklearn.feature_extraction.text:TfidfVectorizer": _WORDS,
    "sklearn.feature_extraction:DictVectorizer": _WORDS,
    "sklearn.preprocessing:OneHotEncoder": _WORDS,
    "sklearn.preprocessing:PolynomialFeatures": _WORDS,
}
ARGUMENTS = {
    "sklearn.preprocessing:OneHotEncoder.__init__": {"sparse": "sparse_output", "categorical_features": ""},
    "sklearn.manifold:TSNE.__init__": {"n_iter": "max_iter", "square_distances": ""},
    "sklearn.cluster:KMeans.__init__": {"n_jobs": "", "precompute_distances": ""},
    "sklearn.linear_model:LogisticRegression.__init__": {"multi_class": ""},
    "sklearn.linear_model:LinearRegression.__init__": {"normalize": ""},
    "sklearn.linear_model:Ridge.__init__": {"normalize": ""},
    "sklearn.linear_model:Lasso.__init__": {"normalize": ""},
    "sklearn.linear_model:SGDClassifier.__init__": {"n_iter": "max_iter"},
    "sklearn.linear_model:Perceptron.__init__": {"n_iter": "max_iter"},
    "sklearn.model_selection:GridSearchCV.__init__": {"iid": ""},
    "sklearn.model_selection:KFold.__init__": {"n_folds": "n_splits"},
    "sklearn.ensemble:AdaBoostClassifier.__init__": {"base_estimator": "estimator", "algorithm": ""},
    "sklearn.ensemble:BaggingClassifier.__init__": {"base_estimator": "estimator"},
    "sklearn.calibration:CalibratedClassifierCV.__init__": {"base_estimator": "estimator"},
    "sklearn.tree:DecisionTreeClassifier.__init__": {"presort": ""},
}
