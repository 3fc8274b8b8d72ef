"""How rows stand for people: sampling weights, and rows that belong together.

A statistic is known by its influence: how much each row moves it. The variance of every statistic then
follows from one rule, with weights and clusters or without (Särndal, Swensson and Wretman 1992, 5.5;
Binder 1983).
"""

import math
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.intervals import normal_quantile, wilson_limits

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Scale = Literal["identity", "logit", "log", "fisher"]


def people(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the scored rows that stand for somebody: all but those of weight zero."""
    return scored[scored["weight"] > 0].reset_index(drop=True) if "weight" in scored else scored


@dataclass(frozen=True)
class Design:
    """Weights and clusters of n rows.

    Attributes
    ----------
    weight : ndarray of shape (n,)
        Sampling weights, 0 or more; all 1 where the plan names none.
    cluster : ndarray of int, shape (n,)
        Rows with the same number belong together; all different where the plan names none.
    simple : bool
        Whether the plan names neither, so that rows are persons drawn one by one.
    """

    weight: Floats
    cluster: NDArray[np.intp]
    simple: bool

    @classmethod
    def of(cls, scored: pd.DataFrame) -> Self:
        """Return the design of scored rows (`explainaudit.records.responses.Responses.scored`).

        A row whose cluster is missing is a cluster of its own.
        """
        n = len(scored)
        weight = scored["weight"].to_numpy(dtype=np.float64) if "weight" in scored else np.ones(n)
        cluster = np.arange(n, dtype=np.intp)
        if "cluster" in scored:
            codes, known = pd.factorize(scored["cluster"])
            cluster = np.where(codes >= 0, codes, len(known) + cluster).astype(np.intp)
        return cls(weight, cluster, simple="weight" not in scored and "cluster" not in scored)

    @classmethod
    def chosen(cls, scored: pd.DataFrame, keys: NDArray[np.str_], inclusion: Floats | None = None) -> Self:
        """Return the design of rows chosen from scored ones, by key, with known probabilities.

        Each row is weighted by its own weight over its inclusion probability (``None``: all alike).
        """
        whole = cls.of(scored)
        places = np.searchsorted(scored["key"].to_numpy(dtype=np.str_), keys)
        weight = whole.weight[places] / (1.0 if inclusion is None else inclusion)
        return cls(weight, whole.cluster[places], whole.simple and len(np.unique(weight)) < 2)

    @property
    def counts(self) -> Bools:
        """Which rows stand for somebody: one of weight zero is nobody."""
        return self.weight > 0

    def number(self, rows: Bools | None = None) -> int:
        """Return how many of the rows, or of some of them, stand for somebody."""
        return int((self.counts if rows is None else self.counts & rows).sum())

    def worth(self, rows: Bools | None = None) -> float:
        """Return how many rows of equal weight the rows, or some of them, are worth (Kish).

        At most `number`, and equal to it where weights are equal: what tiers go by.
        """
        weight = self.weight if rows is None else self.weight[rows]
        most = int((weight > 0).sum())
        if most == 0:
            return 0.0
        found = float(weight.sum() ** 2 / (weight**2).sum())
        # Sums of equal weights are off in the last digit, and tiers have sharp limits.
        return found if found < most * (1 - 1e-9) else float(most)

    def among(self, rows: Bools | NDArray[np.intp]) -> "Design":
        """Return the design of some of the rows."""
        return Design(self.weight[rows], self.cluster[rows], self.simple)

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weight.sum())

    @property
    def freedom(self) -> int:
        """Degrees of freedom of a variance: clusters with weight, minus one."""
        return int(np.count_nonzero(np.bincount(self.cluster[self.counts]))) - 1

    def mean(self, values: Floats) -> Floats:
        """Return the weighted mean over rows of values of shape (n,) or (n, d)."""
        return np.asarray(self.weight @ values / self.total, dtype=np.float64)

    def covariance(self, influence: Floats) -> Floats:
        """Return the covariance, shape (d, d), of statistics with influences of shape (n, d).

        An influence is in the unit of the statistic and has weighted mean 0: that of a mean is each
        value minus the mean. Clusters are drawn with replacement; NaN with fewer than two.
        """
        clusters = self.freedom + 1
        if clusters < 2:
            return np.full((influence.shape[1], influence.shape[1]), math.nan)
        scaled = influence * (self.weight / self.total)[:, None]
        sums = np.zeros((int(self.cluster.max()) + 1, influence.shape[1]))
        np.add.at(sums, self.cluster, scaled)
        return np.asarray(sums.T @ sums * (clusters / (clusters - 1)), dtype=np.float64)

    def error(self, influence: Floats) -> float:
        """Return the standard error of a statistic with an influence of shape (n,)."""
        return math.sqrt(float(self.covariance(influence[:, None])[0, 0]))


def influence_interval(
    value: float, influence: Floats, design: Design, *, scale: Scale = "identity", level: float = 0.95
) -> Interval | None:
    """Return the interval of a statistic from its influence; ``None`` where it has no standard error.

    Student's t with clusters − 1 degrees of freedom, symmetric on the scale given: ``logit`` keeps a
    share inside (0, 1), ``log`` a positive number positive, ``fisher`` a correlation inside (−1, 1). At
    a limit of its scale a statistic has no interval of this kind.
    """
    from scipy.stats import t

    if design.freedom < 1:
        return None
    error = design.error(influence)
    half = float(t.ppf((1 + level) / 2, design.freedom)) * error
    if scale == "identity":
        low, high = value - half, value + half
    elif scale == "log":
        if value <= 0:
            return None
        low, high = value * math.exp(-half / value), value * math.exp(half / value)
    elif scale == "fisher":
        if not -1 < value < 1:
            return None
        centre, spread = math.atanh(value), half / (1 - value**2)
        low, high = math.tanh(centre - spread), math.tanh(centre + spread)
    else:
        if not 0 < value < 1:
            return None
        centre, spread = math.log(value / (1 - value)), half / (value * (1 - value))
        low, high = _expit(centre - spread), _expit(centre + spread)
    return Interval(low=low, high=high, method="linearised", level=level)


def mean_of(values: Floats, design: Design, level: float = 0.95) -> tuple[float, Interval | None]:
    """Return the weighted mean of values of shape (n,) and its interval (``None`` with one cluster)."""
    mean = float(design.mean(values))
    return mean, influence_interval(mean, values - mean, design, level=level)


@dataclass(frozen=True)
class Share:
    """A weighted share: k of n rows with weight, the share, its interval, and the effective n behind it."""

    k: int
    n: int
    value: float
    interval: Interval
    effective_n: float


def share_of(hit: Bools, design: Design, level: float = 0.95) -> Share | None:
    """Return the weighted share of rows that are hit; ``None`` without a row of positive weight.

    Wilson's interval with an effective number of rows: the n at which a simple share would have this
    linearised variance, scaled for the degrees of freedom and never above n (Korn and Graubard 1998);
    at shares 0 and 1, where that variance is zero, Kish's number of clusters of equal weight. Without
    weights and clusters it is n, and the interval Wilson's own.
    """
    k, n = design.number(hit), design.number()
    if n == 0:
        return None
    # Of nobody and of everybody it is 0 and 1, which sums of weights may miss by a last digit.
    whole = design.simple or k in (0, n)
    share = k / n if whole else min(1.0, float(design.mean(hit.astype(np.float64))))
    effective = float(n) if design.simple else _effective(hit, share, design, level)
    low, high = wilson_limits(share, effective, level)
    return Share(k, n, share, Interval(low=low, high=high, method="wilson", level=level), effective)


def _effective(hit: Bools, share: float, design: Design, level: float) -> float:
    from scipy.stats import t

    sums = np.bincount(design.cluster, weights=design.weight)
    kish = float(sums.sum() ** 2 / (sums**2).sum())
    variance = (
        design.error(hit.astype(np.float64) - share) ** 2 if 0 < share < 1 and design.freedom >= 1 else 0.0
    )
    found = share * (1 - share) / variance if variance > 0 else kish
    if design.freedom < 1:
        return min(kish, found)
    quantile = normal_quantile(level) / float(t.ppf((1 + level) / 2, design.freedom))
    return float(min(design.number(), found * quantile**2))


def _expit(logit: float) -> float:
    odds = math.exp(-abs(logit))
    return (1.0 if logit >= 0 else odds) / (1 + odds)
