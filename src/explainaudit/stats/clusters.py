"""Columns that move together: how strongly each pair is associated, and the clusters that this makes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.plan import ColumnType

ROWS = 20_000
LIMIT = 0.7
Floats = NDArray[np.float64]


def column_clusters(
    frame: pd.DataFrame, types: Mapping[str, ColumnType], limit: float = LIMIT
) -> tuple[tuple[str, ...], ...]:
    """Return the clusters of two and more columns that a chain of associations of at least ``limit`` joins.

    Parameters
    ----------
    frame : DataFrame of shape (n, d)
        Columns in key order; the first 20,000 rows are looked at.
    types : mapping of str to ColumnType
        Type of each column.
    limit : float
        Smallest association that joins two columns, see `associations`.
    """
    from scipy.sparse.csgraph import connected_components

    names = list(frame.columns)
    if len(names) < 2 or len(frame) < 3:
        return ()
    _, label = connected_components(associations(frame.head(ROWS), types) >= limit, directed=False)
    members = [tuple(np.asarray(names, dtype=object)[label == each]) for each in np.unique(label)]
    return tuple(each for each in members if len(each) > 1)


def associations(frame: pd.DataFrame, types: Mapping[str, ColumnType]) -> Floats:
    """Return the association of each pair of columns, shape (d, d), in [0, 1].

    |Spearman| between numbers (missing ones at the mean rank); the correlation ratio of ranks between a
    number and a category; Cramér's V between categories, bias-corrected (Bergsma 2013). A column that
    does not vary is associated with nothing.
    """
    coded = [_coded(frame[name], types[str(name)]) for name in frame]
    size = len(coded)
    found = np.eye(size)
    for i in range(size):
        for j in range(i):
            found[i, j] = found[j, i] = _association(coded[i], coded[j])
    return found


def _coded(column: pd.Series, kind: ColumnType) -> tuple[bool, Floats]:
    """Return whether a column is a number, and its standardised ranks, or its codes."""
    if kind in {"integer", "number"}:
        ranks = column.astype("float64").rank().to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(ranks)
        centred = np.where(known, ranks - ranks[known].mean(), 0.0) if known.any() else np.zeros(len(ranks))
        spread = float(centred.std())
        return True, np.asarray(centred / spread) if spread > 0 else np.zeros(len(ranks))
    return False, pd.factorize(column, use_na_sentinel=False)[0].astype(np.float64)


def _association(first: tuple[bool, Floats], second: tuple[bool, Floats]) -> float:
    (is_number, a), (is_other, b) = first, second
    if is_number and is_other:
        return min(1.0, abs(float(np.mean(a * b))))
    if not is_number and not is_other:
        return _cramer(a, b)
    ranks, codes = (a, b) if is_number else (b, a)
    groups = codes.astype(np.intp)
    sizes = np.bincount(groups)
    means = np.bincount(groups, weights=ranks) / sizes
    return min(1.0, float(np.sqrt(sizes @ means**2 / len(ranks))))


def _cramer(a: Floats, b: Floats) -> float:
    """Return the bias-corrected V of two coded categories."""
    counts = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(counts, (a.astype(np.intp), b.astype(np.intp)), 1)
    n, (r, k) = len(a), counts.shape
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi = ((counts - expected) ** 2 / expected).sum() / n
    phi = max(0.0, phi - (r - 1) * (k - 1) / (n - 1))
    fewest = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return min(1.0, float(np.sqrt(phi / fewest))) if fewest > 0 else 0.0
