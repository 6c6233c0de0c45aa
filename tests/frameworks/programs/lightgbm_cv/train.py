"""Credit default with LightGBM: cross-validation for the rounds, then one model with our own objective and metric."""

import argparse
import json

import lightgbm as lgb
import numpy as np


def load_credit(rows=1500, seed=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 10))
    logit = X[:, 0] * 1.5 - X[:, 3] + 0.5 * X[:, 5] * X[:, 6]
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    return X, y


def profit(preds, train_data):
    labels = train_data.get_label()
    approved = preds < 0.5
    gain = np.where(labels == 0, 1.0, -3.0)
    return "profit", float(np.sum(gain[approved]) / len(labels)), True


def default_costs_more(preds, train_data):
    labels = train_data.get_label()
    probability = 1 / (1 + np.exp(-preds))
    weight = np.where(labels == 1, 3.0, 1.0)
    grad = weight * (probability - labels)
    hess = weight * probability * (1 - probability)
    return grad, hess


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--leaves", type=int, default=15)
    parser.add_argument("--out", default="credit.txt")
    args = parser.parse_args()

    X, y = load_credit()
    split = int(0.8 * len(X))
    train_set = lgb.Dataset(X[:split], label=y[:split], free_raw_data=False)
    valid_set = lgb.Dataset(X[split:], label=y[split:], reference=train_set)
    params = {"objective": "binary", "num_leaves": args.leaves, "learning_rate": 0.1, "verbose": -1, "seed": 3}

    results = lgb.cv(params, train_set, num_boost_round=args.rounds, nfold=3, feval=profit)
    rounds = int(np.argmax(results["valid profit-mean"])) + 1
    print("rounds", rounds)

    model = lgb.train(
        {**params, "objective": default_costs_more},
        train_set,
        num_boost_round=args.rounds,
        valid_sets=[valid_set],
        feval=profit,
        callbacks=[lgb.log_evaluation(10)],
    )
    predicted = model.predict(X[split:])
    accuracy = np.mean((predicted > 0) == y[split:])
    print(f"accuracy {accuracy:.3f}")
    model.save_model(args.out)
    with open("metrics.json", "w") as handle:
        json.dump({"accuracy": float(accuracy)}, handle)


if __name__ == "__main__":
    main()
