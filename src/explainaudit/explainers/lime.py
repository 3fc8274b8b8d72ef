"""LIME for all rows from one pool of perturbations: the model is asked once, a row is a small solve."""

import contextlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.lime_bins import NO_LIKE, LimeBins
from explainaudit.explainers.lime_columns import Unexplainable
from explainaudit.explainers.lime_looks import Found, Looks, nothing_found
from explainaudit.explainers.lime_pool import Pool
from explainaudit.records.attribution import Attribution
from explainaudit.records.plan import Explain

Floats = NDArray[np.float64]

OWN_BATCH = 1024


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
    found = nothing_found(len(inputs), len(ask.outputs), len(ask.columns))
    with contextlib.suppress(Unexplainable):
        bins = LimeBins(ask)
        places = bins.places(inputs)
        known = np.flatnonzero((places != NO_LIKE).all(axis=1))
        if len(known):
            looks = Looks(ask, bins, Pool(bins, questions, settings, seed=ask.seed), questions)
            looks.take(places, prediction, found, known)
    found["prediction"] = prediction
    outputs = range(len(ask.outputs))
    return tuple(_attribution(ask, found, k, keys, inclusion) for k in outputs), questions.evaluations


def _attribution(ask: Ask, found: Found, k: int, keys: NDArray[np.str_], inclusion: Floats) -> Attribution:
    return Attribution(
        method="lime",
        algorithm="lime_tabular",
        output=ask.outputs[k],
        unit=ask.unit,
        columns=tuple(ask.names),
        keys=keys,
        values=found["values"][:, k],
        base=found["base"][:, k],
        prediction=found["prediction"][:, k],
        inclusion=inclusion,
        spread=found["spread"][:, k],
        fidelity=found["fidelity"][:, k],
        bin_share=found["bin_share"],
        stability=found["stability"][:, k],
        blocks=found["blocks"][:, k],
        samples=found["samples"][:, k],
        settled=found["settled"][:, k],
        off_manifold=found["off_manifold"],
    )


def own_answers(questions: Questions, inputs: pd.DataFrame, outputs: int) -> Floats:
    """Return the model's answers (n, k) for rows as they stand, asked in batches of one shape.

    Each batch is made up to 1,024 rows by repeating its last, so that a row's answer does not hang on
    how many others are explained.
    """
    answers = np.empty((len(inputs), outputs))
    for start in range(0, len(inputs), OWN_BATCH):
        some = np.minimum(np.arange(start, start + OWN_BATCH), len(inputs) - 1)
        asked = questions(inputs.take(some).reset_index(drop=True))
        answers[start : start + OWN_BATCH] = asked[: len(inputs) - start]
    return answers
