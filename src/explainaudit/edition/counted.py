"""What is counted of each group: of one feature, of several taken together, or within a stratum."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from explainaudit.edition.traits import Crossing
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Measuring, joined_name

# Of one group: persons, those decided favourably, those above the median of Local Law 144, those of known
# outcome, and these by outcome and prediction. What no figure tells is NaN.
COUNTS = ("all", "favourable", "above", "known", "tp", "fn", "fp", "tn")
_PLACE = {name: place for place, name in enumerate(COUNTS)}
_ALL_KNOWN = {"group_auc", "macro_recall", "mean_error"}
_SELECTED = {"selected", "ll144_selected"}
# Shares of groups, by what the persons of the group are, and those the share counts.
_SHARES = {"stratum_rate": ("all", "favourable"), "ll144_scoring_rate": ("all", "above")}
_LAW = {"ll144_applicants", "ll144_selected", "ll144_scoring_rate"}
Counts = NDArray[np.float64]
Columns = tuple[str, ...]  # in the order of the alphabet
Names = tuple[str | None, ...]  # the group in each column; None where it is missing
Group = dict[str, str | None]  # the same, by column
Tables = dict[Columns, dict[Names, Counts]]


def tables_of(plan: Measuring, measures: Iterable[Measure], crossing: Crossing) -> Tables:
    """Return the counts of each group, by the columns that it is a group of; those of all rows by none.

    Rows without a stratum are a stratum as any other: tables show it.
    """
    measures = list(measures)
    groups = _groups(plan, measures)
    found: Tables = defaultdict(lambda: defaultdict(_nothing))
    for each in measures:
        about = each.dimensions
        if each.metric in _LAW:
            of = _of_law(each, crossing)
        elif "sensitive" in about and ("group" in about or "group_missing" in about):
            of = dict(groups.get((about["sensitive"], about.get("group")), {}))
            if of and each.metric == "stratum_rate":
                of[about["stratified_by"]] = _stratum(each)
        else:
            continue
        if of:
            columns = tuple(sorted(of))
            _put(found[columns][tuple(of[column] for column in columns)], each)
    found[()][()] = _of_all(plan, measures, found)
    return {columns: dict(of_groups) for columns, of_groups in found.items()}


def strata(plan: Measuring) -> set[str]:
    """Return the columns that strata are made of."""
    return {each.column for each in plan.strata}


def incomplete(plan: Measuring, found: Tables) -> set[str]:
    """Return the sensitive columns that are missing for somebody."""
    columns = (each.column for each in plan.sensitive)
    return {column for column in columns if (None,) in found.get((column,), {})}


def hit(rate: Measure) -> int:
    """Return how many persons a rate counts: itself, or the others, are its smallest cell."""
    n, fewest = rate.n or 0, rate.smallest_cell or 0
    share = (rate.value or 0.0) * n
    return fewest if abs(fewest - share) <= abs(n - fewest - share) else n - fewest


def _groups(plan: Measuring, measures: Iterable[Measure]) -> dict[tuple[str, str | None], Group]:
    """Return, for the name of a feature and of a group of it, the group in each column."""
    columns = [each.column for each in plan.sensitive]
    found: dict[tuple[str, str | None], Group] = {(column, None): {column: None} for column in columns}
    for each in measures:
        about = each.dimensions
        if "group" in about and about.get("sensitive") in columns:
            found[about["sensitive"], about["group"]] = {about["sensitive"]: about["group"]}
    levels = {column: [name for of, name in found if of == column and name is not None] for column in columns}
    for crossed in plan.resolved_intersections():
        for names in product(*(levels[column] for column in crossed)):
            found[joined_name(crossed), joined_name(names)] = dict(zip(crossed, names, strict=True))
    return found


def _of_law(measure: Measure, crossing: Crossing) -> Group:
    """Return the group in each column of a Local Law 144 table; nothing where its counts are published."""
    about = measure.dimensions
    parts = ("sex", "race_ethnicity") if about["table"] == "intersectional" else ("group",)
    columns = crossing.law_columns(measure) or ()
    return {column: about[part] for column, part in zip(columns, parts, strict=False)}


def _stratum(measure: Measure) -> str:
    name = measure.dimensions.get("stratum")
    return "missing" if name is None else f"stratum {name}"


def _nothing() -> Counts:
    return np.full(len(COUNTS), np.nan)


def _put(counts: Counts, measure: Measure) -> None:
    """Add what a measure counts to the counts of its group."""
    metric, n, value = measure.metric, measure.n or 0, measure.value or 0.0
    if metric == "ll144_applicants" or (measure.analysis, metric) == ("fairness", "group_size"):
        counts[0] = value
        if not value:
            counts[:] = 0
    elif metric in _SELECTED:
        counts[_PLACE["favourable"]] = value
    elif metric in _SHARES:
        among, counted = _SHARES[metric]
        counts[[_PLACE[among], _PLACE[counted]]] = n, hit(measure)
    elif metric in _ALL_KNOWN or (measure.analysis, metric) == ("calibration", "group_size"):
        counts[_PLACE["known"]] = n
    elif metric in {"tpr", "fpr"} and measure.analysis == "fairness":
        first = _PLACE["tp" if metric == "tpr" else "fp"]
        counts[first : first + 2] = hit(measure), n - hit(measure)
        cells = counts[_PLACE["tp"] :]
        if not np.isnan(cells).any():
            counts[_PLACE["known"]] = cells.sum()


def _of_all(plan: Measuring, measures: Iterable[Measure], found: Tables) -> Counts:
    """Return the counts of all rows, which those of the groups of a feature add up to."""
    total = _nothing()
    for feature in plan.sensitive:
        of = list(found.get((feature.column,), {}).values())
        total = np.where(np.isnan(total), np.sum(of, axis=0), total) if of else total
    facts = {each.metric: each.value or 0.0 for each in measures if each.metric.startswith("ll144_")}
    people, ties = (facts.get(f"ll144_{name}", np.nan) for name in ("people", "ties"))
    if "ll144_overall_rate" in facts:
        total[_PLACE["above"]] = (facts["ll144_overall_rate"] * people + 0.5) // 1
    elif ties <= 1:
        # Half of all lie above a median that nobody, or one alone, lies at.
        total[_PLACE["above"]] = (people - ties) / 2
    return total
