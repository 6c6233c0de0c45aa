"""LightGBM, XGBoost and Keras: arguments and methods that newer versions took away."""

from __future__ import annotations

_STOPPING = {"early_stopping_rounds": "", "verbose_eval": "", "evals_result": ""}
_FITTING = {"early_stopping_rounds": "", "verbose": "", "eval_metric": "", "callbacks": ""}
_RATES = {"lr": "learning_rate", "decay": ""}
_OPTIMIZERS = "Adam SGD RMSprop Adagrad Adadelta Adamax Nadam".split()
_OF_GENERATORS = ("use_multiprocessing", "workers", "max_queue_size", "pickle_safe")
_MODEL = {
    "fit_generator": lambda own, generator, *given, **named: own.fit(
        generator, *given, **{key: value for key, value in named.items() if key not in _OF_GENERATORS}
    ),
    "evaluate_generator": lambda own, generator, *_, **__: own.evaluate(generator),
    "predict_generator": lambda own, generator, *_, **__: own.predict(generator),
    "predict_classes": lambda own, x, **_: own.predict(x).argmax(axis=-1),
}

NAMES = {
    "keras.utils": {"np_utils": "keras.utils:", "multi_gpu_model": lambda model, *_, **__: model},
    "keras.utils.np_utils": {"to_categorical": "keras.utils:to_categorical"},
    "keras.layers.normalization": {"BatchNormalization": "keras.layers:BatchNormalization"},
    "keras.layers.core": {
        name: "keras.layers:" + name for name in ("Dense", "Dropout", "Activation", "Flatten", "Lambda")
    },
    "keras.layers.convolutional": {name: "keras.layers:" + name for name in ("Conv1D", "Conv2D", "MaxPooling2D")},
    "keras.layers.pooling": {name: "keras.layers:" + name for name in ("MaxPooling2D", "AveragePooling2D")},
    "keras.layers.recurrent": {name: "keras.layers:" + name for name in ("LSTM", "GRU", "SimpleRNN")},
    "keras.layers.embeddings": {"Embedding": "keras.layers:Embedding"},
    "keras.layers.advanced_activations": {name: "keras.layers:" + name for name in ("LeakyReLU", "PReLU", "ELU")},
    "keras.layers": {"CuDNNLSTM": ":LSTM", "CuDNNGRU": ":GRU"},
}
METHODS = {"keras.models:Model": _MODEL, "keras.models:Sequential": _MODEL}
ARGUMENTS = {
    "lightgbm.engine:train": _STOPPING,
    "lightgbm.sklearn:LGBMClassifier.fit": {"early_stopping_rounds": "", "verbose": ""},
    "lightgbm.sklearn:LGBMRegressor.fit": {"early_stopping_rounds": "", "verbose": ""},
    "xgboost.sklearn:XGBClassifier.fit": _FITTING,
    "xgboost.sklearn:XGBRegressor.fit": _FITTING,
    "xgboost.sklearn:XGBModel.fit": _FITTING,
    **{"keras.optimizers:" + name + ".__init__": _RATES for name in _OPTIMIZERS},
}
FAILURES = {r"Argument\(s\) not recognized: \{'(?:lr|decay)'": "an argument of a Keras optimizer by its old name"}
