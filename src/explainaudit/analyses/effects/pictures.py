"""The pictures of the effects: one small plot for each leading input."""

from typing import TYPE_CHECKING

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Plot
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.wording.writer import Writer

if TYPE_CHECKING:
    from explainaudit.charts.panels import Panel

SHOWN = 6


def effects_figure(evidence: Evidence, writer: Writer) -> Figure | None:
    """Draw the leading inputs of the table, each with its interval, the rows' places and single rows."""
    from explainaudit.charts.panels import panels

    table = evidence.table("ranges")
    if table is None:
        return None
    by_column: dict[str, list[Plot]] = {}
    for plot in evidence.plots:
        if plot.name.startswith("effect:"):
            by_column.setdefault(plot.labels["column"][0], []).append(plot)
    names = [cell.text for row in table.rows if isinstance(cell := row[0], Name)]
    shown = list(dict.fromkeys(name for name in names if name in by_column))[:SHOWN]
    if not shown:
        return None
    unit = Message(key=f"unit.{by_column[shown[0]][0].labels['unit'][0]}")
    y_label = writer.text(Message(key="axis.effect", params={"unit": unit}))
    drawn = [_panel(evidence, by_column[name], y_label, writer) for name in shown]
    params: dict[str, Param] = {"columns": Series(items=tuple(Name(text=name) for name in shown))}
    withheld = not any(plot.name.startswith("rows:") for plot in evidence.plots)
    return Figure(
        name="effects",
        svg=panels(drawn),
        caption=Message(key=f"figure.effects.{'bands' if withheld else 'effects'}", params=params),
        alt=Message(key="alt.effects.effects", params=params),
        table="ranges",
    )


def _panel(evidence: Evidence, of_column: list[Plot], y_label: str, writer: Writer) -> "Panel":
    """Return the small plot of one input: a curve for each of up to four outputs, or points for levels."""
    from explainaudit.charts.panels import Panel

    plots, several = of_column[:4], len(of_column) > 1
    first = plots[0]
    levels = first.labels["levels"]
    x = tuple(float(place) for place in range(len(levels))) if levels else first.series["x"]
    rows = None if several else evidence.plot("rows:" + first.name.removeprefix("effect:"))
    curves = [
        (writer.name(plot.labels["output"][0], 24) if several else "", x, plot.series["value"])
        for plot in plots
    ]
    return Panel(
        x_label=writer.name(first.labels["column"][0], 40),
        y_label=y_label,
        lines=curves if several or not levels else (),
        bands=() if levels else [(x, plot.series["low"], plot.series["high"]) for plot in plots],
        points=_points(first) if levels and not several else (),
        faint=[(x, line) for line in rows.series.values()] if rows is not None else (),
        rug=first.series.get("rug", ()),
        ticks=[writer.name(level, 18) for level in levels] if levels else None,
    )


def _points(plot: Plot) -> list[tuple[float, float, float | None, float | None]]:
    """Return the mean answer at each level, with its interval."""
    ends = zip(plot.series["value"], plot.series["low"], plot.series["high"], strict=True)
    return [(float(place), value or 0.0, low, high) for place, (value, low, high) in enumerate(ends)]
