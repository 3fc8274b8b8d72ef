"""What an explainer is given: a function to ask, the columns it reads, and the rows it is compared with."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import ModelFailed
from explainaudit.records.inside import Inside
from explainaudit.records.measure import Unit
from explainaudit.records.responses import ColumnFacts

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Ask:
    """The outputs of a model, to be explained in the raw columns of the data file.

    Attributes
    ----------
    predict : callable
        Frame of typed raw input columns, shape (n, d) -> values of shape (n, k) of the outputs
        explained, in ``unit``.
    columns : tuple of ColumnFacts, length d
        The inputs, in the order of the values that come back.
    background : DataFrame
        Rows that SHAP values are averaged over, in key order.
    source : DataFrame
        The whole table the background was drawn from: LIME's bins and frequencies come from it.
    outputs : tuple of str, length k
        The outputs explained: class labels, or the target of a regression.
    unit : str
        Unit of the answers.
    seed : int
        Seed of the plan.
    inside : Inside, optional
        What adds up to the outputs, where that is known and was checked against the model.
    values : {"interventional", "path_dependent"}
        Which SHAP values are asked for; the second kind is of trees with cover, and has no background.
    """

    predict: Callable[[pd.DataFrame], NDArray[np.float64]]
    columns: tuple[ColumnFacts, ...]
    background: pd.DataFrame
    source: pd.DataFrame
    outputs: tuple[str, ...]
    unit: Unit
    seed: int
    inside: Inside | None = None
    values: Literal["interventional", "path_dependent"] = "interventional"

    @property
    def names(self) -> list[str]:
        """Names of the input columns."""
        return [column.name for column in self.columns]


class Questions:
    """Asks the model of an `Ask`, counts the rows asked about, and refuses answers that are no numbers."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.evaluations = 0

    def __call__(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the model's answers of shape (n, k).

        Raises
        ------
        ModelFailed
            E630: not one value per row and output. E631: a value is missing or infinite.
        """
        self.evaluations += len(frame)
        answers = np.asarray(self._ask.predict(frame), dtype=np.float64)
        place = ", ".join(self._ask.outputs)
        if answers.shape != (len(frame), len(self._ask.outputs)):
            raise ModelFailed("E630", place, rows=len(frame), shape=str(answers.shape))
        bad = int((~np.isfinite(answers).all(axis=1)).sum())
        if bad:
            raise ModelFailed("E631", place, rows=len(frame), bad=bad)
        return answers


def keyed_seed(seed: int, purpose: str, *parts: str | int) -> int:
    """Return a 32-bit seed: a function of the plan's seed, a purpose and a row, never of a position."""
    text = json.dumps([seed, purpose, *parts], ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
