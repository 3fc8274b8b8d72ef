"""Coverage of the intervals of means, areas under curves, distances, and conditional disparity."""

import math
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from coverage_lines import Line, covered, simple
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.curves import kolmogorov_smirnov
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.discrimination import auc
from explainaudit.stats.disparity import conditional_disparity
from explainaudit.stats.standardised import standardised_difference

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def mean_lines(samples: int) -> Iterator[Line]:
    """Draw means of scores: of persons drawn one by one, and of weighted rows in clusters."""
    shapes: dict[str, tuple[float, Callable[[np.random.Generator, int], Floats]]] = {
        "uniform": (0.5, lambda rng, n: rng.random(n)),
        "normal": (0.0, lambda rng, n: rng.normal(size=n)),
        "exponential": (1.0, lambda rng, n: rng.exponential(size=n)),
    }
    for (shape, (truth, of)), n in product(shapes.items(), (30, 100, 1000)):

        def draw(rng: np.random.Generator, n: int = n, of: Callable[..., Floats] = of) -> Interval | None:
            return mean_of(of(rng, n), simple(n))[1]

        skewed = shape == "exponential" and n < 100
        yield covered(f"{shape}, n {n}", samples, truth, draw, at_least=0.91 if skewed else 0.935)

    for clusters in (20, 100):

        def of_clusters(rng: np.random.Generator, clusters: int = clusters) -> Interval | None:
            cluster = np.repeat(np.arange(clusters), rng.integers(2, 9, clusters))
            values = rng.normal(size=clusters)[cluster] + rng.normal(size=len(cluster))
            return mean_of(values, Design(rng.uniform(0.5, 2, len(cluster)), cluster, simple=False))[1]

        yield covered(f"normal, weighted, {clusters} clusters", samples, 0.0, of_clusters, at_least=0.93)


def _two_normals(rng: np.random.Generator, n: int, share: float, shift: float) -> tuple[Bools, Floats]:
    inside = np.arange(n) < max(2, round(n * share))
    return inside, rng.normal(size=n) + shift * inside


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def auc_lines(samples: int) -> Iterator[Line]:
    """Draw areas under the ROC curve; DeLong's interval on the logit scale."""
    for shift, (n, share) in product((0.0, 1.0, 2.0), ((60, 0.5), (300, 0.1), (1000, 0.3))):

        def draw(
            rng: np.random.Generator, n: int = n, share: float = share, shift: float = shift
        ) -> Interval | None:
            found = auc(*_two_normals(rng, n, share, shift))
            return found[1] if found else None

        truth = _normal(shift / math.sqrt(2))
        yield covered(f"area {truth:.2f}, n {n}, {share:g} events", samples, truth, draw, at_least=0.93)


def ks_lines(samples: int) -> Iterator[Line]:
    """Draw Kolmogorov-Smirnov distances; lowest for a very weak separation (docs/decisions/0010)."""
    for shift, (n, share) in product((0.0, 0.3, 1.0, 2.0), ((100, 0.5), (300, 0.2), (1000, 0.3))):

        def draw(
            rng: np.random.Generator, n: int = n, share: float = share, shift: float = shift
        ) -> Interval | None:
            found = kolmogorov_smirnov(*_two_normals(rng, n, share, shift), simple(n))
            return found[1] if found else None

        truth = 2 * _normal(shift / 2) - 1
        yield covered(f"distance {truth:.2f}, n {n}, {share:g} inside", samples, truth, draw, at_least=0.87)


def smd_lines(samples: int) -> Iterator[Line]:
    """Draw standardised differences of means, with a group of 30 rows at least."""
    for shift, (n, share) in product((0.0, 0.5, 1.5), ((60, 0.5), (300, 0.1), (1000, 0.3))):

        def draw(
            rng: np.random.Generator, n: int = n, share: float = share, shift: float = shift
        ) -> Interval | None:
            inside, values = _two_normals(rng, n, share, shift)
            found = standardised_difference(values, inside, simple(n))
            return found[1] if found else None

        yield covered(f"difference {shift:g}, n {n}, {share:g} inside", samples, shift, draw, at_least=0.93)


def disparity_lines(samples: int) -> Iterator[Line]:
    """Draw conditional disparities: the group's chance is 8 points lower within every stratum."""
    for strata, n in ((1, 400), (4, 200), (4, 1000), (10, 400), (10, 2000)):
        at = np.arange(strata) / strata
        inside, chance = 0.2 + 0.6 * at, 0.85 - 0.6 * at
        accepted = inside * (chance - 0.08) / (chance - 0.08 * inside)
        rejected = inside * (1.08 - chance) / (1 - chance + 0.08 * inside)

        def draw(rng: np.random.Generator, strata: int = strata, n: int = n) -> Interval | None:
            stratum = rng.integers(0, strata, n)
            group = rng.random(n) < 0.2 + 0.6 * stratum / strata
            favourable = rng.random(n) < 0.85 - 0.6 * stratum / strata - 0.08 * group
            found = conditional_disparity(group, favourable, stratum, simple(n))
            return found.interval if found else None

        truth = float(np.mean(rejected - accepted))
        yield covered(f"{strata} strata, n {n}", samples, truth, draw, at_least=0.93)
