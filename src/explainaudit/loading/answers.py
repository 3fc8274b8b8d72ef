"""Questions put to a model in batches of a fixed size, and its answers, checked."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import AuditError, ModelFailed
from explainaudit.records.plan import LARGEST

BATCH_ROWS = 50_000
_SUM_TOLERANCE = 1e-5  # libraries that work in float32 miss 1 by up to about 1e-6
_RANGE_TOLERANCE = 1e-9


def ask(
    estimator: Any, method: str, frame: pd.DataFrame, *, take: Callable[[pd.DataFrame], Any], width: int
) -> NDArray[np.float64]:
    """Return what a method of the model answers, shape (n, width), finite and no larger than 10^100.

    ``take`` makes the rows of a batch as the model takes them; they are a fresh copy, so a model that
    writes into its input changes nothing here. Estimators run sequentially: a forest adds its trees in
    the order in which its threads end, and the order of a floating-point sum changes its last digits.

    Raises
    ------
    ModelFailed
        The model raised (E610), answered in another shape (E611), or NaN, infinity or beyond 10^100 (E612).
    """
    answers = [np.empty((0, width))]
    for start in range(0, len(frame), BATCH_ROWS):
        rows = take(frame.iloc[start : start + BATCH_ROWS])
        answers.append(_shaped(_called(estimator, method, rows), (len(rows), width)))
    answer = np.concatenate(answers)
    bad = np.flatnonzero(~(np.abs(answer) <= LARGEST).all(axis=1))
    if bad.size:
        raise ModelFailed("E612", count=int(bad.size), row=int(bad[0]) + 1)
    return answer


def check_probabilities(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities of shape (n, k) as they are, if they are probabilities.

    Raises
    ------
    ModelFailed
        Some lie outside 0 to 1 (E613), or a row does not sum to 1 (E614).
    """
    outside = np.flatnonzero((np.abs(probability - 0.5) > 0.5 + _RANGE_TOLERANCE).any(axis=1))
    if outside.size:
        raise ModelFailed("E613", count=int(outside.size), row=int(outside[0]) + 1)
    off = np.flatnonzero(np.abs(probability.sum(axis=1) - 1.0) > _SUM_TOLERANCE)
    if off.size:
        raise ModelFailed("E614", count=int(off.size), row=int(off[0]) + 1)
    return np.clip(probability, 0.0, 1.0)


def _called(estimator: Any, method: str, rows: Any) -> Any:
    import joblib

    with warnings.catch_warnings(), joblib.parallel_config(backend="sequential"):
        warnings.simplefilter("ignore")
        try:
            return getattr(estimator, method)(rows)
        except AuditError:  # a native booster says itself what it cannot take
            raise
        except (Exception, SystemExit) as problem:  # its message may hold a value of the data
            raise ModelFailed("E610", rows=len(rows), problem=type(problem).__name__) from problem


def _shaped(answer: Any, expected: tuple[int, int]) -> NDArray[np.float64]:
    try:
        array = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ModelFailed("E611", seen=type(answer).__name__, expected=str(expected)) from problem
    if array.shape == expected[:1] and expected[1] == 1:
        array = array.reshape(-1, 1)
    if array.shape != expected:
        raise ModelFailed("E611", seen=str(array.shape), expected=str(expected))
    return array
