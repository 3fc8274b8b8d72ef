"""Counts that no figure is about, and that follow from several: the persons left over by subtraction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from explainaudit.edition.traits import BOTH, DECISION, LABEL, Crossing, Traits, of_columns
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Measuring, joined_name

# Of one group: persons, those decided favourably, those of known outcome, and these by outcome and
# prediction. What no figure tells is NaN.
_COUNTS = ("all", "favourable", "known", "tp", "fn", "fp", "tn")
_FIRST = {"tpr": _COUNTS.index("tp"), "fpr": _COUNTS.index("fp")}
_ALL_KNOWN = {"group_auc", "macro_recall", "mean_error"}
Counts = NDArray[np.float64]
Columns = tuple[str, ...]
Groups = dict[tuple[str | None, ...], Counts]  # by the group in each column; None where it is missing


def left_over(bundle: Bundle, crossing: Crossing, min_cell: int) -> set[Traits]:
    """Return what small counts cross that follow by subtraction.

    Of each group these are the persons of unknown outcome, all and by their decision or predicted class;
    of features taken together, the persons of a group of whom the other feature is missing; of the persons
    without a group, those of whom an input is missing.
    """
    measures = list(bundle.measures().values())
    plan = bundle.provenance.plan
    small = set()
    for columns, groups in _with_missing(_counted(plan, measures, crossing)).items():
        for counts in groups.values():
            for traits, cells in _cells(counts, good_is_event=not plan.decision.low_is_favourable):
                if any(0 < cell < min_cell for cell in cells):
                    small.add(of_columns(columns) | traits)
    rests = [*_unknown_by_class(measures), *_missing_without_group(measures)]
    return small | {crossing.of(like) or frozenset() for like, rest in rests if 0 < rest < min_cell}


def _cells(counts: Counts, *, good_is_event: bool) -> Iterator[tuple[Traits, tuple[float, ...]]]:
    """Yield what can be counted of one group, with what it crosses."""
    everybody, good, known, tp, fn, fp, tn = map(float, counts)
    said = good if good_is_event else everybody - good
    yield frozenset(), (everybody,)
    yield frozenset({DECISION}), (good, everybody - good)
    yield frozenset({LABEL}), (known, everybody - known, tp + fn, fp + tn)
    yield frozenset(BOTH), (tp, fn, fp, tn, said - tp - fp, everybody - said - fn - tn)


def _counted(plan: Measuring, measures: Iterable[Measure], crossing: Crossing) -> dict[Columns, Groups]:
    """Return the counts of each group, by the columns of a feature or of several taken together."""
    by_name: dict[str, dict[str | None, Counts]] = defaultdict(lambda: defaultdict(_nothing))
    by_law: dict[Columns, Groups] = defaultdict(lambda: defaultdict(_nothing))
    for each in measures:
        about = each.dimensions
        if each.metric in {"ll144_applicants", "ll144_selected"}:
            if columns := crossing.law_columns(each):
                _put(by_law[columns][tuple(text for name, text in about.items() if name != "table")], each)
        elif "sensitive" in about and ("group" in about or "group_missing" in about):
            _put(by_name[about["sensitive"]][about.get("group")], each)
    found: dict[Columns, Groups] = {
        (each.column,): {(name,): of for name, of in by_name[each.column].items()} for each in plan.sensitive
    }
    for columns in plan.resolved_intersections():
        levels = [[name for (name,) in found.get((column,), {}) if name is not None] for column in columns]
        of = by_name.get(joined_name(columns), {})
        cells = ((names, joined_name(names)) for names in product(*levels))
        found[columns] = {names: of[joined] for names, joined in cells if joined in of}
    return {columns: groups for columns, groups in {**by_law, **found}.items() if groups}


def _nothing() -> Counts:
    return np.full(len(_COUNTS), np.nan)


def _put(counts: Counts, measure: Measure) -> None:
    """Add what a measure counts to the counts of its group."""
    metric, n, value = measure.metric, measure.n or 0, measure.value or 0.0
    if metric == "ll144_applicants" or (measure.analysis, metric) == ("fairness", "group_size"):
        counts[0] = value
        if not value:
            counts[:] = 0
    elif metric in {"selected", "ll144_selected"}:
        counts[1] = value
    elif metric in _ALL_KNOWN or (measure.analysis, metric) == ("calibration", "group_size"):
        counts[2] = n
    elif metric in _FIRST and measure.analysis == "fairness":
        hit, first = _hit(measure), _FIRST[metric]
        counts[first : first + 2] = hit, n - hit
        if not np.isnan(counts[3:]).any():
            counts[2] = counts[3:].sum()


def _hit(rate: Measure) -> int:
    """Return how many persons a rate counts: itself, or the others, are its smallest cell."""
    n, fewest = rate.n or 0, rate.smallest_cell or 0
    share = (rate.value or 0.0) * n
    return fewest if abs(fewest - share) <= abs(n - fewest - share) else n - fewest


def _with_missing(found: dict[Columns, Groups]) -> dict[Columns, Groups]:
    """Return all groups, those of several features with what they leave of the groups of fewer."""
    every = {columns: dict(groups) for columns, groups in found.items()}
    for (columns, groups), (parts, wholes) in product(found.items(), found.items()):
        if not set(parts) < set(columns):
            continue
        left = {names: counts.copy() for names, counts in wholes.items()}
        for names, counts in groups.items():
            left[tuple(names[columns.index(part)] for part in parts)] -= counts
        for names, counts in left.items():
            of = dict(zip(parts, names, strict=True))
            if None not in names:
                every[columns][tuple(of.get(column) for column in columns)] = counts
    for columns, groups in every.items():
        without = found.get(columns[-1:], {}).get((None,))
        if len(columns) == 2 and without is not None:
            others = (counts for names, counts in groups.items() if names[-1] is None)
            groups[None, None] = without - np.sum(list(others), axis=0)
    return every


def _unknown_by_class(measures: Iterable[Measure]) -> Iterator[tuple[Measure, int]]:
    """Yield, for each class and group, how many of those predicted so have no known outcome."""
    by_metric: dict[str, dict[tuple[object, ...], Measure]] = defaultdict(dict)
    for each in measures:
        if each.analysis == "fairness" and "class" in each.dimensions:
            by_metric[each.metric][tuple(sorted(each.dimensions.items()))] = each
    for about, recall in by_metric["recall"].items():
        said, wrong = by_metric["class_rate"].get(about), by_metric["class_fpr"].get(about)
        if said is not None and wrong is not None:
            yield recall, _hit(said) - _hit(recall) - _hit(wrong)


def _missing_without_group(measures: Iterable[Measure]) -> Iterator[tuple[Measure, int]]:
    """Yield of how many persons without a group an input is missing, and of how many it is not."""
    wholes: dict[str, Measure] = {}
    sizes: dict[str, Measure] = {}
    by_group: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for each in measures:
        if each.analysis == "data" and each.metric == "missing":
            wholes[each.dimensions["column"]] = each
        elif each.analysis == "data" and each.metric == "group_missing":
            sizes[each.dimensions["sensitive"]] = each
        elif each.metric == "missing_in_group":
            by_group[each.dimensions["sensitive"], each.dimensions["column"]].append(each)
    for (feature, column), parts in by_group.items():
        if feature in sizes and column in wholes:
            rest = _hit(wholes[column]) - sum(map(_hit, parts))
            yield parts[0], rest
            yield parts[0], _hit(sizes[feature]) - rest
