"""The door of the room: rows in, one `Attribution` out, with the model evaluations it took."""

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


def explain_shap(ask: Ask, rows: pd.DataFrame, keys: Keys, inclusion: Floats) -> tuple[Attribution, int]:
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
    tuple of Attribution and int
        The values, and the model evaluations they took. ``prediction`` is asked apart, of the row as
        it stands, so that additivity also checks the coding.
    """
    questions = Questions(ask)
    algorithm = choose_algorithm(len(ask.columns))
    values = np.empty((len(rows), len(ask.columns)))
    errors = np.empty_like(values) if algorithm == "permutation" else None
    base = np.empty(len(rows))
    if errors is None:
        exact = Enumeration(ask, questions)
        for place, row in enumerate(_each(ask, rows)):
            values[place], base[place] = exact.explain(row)
    else:
        sampled = Permutation(ask, questions)
        for place, row in enumerate(_each(ask, rows)):
            values[place], base[place], errors[place] = sampled.explain(row, str(keys[place]))
    attribution = Attribution(
        method="shap",
        algorithm=algorithm,
        output=ask.output,
        unit=ask.unit,
        columns=tuple(ask.names),
        keys=keys,
        values=values,
        base=base,
        prediction=_predictions(ask, rows, questions),
        inclusion=inclusion,
        spread=errors,
    )
    return attribution, questions.evaluations


def explain_lime(
    ask: Ask, rows: pd.DataFrame, keys: Keys, inclusion: Floats, settings: Explain
) -> tuple[Attribution, int]:
    """Explain rows with lime, on the same output and columns as `explain_shap`.

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
    found = [LimeRow.missing(len(ask.columns)) for _ in keys]
    with contextlib.suppress(Unexplainable):
        lime = Lime(ask, questions, settings)
        for place, (row, key) in enumerate(zip(_each(ask, rows), keys, strict=True)):
            with contextlib.suppress(Unexplainable):
                held = lime.shares(row)[0]
                found[place], shares[place] = lime.explain(row, str(key), held), held
    attribution = Attribution(
        method="lime",
        algorithm="lime_tabular",
        output=ask.output,
        unit=ask.unit,
        columns=tuple(ask.names),
        keys=keys,
        values=np.array([row.values for row in found]).reshape(size),
        base=np.array([row.base for row in found]),
        prediction=_predictions(ask, rows, questions),
        inclusion=inclusion,
        spread=np.array([row.spread for row in found]).reshape(size),
        fidelity=np.array([row.fidelity for row in found]),
        bin_share=shares,
        stability=np.array([row.stability for row in found]),
    )
    return attribution, questions.evaluations


def _each(ask: Ask, rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows as frames of one row each: no answer may depend on the other rows."""
    inputs = rows[ask.names]
    return [inputs.iloc[[place]] for place in range(len(inputs))]


def _predictions(ask: Ask, rows: pd.DataFrame, questions: Questions) -> Floats:
    return np.array([questions(row)[0] for row in _each(ask, rows)])
