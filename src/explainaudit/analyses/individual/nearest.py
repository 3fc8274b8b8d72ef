"""The nearest row by recorded inputs, and how near is near enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.responses import ColumnFacts

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

BATCH_ROWS = 100


@dataclass(frozen=True)
class Encoded:
    """Rows as a distance reads them: numbers in standard deviations, categories as codes.

    Attributes
    ----------
    numbers : ndarray of shape (n, p)
        Numbers less their median, in units of their standard deviation; 0 where missing.
    codes : ndarray of shape (n, q)
        A code for each level of a category, missing being one of them; and, for each number that is
        missing somewhere, whether it is.
    """

    numbers: Floats
    codes: Floats


def encoded(rows: pd.DataFrame, columns: Sequence[ColumnFacts]) -> Encoded:
    """Return the columns that vary, in the form that `nearest` compares."""
    numbers: list[Floats] = []
    codes: list[Floats] = []
    for column in columns:
        if column.type not in {"integer", "number"}:
            codes.append(pd.factorize(rows[column.name], use_na_sentinel=False)[0].astype(np.float64))
            continue
        values = rows[column.name].to_numpy(dtype=np.float64, na_value=np.nan)
        missing = np.isnan(values)
        if missing.any():
            codes.append(missing.astype(np.float64))
        if missing.all() or np.ptp(values[~missing]) == 0:
            continue
        centred = np.where(missing, 0.0, values - np.median(values[~missing]))
        numbers.append(centred / centred[~missing].std())
    return Encoded(_columns(numbers, len(rows)), _columns(codes, len(rows)))


def nearest(rows: Encoded, seekers: Places, pool: Places) -> tuple[Places, Floats]:
    """Return for each seeker the nearest row of a pool that is not itself, and its distance.

    Gower's distance without its division by the number of columns: the sum of the differences of the
    numbers, in standard deviations, and of 1 for every category that differs. A missing number stands at
    the median, and is 1 further from every known one. Of rows that are equally near the first of the pool
    is taken. SciPy's distances are those of pairs, whatever the batch and the number of cores;
    scikit-learn's search breaks ties by both.

    Parameters
    ----------
    rows : Encoded
        All rows.
    seekers, pool : ndarray of int
        Their places; the pool has a row other than each seeker.

    Returns
    -------
    places : ndarray of shape (len(seekers),)
        Places of the nearest rows.
    distances : ndarray of shape (len(seekers),)
        Their distances.
    """
    places = np.empty(len(seekers), dtype=np.intp)
    distances = np.empty(len(seekers))
    for start in range(0, len(seekers), BATCH_ROWS):
        some = seekers[start : start + BATCH_ROWS]
        apart = _distances(rows, some, pool)
        apart[some[:, None] == pool[None, :]] = np.inf
        best = apart.argmin(axis=1)
        places[start : start + len(some)] = pool[best]
        distances[start : start + len(some)] = apart[np.arange(len(some)), best]
    return places, distances


def _distances(rows: Encoded, some: Places, pool: Places) -> Floats:
    from scipy.spatial.distance import cdist

    found = np.zeros((len(some), len(pool)))
    if rows.numbers.shape[1]:
        found += cdist(rows.numbers[some], rows.numbers[pool], "cityblock")
    if width := rows.codes.shape[1]:
        found += width * cdist(rows.codes[some], rows.codes[pool], "hamming")
    return found


def _columns(found: list[Floats], n: int) -> Floats:
    return np.column_stack(found) if found else np.empty((n, 0))
