"""Rows as a model takes them: its columns, in its order, plain dtypes, and never the caller's own memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused


def require_inputs(frame: pd.DataFrame, inputs: Sequence[str]) -> None:
    """Refuse rows that lack a column the model takes (E430)."""
    missing = [name for name in inputs if name not in frame.columns]
    if missing:
        raise DataRefused("E430", columns=", ".join(missing))


def model_rows(frame: pd.DataFrame, inputs: Sequence[str], *, named: bool) -> Any:
    """Return a fresh copy of the model's columns.

    Parameters
    ----------
    frame : DataFrame of shape (n, d)
        Typed rows with at least the columns ``inputs``, in any order.
    inputs : sequence of str, length p
        The model's columns, in its order.
    named : bool
        Whether the model was trained with column names.

    Returns
    -------
    DataFrame or ndarray of shape (n, p)
        Nullable integers and booleans as float64 with NaN; text as objects with NaN.
    """
    columns = {name: _plain(frame[name]) for name in inputs}
    rows = pd.DataFrame(columns, columns=list(inputs))
    return rows if named else rows.to_numpy(copy=True)


def _plain(column: pd.Series) -> NDArray[Any]:
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind != "O":
        return np.array(column.to_numpy(), copy=True)
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_numeric_dtype(kind):
        return column.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    return column.astype(object).to_numpy(dtype=object, na_value=np.nan, copy=True)
