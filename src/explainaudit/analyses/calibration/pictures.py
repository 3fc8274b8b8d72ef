"""The reliability plot."""

from itertools import pairwise

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer


def reliability_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw what was observed over what was predicted, and how often each prediction was made."""
    from explainaudit.charts.panels import Panel, panels

    output = table.name.removeprefix("reliability:")
    several = "class" in table.caption.params
    within = {"class": output} if several else {}
    seen = [
        each
        for each in evidence.measures
        if each.metric == "bin_observed" and each.dimensions.get("class") == within.get("class")
    ]
    points = [
        (_mean(evidence, each), each.value or 0.0, *_ends(each)) for each in seen if each.value is not None
    ]
    share = all(each.unit == "share" for each in seen)
    histogram = evidence.plot(f"histogram:{table.name}")
    words = [writer.text(Message(key=f"axis.{name}")) for name in ("mean_predicted", "observed", "rows")]
    xs = [point[0] for point in points] + [point[1] for point in points]
    line = ([min(xs, default=0.0), max(xs, default=1.0)],) * 2
    drawn = [
        Panel(
            words[0],
            words[1],
            points=points,
            diagonal=share,
            faint=() if share else (line,),
            shares=(share, share),
        )
    ]
    if histogram is not None:
        edges, counts = histogram.series["edge"], histogram.series["count"]
        xs = [edge or 0.0 for pair in pairwise(edges) for edge in pair]
        ys = [number for number in counts for _ in range(2)]
        drawn.append(Panel(words[0], words[2], lines=[("", xs, ys)], shares=(share, False)))
    params: dict[str, Param] = {
        "n": evidence.measure("in_the_large", **within).ref("n"),
        "output": Name(text=output),
    }
    kind = "reliability" if share else "means"
    return Figure(
        name=table.name,
        svg=panels(drawn),
        caption=Message(key=f"figure.calibration.{kind}", params=params),
        alt=Message(key=f"alt.calibration.{kind}", params=params),
        table=table.name,
    )


def _mean(evidence: Evidence, seen: Measure) -> float:
    return evidence.measure("bin_predicted", **seen.dimensions).value or 0.0


def _ends(measure: Measure) -> tuple[float | None, float | None]:
    return (measure.interval.low, measure.interval.high) if measure.interval is not None else (None, None)
