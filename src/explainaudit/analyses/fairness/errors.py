"""For whom it errs: error rates of groups, each over its own denominator."""

from collections.abc import Sequence

import pandas as pd

from explainaudit.analyses.fairness.compared import Comparison, Rated, gaps
from explainaudit.analyses.fairness.groups import Group, Grouping, label_of
from explainaudit.analyses.fairness.outcome_tables import p_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Table, column
from explainaudit.stats.tiers import error_rate_tier

# The false negative rate is one minus the true positive rate: its gaps are those, with the other sign.
COMPARED_RATES = ("tpr", "fpr", "fdr", "for")
ERROR_RATES = (*COMPARED_RATES, "fnr")


def error_rates_of(grouping: Grouping, scored: pd.DataFrame, event: str) -> dict[str, list[Rated]]:
    """Return every error rate of every group, over its own denominator, by the name of the rate."""
    known = scored["label"].notna().to_numpy()
    actual = (scored["label"] == event).to_numpy(dtype=bool, na_value=False)
    predicted = scored["event_predicted"].to_numpy(dtype=bool)
    found: dict[str, list[Rated]] = {metric: [] for metric in ERROR_RATES}
    for group in grouping.groups:
        rows = group.rows[known[group.rows]]
        design = group.design.among(known[group.rows])
        worth, had, said = design.worth(), actual[rows], predicted[rows]
        parts = {
            "tpr": (said, had),
            "fpr": (said, ~had),
            "fdr": (~had, said),
            "for": (had, ~said),
            "fnr": (~said, had),
        }
        for metric, (hit, among) in parts.items():
            of = design.among(among)
            sure = error_rate_tier(worth, of.worth())
            found[metric].append(Rated(group, hit[among], of, sure))
    return found


def error_measures(
    rates: dict[str, list[Rated]], reference: str | None
) -> tuple[list[Measure], list[Comparison], list[Measure]]:
    """Return the rates, their gaps and comparisons; the gaps once more, since p-values stand beside them."""
    measures: list[Measure] = []
    comparisons: list[Comparison] = []
    beside: list[Measure] = []
    for metric, of_groups in rates.items():
        measures += [each.measured(metric) for each in of_groups]
        if metric in COMPARED_RATES:
            found, more = gaps(f"{metric}_difference", of_groups, reference)
            beside += found
            comparisons += more
    return [*measures, *beside], comparisons, beside


_HEADINGS = ("of_n", "value", "interval", "difference", "interval_difference", "p_holm")


def error_tables(groups: Sequence[Group], errors: Sequence[Measure]) -> list[Table]:
    """Return one small table for each rate, except the false negative rate: one minus the true positive."""
    by_group = {(each.metric, str(each.dimensions)): each for each in errors}
    feature = groups[0].feature
    tables = []
    for metric in COMPARED_RATES:
        rows = []
        for group in groups:
            rate, gap = (by_group[name, str(group.dimensions)] for name in (metric, f"{metric}_difference"))
            counted = (label_of(group.dimensions), rate.ref("n"), rate.ref(), rate.ref("interval"))
            rows.append((*counted, gap.ref(), gap.ref("interval"), p_of(gap, "p_holm")))
        params = {
            "rate": Message(key=f"measure.fairness.{metric}"),
            "feature": Name(text=feature),
            "of": Message(key=f"meaning.{metric}"),
        }
        table = Table(
            name=f"errors:{metric}:{feature}",
            caption=Message.model_validate({"key": "table.fairness.errors", "params": params}),
            columns=(
                column("group", "value"),
                *(column(name, "small_cell", numeric=True) for name in _HEADINGS),
            ),
            rows=tuple(rows),
            of_labels=True,
        )
        tables.append(table)
    return [*tables[:-1], tables[-1].model_copy(update={"notes": (Message(key="note.error_rates"),)})]
