"""Answers to further questions: inputs moved one at a time, and inputs replaced by those of other rows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Unit


@dataclass(frozen=True)
class Effect:
    """What the model answered when one input was moved and the others kept as recorded.

    Attributes
    ----------
    column : str
        The input that was moved.
    outputs : tuple of str, length k
        The outputs answered for.
    unit : str
        Unit of the answers: ``log_odds``, ``probability`` or ``target``.
    grid : tuple of float or str, length g
        Values it was moved to: bin edges of a number (its distinct quantiles), levels of a category.
    keys : ndarray of shape (n,)
        Row keys of the rows asked about, a keyed sample.
    bins : ndarray of shape (n,), optional
        For a number: the bin of the row, from ``grid[b]`` to ``grid[b + 1]``; −1 where it is missing.
        ``None`` for a category.
    change : ndarray of shape (n, k), optional
        For a number: answer at the upper end of the row's bin minus answer at its lower end (0 where
        the bin is −1). ``None`` for a category.
    curve_keys : ndarray of shape (m,)
        Row keys of the rows followed over the whole grid.
    curves : ndarray of shape (m, g, k)
        Answers for those rows at each value of the grid (individual conditional expectations).
    """

    column: str
    outputs: tuple[str, ...]
    unit: Unit
    grid: tuple[float, ...] | tuple[str, ...]
    keys: NDArray[np.str_]
    bins: NDArray[np.intp] | None
    change: NDArray[np.float64] | None
    curve_keys: NDArray[np.str_]
    curves: NDArray[np.float64]


@dataclass(frozen=True)
class PermutedLosses:
    """What the model lost when columns were replaced by those of donor rows.

    Attributes
    ----------
    loss : {"log_loss", "squared_error"}
        A loss that adds over rows.
    sets : tuple of tuple of str, length s
        Columns replaced together: each input alone, then each cluster of associated inputs.
    keys : ndarray of shape (n,)
        Row keys of the labelled rows asked about, a keyed sample.
    baseline : ndarray of shape (n,)
        Loss of each row as recorded.
    increase : ndarray of shape (n, s)
        Mean over the repeats of the loss with the set replaced, minus the baseline.
    spread : ndarray of shape (s,)
        Standard error of the mean increase that is left by the finite number of repeats.
    repeats : int
        Donor draws per row and set.
    """

    loss: Literal["log_loss", "squared_error"]
    sets: tuple[tuple[str, ...], ...]
    keys: NDArray[np.str_]
    baseline: NDArray[np.float64]
    increase: NDArray[np.float64]
    spread: NDArray[np.float64]
    repeats: int
