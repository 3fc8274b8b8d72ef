"""Perturbations that lie where no rows of the source lie, by a distance that real rows calibrate."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import keyed_seed

Floats = NDArray[np.float64]

OUTSIDE = 0.05
HALF_ROWS = 1000
FEWEST = 20
CHUNK = 100
EQUAL = 1e-9  # squared distances closer than this are equal


class Manifold:
    """Where rows of the source lie: within a distance of the nearest of a keyed half of them.

    The squared distance of two rows adds, over columns, the squared difference of their places in the
    distribution of the source, in [0, 1], for a number, and 1 for codes that are not equal. Rows
    of the source are put in two halves by their content and the seed, equal rows in turn. The limit is
    the smallest distance to the nearest row of the first half that at most 5 % of the second half
    exceed. At most 1,000 rows of each half are taken.

    Parameters
    ----------
    source : ndarray of shape (m, d)
        The source, as numbers and codes.
    coded : ndarray of shape (d,)
        Which columns are codes.
    seed : int
        Seed of the plan.
    """

    def __init__(self, source: Floats, coded: NDArray[np.bool_], seed: int) -> None:
        keyed = np.column_stack([np.full(len(source), float(keyed_seed(seed, "manifold"))), source + 0.0])
        drawn = pd.util.hash_pandas_object(pd.DataFrame(keyed), index=False).to_numpy()
        order = np.argsort(drawn, kind="stable")[: 2 * HALF_ROWS]
        self._coded = coded
        self._sorted = np.sort(source[:, ~coded], axis=0)
        self._near = self._parts(source[order[0::2]])
        held_out = source[order[1::2]]
        self.limit = np.nan
        if len(held_out) >= FEWEST:
            self.limit = float(np.quantile(self._nearest(held_out), 1 - OUTSIDE, method="inverted_cdf"))

    def outside(self, rows: Floats) -> NDArray[np.bool_] | None:
        """Return whether rows (n, d) lie outside; ``None`` without twenty rows to calibrate by."""
        return None if np.isnan(self.limit) else self._nearest(rows) > self.limit + EQUAL

    def _parts(self, rows: Floats) -> tuple[Floats, NDArray[np.int32]]:
        """Return the places of numbers in their distributions, and the codes."""
        numbers = rows[:, ~self._coded]
        places = np.empty(numbers.shape)
        for j in range(numbers.shape[1]):
            sides = [np.searchsorted(self._sorted[:, j], numbers[:, j], side) for side in ("left", "right")]
            places[:, j] = (sides[0] + sides[1]) / (2 * len(self._sorted))
        return places, rows[:, self._coded].astype(np.int32)

    def _nearest(self, rows: Floats) -> Floats:
        """Return squared distances to the nearest row, shape (n,)."""
        places, codes = self._parts(rows)
        near_places, near_codes = self._near
        near_codes = np.asfortranarray(near_codes)
        near_squares = (near_places**2).sum(axis=1)
        found = np.empty(len(rows))
        for start in range(0, len(rows), CHUNK):
            some = slice(start, start + CHUNK)
            numbers = places[some]
            squared = near_squares - 2 * numbers @ near_places.T
            unequal = np.zeros(squared.shape, dtype=np.min_scalar_type(codes.shape[1]))
            for j in range(codes.shape[1]):
                unequal += (codes[some, j, None] != near_codes[:, j]).view(np.uint8)
            found[some] = (squared + unequal).min(axis=1) + (numbers**2).sum(axis=1)
        return found
