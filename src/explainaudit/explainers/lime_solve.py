"""lime's weighted ridge for many rows at once, from sums over the common pool.

Given the same perturbations the coefficients, intercept, R² and local prediction are those of
``lime.lime_base.LimeBase.explain_instance_with_data``. This rests on four things: every column is
discretised or categorical, so that a perturbation is what it matches; weights are a function of the
number of matches only (lime's euclidean distance and a kernel of it), so that they take d + 1 values;
perturbations are drawn without regard to the row; and lime's row 0 is the row itself, with weight 1.
Nothing else is offered: no columns left continuous, no sampling around the row, no other distance, no
``lasso_path``, no other regressor than `Ridge`.

Every BLAS and LAPACK call here is about one row, of a shape set by columns and outputs, so a row's
answer has the same bits whichever rows stand beside it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.lime_pool import GROUPS, Part
from explainaudit.explainers.lime_selection import Selection, chosen_columns

Floats = NDArray[np.float64]

ALPHA = 1.0  # lime's
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


@dataclass(frozen=True)
class Fit:
    """lime's answers for r rows and k outputs, and what their standard errors are made from.

    Attributes
    ----------
    coefficients : ndarray of shape (r, k, d)
        Ridge coefficients; 0 for a column not chosen.
    intercept, local_prediction, score : ndarray of shape (r, k)
        Intercept, prediction for the row itself, and weighted R².
    variance : ndarray of shape (r, k)
        Weighted variance of the answers.
    centre : ndarray of shape (r, d)
        Weighted mean of the matches.
    inverse : ndarray of shape (r, d, d)
        Inverse of the centred weighted sums of products of the matches plus the penalty.
    """

    coefficients: Floats
    intercept: Floats
    local_prediction: Floats
    score: Floats
    variance: Floats
    centre: Floats
    inverse: Floats


def fit(moments: Moments, feature_selection: Selection = "none", num_features: int = 10) -> Fit:
    """Return lime's answers; arguments are those of `LimeTabularExplainer` and ``explain_instance``."""
    d, level = moments.columns, moments.level
    whole = moments.whole
    total = whole[:, 0, 0]
    mean = whole[:, 0] / total[:, None]
    # In scikit-learn's Ridge the intercept is free: it is solved on centred columns.
    centred = whole - mean[:, :, None] * whole[:, :1]
    products, with_answers = centred[:, 1 : d + 1, 1 : d + 1], centred[:, 1 : d + 1, d + 1 :].swapaxes(1, 2)
    penalised = products + ALPHA * np.eye(d)
    inverse: Floats = np.linalg.inv(penalised)
    solved = with_answers @ inverse
    if feature_selection != "none":
        chosen = chosen_columns(products, with_answers, feature_selection, num_features)
        kept = np.where(chosen[..., :, None] & chosen[..., None, :], penalised[:, None], np.eye(d))
        solved = np.linalg.solve(kept, (with_answers * chosen)[..., None])[..., 0]
    spread = np.diagonal(centred, axis1=1, axis2=2)[:, d + 1 :]
    explained = 2 * (solved * with_answers).sum(axis=2) - (solved * (solved @ products)).sum(axis=2)
    middle, unit = level.middle, level.unit
    intercept = middle + unit * (mean[:, d + 1 :] - (solved * mean[:, None, 1 : d + 1]).sum(axis=2))
    coefficients = np.ascontiguousarray(solved * unit[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(spread > 0, explained / spread, 1.0)  # a constant is explained, in scikit-learn
    return Fit(
        coefficients=coefficients,
        intercept=intercept,
        local_prediction=intercept + coefficients.sum(axis=2),
        score=score,
        variance=np.maximum(spread, 0.0) / total[:, None] * unit**2,
        centre=mean[:, 1 : d + 1],
        inverse=inverse,
    )
