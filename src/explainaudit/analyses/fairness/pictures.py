"""The pictures of the fairness section: each is drawn from the lines of its table."""

from itertools import product

from explainaudit.analyses.fairness.answers import several
from explainaudit.analyses.fairness.groups import Grouping
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Plot
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.plan import joined_name
from explainaudit.records.table import Table
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer

MOST = 12  # groups on either side of a heat table


def cells_of(grouping: Grouping) -> list[Plot]:
    """Return what the heat table of two features needs beside its table: which groups cross."""
    if len(grouping.levels) != 2 or max(len(each) for each in grouping.levels) > MOST:
        return []
    labels = dict(zip(("rows", "columns"), grouping.levels, strict=True))
    name, table = f"cells:{grouping.feature}", f"outcomes:{grouping.feature}"
    return [Plot(name=name, table=table, smallest_cell=0, series={}, labels=labels)]


def figures(evidence: Evidence, verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Return the pictures of all tables that have one."""
    found = []
    for table in evidence.tables:
        kind, _, feature = table.name.partition(":")
        # Of one group there is nothing to compare, and nothing to draw.
        if not several(evidence.measures, feature):
            continue
        if kind == "outcomes" and (cells := evidence.plot(f"cells:{feature}")) is not None:
            found.append(_heat_figure(evidence, table, cells, writer))
        elif kind == "outcomes":
            found.append(_ratio_figure(evidence, table, verdicts, writer))
        elif kind == "residuals":
            found.append(_error_figure(evidence, table, writer))
        elif kind == "quantiles":
            found.append(_score_figure(evidence, table, writer))
    return tuple(found)


def _ratio_figure(evidence: Evidence, table: Table, verdicts: Verdicts, writer: Writer) -> Figure:
    """Draw impact ratios with intervals, the reference at 1, and the declared limit."""
    from explainaudit.charts.intervals import forest

    axis = "scoring_ratio" if _scoring(table) else "impact_ratio"
    ratios = _shown(evidence, table, "impact_ratio")
    rates = _shown(evidence, table, "scoring_rate" if _scoring(table) else "selection_rate")
    low, high = _ends(ratios)
    svg = forest(
        [writer.cell_text(row[0]) for row in table.rows],
        [1.0 if each.reason == "reference" else each.value for each in ratios],
        low,
        high,
        criterion=_limit(verdicts, table, writer),
        one=writer.text(Message(key="axis.equal")),
        x_label=writer.text(Message(key=f"axis.{axis}")),
        value_labels=[writer.cell_text(each.ref()) for each in ratios],
        muted=[_few(ratio, rate) for ratio, rate in zip(ratios, rates, strict=True)],
    )
    return _figure(table, svg, "scoring" if _scoring(table) else None)


def _few(ratio: Measure, rate: Measure) -> bool:
    """Return whether a ratio rests on few records; that of the reference as far as its rate does."""
    return (rate if ratio.reason == "reference" else ratio).tier != "reportable"


def _heat_figure(evidence: Evidence, table: Table, cells: Plot, writer: Writer) -> Figure:
    """Draw the rate of every intersection of two features; those too small are hatched, the empty say 0."""
    from explainaudit.charts.heat import heat

    rows, columns = cells.labels["rows"], cells.labels["columns"]
    feature = table.name.partition(":")[2]
    by_name = {
        each.dimensions["group"]: each
        for each in evidence.measures
        if each.metric in {"selection_rate", "scoring_rate"}
        and each.dimensions.get("sensitive") == feature
        and "group" in each.dimensions
    }
    found = [[by_name.get(joined_name(cell)) for cell in product([row], columns)] for row in rows]
    nobody = writer.text(Message(key="figure.fairness.nobody"))
    svg = heat(
        [writer.cell_text(Name(text=name)) for name in rows],
        [writer.cell_text(Name(text=name)) for name in columns],
        [[None if each is None else each.value for each in line] for line in found],
        texts=[[nobody if each is None else _words(each, writer) for each in line] for line in found],
        faint=[
            [each is None or each.tier in {"insufficient", "not_estimable"} for each in line]
            for line in found
        ],
        row_label="",
        column_label="",
        bar_label=writer.text(Message(key="axis.rate")),
    )
    return _figure(table, svg, "cells_scoring" if _scoring(table) else "cells")


def _scoring(table: Table) -> bool:
    """Return whether a table is about predictions above the median, not about decisions."""
    return any(each.name == "scoring_rate" for each in table.columns)


def _words(rate: Measure, writer: Writer) -> str:
    number = Message(key="figure.fairness.cell", params={"n": rate.ref("n")})
    return f"{writer.cell_text(rate.ref())}\n{writer.text(number)}"


def _score_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw where the scores of each group lie, from the quantiles in the table."""
    from explainaudit.charts.strips import strips

    by_id = {each.id: each for each in evidence.measures if each.metric in {"score_quantile"}}
    lines = [
        [by_id[cell.measure] for cell in row if isinstance(cell, Ref) and cell.measure in by_id]
        for row in table.rows
    ]
    points = [_five(line) for line in lines]
    unit = lines[0][0].unit
    svg = strips(
        [writer.cell_text(row[0]) for row in table.rows],
        points,
        x_label=writer.text(Message(key=f"axis.score_{unit}")),
        value_labels=[writer.cell_text(line[2].ref()) for line in lines],
        muted=[line[0].tier != "reportable" for line in lines],
    )
    return _figure(table, svg)


def _five(line: list[Measure]) -> tuple[float, float, float, float, float] | None:
    """Return the five quantiles of a line of the table, if the group has them."""
    values = [each.value for each in line if each.value is not None]
    if len(values) != 5:
        return None
    low, lower, middle, upper, high = values
    return low, lower, middle, upper, high


def _error_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
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
            for limit in verdict.numbers[:1]:
                label = Message(key="axis.criterion", params={"limit": limit.ref()})
                return limit.value or 0.0, writer.text(label)
    return None


def _figure(table: Table, svg: str, kind: str | None = None) -> Figure:
    name, _, feature = table.name.partition(":")
    params: dict[str, Param] = {"feature": Name(text=feature)}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key=f"figure.fairness.{kind or name}", params=params),
        alt=Message(key=f"alt.fairness.{kind or name}", params=params),
        table=table.name,
    )
