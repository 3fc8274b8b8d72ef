"""What is compared in each kind of task: decisions, errors and scores of one grouping."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.classes import class_errors
from explainaudit.analyses.fairness.compared import Rated
from explainaudit.analyses.fairness.conditional import conditional, stratified
from explainaudit.analyses.fairness.conditional_tables import conditional_tables
from explainaudit.analyses.fairness.errors import error_measures, error_rates_of, error_tables
from explainaudit.analyses.fairness.found import Found
from explainaudit.analyses.fairness.gaps import PARTS, largest
from explainaudit.analyses.fairness.groups import (
    Group,
    Grouping,
    compared_with_nobody,
    left_out,
    most_telling,
    nobody_in,
    too_small,
    with_others,
)
from explainaudit.analyses.fairness.ordering import auc_table, group_aucs
from explainaudit.analyses.fairness.outcome_tables import outcome_table, reproduction_table
from explainaudit.analyses.fairness.outcomes import by_ratio, outcomes, rates_of
from explainaudit.analyses.fairness.pictures import cells_of
from explainaudit.analyses.fairness.residuals import by_difference, residual_tables, residuals
from explainaudit.analyses.fairness.scores import score_tables, scores
from explainaudit.analyses.fairness.shares import parted
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Ref
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.stats.design import Design
from explainaudit.stats.quantiles import quantile
from explainaudit.stats.rates import fact
from explainaudit.stats.tiers import size_tier, smallest_cell

Decided = tuple[Found, Grouping, list[Group], str | None, list[Rated]]


def binary(responses: Responses, grouping: Grouping, whole: Design) -> Found:
    """Return decisions, errors and scores of a task with two outcomes.

    Of intersections the decisions alone have a table; all else is in the bundle.
    """
    found, grouping, shown, reference, chosen = _decided(responses, grouping, whole)
    scored, feature = responses.scored, grouping.feature
    errors = error_rates_of(grouping, scored, str(responses.task.event))
    of_errors = error_measures(errors, reference)
    found.add(*of_errors)
    rates = {"selection_rate": chosen, **errors}
    found.measures += [
        largest(feature, name, [rates[part] for part in parts]) for name, parts in PARTS.items()
    ]
    if grouping.crossed:
        return found
    if responses.decision.bands is not None:
        names = tuple(band.name for band in responses.decision.bands)
        table, more = parted(grouping.groups, shown, scored["band"], names, kind="band")
        found.tables.append(table)
        found.measures += more
    found.tables += error_tables(shown, of_errors[0])
    areas = group_aucs(grouping, scored, str(responses.task.event))
    found.measures += areas
    found.tables.append(auc_table(shown, areas))
    of_scores = scores(grouping, scored["score"].to_numpy(dtype=np.float64), whole, reference, "probability")
    found.add(*of_scores)
    found.tables += score_tables(shown, of_scores[0])
    return found


def multiclass(responses: Responses, grouping: Grouping, whole: Design) -> Found:
    """Return decisions, predicted classes and errors of each class against the rest."""
    found, grouping, shown, reference, chosen = _decided(responses, grouping, whole)
    if chosen:
        found.measures.append(largest(grouping.feature, "demographic_parity_difference", [chosen]))
    if grouping.crossed:
        return found
    classes = responses.model.classes
    shares, of_class = parted(grouping.groups, shown, responses.scored["predicted"], classes, kind="class")
    if reference is None:
        shares = _noted(shares, *compared_with_nobody(grouping))
    tables, errors, comparisons, beside = class_errors(
        grouping, shown, responses, reference or _largest_group(grouping)
    )
    whom = Message(key="note.class_errors_largest" if reference is None else "note.class_errors")
    found.tables += [shares, *(_noted(table, whom) for table in tables[:-1]), tables[-1]]
    found.measures += of_class
    found.add(errors, comparisons, beside)
    return found


def regression(responses: Responses, grouping: Grouping, whole: Design) -> Found:
    """Return mean errors, rates above the median, and predictions of the groups of a regression."""
    found = Found()
    scored = responses.scored
    score = scored["score"].to_numpy(dtype=np.float64)
    errors, comparisons, beside = residuals(grouping, grouping.groups, scored, whole)
    means = [each for each in errors if each.metric == "mean_error"]
    telling = most_telling(grouping.groups, by_difference(errors))
    notes, more = left_out(f"residuals:{grouping.feature}", len(grouping.groups) - len(telling))
    empty, none = nobody_in(grouping)
    grouping, shown = with_others(grouping, telling, whole)
    if more:
        of_others, _, last = residuals(grouping, grouping.groups[-1:], scored, whole)
        errors, beside = [*errors, *of_others], [*beside, *last]
    found.add(errors, comparisons, beside)
    found.measures += [*more, *none, *grouping.without_rows()]
    said = (*compared_with_nobody(grouping), *weighted(whole), *notes, *empty)
    found.tables += residual_tables(shown, errors, said)
    found.limitations += too_small(grouping.feature, means, "small_sizes")
    reference = _above_median(found, grouping, shown, score, whole)
    if grouping.crossed:
        return found
    of_scores = scores(grouping, score, whole, reference, "target")
    found.add(*of_scores)
    found.tables += score_tables(shown, of_scores[0])
    return found


def _largest_group(grouping: Grouping) -> str | None:
    """Return the group that errors are compared with where no group has the highest rate."""
    return max(grouping.named, key=lambda group: len(group.rows)).name if grouping.named else None


def _decided(responses: Responses, grouping: Grouping, whole: Design) -> Decided:
    """Return who was decided favourably, the groups, those that tables show, the reference, and the rates.

    Where tables leave groups out, all of these together are one group more.
    """
    found, groups = Found(), grouping.groups
    if responses.decision.favourable is None:
        tiers = (size_tier(group.design.worth()) for group in groups)
        judged = [
            group.size.model_copy(update={"tier": sure}) for group, sure in zip(groups, tiers, strict=True)
        ]
        found.measures += judged
        found.limitations += too_small(grouping.feature, judged, "small_sizes")
        return found, *with_others(grouping, most_telling(groups, {}), whole), None, []
    favourable = responses.scored["favourable"].fillna(value=False).to_numpy(dtype=bool)
    rates = rates_of(grouping, favourable)
    made, comparisons, reference = outcomes(rates)
    judged = [each for each in made if each.metric == "selection_rate"]
    telling = most_telling(groups, by_ratio(made))
    notes, more = left_out(f"outcomes:{grouping.feature}", len(groups) - len(telling))
    grouping, shown = with_others(grouping, telling, whole)
    if more:
        made += outcomes(rates_of(grouping, favourable)[-1:])[0]
    found.add(made, comparisons, [each for each in made if each.metric == "difference"])
    empty, none = nobody_in(grouping)
    found.measures += [*more, *none, *grouping.without_rows()]
    found.limitations += too_small(grouping.feature, judged, "small_groups")
    said = (*compared_with_nobody(grouping), *weighted(whole), *notes, *empty)
    found.tables.append(outcome_table(shown, made, said, crossed=grouping.crossed))
    found.plots += cells_of(grouping)
    if not grouping.crossed:
        _conditional(found, grouping, responses)
        found.last.append(reproduction_table(shown, made))
    return found, grouping, shown, reference, rates


def _conditional(found: Found, grouping: Grouping, responses: Responses) -> None:
    """Add the disparities within each stratifier of the plan."""
    favourable = responses.scored["favourable"].fillna(value=False).to_numpy(dtype=bool)
    if sum(len(group.rows) > 0 for group in grouping.named) < 2:
        return
    for by in responses.strata:
        if by.column == grouping.feature:
            continue
        held = stratified(grouping, responses, favourable, by.column)
        lines, comparisons = conditional(held, grouping.named)
        measures = [each for line in lines for each in line.measures]
        unknown = bool(compared_with_nobody(grouping))
        tables, facts = conditional_tables(grouping.feature, by.column, lines, left_out_unknown=unknown)
        found.add([*measures, *facts], comparisons, [line.within for line in lines])
        found.tables += tables


def _above_median(
    found: Found, grouping: Grouping, shown: Sequence[Group], score: NDArray[np.float64], whole: Design
) -> str | None:
    """Add who scores strictly above the median of all rows; return the group of the highest rate."""
    median, _ = quantile(score, 0.5, whole)
    made, comparisons, reference = outcomes(rates_of(grouping, score > median), "scoring_rate")
    sizes = {"group_size"}  # these stand beside the mean errors already
    made = [each for each in made if each.metric not in sizes]
    found.add(made, comparisons, [each for each in made if each.metric == "difference"])
    at, ties = (Ref(measure=measure_id("fairness", f"median_{each}", {})) for each in ("score", "ties"))
    params = {"median": at, "ties": ties}
    note = Message.model_validate({"key": "note.median", "params": params})
    sized = [*made, *(group.size for group in grouping.groups)]
    notes = (note, *weighted(whole))
    found.tables.append(outcome_table(shown, sized, notes, metric="scoring_rate", crossed=grouping.crossed))
    found.plots += cells_of(grouping)
    if not grouping.crossed:
        found.last.append(reproduction_table(shown, made, "scoring_rate"))
    return reference


def median_facts(score: NDArray[np.float64], whole: Design) -> list[Measure]:
    """Return the median of all rows that somebody stands behind, and how many lie exactly at it."""
    median, interval = quantile(score, 0.5, whole)
    n = whole.number()
    at = Measure(
        analysis="fairness",
        metric="median_score",
        value=median,
        interval=interval,
        n=n,
        unit="target",
        tier=size_tier(whole.worth()),
        estimand="people_like_these",
        kind="score",
        smallest_cell=smallest_cell(n // 2, n - n // 2),
    )
    # Of an odd number one always lies at it: that is no group of people.
    return [at, fact("fairness", "median_ties", whole.number(score == median))]


def weighted(whole: Design) -> tuple[Message, ...]:
    """Return the note that says what weights and clusters change, where the plan names some."""
    if whole.simple:
        return ()
    held = whole.weight[whole.counts]
    alike = bool((held == held[:1]).all())
    return (Message(key="note.design" if alike else "note.weighted_counts"),)


def _noted(table: Table, *notes: Message) -> Table:
    return table.model_copy(update={"notes": (*table.notes, *notes)})
