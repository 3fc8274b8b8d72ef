"""Native boosters as estimators: typed rows in, margins out, probabilities made of them in float64."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, ModelFailed, UsageError
from explainaudit.records.bundle import Makeup

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NativeBooster:
    """A model read from a library's own file, with the methods of a scikit-learn estimator.

    Attributes
    ----------
    library : str
        ``LightGBM`` or ``XGBoost``.
    margins : callable
        Codes of shape (n, d) -> raw scores of shape (n,) or (n, k), on one thread.
    answer : callable
        The same -> what the library itself answers, for a regression.
    feature_names_in_ : tuple of str
        Input columns in the model's order.
    levels : dict of str to tuple
        Levels of the categorical inputs, in the order of their codes.
    classes_ : tuple of str
        Labels; numbers in the file's order, for a regression none.
    makeup : Makeup
        What the file says the model is made of.
    named : bool
        Whether the file names the inputs.
    """

    library: str
    margins: Callable[[Floats], Floats]
    answer: Callable[[Floats], Floats]
    feature_names_in_: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]
    classes_: tuple[str, ...]
    makeup: Makeup
    named: bool = True

    @property
    def n_features_in_(self) -> int:
        """Number of inputs."""
        return len(self.feature_names_in_)

    def renamed(self, inputs: tuple[str, ...]) -> "NativeBooster":
        """Return the model with the names that its inputs have in the tables, in its order.

        Names of the file stand above the ones given, but for LightGBM's, which writes blanks as ``_``.
        Raises `DataRefused` E431 for a wrong number.
        """
        if len(inputs) != self.n_features_in_:
            raise DataRefused("E431", expected=self.n_features_in_, seen=len(inputs))
        written = tuple("_".join(name.split()) for name in inputs)
        if self.named and written != self.feature_names_in_:
            return self
        levels = {
            new: self.levels[old]
            for old, new in zip(self.feature_names_in_, inputs, strict=True)
            if old in self.levels
        }
        return replace(self, feature_names_in_=inputs, levels=levels, named=True)

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Return the predictions of a regression, shape (n,)."""
        return np.asarray(self.answer(self._codes(rows)), dtype=np.float64)

    def decision_function(self, rows: pd.DataFrame) -> Floats:
        """Return the log-odds of the second of two classes, shape (n,)."""
        return np.asarray(self.margins(self._codes(rows)), dtype=np.float64)

    def predict_proba(self, rows: pd.DataFrame) -> Floats:
        """Return probabilities of shape (n, k), from the margins: sigmoid, or softmax over the classes."""
        from scipy.special import expit, softmax

        margins = self.decision_function(rows)
        if margins.ndim == 1:
            return np.column_stack([expit(-margins), expit(margins)])
        return np.asarray(softmax(margins, axis=1), dtype=np.float64)

    def _codes(self, rows: pd.DataFrame) -> Floats:
        """Return rows as numbers: a level as its code, one that the file does not know as missing."""
        columns = [self._column(rows[name], name) for name in self.feature_names_in_]
        return np.column_stack(columns) if len(rows) else np.empty((0, len(columns)))

    def _column(self, values: pd.Series, name: str) -> Floats:
        if name in self.levels:
            known = {_level(level): code for code, level in enumerate(self.levels[name])}
            return values.map(lambda value: known.get(_level(value), np.nan)).to_numpy(dtype=np.float64)
        if not pd.api.types.is_numeric_dtype(values.dtype):
            if values.isna().all():
                return np.full(len(values), np.nan)
            raise ModelFailed("E615", where=name, library=self.library)
        return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _level(value: Any) -> Any:
    """Return what levels are compared by: numbers by value, all else as text."""
    is_number = isinstance(value, int | float | np.number | np.bool_)
    return float(value) if is_number else value


def check_tree(children: Sequence[Sequence[int]], nodes: int, where: str) -> None:
    """Refuse a tree whose internal nodes do not form one tree from node 0 (E616).

    Parameters
    ----------
    children : sequence of sequence of int
        For each internal node the internal nodes below it; leaves are left out.
    nodes : int
        Number of internal nodes.
    """
    seen, waiting = {0}, [0] if nodes else []
    while waiting:
        for child in children[waiting.pop()]:
            if not 0 <= child < nodes or child in seen:
                raise ModelFailed("E616", where=where)
            seen.add(child)
            waiting.append(child)


def library(name: str, where: str) -> Any:
    """Return an optional library. Raises `UsageError` (E257) when it is not installed."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError("E257", where=where, library=name) from None
