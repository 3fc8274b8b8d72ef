"""The picture of the parity section: how well LIME fits in each group."""

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer


def fidelity_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure | None:
    """Draw the mean fidelity of each line of a table; ``None`` where fewer than two groups have one."""
    from explainaudit.charts.intervals import interval_dots

    means = _means(evidence, table)
    if sum(each.value is not None for each in means) < 2:
        return None
    intervals = [each.interval for each in means]
    svg = interval_dots(
        [writer.cell_text(row[0]) for row in table.rows],
        [each.value for each in means],
        [None if each is None else each.low for each in intervals],
        [None if each is None else each.high for each in intervals],
        x_label=writer.text(Message(key="axis.mean_fidelity")),
        value_labels=[writer.cell_text(each.ref()) for each in means],
        muted=[each.tier != "reportable" for each in means],
    )
    params: dict[str, Param] = {"feature": Name(text=table.name.partition(":")[2])}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key="figure.parity.fidelity", params=params),
        alt=Message(key="alt.parity.fidelity", params=params),
        table=table.name,
    )


def _means(evidence: Evidence, table: Table) -> list[Measure]:
    by_id = {each.id: each for each in evidence.measures if each.metric == "lime_fidelity"}
    return [
        by_id[cell.measure]
        for row in table.rows
        for cell in row
        if isinstance(cell, Ref) and cell.part == "value" and cell.measure in by_id
    ]
