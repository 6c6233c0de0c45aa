"""Demand forecast with a squared log error objective, and a classifier by the scikit-learn interface."""

import numpy as np
import xgboost as xgb
from sklearn.metrics import roc_auc_score

PARAMS = {"max_depth": 4, "eta": 0.3, "tree_method": "hist", "seed": 7, "disable_default_eval_metric": 1}
ROUNDS = 12


def make_demand(rows, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 8))
    y = np.exp(0.4 * X[:, 0] - 0.3 * X[:, 1] + 0.1 * rng.normal(size=rows))
    return X, y


def squared_log(predt, dtrain):
    y = dtrain.get_label()
    predt = np.maximum(predt, -1 + 1e-6)
    grad = (np.log1p(predt) - np.log1p(y)) / (predt + 1)
    hess = (-np.log1p(predt) + np.log1p(y) + 1) / np.power(predt + 1, 2)
    return grad, hess


def rmsle(predt, dtrain):
    y = dtrain.get_label()
    predt = np.maximum(predt, -1 + 1e-6)
    elements = np.power(np.log1p(y) - np.log1p(predt), 2)
    return "rmsle", float(np.sqrt(np.mean(elements)))


class History(xgb.callback.TrainingCallback):
    def __init__(self):
        self.best = float("inf")

    def after_iteration(self, model, epoch, evals_log):
        current = evals_log["valid"]["rmsle"][-1]
        self.best = min(self.best, current)
        return False


def train_native():
    X, y = make_demand(1200, seed=7)
    dtrain = xgb.DMatrix(X[:900], label=y[:900])
    dvalid = xgb.DMatrix(X[900:], label=y[900:])
    history = History()
    booster = xgb.train(
        PARAMS,
        dtrain,
        num_boost_round=ROUNDS,
        evals=[(dtrain, "train"), (dvalid, "valid")],
        obj=squared_log,
        custom_metric=rmsle,
        callbacks=[history],
        verbose_eval=False,
    )
    print("best rmsle", round(history.best, 4))
    booster.save_model("demand.json")
    return booster.predict(dvalid)


def train_classifier():
    X, y = make_demand(600, seed=8)
    label = (y > np.median(y)).astype(int)
    classifier = xgb.XGBClassifier(n_estimators=10, max_depth=3)
    classifier.fit(X[:450], label[:450])
    scores = classifier.predict_proba(X[450:])[:, 1]
    auc = roc_auc_score(label[450:], scores)
    print(f"auc {auc:.3f}")


if __name__ == "__main__":
    train_native()
    train_classifier()
