"""Boosters for the tests of native files: data, quick training, and what the libraries answer themselves."""

import json
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import xgboost

from explainaudit.loading.model import load_model
from explainaudit.records.stage import Consent

ROWS = 200
RNG = np.random.default_rng(11)
# As the libraries are trained: levels as pandas categories.
TRAINED = pd.DataFrame(
    {
        "amount": RNG.normal(size=ROWS),
        "count": RNG.integers(0, 9, ROWS),
        "kind": pd.Categorical(RNG.choice(["x", "y", "zz"], ROWS)),
        "code": pd.Categorical(RNG.choice([3, 5, 8], ROWS)),
    }
)
TRAINED.loc[:15, "amount"] = np.nan
# As `read_table` types the same rows.
TABLE = TRAINED.assign(kind=TRAINED["kind"].astype("str"), code=TRAINED["code"].astype("int64"))
NUMBERS = TRAINED[["amount", "count"]]
NOISE = RNG.normal(size=ROWS)
YES = ((TRAINED["count"] + 3 * (TRAINED["kind"] == "x") + 2 * NOISE) > 5).astype(int).to_numpy()
THREE = np.digitize(TRAINED["count"] + NOISE, [3, 6])
AMOUNT = np.abs(TRAINED["count"] + NOISE).to_numpy() + 0.5


def lightgbm_of(objective, y, x=NUMBERS, *, rounds=5, categorical="auto", **settings):
    given = {"verbose": -1, "num_threads": 1, "num_leaves": 7, "min_data_in_leaf": 5, "seed": 1}
    rows = lightgbm.Dataset(x, y, categorical_feature=categorical)
    return lightgbm.train(given | {"objective": objective} | settings, rows, rounds)


def xgboost_of(objective, y, x=NUMBERS, *, rounds=5, **settings):
    given = {"nthread": 1, "max_depth": 3, "seed": 1, "objective": objective}
    return xgboost.train(given | settings, xgboost.DMatrix(x, y, enable_categorical=True), rounds)


def saved(booster, folder: Path, name: str) -> Path:
    path = folder / name
    booster.save_model(path)
    return path


def loaded(path: Path, **consent):
    return load_model(path, Consent(**consent))


def answer(predictor, table=NUMBERS):
    """Return the target of a regression, else probabilities of shape (n, k)."""
    if predictor.task == "regression":
        return predictor.outputs(table, output="target")[:, 0]
    found = predictor.outputs(table, output="probability")
    return np.column_stack([1 - found, found]) if predictor.task == "binary" else found


def both(probability):
    """Return what a library answers for two classes as two columns."""
    return probability if probability.ndim == 2 else np.column_stack([1 - probability, probability])


def as_json(booster) -> dict:
    return json.loads(bytes(booster.save_raw("json")))
