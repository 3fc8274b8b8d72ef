"""For whom a regression errs: mean prediction, outcome and error of each group."""

import numpy as np
import pandas as pd

from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, mean_of
from explainaudit.stats.tiers import size_tier

METRICS = ("mean_prediction", "mean_outcome", "mean_error", "mean_absolute_error", "error_difference")
Found = tuple[float | None, Interval | None]


def residuals(groups: list[Group], scored: pd.DataFrame) -> list[Measure]:
    """Return means over the rows of known outcome, and how far each group's error is from the others'."""
    known = scored["label"].notna().to_numpy()
    score = scored["score"].to_numpy(dtype=np.float64)
    label = scored["label"].to_numpy(dtype=np.float64)
    error = np.where(known, score - label, 0.0)
    whole = Design.of(scored)
    named = np.zeros(len(scored), dtype=bool)
    for group in groups:
        named |= group.rows if group.name is not None else False
    measures = []
    for group in groups:
        inside = group.rows & known
        design = whole.among(inside)
        n = int(inside.sum())
        values: dict[str, Found] = dict.fromkeys(METRICS, (None, None))
        if n and design.total > 0:
            values |= {
                "mean_prediction": mean_of(score[inside], design),
                "mean_outcome": mean_of(label[inside], design),
                "mean_error": mean_of(error[inside], design),
                "mean_absolute_error": mean_of(np.abs(error[inside]), design),
            }
            if group.name is not None:
                values["error_difference"] = _difference(error, inside, named & known & ~group.rows, whole)
        measures += [
            _measure(metric, group.dimensions, values[metric], n, is_missing=group.name is None)
            for metric in METRICS
        ]
    return measures


def _difference(error: np.ndarray, inside: np.ndarray, others: np.ndarray, whole: Design) -> Found:
    """Return the mean error of some rows less that of the others, with its interval."""
    both = inside | others
    design = whole.among(both)
    here = inside[both]
    mine, rest = float(design.weight[here].sum()), float(design.weight[~here].sum())
    if mine <= 0 or rest <= 0:
        return None, None
    values = error[both]
    means = (
        float(design.weight[here] @ values[here]) / mine,
        float(design.weight[~here] @ values[~here]) / rest,
    )
    influence = np.where(
        here, (values - means[0]) * design.total / mine, -(values - means[1]) * design.total / rest
    )
    gap = means[0] - means[1]
    return gap, influence_interval(gap, influence, design)


def _measure(metric: str, dimensions: dict[str, str], found: Found, n: int, *, is_missing: bool) -> Measure:
    why = "missing_group" if is_missing and metric == "error_difference" else "not_estimable"
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=dimensions,
        value=found[0],
        reason=None if found[0] is not None else why,
        interval=found[1],
        n=n,
        unit="target",
        tier=size_tier(n),
        estimand="people_like_these",
        kind="difference" if metric == "error_difference" else "score",
        smallest_cell=n,
    )


def residual_table(feature: str, groups: list[Group], measures: list[Measure]) -> Table:
    """Return one feature's table: n before means before errors, each with its interval."""
    found = {(each.metric, str(each.dimensions)): each for each in measures}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        prediction, outcome, error, absolute, gap = (
            found[metric, str(group.dimensions)] for metric in METRICS
        )
        cells = (prediction.ref(), outcome.ref(), error.ref(), error.ref("interval"))
        beside = (absolute.ref(), gap.ref(), gap.ref("interval"))
        rows.append((label_of(group.dimensions), error.ref("n"), *cells, *beside))
    headings = (
        "n", "mean_prediction", "mean_outcome", "mean_error", "interval", "mean_absolute_error",
        "error_difference", "interval_difference",
    )  # fmt: skip
    return Table(
        name=f"residuals:{feature}",
        caption=Message(key="table.fairness.residuals", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        notes=(Message(key="note.residuals"),),
    )


def largest_error(measures: list[Measure]) -> Message:
    """Return the sentence about the group whose mean error is furthest from that of the others."""
    gaps = [
        each
        for each in measures
        if each.metric == "error_difference"
        and each.value is not None
        and each.tier in {"reportable", "indicative"}
    ]
    if not gaps:
        return Message(key="answer.fairness.none_regression")
    furthest = max(gaps, key=lambda each: (abs(each.value or 0.0), each.id))
    params = {
        "feature": Name(text=furthest.dimensions["sensitive"]),
        "group": Name(text=furthest.dimensions["group"]),
        "gap": furthest.ref(),
        "interval": furthest.ref("interval"),
        "n": furthest.ref("n"),
    }
    return Message.model_validate({"key": "answer.fairness.regression", "params": params})
