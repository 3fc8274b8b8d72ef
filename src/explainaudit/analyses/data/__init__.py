"""What was the model shown?"""

from collections.abc import Mapping

from explainaudit.analyses.data.groups import group_shares, missing_by_group
from explainaudit.analyses.data.identity import columns, design_measures, flow, identity, outcomes
from explainaudit.analyses.data.labels import labels_known
from explainaudit.analyses.data.left_over import left_over
from explainaudit.analyses.data.screens import leakage, oddities
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Level, Verdicts
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer

Part = tuple[Table, list[Measure]]


class DataSettings(Settings):
    """Which shares deserve attention: missing values, rows seen in training, ids, telling columns."""

    missing_share: float = 0.2
    in_training: float = 0.01
    id_like: float = 0.95
    leakage: float = 0.95


def measure(responses: Responses, settings: DataSettings) -> Evidence:
    """Say what the tables hold, whom, and what is odd about them."""
    rows = responses.rows
    if rows is None:
        raise NotApplicable("input_missing")
    incomplete = sum(
        each.role == "input" and bool(rows[each.name].isna().any()) for each in responses.columns
    )
    facts = [
        fact("data", "inputs", sum(each.role == "input" for each in responses.columns)),
        fact("data", "incomplete_inputs", incomplete),
    ]
    optional = [left_over(responses), design_measures(responses), labels_known(responses)]
    optional += [leakage(responses, rows)]
    optional += [missing_by_group(responses, rows, feature) for feature in responses.sensitive]
    parts: list[Part] = [
        identity(responses),
        flow(responses),
        columns(responses, rows),
        outcomes(responses),
        *(group_shares(responses, feature) for feature in responses.sensitive),
        oddities(responses, rows, settings.id_like),
        *(part for part in optional if part is not None),
    ]
    by_name = {each.metric: each for _, found in parts for each in found if not each.dimensions}
    params: dict[str, Param] = {
        "n": by_name["rows"].ref(),
        "inputs": facts[0].ref(),
        "incomplete": facts[1].ref(),
        "labels": by_name["labelled"].ref(),
    }
    return Evidence(
        analysis="data",
        answer=Message(key="answer.data", params=params),
        measures=(*facts, *(each for _, measures in parts for each in measures)),
        tables=tuple(table for table, _ in parts if table.rows),
        limitations=_limitations(responses, by_name),
    )


def _limitations(responses: Responses, by_name: Mapping[str, Measure]) -> tuple[Limitation, ...]:
    unlabelled = by_name["unlabelled"]
    found = [Limitation(code="no_comparison", message=Message(key="limitation.no_comparison"))]
    if unlabelled.value:
        message = Message(key="limitation.unlabelled", params={"n": unlabelled.ref()})
        found.append(
            Limitation(code="unlabelled", message=message, touches=("performance", "calibration", "fairness"))
        )
    if not responses.sensitive:
        message = Message(key="limitation.no_sensitive")
        found.append(Limitation(code="no_sensitive", message=message, touches=("fairness",)))
    for name in ("rows_without_groups", "lines_without_row"):
        if name in by_name and by_name[name].value:
            message = Message(key=f"limitation.{name}", params={"n": by_name[name].ref()})
            found.append(Limitation(code="noticed", message=message, touches=("data", "fairness")))
    found += [Limitation(code="noticed", message=note, touches=("data",)) for note in responses.notes]
    return tuple(found)


def judge(evidence: Evidence, settings: DataSettings) -> tuple[Flag, ...]:
    """Flag missing values, rows seen in training, telling columns, groups unlike the population.

    Missing values deserve it in what the model takes and in what groups are made of.
    """
    flags = []
    aside = {each.dimensions["column"] for each in evidence.measures if each.metric == "not_asked_of"}
    for found in evidence.measures:
        if found.value is None:
            continue
        missing = found.metric == "missing" and found.dimensions["column"] not in aside
        if missing and found.value > settings.missing_share:
            params: dict[str, Param] = {"column": Name(text=found.dimensions["column"]), "share": found.ref()}
            flags.append(_flag("DATA01", "caution", found, params))
        if found.metric == "in_training" and found.value > settings.in_training:
            flags.append(_flag("DATA02", "caution", found, {"share": found.ref()}))
        if found.metric == "single_input" and found.value > settings.leakage:
            params = {"column": Name(text=found.dimensions["column"]), "value": found.ref()}
            flags.append(_flag("DATA03", "serious", found, params))
        if found.metric == "population_gap" and _beyond(found):
            params = {
                "feature": Name(text=found.dimensions["sensitive"]),
                "group": Name(text=found.dimensions["group"]),
                "gap": found.ref(),
                "interval": found.ref("interval"),
            }
            flags.append(_flag("DATA04", "note", found, params))
    return tuple(flags)


def _beyond(gap: Measure) -> bool:
    return gap.interval is not None and (gap.interval.low > 0 or gap.interval.high < 0)


def _flag(code: str, level: Level, deciding: Measure, params: dict[str, Param]) -> Flag:
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level=level, message=message, measures=(deciding.id,))


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the size of the groups of each sensitive feature."""
    from explainaudit.charts.intervals import interval_dots

    figures = []
    for table in evidence.tables:
        if not table.name.startswith("groups:"):
            continue
        feature = table.name.removeprefix("groups:")
        shares = [
            each
            for each in evidence.measures
            if each.metric in {"group_share", "group_missing"} and each.dimensions.get("sensitive") == feature
        ]
        params: dict[str, Param] = {"feature": Name(text=feature), "n": shares[0].ref("n")}
        svg = interval_dots(
            [writer.cell_text(row[0]) for row in table.rows],
            [each.value for each in shares],
            [each.interval.low if each.interval else None for each in shares],
            [each.interval.high if each.interval else None for each in shares],
            x_label=writer.text(Message(key="axis.group_share")),
            as_share=True,
        )
        caption = Message(key="figure.data.groups", params=params)
        alt = Message(key="alt.data.groups", params=params)
        figures.append(Figure(name=table.name, svg=svg, caption=caption, alt=alt, table=table.name))
    return tuple(figures)


def _spec(
    metric: str, unit: str, kind: str, better: str, *dimensions: str, judged: bool = True
) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": kind, "better": better, "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": dimensions})


DATA = Analysis(
    name="data",
    settings=DataSettings,
    needs=lambda _settings: Needs(rows=True, training=True),
    measures=(
        _spec("rows", "count", "count", "higher"),
        _spec("missing", "share", "rate", "lower", "column"),
        _spec("missing_in_group", "share", "rate", "lower", "column", "sensitive", "group"),
        _spec("class_share", "share", "rate", "neither", "class"),
        _spec("target_mean", "target", "score", "neither"),
        _spec("group_share", "share", "rate", "neither", "sensitive", "group"),
        _spec("population_gap", "points", "difference", "nearer_zero", "sensitive", "group"),
        _spec("duplicates", "share", "rate", "lower"),
        _spec("in_training", "share", "rate", "lower"),
        _spec("single_input", "score", "score", "neither", "column", judged=False),
        _spec("label_known", "share", "rate", "neither", "decided"),
        _spec("effective_n", "number", "score", "higher", judged=False),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
