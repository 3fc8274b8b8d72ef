"""Do two explanations of one prediction name the same columns, with the same sign?

Vectors are signed contributions of d columns. Size is the absolute value; among equals the earlier
column comes first. A vector of zeros names no column: what would compare it is ``None`` (or False).
"""

import numpy as np
from numpy.typing import NDArray


def top_overlap(a: NDArray[np.float64], b: NDArray[np.float64], k: int) -> float | None:
    """Return the share of the k largest columns that a and b have in common (k at most d)."""
    if not (a.any() and b.any()):
        return None
    return len(_common(a, b, k)) / min(k, len(a))


def sign_agreement(a: NDArray[np.float64], b: NDArray[np.float64], k: int) -> float | None:
    """Return the share of the common columns among the k largest that have the same sign.

    ``None`` if there is no common column.
    """
    common = _common(a, b, k)
    if not (a.any() and b.any() and common):
        return None
    return float(np.mean(np.sign(a[common]) == np.sign(b[common])))


def spearman(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """Return Spearman's rank correlation of the sizes; ``None`` if all sizes of a vector are equal."""
    from scipy.stats import rankdata

    first, second = np.abs(a), np.abs(b)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    # The same as `scipy.stats.spearmanr`, without its test: this is asked for every row and block.
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])


def same_first(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    """Return whether the largest column of a is that of b; False if a vector is all zeros."""
    return bool(a.any() and b.any() and _top(a, 1) == _top(b, 1))


def _top(vector: NDArray[np.float64], k: int) -> list[int]:
    """Return the positions of the k largest sizes, largest first."""
    return [int(i) for i in np.argsort(-np.abs(vector), kind="stable")[:k]]


def _common(a: NDArray[np.float64], b: NDArray[np.float64], k: int) -> list[int]:
    """Return the positions that are among the k largest of both."""
    return sorted(set(_top(a, k)) & set(_top(b, k)))
