"""The pictures of the performance section."""

from dataclasses import replace

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Param
from explainaudit.wording.writer import Writer

PAIRS = (("fpr", "tpr"), ("recall", "precision"))


def curves_figure(evidence: Evidence, writer: Writer) -> Figure | None:
    """Draw the ROC curve and precision against recall."""
    from explainaudit.charts.panels import Panel, panels

    plot = evidence.plot("curves") or evidence.plot("curves_coarse")
    if plot is None:
        return None
    # The thresholds hold points of both curves; they are withheld earlier than the area.
    table = "scores" if evidence.table("thresholds") is None else "thresholds"
    area = evidence.measure("auc")
    x, y, precision = (plot.series[name] for name in ("fpr", "tpr", "precision"))
    words = {name: writer.text(Message(key=f"axis.{name}")) for name in ("fpr", "tpr", "recall", "precision")}
    in_use = {each.metric: each.value for each in evidence.measures if not each.dimensions}
    roc, other = _point(in_use.get("fpr"), in_use.get("tpr")), _point(in_use.get("tpr"), in_use.get("ppv"))
    axes = [Panel(words[across], words[up], shares=(True, True)) for across, up in PAIRS]
    svg = panels(
        [
            replace(axes[0], lines=[("", x, y)], points=roc, diagonal=True),
            replace(axes[1], lines=[("", y, precision)], points=other),
        ]
    )
    params: dict[str, Param] = {"auc": area.ref(), "n": area.ref("n")}
    return _figure("curves", svg, table, params)


def _point(x: float | None, y: float | None) -> list[tuple[float, float, None, None]]:
    """Return the threshold in use on a curve, where both of its rates are there."""
    return [] if x is None or y is None else [(x, y, None, None)]


def sweep_figure(evidence: Evidence, writer: Writer) -> Figure | None:
    """Draw rates, and the cost where one is declared, against the threshold."""
    from explainaudit.charts.panels import Panel, panels

    if (table := evidence.table("thresholds")) is None:
        return None
    by_metric: dict[str, list[Measure]] = {}
    for each in evidence.measures:
        if "threshold" in each.dimensions:
            by_metric.setdefault(each.metric, []).append(each)
    thresholds = [each.value for each in by_metric["threshold"]]
    label = writer.text(Message(key="axis.threshold"))
    told = zip(sorted(each for each in thresholds if each is not None), table.rows, strict=True)
    noted = [(at, row[-1]) for at, row in told if isinstance(row[-1], Message)]
    marks = [(at, writer.text(note)) for at, note in noted]
    in_use = [mark for mark, (_, note) in zip(marks, noted, strict=True) if "in_use" in note.key]
    rates = [
        (
            writer.text(Message(key=f"measure.performance.{metric}")),
            thresholds,
            [each.value for each in by_metric[f"threshold_{metric}"]],
        )
        for metric in ("selection", "tpr", "fpr", "ppv")
    ]
    share = writer.text(Message(key="axis.share"))
    drawn = [Panel(label, share, lines=rates, marks=in_use, shares=(True, True))]
    if costs := by_metric.get("threshold_cost"):
        low = [each.interval.low if each.interval else None for each in costs]
        high = [each.interval.high if each.interval else None for each in costs]
        drawn.append(
            Panel(
                label,
                writer.text(Message(key="axis.expected_cost")),
                lines=[("", thresholds, [each.value for each in costs])],
                bands=[(thresholds, low, high)],
                marks=marks,
                shares=(True, False),
            )
        )
    return _figure("thresholds", panels(drawn, across=len(drawn)), "thresholds", {})


def tenths_figure(evidence: Evidence, writer: Writer) -> Figure | None:
    """Draw the mean error of a regression against its prediction."""
    from explainaudit.charts.panels import Panel, panels

    if evidence.table("tenths") is None:
        return None
    biases = [each for each in evidence.measures if each.metric == "tenth_bias"]
    means = [evidence.measure("tenth_prediction", **each.dimensions).value for each in biases]
    points = [
        (mean or 0.0, each.value or 0.0, *_ends(each)) for mean, each in zip(means, biases, strict=True)
    ]
    words = [writer.text(Message(key=f"axis.{name}")) for name in ("prediction", "mean_error")]
    xs = [point[0] for point in points]
    flat = ([min(xs, default=0.0), max(xs, default=0.0)], [0.0, 0.0])
    svg = panels([Panel(words[0], words[1], points=points, faint=[flat])], across=1)
    return _figure("tenths", svg, "tenths", {})


def _ends(measure: Measure) -> tuple[float | None, float | None]:
    return (measure.interval.low, measure.interval.high) if measure.interval is not None else (None, None)


def _figure(name: str, svg: str, table: str, params: dict[str, Param]) -> Figure:
    return Figure(
        name=name,
        svg=svg,
        caption=Message(key=f"figure.performance.{name}", params=params),
        alt=Message(key=f"alt.performance.{name}", params=params),
        table=table,
    )
