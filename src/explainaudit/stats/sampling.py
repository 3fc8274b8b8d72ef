"""What sampling error does to a mean of absolute values."""

import numpy as np
from numpy.typing import NDArray

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
