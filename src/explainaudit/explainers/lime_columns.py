"""Raw columns as lime can take them: numbers, or whole-number codes that stand for typed values."""

from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask

Floats = NDArray[np.float64]
LARGEST = 1e150  # lime squares numbers to scale its draws, which overflow silently beyond this


class Unexplainable(Exception):  # a reason, not an error: the row or the source has no answer
    """lime has no coefficient to give: a value has no like in the source, or the source does not vary."""


class LimeColumn(Protocol):
    """One column: its codes for lime, and the typed values that codes stand for."""

    coded: bool

    def encode(self, values: pd.Series) -> Floats:
        """Return codes of shape (n,); NaN for a value without a code."""

    def decode(self, codes: Floats, draw: np.random.Generator) -> pd.Series:
        """Return values of shape (n,) in the type of the source."""


class Number:
    """A number without missing values: lime draws within its quartile bins. Integers stay integers."""

    coded = False

    def __init__(self, source: pd.Series, *, whole: bool) -> None:
        self._whole = whole
        self._type = source.dtype
        self._edges = _quartiles(source)

    def encode(self, values: pd.Series) -> Floats:
        """Return the numbers themselves."""
        return values.to_numpy(dtype=np.float64, na_value=np.nan)

    def decode(self, codes: Floats, draw: np.random.Generator) -> pd.Series:
        """Return the numbers; a whole number is the nearest one that lies in the same bin."""
        if self._whole:
            bins = np.searchsorted(self._edges, codes)
            low = np.floor(np.append(-np.inf, self._edges))[bins] + 1
            high = np.floor(np.append(self._edges, np.inf))[bins]
            codes = np.clip(np.rint(codes), low, high).astype(np.int64)
        return pd.Series(codes).astype(self._type)


class Category:
    """Text or a truth value: one code per category of the source in sorted order, missing last."""

    coded = True

    def __init__(self, source: pd.Series) -> None:
        known = source.drop_duplicates().sort_values(ignore_index=True)
        self._known = pd.Index(known.dropna())
        self._pool = known.astype(source.dtype)  # pandas 3 sorts objects into its own text type
        self._missing = float(len(self._known)) if known.isna().any() else np.nan

    def encode(self, values: pd.Series) -> Floats:
        """Return the place of each category."""
        places: Floats = self._known.get_indexer(pd.Index(values)).astype(np.float64)
        places[places < 0] = np.nan
        places[values.isna().to_numpy()] = self._missing
        return places

    def decode(self, codes: Floats, draw: np.random.Generator) -> pd.Series:
        """Return the categories."""
        return _taken(self._pool, codes.astype(np.intp))


class Binned:
    """A number with missing values: its quartile bin as a code, and one code for missing.

    lime raises on missing values (decisions 11.4). A code stands for an observed value of its bin,
    drawn by rank, so that the order of the source changes nothing.
    """

    coded = True

    def __init__(self, source: pd.Series) -> None:
        observed = source.dropna().sort_values(ignore_index=True)
        numbers = observed.to_numpy(dtype=np.float64)
        self._edges = _quartiles(observed)
        self._missing = len(self._edges) + 1
        self._pool = pd.concat([observed, source[source.isna()].iloc[:1]], ignore_index=True)
        self._start = np.searchsorted(np.searchsorted(self._edges, numbers), np.arange(self._missing + 2))
        self._start[-1] = len(observed) + 1

    def encode(self, values: pd.Series) -> Floats:
        """Return the bin of each number, by lime's own rule."""
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        bins = np.searchsorted(self._edges, numbers).astype(np.float64)
        bins[np.isnan(numbers)] = self._missing
        return bins

    def decode(self, codes: Floats, draw: np.random.Generator) -> pd.Series:
        """Return observed values of the bins, each row of a bin as likely as another."""
        bins = codes.astype(np.intp)
        width = self._start[bins + 1] - self._start[bins]
        places = self._start[bins] + (draw.random(len(bins)) * width).astype(np.intp)
        return _taken(self._pool, places)


def lime_columns(ask: Ask) -> tuple[LimeColumn, ...]:
    """Return how each input column enters lime, by its type and the source's missing values.

    Raises
    ------
    Unexplainable
        a column's numbers are too large for lime.
    """
    return tuple(_column(ask.source[column.name], column.type) for column in ask.columns)


def _column(source: pd.Series, kind: str) -> LimeColumn:
    if kind in {"text", "boolean"}:
        return Category(source)
    return Binned(source) if source.isna().any() else Number(source, whole=kind == "integer")


def _quartiles(observed: pd.Series) -> Floats:
    """Return lime's bin edges: the distinct quartiles."""
    numbers = observed.to_numpy(dtype=np.float64)
    if len(numbers) == 0:
        return np.empty(0)
    if np.abs(numbers).max() > LARGEST:
        raise Unexplainable(str(observed.name))
    return np.unique(np.percentile(numbers, [25, 50, 75]))


def _taken(pool: pd.Series, places: NDArray[np.intp]) -> pd.Series:
    return pd.Series(pool.array.take(places), dtype=pool.dtype)
