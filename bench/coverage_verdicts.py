"""How often verdicts on impact ratios err at the boundary, and how often the largest gap holds the truth."""

from collections.abc import Iterator
from itertools import product
from statistics import NormalDist

import numpy as np
from coverage_lines import Line, simple
from numpy.typing import NDArray

from explainaudit.stats.comparison import impact_ratios, impact_status
from explainaudit.stats.composite import largest_gap
from explainaudit.stats.selection import Selection

CRITERION, TOP = 0.8, 0.5
GROUPS = (2, 3, 5, 10, 15)
CHECKED = 5  # samples a setting that are judged by the product as well

Counts = NDArray[np.int64]


def _sizes(groups: int) -> Iterator[tuple[str, Counts]]:
    yield "n 400", np.full(groups, 400)
    yield "n 2000 and 200", np.where(np.arange(groups) % 2, 2000, 200)


def false_does_not_meet(samples: int) -> Iterator[Line]:
    """Draw some groups with the highest rate and all others at 0.8 times it: the criterion holds."""
    for groups in GROUPS:
        for top, (named, sizes) in product(sorted({1, groups // 2, groups - 1}), _sizes(groups)):
            yield _judged("does_not_meet", top, sizes, samples, f"{groups} groups, {top} on top, {named}")


def false_meets(samples: int) -> Iterator[Line]:
    """Draw one group, or all but one, at 0.8 times the highest rate: a hair below, and it is missed."""
    for groups in GROUPS:
        for named, sizes in _sizes(groups):
            yield _judged("meets", groups - 1, sizes, samples, f"{groups} groups, {named}")
            yield _judged("meets", 1, sizes, samples, f"{groups} groups, 1 on top, {named}")


def _judged(verdict: str, top: int, sizes: Counts, samples: int, setting: str) -> Line:
    """Return how often the verdict is given; the score tests behind it, and on some samples the product."""
    groups, rng = len(sizes), np.random.default_rng(1)
    counts = rng.binomial(sizes, np.where(np.arange(groups) < top, TOP, CRITERION * TOP), (samples, groups))
    given = _below(counts, sizes) if verdict == "does_not_meet" else _above(counts, sizes)
    for row, expected in zip(counts[:CHECKED], given[:CHECKED], strict=True):
        table = {f"{i}": Selection(np.arange(n) < row[i], simple(n)) for i, n in enumerate(sizes.tolist())}
        found = impact_status(impact_ratios(table, reference_from=table), CRITERION)
        if (found == verdict) != expected:
            raise SystemExit(f"{setting}: the product says {found} for {row.tolist()} of {sizes.tolist()}")
    # The score test itself is off by up to a tenth.
    return Line(setting, float(given.mean()), samples, at_most=0.0275)


def _below(counts: Counts, sizes: Counts) -> NDArray[np.bool_]:
    """Whether some pair rejects p_g ≥ c·p_h, at a level for as many pairs as can be on the boundary."""
    bound = NormalDist().inv_cdf(1 - 0.025 / (len(sizes) ** 2 // 4))
    return np.any([sign < -bound for sign in _signed(counts, sizes)], axis=0)


def _above(counts: Counts, sizes: Counts) -> NDArray[np.bool_]:
    """Whether every pair rejects p_g < c·p_h."""
    bound = NormalDist().inv_cdf(0.975)
    return np.all([sign >= bound for sign in _signed(counts, sizes)], axis=0)


def _signed(counts: Counts, sizes: Counts) -> Iterator[NDArray[np.float64]]:
    """Yield the signed score statistic of p_g = c·p_h for every pair (Koopman 1984)."""
    for g, h in product(range(len(sizes)), repeat=2):
        if g == h:
            continue
        k1, k0, n1, n0 = counts[:, g], counts[:, h], sizes[g], sizes[h]
        b, whole = CRITERION * (n1 + k0) + k1 + n0, k1 + k0
        p0 = (b - np.sqrt(b**2 - 4 * CRITERION * (n1 + n0) * whole)) / (2 * CRITERION * (n1 + n0))
        statistic = _pearson(k1, n1, CRITERION * p0) + _pearson(k0, n0, p0)
        yield np.sign(k1 * n0 - CRITERION * k0 * n1) * np.sqrt(statistic)


def _pearson(k: Counts, n: int, p: NDArray[np.float64]) -> NDArray[np.float64]:
    return (k - n * p) ** 2 / (n * p * (1 - p))


def no_gap_lines(samples: int) -> Iterator[Line]:
    """Draw equalised odds where all groups are alike: the interval should hold 0."""
    for groups, rates in product(GROUPS, ((0.5, 0.5), (0.8, 0.1))):
        for named, sizes in _sizes(groups):
            drawn = _gaps([np.full(groups, rate) for rate in rates], sizes, samples)
            share = float(np.mean([low == 0 for low, _ in drawn]))
            setting = f"{groups} groups, rates {rates[0]:g} and {rates[1]:g}, {named}"
            yield Line(setting, share, samples, at_least=0.95)


def gap_lines(samples: int) -> Iterator[Line]:
    """Draw equalised odds with a largest gap of 12 points in the first rate; more than 95 % hold it."""
    for groups in GROUPS:
        for named, sizes in _sizes(groups):
            rates = [np.linspace(0.5, 0.62, groups), np.linspace(0.2, 0.15, groups)]
            drawn = _gaps(rates, sizes, samples)
            share = float(np.mean([low <= 0.12 <= high for low, high in drawn]))
            yield Line(f"{groups} groups, gap 0.12, {named}", share, samples, at_least=0.95)


def _gaps(rates: list[NDArray[np.float64]], sizes: Counts, samples: int) -> Iterator[tuple[float, float]]:
    rng, ends = np.random.default_rng(1), sizes.tolist()
    for _ in range(samples):
        parts = [list(zip(rng.binomial(sizes, rate).tolist(), ends, strict=True)) for rate in rates]
        found = largest_gap(parts)
        if found is not None:
            yield found[1].low, found[1].high
