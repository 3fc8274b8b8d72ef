"""A raw column is one player: the values it can take for a row are the background's and the row's own."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import BATCH_ROWS

Codes = NDArray[np.intp]


class Players:
    """Codes for the values of each column, and the typed frame they stand for.

    A code is the position of the first background row that holds the value (missing equals
    missing), or ``rows`` for a value that only the row explained holds. Numbers are coded like
    categories: only equality matters to a Shapley value, and shap's own test of equality is
    ``isclose``, which would take 1e9 and 1e9 + 1 for one value.

    Parameters
    ----------
    background : DataFrame of shape (rows, d)
        Typed raw columns.
    """

    def __init__(self, background: pd.DataFrame) -> None:
        self.background = background.reset_index(drop=True)
        self.rows = len(background)
        self.codes = self.encode(background)

    def encode(self, frame: pd.DataFrame) -> Codes:
        """Return codes of shape (n, d) in ``0 … rows``."""
        codes = np.empty(frame.shape, dtype=np.intp)
        for place, name in enumerate(self.background.columns):
            both = pd.concat([self.background[name], frame[name]], ignore_index=True)
            labels, values = pd.factorize(both, use_na_sentinel=False)
            position = np.full(len(values), self.rows, dtype=np.intp)
            known, first = np.unique(labels[: self.rows], return_index=True)
            position[known] = first
            codes[:, place] = position[labels[self.rows :]]
        return codes

    def decode(self, codes: Codes, row: pd.DataFrame) -> pd.DataFrame:
        """Return the typed frame that codes stand for; code ``rows`` is the value of ``row``."""
        return next(self._frames(codes, row, batch=max(1, len(codes))))

    def ask(
        self, codes: Codes, row: pd.DataFrame, question: Callable[[pd.DataFrame], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return answers (n, k) about coded rows, in batches that depend on their number alone."""
        return np.concatenate([question(frame) for frame in self._frames(codes, row, batch=BATCH_ROWS)])

    def _frames(self, codes: Codes, row: pd.DataFrame, *, batch: int) -> Iterator[pd.DataFrame]:
        both = pd.concat([self.background, row], ignore_index=True)
        pools = {name: both[name].array for name in self.background.columns}
        for start in range(0, max(1, len(codes)), batch):
            some = codes[start : start + batch]
            taken = {
                name: pd.Series(pool.take(some[:, place]), dtype=pool.dtype, copy=False)
                for place, (name, pool) in enumerate(pools.items())
            }
            yield pd.DataFrame(taken, copy=False)
