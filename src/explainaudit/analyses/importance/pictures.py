"""The pictures of the importance section: the ranking, and SHAP beside LIME for a case."""

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer

SHOWN = 12


def ranking_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw mean |SHAP| with its interval, the largest first."""
    from explainaudit.charts.intervals import interval_dots

    means = [each for each in evidence.measures if each.metric == "mean_abs_shap"][:SHOWN]
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


def case_figure(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    """Draw SHAP values and LIME contributions of one case, in the order of its table."""
    from explainaudit.charts.bars import paired_bars

    number = table.name.removeprefix("case:")
    names = [cell.text for row in table.rows if isinstance(cell := row[0], Name)][:SHOWN]
    values = {
        metric: [evidence.measure(metric, case=number, column=name).value for name in names]
        for metric in ("shap", "lime_contribution", "lime_spread")
    }
    output = evidence.measure("case_output", case=number)
    unit: dict[str, Param] = {"unit": Message(key=f"unit.{output.unit}")}
    svg = paired_bars(
        [writer.name(name, 40) for name in names],
        values["shap"],
        values["lime_contribution"],
        labels=(
            writer.text(Message(key="axis.shap", params=unit)),
            writer.text(Message(key="axis.lime", params=unit)),
        ),
        lime_spread=values["lime_spread"],
    )
    first: Ref = evidence.measure("shap", case=number, column=names[0]).ref()
    params: dict[str, Param] = {"number": Name(text=number), "column": Name(text=names[0]), "value": first}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key="figure.importance.case", params=params),
        alt=Message(key="alt.importance.case", params=params),
        table=table.name,
    )
