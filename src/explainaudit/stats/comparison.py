"""Selection rates of groups against the highest: ratio, difference, shortfall, and what they allow to say."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from explainaudit.records.measure import Interval, Tier
from explainaudit.stats.intervals import katz, koopman, newcombe, ratio_limits
from explainaudit.stats.tiers import tier

ASSESSED: tuple[Tier, ...] = ("reportable", "indicative")


@dataclass(frozen=True)
class ImpactRatio:
    """One group's selection rate against the reference group's.

    Everything from ``ratio`` on is ``None`` for a group that is too small to be compared; ``katz``
    and ``z`` also where they are undefined.

    Attributes
    ----------
    group, reference : str
        The group, and the group of the highest observed rate.
    selected, size, reference_selected, reference_size : int
        Unweighted counts of persons.
    tier : Tier
        The lower of the two groups' tiers.
    shortfall : float
        Persons who would have been selected at the overall rate, less those who were.
    ratio : float
        Rate of the group over that of the reference.
    interval : Interval
        Koopman's interval of the ratio, at the ordinary level.
    decisive : Interval
        Limits of the ratio to the highest *true* rate, whichever group has it: they decide.
    katz : Interval
        Katz' interval of the ratio, for reproduction.
    difference : float
        Rate of the group less that of the reference.
    difference_interval : Interval
        Newcombe's interval of the difference.
    z : float
        Difference over its standard error at the two groups' pooled rate.
    """

    group: str
    reference: str
    selected: int
    size: int
    reference_selected: int
    reference_size: int
    tier: Tier
    shortfall: float
    ratio: float | None = None
    interval: Interval | None = None
    decisive: Interval | None = None
    katz: Interval | None = None
    difference: float | None = None
    difference_interval: Interval | None = None
    z: float | None = None


class Weighed(NamedTuple):
    """A group's weighted persons: those selected, all, and the effective number behind the share."""

    selected: float
    size: float
    effective_n: float


class _Group(NamedTuple):
    name: str
    selected: int
    size: int
    tier: Tier
    weighed: Weighed | None

    @property
    def persons(self) -> tuple[float, float]:
        """Persons selected and all, weighted where there are weights."""
        return (self.selected, self.size) if self.weighed is None else self.weighed[:2]

    @property
    def rate(self) -> float:
        """The selection rate."""
        selected, size = self.persons
        return selected / size

    @property
    def counts(self) -> tuple[float, float]:
        """What intervals rest on: the counts, or the effective ones."""
        if self.weighed is None:
            return self.selected, self.size
        return self.rate * self.weighed.effective_n, self.weighed.effective_n


def impact_ratios(
    selected: Mapping[str, int],
    sizes: Mapping[str, int],
    *,
    reference_from: Collection[str],
    criterion_level: float = 0.95,
    weighed: Mapping[str, Weighed] | None = None,
) -> tuple[ImpactRatio, ...]:
    """Compare every group with the one of the highest observed rate.

    The reference is the group of the highest rate among ``reference_from`` that is not too small;
    ties go to the larger group, then to the first name. Tiers use the rate over all groups.

    The highest *observed* rate need not be the highest true one, so an interval against the
    reference alone decides nothing. "Every group's ratio to the highest rate is at least c" means
    p_g ≥ c·p_h for every group g and every possible reference h; ``decisive`` is built from all of
    these pairs.

    Its lower limit is the smallest ordinary lower limit over h. "Meets" asks it of every pair, and a
    conjunction of tests keeps the size of one of them (2.5 %): no adjustment.

    Its upper limit is the smallest upper limit over h, at level 1 − .05/m. "Does not meet" is claimed
    if any pair rejects, so m must count the pairs that can be on the boundary p_g = c·p_h at once: a
    references at the top and K − a groups at c times it make a(K − a) pairs, so m is the largest
    a(K − a), which is K²/4 rounded down if every group may be the reference, and K − 1 if only one
    may. (K − 1 is also right for a verdict about one named group. Used for all groups at once it
    errs in 6.9 % instead of 2.5 % for 15 groups, half of them on top.)

    Parameters
    ----------
    selected, sizes : mapping of str to int
        Persons with the favourable decision, and all persons, per group.
    reference_from : collection of str
        Groups that may be the reference.
    criterion_level : float
        Two-sided level of a verdict.
    weighed : mapping of str to Weighed, optional
        Weighted persons of each group where the plan names weights or clusters. Rates, ratios and the
        shortfall are then weighted and intervals rest on effective numbers; tiers stay unweighted.

    Returns
    -------
    tuple of ImpactRatio
        One per group other than the reference, in the order of ``sizes``; empty if no possible
        reference is large enough, or none of them has anyone selected.
    """
    total = sum(sizes.values())
    unweighted = sum(selected[name] for name in sizes) / total if total else 0.0
    groups = [
        _Group(
            name,
            selected[name],
            size,
            tier(size, selected[name], pooled=unweighted),
            None if weighed is None else weighed[name],
        )
        for name, size in sizes.items()
    ]
    groups = [
        group._replace(tier=group.tier if group.persons[1] > 0 else "not_estimable") for group in groups
    ]
    persons = sum(group.persons[1] for group in groups)
    overall = sum(group.persons[0] for group in groups) / persons if persons else 0.0
    assessed = [group for group in groups if group.tier in ASSESSED]
    references = [group for group in assessed if group.name in reference_from]
    if not any(group.persons[0] > 0 for group in references):
        return ()
    reference = min(references, key=lambda group: (-group.rate, -group.size, group.name))
    pairs = max(a * (len(assessed) - a) for a in range(1, len(references) + 1))
    levels = (criterion_level, 1 - (1 - criterion_level) / max(pairs, 1))
    return tuple(
        _compare(group, reference, overall, decisive=_decisive(group, references, levels))
        for group in groups
        if group != reference
    )


def impact_status(
    ratios: Collection[ImpactRatio], criterion: float
) -> Literal["meets", "does_not_meet", "inconclusive"]:
    """Return whether every group's rate is at least ``criterion`` times the highest rate.

    A group below the tier "reportable" never contributes to "meets", and a comparison without
    groups meets nothing.
    """
    if any(found.decisive is not None and found.decisive.high < criterion for found in ratios):
        return "does_not_meet"
    met = all(
        found.tier == "reportable" and found.decisive is not None and found.decisive.low >= criterion
        for found in ratios
    )
    return "meets" if ratios and met else "inconclusive"


def _decisive(group: _Group, references: list[_Group], levels: tuple[float, float]) -> Interval | None:
    """Return the limits of the group's ratio to the highest true rate among the references."""
    if group.tier not in ASSESSED:
        return None
    others = [other for other in references if other != group]
    ordinary, adjusted = levels
    low = min(ratio_limits(group.counts, other.counts, ordinary)[0] for other in others)
    high = min(ratio_limits(group.counts, other.counts, adjusted)[1] for other in others)
    return Interval(low=low, high=high, method="koopman_highest", level=ordinary)


def _compare(group: _Group, reference: _Group, overall: float, *, decisive: Interval | None) -> ImpactRatio:
    counted = ImpactRatio(
        group=group.name,
        reference=reference.name,
        selected=group.selected,
        size=group.size,
        reference_selected=reference.selected,
        reference_size=reference.size,
        tier=group.tier,
        shortfall=group.persons[1] * overall - group.persons[0],
    )
    if decisive is None:
        return counted
    four = (*group.counts, *reference.counts)
    rate, highest = group.rate, reference.rate
    return replace(
        counted,
        tier=max(group.tier, reference.tier, key=ASSESSED.index),
        ratio=rate / highest,
        interval=koopman(*four),
        decisive=decisive,
        katz=katz(*four),
        difference=rate - highest,
        difference_interval=newcombe(*four),
        z=_pooled_z(*four),
    )


def _pooled_z(k1: float, n1: float, k0: float, n0: float) -> float | None:
    """Return the two-proportion z statistic; ``None`` if all or none were selected in both groups."""
    pooled = (k1 + k0) / (n1 + n0)
    if pooled in (0.0, 1.0):
        return None
    return (k1 / n1 - k0 / n0) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
