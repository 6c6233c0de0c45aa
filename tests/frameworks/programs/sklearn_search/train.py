"""Predict house prices: feature pipeline, grid search, a cost that hates underestimates."""

import argparse

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_regression
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import make_scorer, mean_absolute_error, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def load_houses(rows, seed):
    X, y = make_regression(n_samples=rows, n_features=6, noise=10.0, random_state=seed)
    rng = np.random.default_rng(seed)
    X[rng.random(X.shape) < 0.02] = np.nan
    district = rng.integers(0, 4, size=(rows, 1)).astype(float)
    return np.hstack([X, district]), y + 20 * district[:, 0]


def underestimate_cost(y_true, y_pred):
    error = y_true - y_pred
    return float(np.mean(np.where(error > 0, 2.0 * error, -error)))


def build_pipeline(seed):
    numeric = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    features = ColumnTransformer([("num", numeric, list(range(6))), ("cat", OneHotEncoder(), [6])])
    return Pipeline([("features", features), ("model", GradientBoostingRegressor(random_state=seed))])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    X, y = load_houses(args.rows, args.seed)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=args.seed)

    pipeline = build_pipeline(args.seed)
    scorer = make_scorer(underestimate_cost, greater_is_better=False)
    baseline = cross_val_score(pipeline, X_train, y_train, cv=args.folds, scoring=scorer)
    print(f"baseline cost {-baseline.mean():.2f}")

    grid = {"model__n_estimators": [20, 40], "model__max_depth": [2, 3]}
    search = GridSearchCV(pipeline, grid, scoring=scorer, cv=args.folds)
    search.fit(X_train, y_train)
    print("best", search.best_params_)

    predicted = search.predict(X_test)
    print(f"mae {mean_absolute_error(y_test, predicted):.2f}")
    print(f"r2 {r2_score(y_test, predicted):.3f}")
    joblib.dump(search.best_estimator_, "houses.joblib")


if __name__ == "__main__":
    main()
