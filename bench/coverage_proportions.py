"""Coverage of the intervals of shares, of their differences and of their ratios."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from coverage_lines import Line, covered

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, share_of
from explainaudit.stats.intervals import newcombe, ratio_limits, wilson

RATES = (0.02, 0.1, 0.3, 0.5, 0.9)
SIZES = (30, 100, 1000)
Counts = tuple[float, float]
PAIRS = [(30, 30), (30, 1000), (100, 100), (100, 1000), (1000, 1000)]


def wilson_lines(samples: int) -> Iterator[Line]:
    """Draw one share. Counts are whole, so coverage swings around 95 %, most for a few counted."""
    for rate, n in product(RATES, SIZES):
        # The chance of a count is known only by drawing; limits are worked out once for each.
        drawn, times = np.unique(np.random.default_rng(1).binomial(n, rate, samples), return_counts=True)
        held = [interval.low <= rate <= interval.high for interval in (wilson(int(k), n) for k in drawn)]
        share = float(np.dot(held, times) / samples)
        at_least = 0.9 if rate * n < 5 else 0.92 if n < 100 else 0.94
        yield Line(f"rate {rate:g}, n {n}", share, samples, at_least=at_least)


def share_lines(samples: int) -> Iterator[Line]:
    """Draw one share of rows with weights, in clusters whose rows resemble each other."""
    for clusters, rate in product((20, 100), (0.1, 0.5)):

        def draw(rng: np.random.Generator, clusters: int = clusters, rate: float = rate) -> Interval | None:
            cluster = np.repeat(np.arange(clusters), rng.integers(2, 9, clusters))
            chance = rng.beta(4 * rate, 4 * (1 - rate), clusters)[cluster]
            weight = rng.uniform(0.5, 2, len(cluster))
            found = share_of(rng.random(len(cluster)) < chance, Design(weight, cluster, simple=False))
            return found.interval if found else None

        yield covered(f"rate {rate:g}, {clusters} clusters", samples, rate, draw, at_least=0.93)


def newcombe_lines(samples: int) -> Iterator[Line]:
    """Draw the difference of two shares."""
    for (one, other), sizes in product([(0.1, 0.1), (0.1, 0.3), (0.5, 0.5), (0.9, 0.6)], PAIRS):
        yield _pairs((one, other), sizes, one - other, samples, _newcombe)


def koopman_lines(samples: int) -> Iterator[Line]:
    """Draw the ratio of two shares; with nobody counted in the second its upper limit is infinite."""
    for (one, other), sizes in product([(0.1, 0.1), (0.24, 0.3), (0.5, 0.5), (0.72, 0.9)], PAIRS):
        yield _pairs((one, other), sizes, one / other, samples, _koopman)


def _newcombe(first: Counts, second: Counts) -> tuple[float, float]:
    interval = newcombe(*first, *second)
    return interval.low, interval.high


def _koopman(first: Counts, second: Counts) -> tuple[float, float]:
    return ratio_limits(first, second, 0.95)


def _pairs(
    rates: tuple[float, float],
    sizes: tuple[int, int],
    truth: float,
    samples: int,
    limits: Callable[[Counts, Counts], tuple[float, float]],
) -> Line:
    drawn = np.random.default_rng(1).binomial(sizes, rates, (samples, 2))
    pairs, times = np.unique(drawn, axis=0, return_counts=True)
    held = 0
    for (k1, k0), often in zip(pairs.tolist(), times.tolist(), strict=True):
        low, high = limits((k1, sizes[0]), (k0, sizes[1]))
        held += often * (low <= truth <= high)
    few = min(rate * n for rate, n in zip(rates, sizes, strict=True)) < 5
    setting = f"rates {rates[0]:g} and {rates[1]:g}, n {sizes[0]} and {sizes[1]}"
    return Line(setting, held / samples, samples, at_least=0.92 if few else 0.94)
