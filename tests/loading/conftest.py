"""Data and fitted models shared by the tests of this room."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 120


@pytest.fixture(scope="session")
def numbers():
    rng = np.random.default_rng(5)
    return pd.DataFrame(rng.normal(size=(ROWS, 3)).round(3), columns=["a", "b", "c"])


@pytest.fixture(scope="session")
def people(numbers):
    """Numbers with missing values, an integer and a text column, typed as `read_table` types them."""
    rng = np.random.default_rng(6)
    frame = numbers.copy()
    frame.loc[3, "a"] = np.nan
    frame["count"] = pd.array([None if i % 9 == 0 else int(rng.integers(0, 5)) for i in range(ROWS)], "Int64")
    frame["city"] = pd.Series([None if i % 11 == 0 else "pqr"[i % 3] for i in range(ROWS)], dtype="str")
    return frame


@pytest.fixture(scope="session")
def binary(numbers):
    noise = np.random.default_rng(7).normal(size=ROWS)
    return (numbers["a"] + noise > 0).astype(int).to_numpy()


@pytest.fixture(scope="session")
def three(numbers):
    return np.array(["low", "mid", "top"])[np.digitize(numbers["a"], [-0.5, 0.5])]


@pytest.fixture(scope="session")
def pipeline(people, binary):
    """A model of mixed columns, trained on plain dtypes."""
    plain = people.astype({"count": float, "city": object}).drop(columns="b")
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["a", "c", "count"]),
        (OneHotEncoder(handle_unknown="ignore"), ["city"]),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(columns, GradientBoostingClassifier(n_estimators=5)).fit(plain, binary)


@pytest.fixture(scope="session")
def logistic(numbers, binary):
    return LogisticRegression().fit(numbers, np.where(binary == 1, "bad", "good"))
