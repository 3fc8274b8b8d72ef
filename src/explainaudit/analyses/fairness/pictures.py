"""The pictures of the fairness section: each is drawn from the lines of its table."""

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.table import Table
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer


def ratio_figure(evidence: Evidence, table: Table, verdicts: Verdicts, writer: Writer) -> Figure:
    """Draw impact ratios with intervals, the reference at 1, and the declared limit."""
    from explainaudit.charts.intervals import forest

    ratios = _shown(evidence, table, "impact_ratio")
    low, high = _ends(ratios)
    svg = forest(
        [writer.cell_text(row[0]) for row in table.rows],
        [1.0 if each.reason == "reference" else each.value for each in ratios],
        low,
        high,
        criterion=_limit(verdicts, table, writer),
        one=writer.text(Message(key="axis.equal")),
        x_label=writer.text(Message(key="axis.impact_ratio")),
        value_labels=[writer.cell_text(each.ref()) for each in ratios],
        muted=[each.tier != "reportable" for each in ratios],
    )
    return _figure(table, svg)


def error_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw the mean error of each group of a regression, with a line at none."""
    from explainaudit.charts.intervals import interval_dots

    means = _shown(evidence, table, "mean_error")
    low, high = _ends(means)
    svg = interval_dots(
        [writer.cell_text(row[0]) for row in table.rows],
        [each.value for each in means],
        low,
        high,
        x_label=writer.text(Message(key="axis.mean_error_group")),
        reference_lines=[(0.0, writer.text(Message(key="axis.no_error")))],
        value_labels=[writer.cell_text(each.ref()) for each in means],
        muted=[each.tier != "reportable" for each in means],
    )
    return _figure(table, svg)


def _shown(evidence: Evidence, table: Table, metric: str) -> list[Measure]:
    """Return the measures of a metric in the lines of a table."""
    by_id = {each.id: each for each in evidence.measures if each.metric == metric}
    return [
        by_id[cell.measure]
        for row in table.rows
        for cell in row
        if isinstance(cell, Ref) and cell.part == "value" and cell.measure in by_id
    ]


def _ends(measures: list[Measure]) -> tuple[list[float | None], list[float | None]]:
    intervals = [each.interval for each in measures]
    low = [None if each is None else each.low for each in intervals]
    return low, [None if each is None else each.high for each in intervals]


def _limit(verdicts: Verdicts, table: Table, writer: Writer) -> tuple[float, str] | None:
    """Return the declared limit for the feature of a table, with its label."""
    feature = table.name.removeprefix("outcomes:")
    for verdict in verdicts.verdicts:
        of_ratio = verdict.criterion.measure == "fairness.impact_ratio"
        if of_ratio and verdict.dimensions.get("sensitive") == feature:
            for limit in verdict.numbers:
                label = Message(key="axis.criterion", params={"limit": limit.ref()})
                return limit.value or 0.0, writer.text(label)
    return None


def _figure(table: Table, svg: str) -> Figure:
    kind, _, feature = table.name.partition(":")
    params: dict[str, Param] = {"feature": Name(text=feature)}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key=f"figure.fairness.{kind}", params=params),
        alt=Message(key=f"alt.fairness.{kind}", params=params),
        table=table.name,
    )
