"""A line of the table of coverage.py: one setting, how often it came out, and how often it should."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design


@dataclass(frozen=True)
class Line:
    """A share of samples; at least or at most so many of them should be counted."""

    setting: str
    share: float
    samples: int
    at_least: float | None = None
    at_most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the share is further from its target than three Monte-Carlo errors."""
        if self.at_least is not None:
            return self.share < self.at_least - 3 * self._error(self.at_least)
        return self.at_most is not None and self.share > self.at_most + 3 * self._error(self.at_most)

    @property
    def target(self) -> str:
        """The share aimed at, as printed."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"

    def _error(self, share: float) -> float:
        return math.sqrt(share * (1 - share) / self.samples)


def covered(
    setting: str,
    samples: int,
    truth: float,
    draw: Callable[[np.random.Generator], Interval | None],
    *,
    at_least: float,
) -> Line:
    """Return how often the interval drawn holds the truth; no interval holds nothing."""
    rng, held = np.random.default_rng(1), 0
    for _ in range(samples):
        interval = draw(rng)
        held += interval is not None and interval.low <= truth <= interval.high
    return Line(setting, held / samples, samples, at_least=at_least)


def simple(n: int) -> Design:
    """Return the design of n persons drawn one by one."""
    return Design(np.ones(n), np.arange(n), simple=True)
