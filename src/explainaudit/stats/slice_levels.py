"""A column cut into levels, by its own values alone: what slices of a table are made of."""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.plan import ColumnType
from explainaudit.stats.bands import band_names

MOST_LEVELS = 12
QUARTILES = (0.25, 0.5, 0.75)
NEAR = 0.02
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Levels:
    """The levels of one column.

    Attributes
    ----------
    column : str
        Its name.
    codes : ndarray of int, shape (n,)
        The level of each row, from 1; 0 for a row without one.
    names : tuple of (str or None)
        What the levels are called; ``None`` is that of missing values.
    """

    column: str
    codes: Codes
    names: tuple[str | None, ...]

    def among(self, rows: NDArray[np.bool_]) -> "Levels":
        """Return the levels of some of the rows."""
        return Levels(self.column, self.codes[rows], self.names)


def levels_of(column: pd.Series, name: str, kind: ColumnType) -> Levels | None:
    """Return the levels of a column; ``None`` for one that has fewer than two.

    Text, truth values and whole numbers of at most twelve different values are cut by value, of which the
    twelve commonest are levels (of equally common ones the first by name). Other numbers are cut near
    their quartiles. Missing values are a level of their own.
    """
    known = column.notna().to_numpy(dtype=bool)
    if kind in {"integer", "number"} and not _few_whole(column[known]):
        codes, names = _by_band(column.to_numpy(dtype=np.float64, na_value=np.nan), known, kind)
    else:
        codes, names = _by_value(column, known, kind)
    found: tuple[str | None, ...] = (*names, *([] if known.all() else [None]))
    codes = np.where(known, codes, len(names) + 1).astype(np.intp)
    return Levels(name, codes, found) if len(found) > 1 else None


def _few_whole(known: pd.Series) -> bool:
    return known.nunique() <= MOST_LEVELS and bool((known % 1 == 0).all())


def _by_value(column: pd.Series, known: NDArray[np.bool_], kind: ColumnType) -> tuple[Codes, list[str]]:
    codes, values = pd.factorize(column)
    text = {"integer": lambda value: str(int(value)), "boolean": lambda value: str(bool(value)).lower()}
    text["number"] = text["integer"]
    texts = [text.get(kind, str)(value) for value in values]
    counts = np.bincount(codes[known], minlength=len(texts))
    kept = sorted(range(len(texts)), key=lambda place: (-counts[place], texts[place]))[:MOST_LEVELS]
    kept.sort(key=(lambda place: values[place]) if kind != "text" else (lambda place: texts[place]))
    level = np.zeros(len(texts) + 1, dtype=np.intp)  # the last is that of code −1, missing
    level[kept] = np.arange(1, len(kept) + 1)
    return level[codes], [texts[place] for place in kept]


def _by_band(values: Floats, known: NDArray[np.bool_], kind: ColumnType) -> tuple[Codes, list[str]]:
    """Return the bands near the quartiles: for each the shortest number there.

    Near is between the quantiles 2 % below and above it. Where both are one value, the cut lies between
    that value and the next lower one, or just above the lowest of all. So names are short, and need not
    hold a number of a row.
    """
    ordered = np.sort(values[known])
    different = np.unique(ordered)
    edges = set()
    for share in QUARTILES if len(different) > 1 else ():
        low, high = (float(ordered[int((len(ordered) - 1) * each)]) for each in (share - NEAR, share + NEAR))
        if low == high:
            place = max(1, int(np.searchsorted(different, high)))
            low, high = float(different[place - 1]), float(different[place])
        edges.add(_shortest(low, high))
    ends = tuple(sorted(edges))
    names = band_names(ends, whole=kind == "integer") if ends else [str(each) for each in different]
    return np.searchsorted(np.array(ends), values, side="right").astype(np.intp) + 1, names


def _shortest(low: float, high: float) -> float:
    """Return the number in (low, high] that ends in the most zeros, or has the fewest decimals."""
    upper = Decimal(repr(high))
    power = math.floor(math.log10(min(high - low, 1e308))) + 1
    for exponent in range(power, power - 3, -1):
        number = float(f"{math.floor(upper.scaleb(-exponent))}e{exponent}")
        if low < number <= high:
            return number
    return high
