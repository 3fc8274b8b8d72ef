"""Conditional demographic disparity: who is refused and who accepted, within strata."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SIGN = np.array([1.0, -1.0])  # the rejected, the accepted
NO_SPREAD = 1e-9


class Stratum(NamedTuple):
    """One stratum: its number, (rows of the group, all rows) among rejected and accepted, and the difference.

    Rows are unweighted and have weight. ``value`` is the share of the group among the rejected less that
    among the accepted; ``None`` where nobody is rejected, or nobody accepted.
    """

    stratum: int
    rejected: tuple[int, int]
    accepted: tuple[int, int]
    value: float | None

    @property
    def n(self) -> int:
        """Rows of the stratum that have weight."""
        return self.rejected[1] + self.accepted[1]


@dataclass(frozen=True)
class Disparity:
    """A disparity over strata.

    Attributes
    ----------
    value : float
        Mean of the strata's differences, by their weight; positive where the group is over-represented
        among the rejected.
    interval : Interval or None
        Its interval; ``None`` where the rows show no spread.
    strata : tuple of Stratum
        Every stratum in which somebody stands, by number.
    """

    value: float
    interval: Interval | None
    strata: tuple[Stratum, ...]

    @property
    def dropped(self) -> tuple[Stratum, ...]:
        """Strata that do not enter the mean: nobody rejected in them, or nobody accepted."""
        return tuple(each for each in self.strata if each.value is None)

    @property
    def dropped_rows(self) -> int:
        """Rows with weight in the strata dropped."""
        return sum(each.n for each in self.dropped)


def conditional_disparity(
    inside: Bools, favourable: Bools, stratum: NDArray[np.intp], design: Design, level: float = 0.95
) -> Disparity | None:
    """Return the conditional demographic disparity of a group (Wachter, Mittelstadt and Russell 2021).

    DD_s = (share of the group among the rejected of stratum s) − (its share among the accepted), and
    CDD = Σ W_s·DD_s / Σ W_s over the strata that have both, as in SageMaker Clarify. Clarify takes
    DD_s = 0 in all other strata; here these are dropped and counted.

    A row of a stratum that enters moves CDD by its stratum's weight, (W/ΣW_s)·(DD_s − CDD), and by its
    own stratum's difference: (W/ΣW_s)·(W_s/W_side)·(± (in − share)), + for the rejected and − for the
    accepted side, ``share`` being the group's on that side. A side of m rows is taken m/(m − 1) times as
    spread out as its rows are; for one of a single row the group's share of the stratum stands in.

    Parameters
    ----------
    inside, favourable : ndarray of bool, shape (n,)
        Rows of the group; rows accepted.
    stratum : ndarray of int, shape (n,)
        Number of each row's stratum.
    design : Design
        Weights and clusters of the rows.

    Returns
    -------
    Disparity or None
        ``None`` where nobody is in the group, or nobody outside, or no stratum has both outcomes.
    """
    here = design.counts
    inside, favourable, design = inside[here], favourable[here], design.among(here)
    if inside.all() or not inside.any():
        return None
    numbers, code = np.unique(stratum[here], return_inverse=True)
    outcome = favourable.astype(np.intp)
    counted = (np.ones(len(code)), inside.astype(np.float64), design.weight, design.weight * inside)
    counts = _Cells(*(_by_side(code, outcome, each) for each in counted))
    enters = counts.rows.min(axis=1) > 0
    if not enters.any():
        return None
    apart = counts.share @ SIGN
    worth = np.where(enters, counts.weight.sum(axis=1), 0.0)
    value = float(worth @ apart / worth.sum())
    residual = (inside - counts.centre[code, outcome]) * (counts.wider / counts.weight_or_one)[code, outcome]
    influence = enters[code] * (apart - value)[code] + worth[code] * SIGN[outcome] * residual
    influence = influence * design.total / worth.sum()
    spread = float(np.abs(influence).max()) > NO_SPREAD
    return Disparity(
        value,
        influence_interval(value, influence, design, level=level) if spread else None,
        tuple(_stratum(*each) for each in zip(numbers, counts.chosen, counts.rows, apart, strict=True)),
    )


class _Cells(NamedTuple):
    """Per stratum, for the rejected and the accepted: arrays of shape (s, 2)."""

    rows: Floats
    chosen: Floats
    weight: Floats
    chosen_weight: Floats

    @property
    def weight_or_one(self) -> Floats:
        return np.where(self.rows > 0, self.weight, 1.0)

    @property
    def share(self) -> Floats:
        """Share of the group."""
        return np.asarray(self.chosen_weight / self.weight_or_one)

    @property
    def centre(self) -> Floats:
        """What a row is compared with."""
        together = self.chosen_weight.sum(axis=1) / self.weight.sum(axis=1)
        return np.where(self.rows > 1, self.share, together[:, None])

    @property
    def wider(self) -> Floats:
        return np.sqrt(self.rows / np.maximum(self.rows - 1, 1))


def _by_side(code: NDArray[np.intp], outcome: NDArray[np.intp], counted: Floats) -> Floats:
    sums = np.bincount(2 * code + outcome, counted, 2 * (int(code.max()) + 1))
    return np.asarray(sums, dtype=np.float64).reshape(-1, 2)


def _stratum(number: int, chosen: Floats, rows: Floats, apart: float) -> Stratum:
    rejected, accepted = ((int(k), int(n)) for k, n in zip(chosen, rows, strict=True))
    return Stratum(int(number), rejected, accepted, float(apart) if rows.min() > 0 else None)
