"""Permutation importance: what the model loses when inputs are replaced by those of other rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import BATCH_ROWS, Ask, Questions
from explainaudit.records.effect import PermutedLosses
from explainaudit.stats.keyed import draws, uniforms

Floats = NDArray[np.float64]
Sets = tuple[tuple[str, ...], ...]

LOSS_ROWS = 2000
REPEATS = 20
CLIP = 1e-15


def permuted_losses(
    ask: Ask, rows: pd.DataFrame, keys: NDArray[np.str_], labels: NDArray[Any], sets: Sets
) -> tuple[PermutedLosses, int]:
    """Return the losses over a keyed sample of labelled rows, and the model evaluations they took.

    A donor row is drawn for each row and repeat from the fixed background (decisions 11.13), so that
    no answer depends on which other rows are asked about. The loss adds over rows: the log loss of the
    probability of what happened, or the squared error of a regression (Fisher, Rudin and Dominici 2019).

    Parameters
    ----------
    ask : Ask
        The question, on the scale of probabilities or of the target.
    rows : DataFrame of shape (n, …)
        Labelled rows, typed.
    keys : ndarray of shape (n,)
        Their keys.
    labels : ndarray of shape (n,)
        Labels as text; numbers for a regression.
    sets : tuple of tuple of str
        Inputs that are replaced together.
    """
    questions = Questions(ask)
    order = np.argsort(draws(keys, seed=ask.seed, purpose="losses"), kind="stable")[:LOSS_ROWS]
    sample, names, actual = rows[ask.names].iloc[order].reset_index(drop=True), keys[order], labels[order]
    baseline = _losses(ask, _answers(questions, sample), actual)
    increase = np.empty((len(sample), len(sets)))
    spread = np.empty(len(sets))
    for place, columns in enumerate(sets):
        repeats = np.empty((REPEATS, len(sample)))
        for repeat in range(REPEATS):
            purpose = f"losses {repeat} {columns!r}"
            donor = (uniforms(names, seed=ask.seed, purpose=purpose) * len(ask.background)).astype(np.intp)
            replaced = {name: ask.background[name].take(donor).reset_index(drop=True) for name in columns}
            repeats[repeat] = _losses(ask, _answers(questions, sample.assign(**replaced)), actual)
        repeats -= baseline
        increase[:, place] = repeats.mean(axis=0)
        spread[place] = repeats.mean(axis=1).std(ddof=1) / np.sqrt(REPEATS)
    found = PermutedLosses(
        loss="squared_error" if ask.unit == "target" else "log_loss",
        sets=sets,
        keys=names,
        baseline=baseline,
        increase=increase,
        spread=spread,
        repeats=REPEATS,
    )
    return found, questions.evaluations


def loss_evaluations(sets: int, rows: int) -> int:
    """Return the most model evaluations that so many sets of inputs take on a table of so many rows."""
    return min(rows, LOSS_ROWS) * (1 + REPEATS * sets)


def _answers(questions: Questions, frame: pd.DataFrame) -> Floats:
    batches: Sequence[int] = range(0, max(len(frame), 1), BATCH_ROWS)
    return np.concatenate([questions(frame.iloc[start : start + BATCH_ROWS]) for start in batches])


def _losses(ask: Ask, answers: Floats, labels: NDArray[Any]) -> Floats:
    """Return the loss of each row, shape (n,)."""
    if ask.unit == "target":
        return np.asarray((answers[:, 0] - labels.astype(np.float64)) ** 2)
    if len(ask.outputs) == 1:
        of_actual = np.where(labels == ask.outputs[0], answers[:, 0], 1 - answers[:, 0])
    else:
        of_actual = answers[np.arange(len(labels)), [ask.outputs.index(label) for label in labels]]
    return np.asarray(-np.log(np.clip(of_actual, CLIP, 1.0)))
