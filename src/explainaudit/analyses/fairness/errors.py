"""For whom it errs: error rates of groups, each over its own denominator."""

from explainaudit.analyses.fairness.groups import dimensions_of, label_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.confusion import Confusion
from explainaudit.stats.group_counts import Counts
from explainaudit.stats.rates import rate
from explainaudit.stats.tiers import error_rate_tier

ERROR_RATES = ("tpr", "fpr", "fnr", "fdr", "for")


def error_rates(feature: str, counted: dict[str, Counts]) -> list[Measure]:
    """Return every error rate of every group, over its own denominator."""
    measures = []
    for metric in ERROR_RATES:
        for group, counts in counted.items():
            found = Confusion(tp=counts["tp"], fp=counts["fp"], fn=counts["fn"], tn=counts["tn"])
            k, n = found.rates()[metric]
            sure = error_rate_tier(found.n, found.tp + found.fn, of=n)
            measures.append(rate("fairness", metric, (k, n), dimensions_of(feature, group), tier=sure))
    return measures


def error_table(feature: str, errors: list[Measure]) -> Table:
    """Return one feature's error rates, a row per rate and group."""
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key=f"measure.fairness.{each.metric}"),
            label_of(each.dimensions),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
        )
        for each in errors
    ]
    return Table(
        name=f"errors:{feature}",
        caption=Message(key="table.fairness.errors", params={"feature": Name(text=feature)}),
        columns=(
            column("rate", "value"),
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("of_n", "value", "interval")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.error_rates"),),
    )
