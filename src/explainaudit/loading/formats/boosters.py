"""Native boosters as estimators: typed rows in, margins out, probabilities made of them in float64."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, UsageError
from explainaudit.loading.label_text import label_text
from explainaudit.loading.readings import Reading
from explainaudit.records.bundle import Makeup, Parameter
from explainaudit.records.message import Message, Name, Series

MOST_INPUTS = 100_000  # more columns than a table of persons has; a file may claim any number
LONGEST = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NativeBooster:
    """A model of a boosting library, with the methods of a scikit-learn estimator.

    Attributes
    ----------
    library : str
        ``LightGBM`` or ``XGBoost``.
    margins : callable
        Codes of shape (n, d) -> raw scores of shape (n,) or (n, k), on one thread; of two classes
        log-odds.
    answer : callable
        The same -> what the library itself answers, for a regression.
    reading : callable
        Nothing -> the sum of its trees that the margins are, or for a regression the answer; none where
        there is no such sum.
    feature_names_in_ : tuple of str
        Input columns in the model's order.
    levels : dict of str to tuple
        Levels of the categorical inputs, in the order of their codes.
    classes_ : tuple
        Labels; numbers as text in the file's order, for a regression none.
    makeup : Makeup
        What the file says the model is made of.
    named : bool
        Whether the file names the inputs.
    numbered : bool
        Whether the labels are but numbers, so that a plan may name them.
    title : str
        What the model is called in documents.
    remarks : tuple of Message
        What a reader should know about the file.
    """

    library: str
    margins: Callable[[Floats], Floats]
    answer: Callable[[Floats], Floats]
    reading: Callable[[], Reading | None]
    feature_names_in_: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]
    classes_: tuple[Any, ...]
    makeup: Makeup
    named: bool = True
    numbered: bool = True
    title: str = "Booster"
    remarks: tuple[Message, ...] = ()

    @property
    def n_features_in_(self) -> int:
        """Number of inputs."""
        return len(self.feature_names_in_)

    def renamed(self, inputs: Sequence[str]) -> "NativeBooster":
        """Return the model with the names that its inputs have in the tables, in its order.

        Names of the file stand above the ones given, but for LightGBM's, which writes a blank as ``_``.
        Raises `DataRefused` E431 for a wrong number.
        """
        if len(inputs) != self.n_features_in_:
            raise DataRefused("E431", expected=self.n_features_in_, seen=len(inputs))
        if self.named and tuple(written(name) for name in inputs) != self.feature_names_in_:
            return self
        new = dict(zip(self.feature_names_in_, inputs, strict=True))
        levels = {new[old]: levels for old, levels in self.levels.items()}
        constraints = {new[old]: word for old, word in self.makeup.constraints.items()}
        makeup = self.makeup.model_copy(update={"constraints": constraints})
        return replace(self, feature_names_in_=tuple(inputs), levels=levels, makeup=makeup, named=True)

    def spelled(self, columns: Iterable[str]) -> "NativeBooster":
        """Return the model with its inputs spelled as in a table, where a blank was written as ``_``."""
        known: dict[str, list[str]] = {}
        for name in columns:
            known.setdefault(written(name), []).append(name)
        if not self.named or self.library != "LightGBM":
            return self
        found = [known.get(name, []) for name in self.feature_names_in_]
        pairs = zip(self.feature_names_in_, found, strict=True)
        return self.renamed([names[0] if len(names) == 1 else own for own, names in pairs])

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Return the predictions of a regression, shape (n,)."""
        return np.asarray(self.answer(self.codes(rows)), dtype=np.float64)

    def decision_function(self, rows: pd.DataFrame) -> Floats:
        """Return the log-odds of the second of two classes, shape (n,), or raw scores of shape (n, k)."""
        margins = np.asarray(self.margins(self.codes(rows)), dtype=np.float64)
        if margins.ndim == 2 and len(self.classes_) == 2:
            return np.asarray(margins[:, 1] - margins[:, 0])
        return margins

    def predict_proba(self, rows: pd.DataFrame) -> Floats:
        """Return probabilities of shape (n, k), from the margins: sigmoid, or softmax over the classes."""
        from scipy.special import expit, softmax

        margins = self.decision_function(rows)
        if margins.ndim == 1:
            return np.column_stack([expit(-margins), expit(margins)])
        return np.asarray(softmax(margins, axis=1), dtype=np.float64)

    def notes(self, sample: pd.DataFrame) -> tuple[Message, ...]:
        """Return what a reader should know: levels that the model does not have, trees beyond the best."""
        unknown = tuple(Name(text=name) for name in self.levels if self._has_unknown(sample[name], name))
        found = [Message(key="loading.note.unknown_levels", params={"columns": Series(items=unknown)})]
        return (*(found if unknown else ()), *self.remarks)

    def codes(self, rows: pd.DataFrame) -> Floats:
        """Return rows as numbers: a level as its code, one that the file does not know as missing."""
        columns = [self._column(rows[name], name) for name in self.feature_names_in_]
        return np.column_stack(columns) if len(rows) else np.empty((0, len(columns)))

    def _has_unknown(self, values: pd.Series, name: str) -> bool:
        known = {label_text(level) for level in self.levels[name]}
        return not {label_text(value) for value in values.dropna().unique()} <= known

    def _column(self, values: pd.Series, name: str) -> Floats:
        if name in self.levels:
            known = {label_text(level): float(code) for code, level in enumerate(self.levels[name])}
            places, found = pd.factorize(values)
            codes = np.array([*(known.get(label_text(value), np.nan) for value in found), np.nan])
            return codes[places]
        if not pd.api.types.is_numeric_dtype(values.dtype):
            if values.isna().all():
                return np.full(len(values), np.nan)
            raise DataRefused("E432", where=name, library=self.library)
        return values.to_numpy(dtype=np.float64, na_value=np.nan)


def written(name: str) -> str:
    """Return a name as LightGBM writes it."""
    return name.replace(" ", "_")


def distinct(levels: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return levels, or none where two of them read the same."""
    return levels if len({label_text(level) for level in levels}) == len(levels) else ()


def directions(signs: Iterable[tuple[str, Any]]) -> dict[str, Literal["increasing", "decreasing"]]:
    """Return the directions that inputs were forced to keep, from signs."""
    return {name: "increasing" if sign > 0 else "decreasing" for name, sign in signs if sign}


def parameters(given: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Return parameters of a booster as text."""
    return tuple(
        Parameter(step="Booster", name=str(name), value=str(value)[:LONGEST]) for name, value in given.items()
    )


def library(name: str, where: str) -> Any:
    """Return an optional library. Raises `UsageError` (E257) when it is not installed."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise UsageError("E257", where=where, library=name) from None
