"""One explanation method's answer for one output of the model, in the columns of the data file."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Unit


@dataclass(frozen=True)
class Attribution:
    """Signed contributions of raw columns to one output, for some rows.

    Attributes
    ----------
    method : {"shap", "lime"}
        The method that made the values.
    algorithm : str
        ``linear``, ``trees``, ``enumeration`` or ``permutation`` for interventional SHAP values,
        ``path_dependent`` for the other kind; ``lime_tabular``.
    output : str
        The output explained: a class label, or the target of a regression.
    unit : str
        Unit of the values and of the base: ``log_odds``, ``margin``, ``probability`` or ``target``.
    columns : tuple of str, length d
        Raw columns of the data file.
    keys : ndarray of shape (n,)
        Row keys (hex) of the rows explained.
    values : ndarray of shape (n, d)
        SHAP values, or LIME coefficients as lime gives them.
    base : ndarray of shape (n,)
        SHAP base value, or LIME intercept.
    prediction : ndarray of shape (n,)
        The model's own output for the row, in the same unit.
    inclusion : ndarray of shape (n,)
        Probability with which the row was chosen, in (0, 1].
    spread : ndarray of shape (n, d), optional
        Standard error (sampled SHAP, LIME). ``None`` if exact.
    fidelity : ndarray of shape (n,), optional
        LIME's weighted local R²; NaN where it is not estimable.
    bin_share : ndarray of shape (n, d), optional
        LIME: share of the background in the row's bin of each column.
    stability : ndarray of shape (n,), optional
        LIME: mean Jaccard overlap of the leading columns between ten blocks of the pool, in [0, 1].
    blocks : ndarray of shape (n, d, 10), optional
        LIME: the contributions that each block of the pool gives by itself, to first order.
    samples : ndarray of shape (n,), optional
        LIME: perturbations of the pool that each row's answer rests on.
    settled : ndarray of shape (n,), optional
        LIME: whether the row's leading columns, their order and their signs were told apart before the cap.
    off_manifold : ndarray of shape (n,), optional
        LIME: share of the row's weighted perturbations that lie outside where rows of the source lie.
    tolerance : float
        SHAP: additivity residual that is rounding, relative to the output's scale: 1e-6, or 1e-4 where the
        model works in float32.
    """

    method: Literal["shap", "lime"]
    algorithm: str
    output: str
    unit: Unit
    columns: tuple[str, ...]
    keys: NDArray[np.str_]
    values: NDArray[np.float64]
    base: NDArray[np.float64]
    prediction: NDArray[np.float64]
    inclusion: NDArray[np.float64]
    spread: NDArray[np.float64] | None = None
    fidelity: NDArray[np.float64] | None = None
    bin_share: NDArray[np.float64] | None = None
    stability: NDArray[np.float64] | None = None
    blocks: NDArray[np.float64] | None = None
    samples: NDArray[np.int64] | None = None
    settled: NDArray[np.bool_] | None = None
    off_manifold: NDArray[np.float64] | None = None
    tolerance: float = 1e-6

    @property
    def residual(self) -> NDArray[np.float64]:
        """Additivity residual of each row: prediction − (base + sum of values)."""
        return np.asarray(self.prediction - self.base - self.values.sum(axis=1), dtype=np.float64)

    def of_rows(self, rows: slice) -> Self:
        """Return the same for some of the rows."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        some: dict[str, Any] = {
            name: array[rows] for name, array in arrays.items() if isinstance(array, np.ndarray)
        }
        return replace(self, **some)

    @property
    def contribution(self) -> NDArray[np.float64]:
        """Values on the scale of SHAP: lime's "this bin against the rest" times (1 − bin share)."""
        return self.values if self.bin_share is None else self.values * (1.0 - self.bin_share)


@dataclass(frozen=True)
class Interactions:
    """Exact Shapley interaction values of pairs of raw columns.

    Attributes
    ----------
    columns : tuple of str, length d
        Raw columns of the data file.
    keys : ndarray of shape (n,)
        Row keys (hex).
    inclusion : ndarray of shape (n,)
        Probability with which each row was chosen, in (0, 1].
    values : ndarray of shape (k, n, d(d − 1)/2)
        By output, for the pairs in the order of ``itertools.combinations(columns, 2)``: half of what a pair
        adds beyond its two columns, so that a column's own effect and its halves add up to its SHAP value.
    """

    columns: tuple[str, ...]
    keys: NDArray[np.str_]
    inclusion: NDArray[np.float64]
    values: NDArray[np.float64]
