"""Churn with CatBoost: pools with categories, early stopping, a metric of our own."""

import argparse

import numpy as np
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import roc_auc_score


def load_customers(rows, seed):
    rng = np.random.default_rng(seed)
    months = rng.integers(1, 60, size=rows)
    plan = rng.choice(["basic", "plus", "pro"], size=rows)
    calls = rng.poisson(2, size=rows)
    logit = 0.8 * calls - 0.05 * months + (plan == "basic")
    churn = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    X = np.stack([months, calls, plan], axis=1).astype(object)
    return X, churn


class CostMetric:
    def is_max_optimal(self):
        return False

    def evaluate(self, approxes, target, weight):
        probability = 1 / (1 + np.exp(-np.asarray(approxes[0])))
        cost = np.where(np.asarray(target) == 1, 5 * (1 - probability), probability)
        return float(cost.sum()), float(len(target))

    def get_final_error(self, error, weight):
        return error / weight


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iterations", type=int, default=40)
    parser.add_argument("--depth", type=int, default=4)
    args = parser.parse_args()

    X, y = load_customers(1200, seed=5)
    train_pool = Pool(X[:900], label=y[:900], cat_features=[2])
    valid_pool = Pool(X[900:], label=y[900:], cat_features=[2])
    model = CatBoostClassifier(
        iterations=args.iterations,
        depth=args.depth,
        eval_metric=CostMetric(),
        random_seed=5,
        thread_count=2,
        verbose=False,
        allow_writing_files=False,
    )
    model.fit(train_pool, eval_set=valid_pool, early_stopping_rounds=10)
    probability = model.predict_proba(valid_pool)[:, 1]
    auc = roc_auc_score(y[900:], probability)
    print(f"auc {auc:.3f}")
    model.save_model("churn.cbm")


if __name__ == "__main__":
    main()
