"""The view in the literal shape of New York City's Local Law 144: three tables of counts, rates and ratios.

6 RCNY 5-301 asks for selection rates, or for scoring rates (the share that scores above the median of
the full sample), and for impact ratios: the rate over the highest rate of the same table. People are
counted one by one; sampling weights do not enter.
"""

import numpy as np

from explainaudit.analyses.fairness.ll144_counts import Median, Unfitting, above_median, views
from explainaudit.analyses.fairness.ll144_settings import LocalLaw144 as LocalLaw144  # noqa: PLC0414 - its door
from explainaudit.analyses.fairness.ll144_tables import counted, median_facts, noted, table_of
from explainaudit.analyses.fairness.ll144_words import card, impossible, unfitting, withheld
from explainaudit.records.evidence import Card, Limitation
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.stats.design import people


def ll144(
    responses: Responses, settings: LocalLaw144
) -> tuple[list[Table], list[Measure], list[Limitation], list[Card]]:
    """Return the tables by sex, by race or ethnicity and by both, with their numbers, limits and card.

    There are no tables, and a limitation says why, where a setting does not fit the sample.
    """
    scoring = settings.scores or responses.task.type == "regression"
    scored = people(responses.scored)
    if scored.empty:
        return [], [], [impossible("people")], []
    if scoring and "score" not in scored:
        return [], [], [impossible("scores")], []
    if not scoring and responses.decision.favourable is None:
        return [], [], [impossible("selection")], []
    median: Median | None = None
    facts: dict[str, Measure] = {}
    if scoring:
        hit, median = above_median(scored, low_is_good=responses.decision.low_is_favourable)
        unit: Unit = "target" if responses.task.type == "regression" else "probability"
        facts = median_facts(median, unit, settings)
    else:
        hit = scored["favourable"].fillna(value=False).to_numpy(dtype=np.bool_)
    everyone = counted("people", len(scored), settings)
    try:
        found = views(responses, scored, hit, settings)
    except Unfitting as misfit:
        return [], [everyone], [unfitting(misfit.why, misfit.where, everyone)], []
    tables: list[Table] = []
    unknown: list[Measure] = []
    measures = [everyone, *facts.values()]
    for view in found:
        table, made = table_of(view, median, settings)
        table, more = noted(table, view, facts, settings)
        tables.append(table)
        unknown += more
        measures += [*made, *more]
    made_how = card(everyone, unknown, found, settings, scoring=scoring)
    return tables, measures, withheld(settings), [made_how]
