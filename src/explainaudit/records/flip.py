"""Answers to a further question: the same rows with a sensitive input set to the value of other groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Unit


@dataclass(frozen=True)
class Flip:
    """What the model answered for rows with one input set to values of each group, all else as recorded.

    Attributes
    ----------
    column : str
        The input, a sensitive feature.
    groups : tuple of str, length v
        Groups whose value was put in, the commonest first.
    values : tuple of float, length v, optional
        For a number: the value put in, the median of those observed in the group. ``None`` for a
        category, whose group is its value.
    left_out : int
        Groups whose value was not put in, being less common.
    unit : str
        Unit of the scores: ``probability`` or ``target``.
    keys : ndarray of shape (n,)
        Row keys of the rows asked about, a keyed sample of those whose group is known.
    own : ndarray of int, shape (n,)
        Place of the row's own group in ``groups``; −1 where its value was not put in.
    score : ndarray of shape (n,)
        Score as recorded: the probability of the event; for several classes that of the favourable ones
        together, or of the class predicted as recorded where none is favourable; or the target.
    moved : ndarray of shape (n, v)
        Score with the value of each group.
    decided : ndarray of int, shape (n,), optional
        Decision as recorded: 1 favourable, 0 not; where the plan calls none favourable, the place of the
        class predicted. ``None`` for a regression.
    moved_decided : ndarray of int, shape (n, v), optional
        Decision with the value of each group.
    """

    column: str
    groups: tuple[str, ...]
    values: tuple[float, ...] | None
    left_out: int
    unit: Unit
    keys: NDArray[np.str_]
    own: NDArray[np.intp]
    score: NDArray[np.float64]
    moved: NDArray[np.float64]
    decided: NDArray[np.intp] | None
    moved_decided: NDArray[np.intp] | None
