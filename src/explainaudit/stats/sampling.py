"""What errors of computing do to figures: to a mean of absolute values, and to an interval over rows."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval

Floats = NDArray[np.float64]


def folded_excess(values: Floats, errors: Floats) -> Floats:
    """Return by how much sampled absolute values are expected to exceed the true ones.

    E|N(v, e²)| − |v| at the sampled value v with standard error e: the mean of the folded normal distribution
    (Leone, Nelson and Nottingham 1961) less the size of its centre. 0 where the error is 0.

    Parameters
    ----------
    values, errors : ndarray of one shape
        Sampled values and their standard errors.
    """
    from scipy.stats import norm

    known = np.where(errors > 0, errors, 1.0)
    ratio = np.abs(values) / known
    return np.where(errors > 0, 2 * known * (norm.pdf(ratio) - ratio * norm.sf(ratio)), 0.0)


def widened(interval: Interval, value: float, blocks: Floats, *, limits: tuple[float, float]) -> Interval:
    """Return an interval over rows, widened by the error of one draw that all rows have in common.

    The two are independent: distances from the value add as squares (MOVER, Zou and Donner 2008). The
    second is Student's, from the spread of blocks of the draw.

    Parameters
    ----------
    interval : Interval
        Over rows, at 95 %.
    value : float
        The figure from the whole draw.
    blocks : ndarray of shape (b,)
        The figure from each of b equal blocks of it.
    limits : tuple of float
        Lowest and highest value that the figure can have.
    """
    from scipy.stats import t

    error = float(
        t.ppf((1 + interval.level) / 2, len(blocks) - 1) * blocks.std(ddof=1) / np.sqrt(len(blocks))
    )
    low = value - np.hypot(value - interval.low, error)
    high = value + np.hypot(interval.high - value, error)
    return Interval(
        low=max(limits[0], float(low)), high=min(limits[1], float(high)), method="mover", level=interval.level
    )
