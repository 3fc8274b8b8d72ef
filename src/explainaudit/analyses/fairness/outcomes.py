"""Who gets the favourable decision: rates, and their ratio to the highest."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.measure import Interval, Measure, Tier, Unit
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.comparison import ImpactRatio, impact_ratios
from explainaudit.stats.rates import count, rated
from explainaudit.stats.selection import Selection
from explainaudit.stats.tiers import smallest_cell, tier


def outcomes(groups: list[Group], favourable: NDArray[np.bool_]) -> list[Measure]:
    """Return sizes, selection rates, and everything that compares a group with the reference."""
    chosen = {
        group.name: Selection(favourable[group.rows], group.design)
        for group in groups
        if group.name is not None
    }
    ratios = {ratio.group: ratio for ratio in impact_ratios(chosen, reference_from=chosen)}
    reference = next(iter(ratios.values())).reference if ratios else None
    total = sum(each.size for each in chosen.values())
    pooled = sum(each.selected for each in chosen.values()) / total if total else None
    # What decides a verdict rests on every group that may have the highest rate.
    counts = [(each.selected, each.size - each.selected) for each in chosen.values()]
    lowest = smallest_cell(*(number for pair in counts for number in pair))
    measures = []
    for group in groups:
        hit = favourable[group.rows]
        n, k = len(hit), int(hit.sum())
        measures += [group.size, count("fairness", "selected", k, group.dimensions)]
        sure = tier(group.design.worth(), k, pooled=pooled)
        measures.append(rated("fairness", "selection_rate", hit, group.design, group.dimensions, tier=sure))
        why = "missing_group" if group.name is None else "insufficient"
        if group.name is not None and group.name == reference:
            why = "reference"
        ratio = ratios.get(group.name) if group.name is not None else None
        cell = lowest if ratio is not None else smallest_cell(k, n - k)
        measures += _comparison(group.dimensions, ratio, why, cell)
    return measures


def by_ratio(outcomes: list[Measure]) -> dict[str | None, float]:
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
    values: dict[str, tuple[float | None, Interval | None]] = {}
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


def outcome_table(groups: list[Group], outcomes: list[Measure], notes: tuple[Message, ...] = ()) -> Table:
    """Return one feature's table: n before rate before ratio before difference, each with its interval."""
    feature = groups[0].feature
    found = {(each.metric, str(each.dimensions)): each for each in outcomes}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        dimensions = group.dimensions
        size, chosen, share, ratio, gap = (
            found[metric, str(dimensions)]
            for metric in ("group_size", "selected", "selection_rate", "impact_ratio", "difference")
        )
        compared = (ratio.ref(), ratio.ref("interval"), gap.ref(), gap.ref("interval"))
        rows.append(
            (label_of(dimensions), size.ref(), chosen.ref(), share.ref(), share.ref("interval"), *compared)
        )
    headings = ("n", "selected", "selection_rate", "interval", "impact_ratio", "interval_ratio", "difference")
    return Table(
        name=f"outcomes:{feature}",
        caption=Message(key="table.fairness.outcomes", params={"feature": Name(text=feature)}),
        columns=(
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in (*headings, "interval_difference")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.tiers"), Message(key="note.sampling_only"), *notes),
    )


def reproduction_table(groups: list[Group], outcomes: list[Measure]) -> Table:
    """Return the interval that decides, and the figures that other tools print."""
    feature = groups[0].feature
    found = {(each.metric, str(each.dimensions)): each for each in outcomes}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        dimensions = group.dimensions
        decisive, katz, z, shortfall = (
            found[metric, str(dimensions)]
            for metric in ("impact_ratio_decisive", "impact_ratio_katz", "z", "shortfall")
        )
        rows.append(
            (label_of(dimensions), decisive.ref("interval"), katz.ref("interval"), z.ref(), shortfall.ref())
        )
    headings = ("interval_decisive", "interval_katz", "z", "shortfall")
    return Table(
        name=f"reproduction:{feature}",
        caption=Message(key="table.fairness.reproduction", params={"feature": Name(text=feature)}),
        columns=(
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.decisive"),),
    )
