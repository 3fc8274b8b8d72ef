"""Raw scores of a classifier, and whether its probabilities are made of them alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.loading.directions import final

Floats = NDArray[np.float64]
CLIP = 1e-12
_SAME, _SAME_SINGLE = 1e-9, 1e-6
# What a library's own methods call raw scores.
_OPTIONS = {"lightgbm": "raw_score", "xgboost": "output_margin"}


@dataclass(frozen=True)
class Scorer:
    """A model of LightGBM or XGBoost, alone or in a pipeline, that gives raw scores when it is told to."""

    estimator: Any
    option: str

    def decision_function(self, rows: pd.DataFrame) -> Any:
        """Return raw scores, shape (n,) or (n, k)."""
        return self.estimator.predict(rows, **{self.option: True})


def scorer(estimator: Any) -> Any:
    """Return what has the ``decision_function`` of a classifier, if anything has."""
    option = _OPTIONS.get(type(final(estimator)).__module__.split(".")[0])
    if option is None or hasattr(estimator, "decision_function"):
        return estimator
    return Scorer(estimator, option)


def are_made_of(probability: Floats, margins: Floats, given: Any) -> bool:
    """Return whether probabilities are the logistic or the softmax function of raw scores.

    Parameters
    ----------
    probability : ndarray of shape (n, k)
        Of every class.
    margins : ndarray of shape (n, 1) or (n, k)
        Raw scores: of the second of two classes, or of every class.
    given : object
        What gave the scores; one of XGBoost answers in float32.
    """
    from scipy.special import expit, softmax

    single = isinstance(given, Scorer) and given.option == "output_margin"
    made = softmax(margins, axis=1) if margins.shape[1] > 1 else expit(margins)
    off = np.abs(made - probability[:, -made.shape[1] :])
    return bool((off <= (_SAME_SINGLE if single else _SAME)).all())


def log_odds(probability: Floats) -> Floats:
    """Return log-odds of probabilities, which are clipped to [1e-12, 1 − 1e-12] first."""
    from scipy.special import logit

    return np.asarray(logit(np.clip(probability, CLIP, 1.0 - CLIP)), dtype=np.float64)
