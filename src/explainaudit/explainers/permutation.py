"""Sampled Shapley values for models too wide to enumerate, each with its standard error."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions, keyed_seed
from explainaudit.explainers.players import Players
from explainaudit.explainers.quiet import importing, undisturbed

RUNS = 10
PAIRS = 2


def permutation_evaluations(columns: int, background_rows: int) -> int:
    """Return an upper bound on the model evaluations for one row."""
    return RUNS * PAIRS * (2 * columns + 1) * background_rows


class Permutation:
    """`shap.PermutationExplainer` on coded columns, in ten independent runs of two antithetic pairs.

    The value is the mean of the runs; its standard error is their standard deviation over √10. That
    covers the drawing of permutations against this background, not the choice of the background.
    shap's own ``error_bounds`` is not used: it takes the two halves of an antithetic pair as
    independent.
    """

    def __init__(self, ask: Ask, questions: Questions) -> None:
        self._ask = ask
        self._questions = questions
        self._players = Players(ask.background[ask.names])

    def explain(
        self, row: pd.DataFrame, key: str
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return values (k, d), base values (k,) and standard errors (k, d) of one row."""
        with importing():
            import shap

        players = self._players
        codes = players.encode(row).astype(np.float64)
        masker = shap.maskers.Independent(players.codes.astype(np.float64), max_samples=players.rows)
        outputs = len(self._ask.outputs)
        values = np.empty((RUNS, outputs, codes.shape[1]))
        base = np.empty((RUNS, outputs))

        def answer(coded: NDArray[np.float64]) -> NDArray[np.float64]:
            return players.ask(coded.astype(np.intp), row, self._questions)

        varying = int((codes != players.codes).any(axis=0).sum())
        with undisturbed():
            for run in range(RUNS):
                seed = keyed_seed(self._ask.seed, "shap_permutation", key, run)
                explainer = shap.PermutationExplainer(answer, masker, seed=seed)
                found = explainer(codes, max_evals=PAIRS * (2 * varying + 1), silent=True)
                values[run], base[run] = found.values[0].T, found.base_values[0]
        return values.mean(axis=0), base.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(RUNS)
