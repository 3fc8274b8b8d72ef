"""For whom it errs: error rates of groups, each over its own denominator."""

import pandas as pd

from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Table, column
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import error_rate_tier

ERROR_RATES = ("tpr", "fpr", "fnr", "fdr", "for")


def error_rates(groups: list[Group], scored: pd.DataFrame, event: str) -> list[Measure]:
    """Return every error rate of every group, over its own denominator."""
    known = scored["label"].notna().to_numpy()
    actual = (scored["label"] == event).to_numpy(dtype=bool, na_value=False)
    predicted = scored["event_predicted"].to_numpy(dtype=bool)
    parts = {
        "tpr": (predicted, known & actual),
        "fpr": (predicted, known & ~actual),
        "fnr": (~predicted, known & actual),
        "fdr": (~actual, known & predicted),
        "for": (actual, known & ~predicted),
    }
    measures = []
    for metric in ERROR_RATES:
        hit, among = parts[metric]
        for group in groups:
            inside = among[group.rows]
            of_group = hit[group.rows][inside]
            design = group.design.among(inside)
            sure = error_rate_tier(group.design.worth(known[group.rows]), design.worth())
            measures.append(rated("fairness", metric, of_group, design, group.dimensions, tier=sure))
    return measures


def error_tables(groups: list[Group], errors: list[Measure], notes: tuple[Message, ...] = ()) -> list[Table]:
    """Return one small table for each rate, except the false negative rate: one minus the true positive."""
    by_group = {(each.metric, str(each.dimensions)): each for each in errors}
    feature = groups[0].feature
    tables = []
    for metric in ERROR_RATES:
        if metric == "fnr":
            continue
        found = [by_group[metric, str(group.dimensions)] for group in groups]
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
                *(column(name, "small_cell", numeric=True) for name in ("of_n", "value", "interval")),
            ),
            rows=tuple(
                (label_of(each.dimensions), each.ref("n"), each.ref(), each.ref("interval")) for each in found
            ),
        )
        tables.append(table)
    last = (Message(key="note.error_rates"), *notes)
    return [*tables[:-1], tables[-1].model_copy(update={"notes": last})]
