"""A second algorithm over the same question, so that additivity is not the only check."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.players import Players
from explainaudit.explainers.quiet import importing, undisturbed
from explainaudit.records.attribution import Attribution
from explainaudit.stats.keyed import data_digest, row_keys

SECOND_ALGORITHM = "shap.ExactExplainer"
SECOND_ROWS = 3


def second_gap(ask: Ask, rows: pd.DataFrame, values: NDArray[np.float64]) -> tuple[float, int]:
    """Return the largest absolute gap between given SHAP values and those of `shap.ExactExplainer`.

    Parameters
    ----------
    ask : Ask
        The question; its background is never cut.
    rows : DataFrame of shape (n, …)
        A few of the rows explained.
    values : ndarray of shape (k, n, d)
        Their values by enumeration, for each output.

    Returns
    -------
    tuple of float and int
        The gap, in the unit of the values, and the model evaluations it took.
    """
    with importing():
        import shap

    questions = Questions(ask)
    players = Players(ask.background[ask.names])
    masker = shap.maskers.Independent(players.codes.astype(np.float64), max_samples=players.rows)
    gap = 0.0
    for place in range(len(rows)):
        row = rows[ask.names].iloc[[place]]

        def answer(coded: NDArray[np.float64], row: pd.DataFrame = row) -> NDArray[np.float64]:
            return players.ask(coded.astype(np.intp), row, questions)

        with undisturbed():
            explainer = shap.ExactExplainer(answer, masker)
            codes = players.encode(row).astype(np.float64)
            found = explainer(codes, max_evals=2 ** len(ask.columns), silent=True)
        gap = max(gap, float(np.abs(found.values[0].T - values[:, place]).max()))
    return gap, questions.evaluations


def second_opinion(ask: Ask, rows: pd.DataFrame, shap: Sequence[Attribution]) -> dict[str, object]:
    """Return what a second algorithm says of the first few rows, where the first is exact."""
    types = {column.name: column.type for column in ask.columns}
    few = rows.head(SECOND_ROWS if shap[0].algorithm == "enumeration" else 0)
    values = np.array([of_output.values[: len(few)] for of_output in shap])
    gap = second_gap(ask, few, values)[0] if len(few) else None
    return {
        "second_algorithm": SECOND_ALGORITHM if len(few) else None,
        "second_rows": len(few),
        "second_gap": gap,
        "background_digest": data_digest(row_keys(ask.background, types, None), types),
    }
