"""Who gets the favourable decision: rates, and their ratio to the highest."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Interval, Measure, Tier, Unit
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.comparison import ImpactRatio, Weighed, impact_ratios
from explainaudit.stats.design import share_of
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import smallest_cell, tier


def outcomes(groups: list[Group], favourable: NDArray[np.bool_]) -> list[Measure]:
    """Return sizes, selection rates, and everything that compares a group with the reference."""
    named = {group.name: group for group in groups if group.name is not None}
    chosen = {name: favourable[group.rows] for name, group in named.items()}
    selected = {name: int(hit.sum()) for name, hit in chosen.items()}
    sizes = {name: len(hit) for name, hit in chosen.items()}
    found = impact_ratios(selected, sizes, reference_from=named, weighed=_weighed(named, chosen))
    ratios = {ratio.group: ratio for ratio in found}
    reference = found[0].reference if found else None
    pooled = sum(selected.values()) / sum(sizes.values()) if named else None
    # What decides a verdict rests on every group that may have the highest rate.
    lowest = smallest_cell(*selected.values(), *(sizes[name] - selected[name] for name in named))
    measures = []
    for group in groups:
        hit = favourable[group.rows]
        n, k = len(hit), int(hit.sum())
        measures.append(count("fairness", "group_size", n, group.dimensions))
        measures.append(count("fairness", "selected", k, group.dimensions))
        sure = tier(n, k, pooled=pooled)
        measures.append(rated("fairness", "selection_rate", hit, group.design, group.dimensions, tier=sure))
        is_reference = group.name is not None and group.name == reference
        why = "reference" if is_reference else "missing_group" if group.name is None else "insufficient"
        ratio = ratios.get(group.name) if group.name is not None else None
        cell = lowest if ratio is not None else smallest_cell(k, n - k)
        measures += _comparison(group.dimensions, ratio, why, cell)
    return measures


def _weighed(named: dict[str, Group], chosen: dict[str, NDArray[np.bool_]]) -> dict[str, Weighed] | None:
    """Return weighted persons of each group; ``None`` without weights and clusters."""
    if all(group.design.simple for group in named.values()):
        return None
    weighed = {}
    for name, group in named.items():
        share = share_of(chosen[name], group.design)
        size = group.design.total
        weighed[name] = (
            Weighed(0.0, 0.0, 0.0) if share is None else Weighed(share.value * size, size, share.effective_n)
        )
    return weighed


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


def outcome_table(feature: str, groups: list[Group], outcomes: list[Measure]) -> Table:
    """Return one feature's table: n before rate before ratio before difference, each with its interval."""
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
        notes=(Message(key="note.tiers"), Message(key="note.sampling_only")),
    )


def reproduction_table(feature: str, groups: list[Group], outcomes: list[Measure]) -> Table:
    """Return the interval that decides, and the figures that other tools print."""
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


def small_groups(feature: str, outcomes: list[Measure]) -> list[Limitation]:
    """Return the limitation that names the groups too small to compare, if there are any."""
    small = [
        each
        for each in outcomes
        if each.metric == "selection_rate" and each.tier in {"insufficient", "not_estimable"}
    ]
    if not small:
        return []
    params: dict[str, Param] = {
        "feature": Name(text=feature),
        "groups": Series(items=tuple(label_of(each.dimensions) for each in small)),
    }
    message = Message(key="limitation.small_groups", params=params)
    rests_on = tuple(each.id for each in small)
    return [Limitation(code="small_groups", message=message, touches=("fairness",), measures=rests_on)]


def lowest_ratio(measures: list[Measure]) -> Message:
    """Return the sentence about the lowest impact ratio that can be assessed."""
    ratios = [each for each in measures if each.metric == "impact_ratio" and each.value is not None]
    if not ratios:
        return Message(key="answer.fairness.none")
    lowest = min(ratios, key=lambda each: (each.value or 0.0, each.id))
    feature = lowest.dimensions["sensitive"]
    rates = {
        each.dimensions.get("group"): each
        for each in measures
        if each.metric == "selection_rate" and each.dimensions["sensitive"] == feature
    }
    reference = next(
        each.dimensions["group"]
        for each in measures
        if each.metric == "impact_ratio"
        and each.reason == "reference"
        and each.dimensions["sensitive"] == feature
    )
    return Message(
        key="answer.fairness.lowest",
        params={
            "feature": Name(text=feature),
            "group": Name(text=lowest.dimensions["group"]),
            "rate": rates[lowest.dimensions["group"]].ref(),
            "reference": Name(text=reference),
            "reference_rate": rates[reference].ref(),
            "ratio": lowest.ref(),
            "interval": lowest.ref("interval"),
        },
    )
