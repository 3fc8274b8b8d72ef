"""What slices are held against, and how far each lies from the other rows, for many slices at once."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]


@dataclass(frozen=True)
class Tally:
    """What slices are held against: a mean, or the mean of each part of the people less that of the others.

    Attributes
    ----------
    part : ndarray of int, shape (n,)
        The part that a row belongs to, from 1; 0 for a row that does not count.
    values : ndarray of shape (n,)
        What the means are of; 0 for a row that does not count.
    parts : int
        Number of parts.
    by : {"mean", "distance", "shortfall"}
        When a slice is worse than the other rows: its mean is larger, or further from 0; or the mean of a
        part less that of all others is below 0, and lower than in the other rows. Only of a shortfall are
        there several parts.
    fewest : int
        Rows that each mean needs, within a slice and outside of it.
    """

    part: Counts
    values: Floats
    parts: int
    by: Literal["mean", "distance", "shortfall"]
    fewest: int

    def among(self, rows: NDArray[np.bool_]) -> "Tally":
        """Return the tally of some of the rows."""
        return replace(self, part=self.part[rows], values=self.values[rows])

    @property
    def shares(self) -> bool:
        """Whether the means are shares of rows."""
        return bool(np.isin(self.values, (0.0, 1.0)).all())


@dataclass(frozen=True)
class _Moments:
    """Rows, sums of weights, of weighted values and of squared weights, by cell and part."""

    n: Floats
    weight: Floats
    value: Floats
    squared: Floats

    def __sub__(self, other: "_Moments") -> "_Moments":
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return _Moments(*(mine - its for mine, its in pairs))

    def over_parts(self) -> "_Moments":
        return _Moments(*(each.sum(axis=1, keepdims=True) for each in vars(self).values()))

    @property
    def mean(self) -> Floats:
        return np.asarray(self.value / self.weight)

    @property
    def behind(self) -> Floats:
        """One over the number of rows of equal weight that they are worth."""
        return np.asarray(self.squared / self.weight**2)


class Sums:
    """The sums of one tally over cells of rows.

    Parameters
    ----------
    tally : Tally
        Of n rows.
    weight : ndarray of shape (n,)
        Their weights, all above 0.
    """

    def __init__(self, tally: Tally, weight: Floats) -> None:
        self._tally, self._weight = tally, weight
        self._alike = bool((weight == weight[0]).all())
        self._weighted = weight * tally.values
        one = np.zeros(len(weight), dtype=np.intp), 1, np.array([0])
        squares = self._sum(*one, self._weighted * tally.values)
        self._whole = self._moments(*one)
        self._others = self._whole.over_parts() - self._whole
        self._spread = _variance(self._whole, squares)
        self._spread_others = _variance(self._others, squares.sum(axis=1, keepdims=True) - squares)

    def scores(self, codes: Counts, size: int, kept: Counts) -> Floats:
        """Return how much worse cells are than all other rows, in standard errors.

        Parameters
        ----------
        codes : ndarray of int, shape (n,)
            The cell of each row.
        size : int
            Number of cells.
        kept : ndarray of int, shape (k,)
            Cells that are asked about.

        Returns
        -------
        ndarray of shape (k, parts)
            How much worse over the standard error of that, if values varied in the slice as they do in all
            rows; of a shortfall the smaller score, of that within the slice and of its excess over the
            other rows. −1 where the slice is not worse, or has too few rows.
        """
        inside = self._moments(codes, size, kept)
        outside = self._whole - inside
        few = self._tally.fewest
        with np.errstate(divide="ignore", invalid="ignore"):
            here, there = inside.mean, outside.mean
            own, others = self._spread * inside.behind, self._spread * outside.behind
            enough = (inside.n >= few) & (outside.n >= few)
            if self._tally.by == "mean":
                score = (here - there) / np.sqrt(own + others)
            elif self._tally.by == "distance":
                score = (np.abs(here) - np.abs(there)) / np.sqrt(own + others)
            else:
                beside = inside.over_parts() - inside
                beyond = self._others - beside
                enough &= (beside.n >= few) & (beyond.n >= few)
                here, there = beside.mean - here, beyond.mean - there
                own, others = (
                    own + self._spread_others * beside.behind,
                    others + self._spread_others * beyond.behind,
                )
                score = np.minimum(here / np.sqrt(own), (here - there) / np.sqrt(own + others))
            return np.where(enough & (own > 0) & (score > 0), score, -1.0)

    def _moments(self, codes: Counts, size: int, kept: Counts) -> _Moments:
        n = self._sum(codes, size, kept, None)
        value = self._sum(codes, size, kept, self._weighted)
        if self._alike:
            each = self._weight[0]
            return _Moments(n, n * each, value, n * each**2)
        weight = self._sum(codes, size, kept, self._weight)
        return _Moments(n, weight, value, self._sum(codes, size, kept, self._weight**2))

    def _sum(self, codes: Counts, size: int, kept: Counts, of: Floats | None) -> Floats:
        width = self._tally.parts + 1
        sums = np.bincount(codes * width + self._tally.part, weights=of, minlength=size * width)
        return np.asarray(sums.reshape(size, width)[kept, 1:], dtype=np.float64)


def _variance(whole: _Moments, squares: Floats) -> Floats:
    """Return the variance of the values of each part; 0 where they differ by rounding alone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_square = squares / whole.weight
        found = mean_square - whole.mean**2
    return np.where(found > 1e-12 * mean_square, found, 0.0)
