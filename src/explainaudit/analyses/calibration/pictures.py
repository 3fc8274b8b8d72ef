"""The reliability plot: observed over predicted, and how often each prediction was made."""

from typing import TYPE_CHECKING

import numpy as np

from explainaudit.analyses.calibration.groups import label_of
from explainaudit.analyses.calibration.one import Predicted
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Plot
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer

if TYPE_CHECKING:
    from explainaudit.charts.panels import Panel

BARS = 20


def histogram(name: str, of: Predicted) -> Plot:
    """Return how many rows have a prediction in each of twenty steps."""
    low, high = (0.0, 1.0) if of.probability else (float(of.predicted.min()), float(of.predicted.max()))
    # Predictions that are all but alike need a width that their size can resolve.
    width = max(high - low, 1e-6 * max(abs(low), abs(high))) or 1.0
    counts, edges = np.histogram(of.predicted, bins=BARS, range=(low, low + width))
    steps = {"low": edges[:-1], "high": edges[1:], "count": counts}
    return Plot(
        name=f"histogram:{name or ''}",
        table="reliability",
        smallest_cell=int(counts[counts > 0].min(initial=len(of.predicted))),
        series={key: tuple(float(number) for number in values) for key, values in steps.items()},
    )


def reliability_figure(evidence: Evidence, writer: Writer) -> Figure | None:
    """Draw the bins of the table, a line of plots for each output in it."""
    from explainaudit.charts.panels import panels

    table = evidence.table("reliability")
    if table is None:
        return None
    by_id = {each.id: each for each in evidence.measures if each.metric == "bin_observed"}
    by_name: dict[str | None, list[Measure]] = {}
    for row in table.rows:
        for cell in row:
            if isinstance(cell, Ref) and cell.part == "value" and cell.measure in by_id:
                seen = by_id[cell.measure]
                by_name.setdefault(seen.dimensions.get("class"), []).append(seen)
    drawn = [plot for name, found in by_name.items() for plot in _plots(evidence, name, found, writer)]
    if not drawn:
        return None
    share = next(iter(by_name.values()))[0].unit == "share"
    across = len(drawn) // len(by_name)
    kind = ("reliability" if share else "means") + ("" if across > 1 else "_alone")
    large = next(each for each in evidence.measures if each.metric == "in_the_large")
    params: dict[str, Param] = {"n": large.ref("n")}
    return Figure(
        name="reliability",
        svg=panels(
            drawn, across=max(across, min(2, len(drawn))), height_mm=58.0 if len(by_name) < 3 else 44.0
        ),
        caption=Message(key=f"figure.calibration.{kind}", params=params),
        alt=Message(key=f"alt.calibration.{'reliability' if share else 'means'}", params=params),
        table=table.name,
    )


def _plots(evidence: Evidence, name: str | None, seen: list[Measure], writer: Writer) -> list["Panel"]:
    """Return the plot of one output, named if there are several, and its histogram where there is one."""
    from explainaudit.charts.panels import Panel

    keys = ("mean_predicted", "observed", "predicted", "rows")
    words = {key: writer.text(Message(key=f"axis.{key}")) for key in keys}
    share = seen[0].unit == "share"
    means = [evidence.measure("bin_predicted", **each.dimensions).value or 0.0 for each in seen]
    points = [(mean, each.value or 0.0, *_ends(each)) for mean, each in zip(means, seen, strict=True)]
    both = [*means, *(point[1] for point in points)]
    equal = ([min(both), max(both)],) * 2
    drawn = [
        Panel(
            words["mean_predicted"],
            words["observed"],
            title="" if name is None else writer.name(name),
            points=points,
            diagonal=share,
            faint=() if share else (equal,),
            shares=(share, share),
        )
    ]
    plot = evidence.plot(f"histogram:{name or ''}")
    if plot is not None:
        xs = [edge for pair in zip(plot.series["low"], plot.series["high"], strict=True) for edge in pair]
        ys = [number for number in plot.series["count"] for _ in range(2)]
        bars = [(xs, [0.0] * len(ys), ys)]
        drawn.append(
            Panel(words["predicted"], words["rows"], lines=[("", xs, ys)], bands=bars, shares=(share, False))
        )
    return drawn


def group_figures(evidence: Evidence, writer: Writer) -> tuple[Figure, ...]:
    """Draw the bins of each group, one small plot each on the same axes, for every table that has them."""
    return tuple(
        _group_figure(evidence, table, writer)
        for table in evidence.tables
        if table.name.startswith("group_bins:")
    )


def _group_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    from explainaudit.charts.panels import panels

    by_id = {each.id: each for each in evidence.measures if each.metric == "bin_observed"}
    groups: dict[str, list[Measure]] = {}
    for row in table.rows:
        for cell in row:
            if isinstance(cell, Ref) and cell.part == "value" and cell.measure in by_id:
                seen = by_id[cell.measure]
                about = {name: text for name, text in seen.dimensions.items() if name != "bin"}
                groups.setdefault(str(about), []).append(seen)
    drawn = _group_plots(evidence, list(groups.values()), writer)
    kind = "group_bins" if drawn[0].diagonal else "group_means"
    params: dict[str, Param] = {"feature": Name(text=table.name.partition(":")[2])}
    return Figure(
        name=table.name,
        svg=panels(drawn, across=3 if len(drawn) > 2 else 2, height_mm=46.0),
        caption=Message(key=f"figure.calibration.{kind}", params=params),
        alt=Message(key=f"alt.calibration.{kind}", params=params),
        table=table.name,
    )


def _group_plots(evidence: Evidence, groups: list[list[Measure]], writer: Writer) -> list["Panel"]:
    """Return one plot for each group's bins, all on the same axes."""
    from explainaudit.charts.panels import Panel

    words = [writer.text(Message(key=f"axis.{key}")) for key in ("mean_predicted", "observed")]
    means = {each.id: each.value or 0.0 for each in evidence.measures if each.metric == "bin_predicted"}
    points = [
        [
            (
                means[measure_id("calibration", "bin_predicted", each.dimensions)],
                each.value or 0.0,
                *_ends(each),
            )
            for each in seen
        ]
        for seen in groups
    ]
    reach = [number for found in points for point in found for number in point if number is not None]
    share = groups[0][0].unit == "share"
    # The line of equality has the whole reach in every plot, so that all have the same axes.
    equal = () if share else (([min(reach), max(reach)],) * 2,)
    return [
        Panel(
            words[0],
            words[1],
            title=writer.text(_title(seen[0].dimensions)),
            points=found,
            diagonal=share,
            faint=equal,
            shares=(share, share),
        )
        for seen, found in zip(groups, points, strict=True)
    ]


def _title(dimensions: dict[str, str]) -> Message:
    """Return what is written above the plot of one group, or of one class in it."""
    group = label_of(dimensions)
    if "class" in dimensions:
        params: dict[str, Param] = {"class": Name(text=dimensions["class"]), "group": group}
        return Message(key="title.class_in_group", params=params)
    return Message(key="title.group", params={"group": group})


def _ends(measure: Measure) -> tuple[float | None, float | None]:
    return (measure.interval.low, measure.interval.high) if measure.interval is not None else (None, None)
