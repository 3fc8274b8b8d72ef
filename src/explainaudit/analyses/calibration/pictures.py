"""The reliability plot: observed over predicted, and how often each prediction was made."""

from typing import TYPE_CHECKING

import numpy as np

from explainaudit.analyses.calibration.one import Predicted
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Plot
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Param, Ref
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


def _ends(measure: Measure) -> tuple[float | None, float | None]:
    return (measure.interval.low, measure.interval.high) if measure.interval is not None else (None, None)
