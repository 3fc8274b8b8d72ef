"""The door of the room: rows in, one `Attribution` for each output out, and the model evaluations it took."""

import contextlib
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.enumeration import Enumeration
from explainaudit.explainers.lime_columns import Unexplainable
from explainaudit.explainers.lime_values import Lime, LimeRow
from explainaudit.explainers.permutation import Permutation, permutation_evaluations
from explainaudit.records.attribution import Attribution
from explainaudit.records.plan import Explain

Algorithm = Literal["enumeration", "permutation"]
Keys = NDArray[np.str_]
Floats = NDArray[np.float64]

ENUMERATED_COLUMNS = 12
FEWEST_ROWS, MOST_ROWS = 50, 2000
CASES = 6


def choose_algorithm(columns: int) -> Algorithm:
    """Return how SHAP values of a model with so many raw columns are computed."""
    return "enumeration" if columns <= ENUMERATED_COLUMNS else "permutation"


def rows_for_budget(columns: int, background_rows: int, budget: int) -> int:
    """Return how many rows a budget of model evaluations explains, between 50 and 2,000.

    A function of declared sizes only; evaluations are counted before equal ones are merged.
    """
    return min(max(budget // _evaluations_each(columns, background_rows), FEWEST_ROWS), MOST_ROWS)


def evaluations_for(columns: int, background_rows: int, rows: int, settings: Explain) -> int:
    """Return the most model evaluations that explaining rows and six cases asks for."""
    each = _evaluations_each(columns, background_rows)
    return (rows + CASES) * each + CASES * settings.lime_repeats * settings.lime_samples


def _evaluations_each(columns: int, background_rows: int) -> int:
    if choose_algorithm(columns) == "enumeration":
        return int(2**columns) * background_rows
    return permutation_evaluations(columns, background_rows)


def explain_shap(
    ask: Ask, rows: pd.DataFrame, keys: Keys, inclusion: Floats
) -> tuple[tuple[Attribution, ...], int]:
    """Explain rows with interventional SHAP values on raw columns.

    Parameters
    ----------
    ask : Ask
        The question.
    rows : DataFrame of shape (n, …)
        Rows to explain, typed; columns that are no inputs are ignored.
    keys : ndarray of shape (n,)
        Row keys: draws depend on them, never on positions.
    inclusion : ndarray of shape (n,)
        Probability with which each row was chosen.

    Returns
    -------
    tuple of tuple of Attribution and int
        The values, one attribution for each output, and the model evaluations they took. ``prediction``
        is asked apart, of the row as it stands, so that additivity also checks the coding.
    """
    questions = Questions(ask)
    outputs, n, d = len(ask.outputs), len(rows), len(ask.columns)
    algorithm = choose_algorithm(d)
    values, base = np.empty((outputs, n, d)), np.empty((outputs, n))
    errors = np.empty_like(values) if algorithm == "permutation" else None
    pairs = None if algorithm == "permutation" else np.empty((outputs, n, d * (d - 1) // 2))
    if pairs is not None:
        exact = Enumeration(ask, questions)
        for place, row in enumerate(_each(ask, rows)):
            values[:, place], base[:, place], pairs[:, place] = exact.explain(row)
    if errors is not None:
        sampled = Permutation(ask, questions)
        for place, row in enumerate(_each(ask, rows)):
            values[:, place], base[:, place], errors[:, place] = sampled.explain(row, str(keys[place]))
    prediction = _predictions(ask, rows, questions)
    found = tuple(
        Attribution(
            method="shap",
            algorithm=algorithm,
            output=output,
            unit=ask.unit,
            columns=tuple(ask.names),
            keys=keys,
            values=values[k],
            base=base[k],
            prediction=prediction[:, k],
            inclusion=inclusion,
            spread=None if errors is None else errors[k],
            interactions=None if pairs is None else pairs[k],
        )
        for k, output in enumerate(ask.outputs)
    )
    return found, questions.evaluations


def explain_lime(
    ask: Ask, rows: pd.DataFrame, keys: Keys, inclusion: Floats, settings: Explain
) -> tuple[tuple[Attribution, ...], int]:
    """Explain rows with lime, on the same outputs and columns as `explain_shap`.

    Parameters are those of `explain_shap`; ``settings`` gives the samples of a pool and the number
    of pools for each row.

    Notes
    -----
    A row that lime cannot explain is NaN throughout: a value of it has no like in the source, or
    the source does not vary at all. The other rows are not touched by it.
    """
    questions = Questions(ask)
    size = (len(rows), len(ask.columns))
    shares = np.full(size, np.nan)
    found = [[LimeRow.missing(len(ask.columns)) for _ in ask.outputs] for _ in keys]
    with contextlib.suppress(Unexplainable):
        lime = Lime(ask, questions, settings)
        for place, (row, key) in enumerate(zip(_each(ask, rows), keys, strict=True)):
            with contextlib.suppress(Unexplainable):
                held = lime.shares(row)[0]
                found[place], shares[place] = lime.explain(row, str(key), held), held
    prediction = _predictions(ask, rows, questions)
    attributions = tuple(
        Attribution(
            method="lime",
            algorithm="lime_tabular",
            output=output,
            unit=ask.unit,
            columns=tuple(ask.names),
            keys=keys,
            values=np.array([row[k].values for row in found]).reshape(size),
            base=np.array([row[k].base for row in found]),
            prediction=prediction[:, k],
            inclusion=inclusion,
            spread=np.array([row[k].spread for row in found]).reshape(size),
            fidelity=np.array([row[k].fidelity for row in found]),
            bin_share=shares,
            stability=np.array([row[k].stability for row in found]),
        )
        for k, output in enumerate(ask.outputs)
    )
    return attributions, questions.evaluations


def _each(ask: Ask, rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows as frames of one row each: no answer may depend on the other rows."""
    inputs = rows[ask.names]
    return [inputs.iloc[[place]] for place in range(len(inputs))]


def _predictions(ask: Ask, rows: pd.DataFrame, questions: Questions) -> Floats:
    """Return the model's answers (n, k) for the rows as they stand."""
    answers = [questions(row)[0] for row in _each(ask, rows)]
    return np.array(answers).reshape(len(rows), len(ask.outputs))
