"""The pictures of the slices: the gap of each, drawn from the lines of its table."""

from explainaudit.analyses.slices.yardsticks import worded
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.table import Cell, Table
from explainaudit.wording.writer import Writer


def gaps_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure | None:
    """Draw the gap of each slice of a table with its interval, with a line at none; ``None`` without one."""
    from explainaudit.charts.intervals import interval_dots

    known = (each for each in evidence.measures if each.metric == "slice_gap" and each.value is not None)
    by_id = {each.id: each for each in known}
    lines = [
        (row[0], by_id[cell.measure])
        for row in table.rows
        for cell in row
        if isinstance(cell, Ref) and cell.part == "value" and cell.measure in by_id
    ]
    if not lines:
        return None
    gaps = [gap for _, gap in lines]
    words = worded(table.name.partition(":")[2], gaps[0].unit)
    scale = 100.0 if gaps[0].unit == "points" else 1.0
    svg = interval_dots(
        [_label(writer, cell, gap.dimensions.get("group")) for cell, gap in lines],
        [None if gap.value is None else scale * gap.value for gap in gaps],
        [None if gap.interval is None else scale * gap.interval.low for gap in gaps],
        [None if gap.interval is None else scale * gap.interval.high for gap in gaps],
        x_label=writer.text(Message(key=f"axis.slices_{words}")),
        reference_lines=[(0.0, writer.text(Message(key="axis.as_elsewhere")))],
        value_labels=[writer.cell_text(gap.ref()) for gap in gaps],
        muted=[gap.tier != "reportable" for gap in gaps],
    )
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key=f"figure.slices.{words}"),
        alt=Message(key=f"alt.slices.{words}"),
        table=table.name,
    )


def _label(writer: Writer, cell: Cell, group: str | None) -> str:
    if group is None or not isinstance(cell, Message):
        return writer.cell_text(cell)
    return writer.text(Message(key="slice.and_group", params={"slice": cell, "group": Name(text=group)}))
