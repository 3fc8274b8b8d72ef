"""shap's own explainers of any function: what enumeration and sampling are held against."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions, keyed_seed
from explainaudit.explainers.explain import ENUMERATED_COLUMNS, Found, Keys
from explainaudit.explainers.players import Players
from explainaudit.explainers.quiet import importing, undisturbed

RUNS, PAIRS = 10, 1
Floats = NDArray[np.float64]


def by_shap(ask: Ask, rows: pd.DataFrame, keys: Keys, questions: Questions) -> Found:
    """Return values by shap's own explainers of any function, on codes of the values of each column."""
    with importing():
        import shap

    players = Players(ask.background[ask.names])
    masker = shap.maskers.Independent(players.codes.astype(np.float64), max_samples=players.rows)
    shape = (len(ask.outputs), len(rows), len(ask.columns))
    exact = len(ask.columns) <= ENUMERATED_COLUMNS
    values, base, errors = np.empty(shape), np.empty(shape[:2]), np.zeros(shape)
    for place, key in enumerate(keys):
        row = rows[ask.names].iloc[[place]]
        codes = players.encode(row).astype(np.float64)

        def answer(coded: Floats, row: pd.DataFrame = row) -> Floats:
            return players.ask(coded.astype(np.intp), row, questions)

        with undisturbed():
            if exact:
                runs = [shap.ExactExplainer(answer, masker)(codes, max_evals=2 ** shape[2], silent=True)]
            else:
                varying = int((codes != players.codes).any(axis=0).sum())
                runs = [
                    shap.PermutationExplainer(
                        answer, masker, seed=keyed_seed(ask.seed, "second", str(key), run)
                    )(codes, max_evals=PAIRS * (2 * varying + 1), silent=True)
                    for run in range(RUNS)
                ]
        found = np.array([run.values[0].T for run in runs])
        values[:, place], base[:, place] = found.mean(axis=0), runs[0].base_values[0]
        if not exact:
            errors[:, place] = found.std(axis=0, ddof=1) / np.sqrt(RUNS)
    return Found(values, base, None if exact else errors)
