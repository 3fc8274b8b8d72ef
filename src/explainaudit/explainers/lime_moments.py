"""Weighted sums of products over the pool for many rows at once: all that a ridge needs to know of it.

Every BLAS call is about one row, of a shape set by columns and outputs, so that a row's sums have the
same bits whichever rows stand beside it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.lime_pool import GROUPS, Part

Floats = NDArray[np.float64]

CHUNK = 1000  # perturbations at a time: a few rows' products stay in cache


def match_counts(places: NDArray[Any], pool: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Return which columns match, shape (r, d, n), and how many, shape (r, n).

    Parameters
    ----------
    places : ndarray of shape (r, d)
        Bins of the rows.
    pool : ndarray of shape (d, n)
        Bins of the perturbations, in the same type.
    """
    matches = pool[None] == places[:, :, None]
    counted = np.min_scalar_type(places.shape[1])
    return matches, np.add.reduce(matches.view(np.uint8), axis=1, dtype=counted)


@dataclass(frozen=True)
class Level:
    """What answers are measured from and in, for each output, so that sums neither cancel nor overflow."""

    middle: Floats
    unit: Floats

    @classmethod
    def of(cls, answers: Floats) -> "Level":
        """Return the mean of answers (n, k), and the power of two above the largest distance from it."""
        middle = answers.mean(axis=0)
        return cls(middle, np.ldexp(1.0, np.frexp(np.abs(answers - middle).max(axis=0))[1]))

    def scaled(self, answers: Floats) -> Floats:
        """Return answers (…, k) in these units."""
        return (answers - self.middle) / self.unit


class Space:
    """Memory for the sums of so many rows at a time, taken once: fresh pages cost as much as the sums."""

    def __init__(self, rows: int, columns: int, outputs: int) -> None:
        width = -(-(1 + columns + outputs) // 4) * 4  # BLAS is faster at multiples of four
        self.groups = np.empty((rows, GROUPS, width, width))
        self.rooted = np.empty(rows * width * CHUNK)

    def products(self, rows: int, size: int) -> Floats:
        """Return room for (rows, width, size) numbers."""
        width = self.groups.shape[2]
        if rows * width * size > self.rooted.size:
            self.rooted = np.empty(rows * width * size)
        return self.rooted[: rows * width * size].reshape(rows, width, size)


class Moments:
    """Weighted sums of products of 1, the d matches and the k answers, for some rows, by group of the pool.

    Parameters
    ----------
    places : ndarray of shape (r, d)
        Bins of the rows.
    own : ndarray of shape (r, k)
        The model's answers for the rows themselves.
    kernel : ndarray of shape (d + 1,)
        Weights by number of matches.
    level : Level
        Units of the answers inside.
    space : Space
        For at least r rows; in use until these sums are done with.

    Attributes
    ----------
    groups : ndarray of shape (r, 50, w, w)
        The sums over each group; w is 1 + d + k, made up with zeros to a multiple of four.
    """

    def __init__(
        self, places: NDArray[Any], own: Floats, *, kernel: Floats, level: Level, space: Space
    ) -> None:
        self.level = level
        self.columns, self.outputs = places.shape[1], own.shape[1]
        self._places = places
        self._root = np.sqrt(kernel)
        self._own = level.scaled(own)
        self._space = space
        self.groups = space.groups[: len(places)]
        self._empty = True

    def add(self, part: Part) -> None:
        """Add the perturbations of a look."""
        answers = self.level.scaled(part.answers).T
        each = part.places.shape[1] // GROUPS
        step = max(1, CHUNK // each)
        for first in range(0, GROUPS, step):
            sums = self.groups[:, first : first + step]
            some = slice(first * each, (first + step) * each)
            rooted = self._rooted(part.places[:, some], answers[:, some])
            by_group = rooted.reshape(*rooted.shape[:2], sums.shape[1], each).transpose(0, 2, 1, 3)
            if self._empty:
                np.matmul(by_group, by_group.swapaxes(2, 3), out=sums)
            else:
                sums += by_group @ by_group.swapaxes(2, 3)
        self._empty = False

    def _rooted(self, pool: NDArray[Any], answers: Floats) -> Floats:
        """Return 1, matches and answers times the root of the weight, shape (r, w, n)."""
        d = self.columns
        matches, counts = match_counts(self._places.astype(pool.dtype), pool)
        rooted = self._space.products(len(self._places), pool.shape[1])
        rooted[:, 0] = self._root[counts]
        np.multiply(matches, rooted[:, :1], out=rooted[:, 1 : d + 1])
        np.multiply(answers, rooted[:, :1], out=rooted[:, d + 1 : d + 1 + self.outputs])
        rooted[:, d + 1 + self.outputs :] = 0.0
        return rooted

    def of(self, rows: NDArray[np.intp]) -> "Moments":
        """Return the sums of some of the rows."""
        some = object.__new__(Moments)
        some.__dict__.update(self.__dict__)
        some._places, some._own, some.groups = self._places[rows], self._own[rows], self.groups[rows]
        return some

    @property
    def whole(self) -> Floats:
        """The sums over the pool and the row itself, shape (r, 1 + d + k, 1 + d + k)."""
        used = 1 + self.columns + self.outputs
        itself = np.concatenate([np.ones((len(self._own), 1 + self.columns)), self._own], axis=1)
        pool = self.groups.sum(axis=1)[:, :used, :used]
        return np.asarray(pool + itself[:, :, None] * itself[:, None, :])
