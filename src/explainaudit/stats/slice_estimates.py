"""How far a slice lies from the other rows: the gap of means, or of differences of means, and its p-value."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval, Tier
from explainaudit.stats.design import Design, influence_interval, share_of
from explainaudit.stats.intervals import normal_quantile, wilson_limits
from explainaudit.stats.slice_sums import Tally
from explainaudit.stats.tiers import FEW_ROWS, size_tier, smallest_cell

LEVEL = 0.95
LARGEST_Z = 8.0
ROUNDING = 1e-12
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Found = tuple[float, Interval | None, float | None]  # a sum of means, its interval and p


@dataclass(frozen=True)
class Estimate:
    """A slice against all other rows; every figure is ``None`` where a mean has fewer than 30 rows.

    Attributes
    ----------
    n, rest : int
        Rows that the figures are over, within the slice and without.
    inside, outside : float
        The mean within the slice and without, or the part's less that of the others.
    gap : float
        ``inside`` − ``outside``.
    interval : Interval
        Of the gap, at 95 %.
    p : float
        That the slice is not worse in truth, two-sided and not adjusted.
    tier : Tier
        That of the smallest of the means.
    smallest_cell : int
        Fewest persons that can be counted from the figures.
    """

    n: int
    rest: int
    tier: Tier
    smallest_cell: int
    inside: float | None = None
    outside: float | None = None
    gap: float | None = None
    interval: Interval | None = None
    p: float | None = None


@dataclass(frozen=True)
class _Mean:
    """One of the means that a gap is made of: its rows, and whether it is added or taken away."""

    rows: Bools
    sign: int
    inside: bool


def estimate(tally: Tally, part: int, inside: Bools, design: Design) -> Estimate:
    """Return how far a slice lies from the other rows.

    Parameters
    ----------
    tally : Tally
        What the slice is held against, for n rows.
    part : int
        Which part, from 1.
    inside : ndarray of bool, shape (n,)
        The rows of the slice.
    design : Design
        Weights and clusters of the n rows.

    Returns
    -------
    Estimate
        A gap of shares has the distances of the shares from their Wilson limits, with effective counts, added
        as squares (Newcombe 1998, method 10, for two shares; Zou and Donner 2008 for more); its p-value is
        the level at which that interval ends at 0. Of clusters with rows on both sides the two are taken
        as independent. A gap of other means has a linearised interval, and p from the same standard error.

        A slice is worse by distance from 0 where the difference and the sum of the two means have one sign,
        and by a shortfall where that is there within the slice and larger than without: p is the larger
        of the two (Berger 1982).
    """
    mine = (tally.part == part) & design.counts
    sides = [_Mean(mine & inside, 1, True), _Mean(mine & ~inside, -1, False)]
    if tally.by == "shortfall":
        others = (tally.part > 0) & (tally.part != part) & design.counts
        sides += [_Mean(others & inside, -1, True), _Mean(others & ~inside, 1, False)]
    within, without = ([each for each in sides if each.inside is here] for here in (True, False))
    sizes = [sum(int(each.rows.sum()) for each in half) for half in (within, without)]
    fewest = min(design.worth(each.rows) for each in sides)
    counted = Estimate(sizes[0], sizes[1], size_tier(fewest), _smallest(tally, sides))
    if fewest < FEW_ROWS:
        return counted
    turned = [replace(each, sign=-each.sign) for each in without]
    gap, interval, p = _contrast(tally, sides, design)
    here, _, own = _contrast(tally, within, design)
    there, _, _ = _contrast(tally, turned, design)
    if tally.by != "mean":
        other = own if tally.by == "shortfall" else _contrast(tally, [*within, *turned], design)[2]
        p = None if p is None or other is None else max(p, other)
    return replace(counted, inside=here, outside=there, gap=gap, interval=interval, p=p)


def _smallest(tally: Tally, sides: list[_Mean]) -> int:
    sizes = [int(each.rows.sum()) for each in sides]
    if not tally.shares:
        return smallest_cell(*sizes)
    hits = [int(tally.values[each.rows].sum()) for each in sides]
    return smallest_cell(*hits, *(size - hit for size, hit in zip(sizes, hits, strict=True)))


def _contrast(tally: Tally, sides: list[_Mean], design: Design) -> Found:
    """Return the sum of the means with their signs, its interval, and the p-value of its being 0."""
    return (_of_shares if tally.shares else _of_means)(tally.values, sides, design)


def _of_shares(values: Floats, sides: list[_Mean], design: Design) -> Found:
    designs = [design.among(each.rows) for each in sides]
    shares = [share_of(values[each.rows] > 0, own) for each, own in zip(sides, designs, strict=True)]
    held = [(each.sign, share) for each, share in zip(sides, shares, strict=True) if share is not None]
    found = sum(sign * share.value for sign, share in held)

    def limits(level: float) -> tuple[float, float]:
        below = above = 0.0
        for sign, share in held:
            low, high = wilson_limits(share.value, share.effective_n, level)
            away = share.value - low, high - share.value
            below = math.hypot(below, away[0] if sign > 0 else away[1])
            above = math.hypot(above, away[1] if sign > 0 else away[0])
        return found - below, found + above

    def still(z: float) -> float:
        low, high = limits(math.erf(z / math.sqrt(2)))
        return low if found > 0 else -high

    low, high = limits(LEVEL)
    method = "newcombe" if len(held) == 2 else "mover_shares"
    freedom = None if design.simple else min(own.freedom for own in designs)
    p = _p_value(_touching(still) if found else 0.0, freedom)
    return found, Interval(low=low, high=high, method=method, level=LEVEL), p


def _touching(still: Callable[[float], float]) -> float:
    """Return the normal quantile at which an interval ends at 0."""
    from scipy.optimize import brentq

    if still(LARGEST_Z) > 0:
        return LARGEST_Z
    return float(brentq(still, 0.0, LARGEST_Z, xtol=1e-12))


def _p_value(z: float, freedom: int | None) -> float | None:
    """Return the two-sided p-value; with degrees of freedom of counts that are effective at 95 %."""
    from scipy.special import stdtr, stdtrit

    if freedom is None:
        return math.erfc(z / math.sqrt(2))
    if freedom < 1:
        return None
    return float(2 * stdtr(freedom, -z / normal_quantile(LEVEL) * stdtrit(freedom, (1 + LEVEL) / 2)))


def _of_means(values: Floats, sides: list[_Mean], design: Design) -> Found:
    from scipy.special import stdtr

    influence = np.zeros(len(values))
    used = np.any([each.rows for each in sides], axis=0)
    whole = design.among(used)
    found = 0.0
    for each in sides:
        own = design.among(each.rows)
        mean = float(own.mean(values[each.rows]))
        found += each.sign * mean
        influence[each.rows] = each.sign * (values[each.rows] - mean) * (whole.total / own.total)
    error = whole.error(influence[used]) if whole.freedom >= 1 else 0.0
    if error <= ROUNDING * float(np.abs(values[used]).max()):
        return found, None, None
    interval = influence_interval(found, influence[used], whole, level=LEVEL)
    return found, interval, float(2 * stdtr(whole.freedom, -abs(found) / error))
