"""Counts that no figure is about, and that follow from several: the persons left over by subtraction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from explainaudit.edition.counted import Counts, hit, tables_of
from explainaudit.edition.missing import of_two, told, with_missing
from explainaudit.edition.traits import BOTH, DECISION, LABEL, MEDIAN, Crossing, Traits, of_columns
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure


def left_over(bundle: Bundle, crossing: Crossing, min_cell: int) -> set[Traits]:
    """Return what small counts cross that follow by subtraction, and what is not shown lest one should.

    Of each group these are the persons of unknown outcome, all and by their decision or predicted class,
    and those decided favourably but not above the median, or the reverse; of features taken together, and
    of a feature by strata, the persons of whom a column is missing (`explainaudit.edition.missing`); of
    the persons without a group, those of whom an input is missing.
    """
    measures = list(bundle.measures().values())
    plan = bundle.provenance.plan
    tables, untold = with_missing(plan, tables_of(plan, measures, crossing))
    small = {of_columns(columns) for columns in untold}
    good_is_event = not plan.decision.low_is_favourable
    for columns, groups in tables.items():
        if columns and groups:
            cells = _cells(np.array(list(groups.values())), good_is_event=good_is_event)
            small |= {of_columns(columns) | traits for traits, of in cells if _few(of, min_cell)}
    for columns, *counts in of_two(tables):
        for each in zip(*(_cells(of, good_is_event=good_is_event) for of in counts), strict=True):
            first, second, everybody, both = (of for _, of in each)
            lack = told(first, second, everybody, both)
            if _few(np.array([lack, first - lack, second - lack]), min_cell):
                small.add(of_columns(columns) | each[0][0])
    rests = [*_unknown_by_class(measures), *_missing_without_group(measures)]
    return small | {crossing.of(like) or frozenset() for like, rest in rests if 0 < rest < min_cell}


def _few(counts: Counts, min_cell: int) -> bool:
    return bool(((counts > 0) & (counts < min_cell)).any())


def _cells(counts: Counts, *, good_is_event: bool) -> Iterator[tuple[Traits, Counts]]:
    """Yield what can be counted of groups, in the last dimension, with what it crosses."""
    everybody, good, above, known, tp, fn, fp, tn = np.moveaxis(counts, -1, 0)
    said = good if good_is_event else everybody - good
    # Both have scores of one side, so that those of one are among those of the other.
    between = np.abs(good - above)
    cells: dict[Traits, tuple[Counts, ...]] = {
        frozenset(): (everybody,),
        frozenset({DECISION}): (good, everybody - good),
        frozenset({DECISION, MEDIAN}): (above, everybody - above, between),
        frozenset({LABEL}): (known, everybody - known, tp + fn, fp + tn),
        frozenset(BOTH): (tp, fn, fp, tn, said - tp - fp, everybody - said - fn - tn),
    }
    return ((traits, np.stack(of, axis=-1)) for traits, of in cells.items())


def _unknown_by_class(measures: Iterable[Measure]) -> Iterator[tuple[Measure, int]]:
    """Yield, for each class and group, how many of those predicted so have no known outcome."""
    by_metric: dict[str, dict[tuple[object, ...], Measure]] = defaultdict(dict)
    for each in measures:
        if each.analysis == "fairness" and "class" in each.dimensions:
            by_metric[each.metric][tuple(sorted(each.dimensions.items()))] = each
    for about, recall in by_metric["recall"].items():
        said, wrong = by_metric["class_rate"].get(about), by_metric["class_fpr"].get(about)
        if said is not None and wrong is not None:
            yield recall, hit(said) - hit(recall) - hit(wrong)


def _missing_without_group(measures: Iterable[Measure]) -> Iterator[tuple[Measure, int]]:
    """Yield of how many persons without a group an input, or the stratum, is missing, and of how many not."""
    wholes: dict[str, Measure] = {}
    sizes: dict[str, Measure] = {}
    inside: dict[tuple[str, str, str], list[tuple[Measure, int]]] = defaultdict(list)
    for each in measures:
        about, metric = each.dimensions, each.metric
        if each.analysis == "data" and metric == "missing":
            wholes[about["column"]] = each
        elif each.analysis == "data" and metric == "group_missing":
            sizes[about["sensitive"]] = each
        elif metric == "missing_in_group":
            inside[metric, about["sensitive"], about["column"]].append((each, hit(each)))
        elif metric == "stratum_rate" and "stratum_missing" in about:
            inside[metric, about["sensitive"], about["stratified_by"]].append((each, each.n or 0))
    for (_, feature, column), parts in inside.items():
        if feature in sizes and column in wholes:
            rest = hit(wholes[column]) - sum(number for _, number in parts)
            yield parts[0][0], rest
            yield parts[0][0], hit(sizes[feature]) - rest
