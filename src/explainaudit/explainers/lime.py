"""LIME for all rows from one pool of perturbations: the model is asked once, and each row is a small solve."""

import contextlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.lime_bins import NO_LIKE, LimeBins, Places
from explainaudit.explainers.lime_certainty import (
    LEADING,
    block_overlap,
    influences,
    is_settled,
    standard_errors,
)
from explainaudit.explainers.lime_columns import Unexplainable
from explainaudit.explainers.lime_pool import GROUPS, Pool
from explainaudit.explainers.lime_solve import Level, Moments, fit, match_counts
from explainaudit.explainers.off_manifold import Manifold
from explainaudit.records.attribution import Attribution
from explainaudit.records.plan import Explain

Floats = NDArray[np.float64]
Found = dict[str, NDArray[Any]]

OWN_BATCH = 256
ROWS, CELLS = 16, 2**20  # rows solved at a time, and sums of products held for them


def explain_lime(
    ask: Ask, rows: pd.DataFrame, keys: NDArray[np.str_], inclusion: Floats, settings: Explain
) -> tuple[tuple[Attribution, ...], int]:
    """Explain rows with lime, on the same outputs and columns as `explain_shap`.

    Parameters
    ----------
    ask : Ask
        The question.
    rows : DataFrame of shape (n, …)
        Rows to explain, typed; columns that are no inputs are ignored.
    keys : ndarray of shape (n,)
        Row keys.
    inclusion : ndarray of shape (n,)
        Probability with which each row was chosen.
    settings : Explain
        Perturbations of the first look and the most of any.

    Returns
    -------
    tuple of tuple of Attribution and int
        lime's coefficients, one attribution for each output, and the model evaluations they took.

    Notes
    -----
    A row that lime cannot explain is NaN throughout, on no samples and not settled: a value of it has
    no like in the source, or the source does not vary at all. The other rows are not touched by it.
    """
    questions = Questions(ask)
    inputs = rows[ask.names].reset_index(drop=True)
    prediction = own_answers(questions, inputs, len(ask.outputs))
    found = _missing(len(inputs), len(ask.outputs), len(ask.columns))
    if len(inputs):
        with contextlib.suppress(Unexplainable):
            _explain(LimeBins(ask), ask, questions, settings, inputs, prediction, found)
    attributions = tuple(
        Attribution(
            method="lime",
            algorithm="lime_tabular",
            output=output,
            unit=ask.unit,
            columns=tuple(ask.names),
            keys=keys,
            prediction=prediction[:, k],
            inclusion=inclusion,
            bin_share=found["bin_share"],
            off_manifold=found["off_manifold"],
            **{name: found[name][:, k] for name in _OF_OUTPUT},
        )
        for k, output in enumerate(ask.outputs)
    )
    return attributions, questions.evaluations


class Looks:
    """The looks that rows take at the pool, each until its own answer is settled, or to the last.

    Parameters
    ----------
    bins : LimeBins
        Bins, shares and weights.
    pool : Pool
        Perturbations and the model's answers.
    scale : ndarray of shape (k,)
        Standard deviation of the answers over the background: what a constant is told from.
    """

    def __init__(self, bins: LimeBins, pool: Pool, scale: Floats) -> None:
        self._bins, self._pool, self._scale = bins, pool, scale
        first = pool.part(0).answers
        self._level = Level.of(first)
        self._largest = np.abs(first).max(axis=0)

    def take(self, places: Places, own: Floats, found: Found, rows: NDArray[np.intp]) -> None:
        """Write into ``found`` what is found of rows, given their bins (r, d) and model answers (r, k)."""
        moments = Moments(places, own, self._bins.kernel, self._level)
        shares, open_ = self._bins.shares(places), np.ones(own.shape, dtype=bool)
        for look, size in enumerate(self._pool.sizes):
            moments.add(self._pool.part(look))
            judged = self._judged(moments, shares, own)
            done = open_ & (judged["settled"] | (look == len(self._pool.sizes) - 1))
            row, output = np.nonzero(done)
            for name, array in judged.items():
                found[name][rows[row], output] = array[done]
            found["samples"][rows[row], output] = size
            open_ &= ~done
            left = open_.any(axis=1)
            if not left.any():
                return
            rows, shares, own, open_ = rows[left], shares[left], own[left], open_[left]
            moments = moments.of(left)

    def _judged(self, moments: Moments, shares: Floats, own: Floats) -> Found:
        """Return what one look says of each row and output."""
        answer = fit(moments)
        influence = influences(moments, answer)
        rest = 1.0 - shares[:, None]
        contributions, moved = answer.coefficients * rest, influence * rest[..., None]
        varying, looks = self._bins.varying, len(self._pool.sizes)
        rounding = 16 * np.finfo(np.float64).eps * np.maximum(self._largest, np.abs(own))
        # lime reports R² = 1 where answers vary by no more than rounding (decisions 11.5).
        still = answer.variance <= np.maximum(1e-12 * self._scale**2, rounding**2)
        # With no more columns than leading ones the overlap is complete whatever lime says.
        overlap = block_overlap(contributions, moved) if varying > LEADING else np.full(still.shape, np.nan)
        return {
            "values": answer.coefficients,
            "base": answer.intercept,
            "spread": standard_errors(influence),
            "fidelity": np.where(still, np.nan, answer.score),
            "stability": np.where(still, np.nan, overlap),
            "settled": is_settled(contributions, moved, varying=varying, looks=looks) & ~still,
        }


_OF_OUTPUT = ("values", "base", "spread", "fidelity", "stability", "samples", "settled")


def own_answers(questions: Questions, inputs: pd.DataFrame, outputs: int) -> Floats:
    """Return the model's answers (n, k) for rows as they stand, asked in batches of one shape.

    Each batch is made up to 256 rows by repeating its last, so that a row's answer does not hang on how
    many others are explained.
    """
    answers = np.empty((len(inputs), outputs))
    for start in range(0, len(inputs), OWN_BATCH):
        some = np.minimum(np.arange(start, start + OWN_BATCH), len(inputs) - 1)
        asked = questions(inputs.take(some).reset_index(drop=True))
        answers[start : start + OWN_BATCH] = asked[: len(inputs) - start]
    return answers


def _explain(
    bins: LimeBins, ask: Ask, questions: Questions, settings: Explain, inputs: pd.DataFrame, own: Floats, found: Found
) -> None:
    """Write into ``found`` what is found of every row that has its like in the source."""
    places = bins.places(inputs)
    rows = np.flatnonzero((places != NO_LIKE).all(axis=1))
    if not len(rows):
        return
    pool = Pool(bins, ask, questions, settings)
    looks = Looks(bins, pool, np.std(questions(ask.background[ask.names]), axis=0))
    outside = Manifold(bins.encode(ask.source), bins.coded, ask.seed).outside(pool.head)
    width = 1 + len(ask.columns) + len(ask.outputs)
    step = max(1, min(ROWS, CELLS // (GROUPS * width**2)))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        found["bin_share"][some] = bins.shares(places[some])
        if outside is not None:
            found["off_manifold"][some] = _outside_share(places[some], pool, bins.kernel, outside)
        looks.take(places[some], own[some], found, some)


def _outside_share(places: Places, pool: Pool, kernel: Floats, outside: NDArray[np.bool_]) -> Floats:
    """Return the share of the kernel's weight that lies on perturbations outside, shape (r,)."""
    head = pool.part(0).places[:, : len(outside)]
    weights = kernel[match_counts(places.astype(head.dtype), head)[1]]
    return np.asarray((weights * outside).sum(axis=1) / weights.sum(axis=1))


def _missing(rows: int, outputs: int, columns: int) -> Found:
    """Return what stands for rows that lime cannot explain."""
    shapes = {"values": (columns,), "spread": (columns,), "base": (), "fidelity": (), "stability": ()}
    found: Found = {name: np.full((rows, outputs, *shape), np.nan) for name, shape in shapes.items()}
    found |= {"bin_share": np.full((rows, columns), np.nan), "off_manifold": np.full(rows, np.nan)}
    found |= {"samples": np.zeros((rows, outputs), np.int64), "settled": np.zeros((rows, outputs), bool)}
    return found
