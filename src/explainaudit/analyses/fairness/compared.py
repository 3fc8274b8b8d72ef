"""Every comparison of two groups, and what is left of it once all of them are counted (Holm)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.groups import Group
from explainaudit.records.measure import Interval, Measure, Tier, Unit, measure_id
from explainaudit.stats.comparison import ASSESSED
from explainaudit.stats.design import Design
from explainaudit.stats.intervals import newcombe
from explainaudit.stats.rates import rated
from explainaudit.stats.selection import Counts, Selection
from explainaudit.stats.significance import holm, two_proportions
from explainaudit.stats.tiers import smallest_cell

LEVEL = 0.05


@dataclass(frozen=True)
class Rated:
    """One rate of one group: the rows that it is a share of, those of them that are counted, and its tier.

    ``part`` holds the dimensions beside those of the group: the class that the rate is about.
    """

    group: Group
    hit: NDArray[np.bool_]
    design: Design
    tier: Tier
    part: dict[str, str] = field(default_factory=dict)

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of a measure about the rate."""
        return self.group.dimensions | self.part

    def measured(self, metric: str) -> Measure:
        """Return the rate as a measure."""
        return rated("fairness", metric, self.hit, self.design, self.dimensions, tier=self.tier)

    @property
    def assessed(self) -> bool:
        """Whether it is compared with others."""
        return self.tier in ASSESSED and self.group.name is not None

    @property
    def cell(self) -> int:
        """The smaller of those counted and those not, if it is not zero."""
        k, n = self.design.number(self.hit), self.design.number()
        return smallest_cell(k, n - k)

    def effective(self, level: float = 0.95) -> Counts:
        """Return the counts that intervals rest on."""
        return Selection(self.hit, self.design).effective(level)


@dataclass(frozen=True)
class Comparison:
    """One test of two groups: its p-value before any adjustment, and the gaps that it stands beside.

    Many stand beside none: the reference is the group of the highest rate, which any pair could have held.
    """

    p: float | None
    beside: tuple[Measure, ...] = ()


def gaps(
    metric: str, rates: Sequence[Rated], reference: str | None
) -> tuple[list[Measure], list[Comparison]]:
    """Return each group's rate less that of the reference, and the comparisons of all pairs of groups."""
    base = next((each for each in rates if each.group.name == reference and each.assessed), None)
    measures = [_gap(metric, each, base) for each in rates]
    return measures, compared(rates, reference, measures)


def compared(rates: Sequence[Rated], reference: str | None, beside: Sequence[Measure]) -> list[Comparison]:
    """Return the comparisons of all pairs of groups in one rate.

    Parameters
    ----------
    rates : sequence of Rated
        One rate of every group, the rows without a group among them.
    reference : str, optional
        The group that gaps are measured from; without one there are none.
    beside : sequence of Measure
        The gap of each group, in the order of ``rates``.
    """
    assessed = [
        (each, each.effective(), like) for each, like in zip(rates, beside, strict=True) if each.assessed
    ]
    found = []
    for (one, first, its), (other, second, likewise) in combinations(assessed, 2):
        p = two_proportions(first, second, freedom=_freedom(one, other))
        like = (
            {one.group.name: likewise, other.group.name: its}.get(reference)
            if reference is not None
            else None
        )
        found.append(Comparison(p, () if like is None else (like,)))
    return found


def _gap(metric: str, rate: Rated, base: Rated | None) -> Measure:
    """Return a group's rate less that of the reference, or the reason why there is none."""
    n, group, about = rate.design.number(), rate.group, rate.dimensions
    if base is not None and base.group.name == group.name:
        return gap_measure(metric, about, None, "reference", tier="reportable", n=n, cell=rate.cell)
    if base is None or not rate.assessed:
        why = "missing_group" if group.name is None else "insufficient"
        return gap_measure(metric, about, None, why, tier="insufficient", n=n, cell=rate.cell)
    mine, other = rate.effective(), base.effective()
    found = mine[0] / mine[1] - other[0] / other[1], newcombe(*mine, *other)
    sure = max(rate.tier, base.tier, key=ASSESSED.index)
    return gap_measure(metric, about, found, "", tier=sure, n=n, cell=smallest_cell(rate.cell, base.cell))


def gap_measure(  # noqa: PLR0913 - the parts of a measure
    metric: str,
    dimensions: dict[str, str],
    found: tuple[float, Interval | None] | None,
    why: str,
    *,
    tier: Tier,
    n: int,
    cell: int,
    unit: Unit = "points",
) -> Measure:
    """Return how far a group is from others as a measure, or the reason why that is not known."""
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=dimensions,
        value=None if found is None else found[0],
        reason=why if found is None else None,
        interval=None if found is None else found[1],
        n=n,
        unit=unit,
        tier=tier,
        estimand="people_like_these",
        kind="difference",
        smallest_cell=cell,
    )


def _freedom(*pair: Rated) -> int | None:
    """Return the degrees of freedom of a comparison; none where rows are drawn one by one."""
    return None if pair[0].design.simple else min(each.design.freedom for each in pair)


def against_others(gaps: Sequence[Measure], freedom: int) -> list[Comparison]:
    """Return the comparisons of each group with all others, given the gaps of all with linearised intervals.

    Of two groups each is the other's mirror: one comparison, not two.
    """
    known = [each for each in gaps if each.value is not None]
    there = [each for each in gaps if each.n and "group" in each.dimensions]
    if len(known) == len(there) == 2:
        return [Comparison(_studentised(known[0], freedom), tuple(known))]
    return [Comparison(_studentised(each, freedom), (each,)) for each in known]


def _studentised(like: Measure, freedom: int) -> float | None:
    """Return the p-value of no gap, by Student's t with the error that the interval has."""
    from scipy.special import stdtr, stdtrit

    if like.value is None or like.interval is None:
        return None
    half = (like.interval.high - like.interval.low) / 2
    error = half / float(stdtrit(freedom, (1 + like.interval.level) / 2))
    # Errors that are all alike differ by rounding, with an interval as narrow.
    if not error > 1e-12 * abs(like.value):
        return None
    return float(2 * stdtr(freedom, -abs(like.value) / error))


def p_dimensions(like: Measure) -> dict[str, str]:
    """Return the dimensions of the p-values beside a gap."""
    return {**like.dimensions, "figure": like.metric}


def tested(comparisons: Sequence[Comparison], beside: Iterable[Measure]) -> list[Measure]:
    """Return p-values before and after Holm's adjustment over all comparisons, for every gap.

    Parameters
    ----------
    comparisons : sequence of Comparison
        All comparisons of the run, whatever is shown of them.
    beside : iterable of Measure
        The gaps that p-values stand beside; one that was not compared says why.
    """
    adjusted = holm([each.p for each in comparisons])
    found = {
        like.id: (each.p, after)
        for each, after in zip(comparisons, adjusted, strict=True)
        for like in each.beside
    }
    measures = []
    for like in beside:
        before, after = found.get(like.id, (None, None))
        measures += [_p("p_value", before, like), _p("p_holm", after, like)]
    return measures


def apart(gaps: Iterable[Measure], by_id: Mapping[str, Measure]) -> list[Measure]:
    """Return the gaps that Holm's adjustment leaves below the level; ``by_id`` holds their p-values."""
    found = []
    for each in gaps:
        p = by_id.get(measure_id("fairness", "p_holm", p_dimensions(each)))
        if each.value is not None and p is not None and p.value is not None and p.value <= LEVEL:
            found.append(each)
    return found


def _p(metric: str, p: float | None, like: Measure) -> Measure:
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=p_dimensions(like),
        value=p,
        reason=(like.reason or "not_estimable") if p is None else None,
        n=like.n,
        unit="p_value",
        tier=like.tier,
        estimand="people_like_these",
        kind="score",
        smallest_cell=like.smallest_cell,
    )
