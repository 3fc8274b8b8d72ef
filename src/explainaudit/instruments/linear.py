"""Linear models on imputed, scaled and one-hot columns."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.plan import LARGEST, ColumnType

Floats = NDArray[np.float64]
Types = Mapping[str, ColumnType]
FEWEST_OF_LEVEL = 10  # rarer levels of a text column are one level


@dataclass(frozen=True)
class Linear:
    """A fitted instrument.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Columns and model.
    numbers : tuple of str
        The columns it reads as numbers; of the others the text is read.
    """

    pipeline: Any
    numbers: tuple[str, ...]

    def predicted(self, rows: pd.DataFrame) -> Floats:
        """Return the predicted number of each row, shape (n,), in the unit of the target."""
        with _steady():
            return np.asarray(self.pipeline.predict(_plain(rows, self.numbers)), dtype=np.float64)

    def probabilities(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each class, shape (n, k), a column for each class."""
        with _steady():
            found = self.pipeline.predict_proba(_plain(rows, self.numbers))
        return pd.DataFrame(found, columns=[str(name) for name in self.pipeline.classes_])


def logistic(rows: pd.DataFrame, label: NDArray[Any], types: Types) -> Linear:
    """Return a logistic regression (L2, C = 1; multinomial for several classes) of labels on columns.

    Parameters
    ----------
    rows : DataFrame of shape (n, d)
        Typed columns.
    label : ndarray of shape (n,)
        Class of each row as text, two different ones at least.
    types : mapping of str to ColumnType
        Type of each column.
    """
    from sklearn.linear_model import LogisticRegression

    return _fitted(rows, label, types, LogisticRegression(max_iter=1000))


def ridge(rows: pd.DataFrame, target: Floats, types: Types) -> Linear:
    """Return a ridge regression (α = 1) of a target of shape (n,) on typed columns of shape (n, d)."""
    from sklearn.linear_model import Ridge

    return _fitted(rows, target, types, Ridge(alpha=1.0))


def _fitted(rows: pd.DataFrame, target: NDArray[Any], types: Types, model: Any) -> Linear:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    names = sorted(map(str, rows))
    of_numbers = [name for name in names if types[name] in {"integer", "number"}]
    # A number that is never known has no median.
    numbers = [name for name in of_numbers if rows[name].notna().any()]
    texts = [name for name in names if name not in of_numbers]
    scaled = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    levels = OneHotEncoder(handle_unknown="ignore", min_frequency=FEWEST_OF_LEVEL)
    columns = ColumnTransformer([("numbers", scaled, numbers), ("texts", levels, texts)])
    with _steady():
        pipeline = make_pipeline(columns, model).fit(_plain(rows, numbers), target)
    return Linear(pipeline, tuple(numbers))


def _plain(rows: pd.DataFrame, numbers: list[str] | tuple[str, ...]) -> pd.DataFrame:
    """Return rows in plain types: numbers as floats, all else as text with missing as a level.

    Numbers beyond 10^100 are taken at that: squares of larger ones are beyond float64.
    """
    return pd.DataFrame(
        {
            name: np.clip(
                rows[name].astype("float64").to_numpy(dtype=np.float64, na_value=np.nan), -LARGEST, LARGEST
            )
            if name in numbers
            else rows[name].astype(object).where(rows[name].notna(), "").astype(str).to_numpy(dtype=object)
            for name in rows
        }
    )


@contextmanager
def _steady() -> Iterator[None]:
    """Work on one BLAS thread, since sums over several differ in the last digits, and without warnings."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
