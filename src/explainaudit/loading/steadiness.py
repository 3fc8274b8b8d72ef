"""Whether a model answers alike when it is asked again, and leaves the rows it is given as they are."""

from typing import Any

import numpy as np
import pandas as pd

from explainaudit.loading.answers import ask
from explainaudit.loading.inputs import model_rows
from explainaudit.loading.predictor import Output, Predictor
from explainaudit.records.responses import Steadiness

ASKED_ROWS = 50


def steadiness(predictor: Predictor, rows: pd.DataFrame, unit: Output, event: str | None) -> Steadiness:
    """Ask a model about the same rows a second time, in reverse order, and look at what it did to them.

    Parameters
    ----------
    predictor : Predictor
        The model.
    rows : DataFrame of shape (n, …)
        Typed rows; the first 50 are asked about.
    unit : {"log_odds", "margin", "probability", "target"}
        Unit of the answers.
    event : str or None
        Of two classes the one that the answer is for.

    Raises
    ------
    ModelFailed
        The model does not answer, see `Predictor.outputs`.
    """
    few = rows.head(ASKED_ROWS)
    first = predictor.outputs(few, output=unit, event=event)
    again = predictor.outputs(few.iloc[::-1], output=unit, event=event)[::-1]
    return Steadiness(
        rows=len(few),
        gap=float(np.abs(first - again).max(initial=0.0)),
        scale=float(np.abs(first).max(initial=0.0)),
        writes=_writes(predictor, few),
    )


def _writes(predictor: Predictor, rows: pd.DataFrame) -> bool:
    """Return whether the model changes the rows that it is handed."""
    handed: list[tuple[pd.DataFrame, Any]] = []

    def take(frame: pd.DataFrame) -> Any:
        given = model_rows(frame, predictor.identity.inputs, named=predictor.named)
        handed.append((pd.DataFrame(given).copy(deep=True), given))
        return given

    classes = len(predictor.identity.classes)
    method = "predict_proba" if classes else "predict"
    ask(predictor.estimator, method, rows, take=take, width=max(1, classes))
    return not all(pd.DataFrame(given).equals(before) for before, given in handed)
