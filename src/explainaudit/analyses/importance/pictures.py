"""The pictures of the importance section: the ranking, and the SHAP values of single rows."""

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Plot
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer

SHOWN = 12


def ranking_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw mean |SHAP| with its interval, the largest first."""
    from explainaudit.charts.intervals import interval_dots

    means = [
        each
        for each in evidence.measures
        if each.metric == "mean_abs_shap" and "class" not in each.dimensions
    ]
    means = means[:SHOWN]
    svg = interval_dots(
        [writer.name(each.dimensions["column"], 40) for each in means],
        [each.value for each in means],
        [each.interval.low if each.interval else None for each in means],
        [each.interval.high if each.interval else None for each in means],
        x_label=writer.text(Message(key="axis.mean_abs_shap", params={"unit": table.caption.params["unit"]})),
    )
    params: dict[str, Param] = {"n": means[0].ref("n"), "first": Name(text=means[0].dimensions["column"])}
    return Figure(
        name="ranking",
        svg=svg,
        caption=Message(key="figure.importance.ranking", params=params),
        alt=Message(key="alt.importance.ranking", params=params),
        table="ranking",
    )


def beeswarm_figure(plot: Plot, table: Table, writer: Writer) -> Figure:
    """Draw the SHAP values of single rows for the leading columns, coloured by the recorded value."""
    from explainaudit.charts.beeswarm import beeswarm

    names = plot.labels["columns"]
    output = plot.labels["output"][0]
    params: dict[str, Param] = {"output": Name(text=output), "first": Name(text=names[0])}
    unit = Message(key=f"unit.{plot.labels['unit'][0]}")
    svg = beeswarm(
        [writer.name(name, 40) for name in names],
        [plot.series[f"shap:{number}"] for number in range(len(names))],
        [plot.series[f"rank:{number}"] for number in range(len(names))],
        plot.series["place"],
        words=tuple(
            writer.text(Message(key=f"axis.{name}", params={"unit": unit}))
            for name in ("shap", "low_value", "high_value", "no_number")
        ),
    )
    return Figure(
        name=plot.name,
        svg=svg,
        caption=Message(key="figure.importance.cloud", params=params),
        alt=Message(key="alt.importance.cloud", params=params),
        table=table.name,
    )
