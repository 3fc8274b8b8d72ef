"""Who gets the favourable decision, or scores above the median: rates, and their ratio to the highest."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.compared import Comparison, Rated, compared
from explainaudit.analyses.fairness.groups import Grouping
from explainaudit.records.measure import Interval, Measure, Tier, Unit
from explainaudit.stats.comparison import ImpactRatio, impact_ratios
from explainaudit.stats.power import detectable_gap
from explainaudit.stats.rates import count
from explainaudit.stats.selection import Selection
from explainaudit.stats.tiers import smallest_cell, tier

Value = tuple[float | None, Interval | None]


def rates_of(grouping: Grouping, hit: NDArray[np.bool_]) -> list[Rated]:
    """Return the share of each group that is hit, with the tier it has by the rate of all named groups."""
    named = [(each, hit[each.rows]) for each in grouping.named]
    total = sum(len(rows) for _, rows in named)
    pooled = sum(int(rows.sum()) for _, rows in named) / total if total else None
    found = []
    for group in grouping.groups:
        rows = hit[group.rows]
        sure = tier(group.design.worth(), int(rows.sum()), pooled=pooled)
        found.append(Rated(group, rows, group.design, sure))
    return found


def outcomes(
    rates: Sequence[Rated], metric: str = "selection_rate"
) -> tuple[list[Measure], list[Comparison], str | None]:
    """Return sizes, rates and everything that compares a group with the reference, which is named last.

    Parameters
    ----------
    rates : sequence of Rated
        One share of every group, as `rates_of` gives it.
    metric : str
        What the share is called: ``selection_rate``, or ``scoring_rate`` (above the median).
    """
    chosen = {
        str(each.group.name): Selection(each.hit, each.design)
        for each in rates
        if each.group.name is not None
    }
    ratios = {ratio.group: ratio for ratio in impact_ratios(chosen, reference_from=chosen)}
    reference = next(iter(ratios.values())).reference if ratios else None
    # What decides a verdict rests on every group that may have the highest rate.
    counts = [(each.selected, each.size - each.selected) for each in chosen.values()]
    lowest = smallest_cell(*(number for pair in counts for number in pair))
    measures: list[Measure] = []
    beside: list[Measure] = []
    for each in rates:
        about, k = each.group.dimensions, int(each.hit.sum())
        measures += [each.group.size, count("fairness", "selected", k, about)]
        measures.append(each.measured(metric))
        name = each.group.name
        why = "missing_group" if name is None else "reference" if name == reference else "insufficient"
        ratio = ratios.get(name) if name is not None else None
        against = _comparison(about, ratio, why, lowest if ratio is not None else each.cell)
        if why == "reference":
            against[-1] = _of_reference(against[-1], each, chosen, lowest)
        beside.append(next(each for each in against if each.metric == "difference"))
        measures += [*against, _detectable(beside[-1], each, chosen.get(reference or ""))]
    return measures, compared(rates, reference, beside), reference


def _of_reference(like: Measure, rate: Rated, chosen: Mapping[str, Selection], cell: int) -> Measure:
    """Return the shortfall of the reference: a figure of its own, with nobody to compare it with.

    As for all other groups: persons who would have been counted at the overall rate, less those who were.
    """
    counted, people = np.sum([each.weighted for each in chosen.values()], axis=0)
    own, group = Selection(rate.hit, rate.design).weighted
    persons = sum(each.size for each in chosen.values())
    value = float((group * counted / people - own) * persons / people)
    given = {"n": rate.design.number(), "tier": rate.tier, "smallest_cell": cell}
    return like.model_copy(update={"value": value, "reason": None, **given})


def _detectable(like: Measure, rate: Rated, reference: Selection | None) -> Measure:
    """Return the smallest gap to the reference that would probably be seen with this many rows."""
    value = None
    if like.value is not None and reference is not None:
        mine, other = rate.effective(), reference.effective(0.95)
        value = detectable_gap((mine[0] + other[0]) / (mine[1] + other[1]), (mine[1], other[1]))
    why = "not_estimable" if like.value is not None else like.reason
    update = {
        "metric": "detectable",
        "unit": "gap",
        "value": value,
        "interval": None,
        "reason": why if value is None else None,
    }
    return like.model_copy(update=update)


def by_ratio(outcomes: Sequence[Measure]) -> dict[str | None, float]:
    """Return what ranks groups for the tables: the reference first, then the lowest ratios."""
    return {
        each.dimensions.get("group"): -1.0 if each.value is None else each.value
        for each in outcomes
        if each.metric == "impact_ratio" and (each.value is not None or each.reason == "reference")
    }


_COMPARED: tuple[tuple[str, Unit], ...] = (
    ("impact_ratio", "ratio"),
    ("impact_ratio_decisive", "ratio"),
    ("impact_ratio_katz", "ratio"),
    ("difference", "points"),
    ("z", "number"),
    ("shortfall", "number"),
)


def _comparison(dimensions: dict[str, str], ratio: ImpactRatio | None, why: str, cell: int) -> list[Measure]:
    """Return the measures of one group against the reference, or the reason why there are none."""
    values: Mapping[str, Value] = {}
    if ratio is not None and ratio.ratio is not None:
        values = {
            "impact_ratio": (ratio.ratio, ratio.interval),
            "impact_ratio_decisive": (ratio.ratio, ratio.decisive),
            "impact_ratio_katz": (ratio.ratio, ratio.katz),
            "difference": (ratio.difference, ratio.difference_interval),
            "z": (ratio.z, None),
            "shortfall": (ratio.shortfall, None),
        }
        why = "not_estimable"
    sure: Tier = ratio.tier if ratio is not None else "reportable" if why == "reference" else "insufficient"
    measures = []
    for metric, unit in _COMPARED:
        value, interval = values.get(metric, (None, None))
        measures.append(
            Measure(
                analysis="fairness",
                metric=metric,
                dimensions=dimensions,
                value=value,
                reason=why if value is None else None,
                interval=interval,
                n=ratio.size if ratio is not None else None,
                unit=unit,
                tier=sure,
                estimand="people_like_these",
                kind="ratio" if unit == "ratio" else "difference",
                smallest_cell=cell,
            )
        )
    return measures
