"""The picture of a case: SHAP beside LIME."""

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.table import Table
from explainaudit.wording.writer import Writer

SHOWN = 12


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
        caption=Message(key="figure.cases.case", params=params),
        alt=Message(key="alt.cases.case", params=params),
        table=table.name,
    )
