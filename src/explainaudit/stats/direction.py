"""Which way an attribution goes with the recorded value."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
Way = Literal["increasing", "decreasing", "mixed"]
CLEAR = 0.3


def direction(values: pd.Series, attribution: Floats, design: Design) -> tuple[float, Interval | None] | None:
    """Return Spearman's correlation of recorded values and attributions, weighted, with its interval.

    Rows with a missing value are left out; ``None`` where one of the two does not vary. The interval is
    that of a correlation of ranks taken as given, on Fisher's scale.

    Parameters
    ----------
    values : Series of shape (n,)
        Recorded numbers.
    attribution : ndarray of shape (n,)
        SHAP values of the same rows.
    design : Design
        Of those rows.
    """
    recorded = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(recorded)
    held = design.among(known)
    if known.sum() < 3 or held.total <= 0:
        return None
    first, second = (_standardised(array[known], held) for array in (recorded, attribution))
    if first is None or second is None:
        return None
    found = float(np.clip(held.mean(first * second), -1.0, 1.0))
    influence = first * second - found / 2 * (first**2 + second**2)
    return found, influence_interval(found, influence, held, scale="fisher")


def way(correlation: float, interval: Interval | None) -> Way:
    """Return the word for a direction: mixed unless it is clear and its interval leaves out 0."""
    settled = abs(correlation) > 1 - 1e-12 if interval is None else not interval.low <= 0 <= interval.high
    if not settled or abs(correlation) < CLEAR:
        return "mixed"
    return "increasing" if correlation > 0 else "decreasing"


def _standardised(values: Floats, design: Design) -> Floats | None:
    """Return ranks with weighted mean 0 and variance 1, or ``None`` without variation."""
    from scipy.stats import rankdata

    ranks = rankdata(values)
    centred = ranks - design.mean(ranks)
    variance = float(design.mean(centred**2))
    return np.asarray(centred / np.sqrt(variance)) if variance > 0 else None
