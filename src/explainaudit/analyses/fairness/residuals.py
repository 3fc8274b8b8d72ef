"""For whom a regression errs: mean prediction, outcome and error of each group."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.fairness.compared import Comparison, against_others
from explainaudit.analyses.fairness.groups import Group, Grouping, label_of
from explainaudit.analyses.fairness.outcome_tables import p_of
from explainaudit.records.measure import Interval, Measure, Tier
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, mean_of
from explainaudit.stats.tiers import size_tier, smallest_cell

METRICS = ("mean_prediction", "mean_outcome", "mean_error", "mean_absolute_error", "error_difference")
ENOUGH: tuple[Tier, ...] = ("reportable", "indicative")
Found = tuple[float, Interval | None]


def residuals(
    grouping: Grouping, groups: Sequence[Group], scored: pd.DataFrame, whole: Design
) -> tuple[list[Measure], list[Comparison], list[Measure]]:
    """Return means over the rows of known outcome, and how far each group's error is from the others'.

    With them come the comparisons that these distances are, and the distances once more. Measured are
    ``groups``; the others of each are the named groups of the grouping.
    """
    known = scored["label"].notna().to_numpy() & whole.counts
    score = scored["score"].to_numpy(dtype=np.float64)
    label = scored["label"].to_numpy(dtype=np.float64)
    error = np.where(known, score - label, 0.0)
    named = np.zeros(len(known), dtype=bool)
    for group in grouping.named:
        named[group.rows] = known[group.rows]
    measures: list[Measure] = []
    beside = []
    for group in groups:
        inside = np.zeros(len(known), dtype=bool)
        inside[group.rows] = known[group.rows]
        design, n = whole.among(inside), int(inside.sum())
        values: dict[str, Found] = {}
        if n:
            values = {
                "mean_prediction": mean_of(score[inside], design),
                "mean_outcome": mean_of(label[inside], design),
                "mean_error": mean_of(error[inside], design),
                "mean_absolute_error": mean_of(np.abs(error[inside]), design),
            }
        sure = size_tier(design.worth())
        common = {"dimensions": group.dimensions, "n": n, "tier": sure, "smallest_cell": n}
        why = "zero_denominator"
        measures += [group.size]
        measures += [_measure(metric, values.get(metric), why, **common) for metric in METRICS[:-1]]
        beside.append(_compared(group, error, inside, named & ~inside, whole))
        measures.append(beside[-1])
    return measures, against_others(beside, max(1, whole.among(named).freedom)), beside


def _compared(
    group: Group,
    error: NDArray[np.float64],
    inside: NDArray[np.bool_],
    others: NDArray[np.bool_],
    whole: Design,
) -> Measure:
    """Return how far the group's mean error lies from that of all others; not for one that is too small."""
    n, rest = int(inside.sum()), int(others.sum())
    sure = size_tier(min(whole.worth(inside), whole.worth(others)))
    why = "missing_group" if group.name is None else "insufficient"
    found = None
    if group.name is not None and sure in ENOUGH:
        found = _difference(error, inside, others, whole)
    common = {"dimensions": group.dimensions, "n": n, "tier": sure, "smallest_cell": smallest_cell(n, rest)}
    return _measure("error_difference", found, why, kind="difference", **common)


def _difference(
    error: NDArray[np.float64], inside: NDArray[np.bool_], others: NDArray[np.bool_], whole: Design
) -> Found:
    """Return the mean error of some rows less that of the others, with its interval.

    Both means have their influence on the difference, so that clusters with rows on either side count
    once.
    """
    both = inside | others
    design, here, values = whole.among(both), inside[both], error[both]
    mine, rest = design.among(here), design.among(~here)
    means = float(mine.mean(values[here])), float(rest.mean(values[~here]))
    influence = np.where(
        here,
        (values - means[0]) * (design.total / mine.total),
        (means[1] - values) * (design.total / rest.total),
    )
    gap = means[0] - means[1]
    return gap, influence_interval(gap, influence, design)


def _measure(metric: str, found: Found | None, why: str, **given: Any) -> Measure:
    return Measure.model_validate(
        {
            "analysis": "fairness",
            "metric": metric,
            "value": None if found is None else found[0],
            "reason": why if found is None else None,
            "interval": None if found is None else found[1],
            "unit": "target",
            "estimand": "people_like_these",
            "kind": "score",
        }
        | given
    )


def by_difference(measures: list[Measure]) -> dict[str | None, float]:
    """Return what ranks groups for the tables: those whose error lies furthest from the others' first."""
    return {
        each.dimensions.get("group"): -abs(each.value)
        for each in measures
        if each.metric == "error_difference" and each.value is not None
    }


def residual_tables(
    groups: Sequence[Group], measures: Sequence[Measure], notes: tuple[Message, ...] = ()
) -> list[Table]:
    """Return one feature's means and mean errors, then the sizes of the errors and the differences."""
    found = {(each.metric, str(each.dimensions)): each for each in measures}
    means: list[tuple[Cell, ...]] = []
    sizes: list[tuple[Cell, ...]] = []
    for group in groups:
        prediction, outcome, error, absolute, gap = (
            found[metric, str(group.dimensions)] for metric in METRICS
        )
        label, size = label_of(group.dimensions), group.size
        of = (prediction.ref(), outcome.ref(), error.ref(), error.ref("interval"))
        means.append((label, size.ref(), error.ref("n"), *of))
        apart = (gap.ref(), gap.ref("interval"), p_of(gap, "p_holm"))
        sizes.append((label, absolute.ref("n"), absolute.ref(), absolute.ref("interval"), *apart))
    return [
        _table(groups[0].feature, "residuals", _MEANS, means, (Message(key="note.residuals"), *notes)),
        _table(groups[0].feature, "differences", _SIZES, sizes, (Message(key="note.differences"),)),
    ]


_MEANS = ("n", "known", "mean_prediction", "mean_outcome", "mean_error", "interval")
_SIZES = ("known", "mean_absolute_error", "interval", "error_difference", "interval_difference", "p_holm")


def _table(
    feature: str,
    name: str,
    headings: tuple[str, ...],
    rows: list[tuple[Cell, ...]],
    notes: tuple[Message, ...],
) -> Table:
    return Table(
        name=f"{name}:{feature}",
        caption=Message(key=f"table.fairness.{name}", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(each, "small_cell", numeric=True) for each in headings)),
        rows=tuple(rows),
        notes=notes,
        of_labels=True,
    )
