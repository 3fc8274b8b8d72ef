"""What was the model shown?"""

from explainaudit.analysis import Accumulator, Analysis, Needs, Settings
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import Partition, Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.bands import in_order
from explainaudit.stats.rates import count, fact, rate
from explainaudit.stats.tiers import smallest_cell
from explainaudit.wording.writer import Writer

Missing = dict[str, int]


class DataSettings(Settings):
    """When a missing share deserves attention."""

    missing_share: float = 0.2


def _add(state: Missing, partition: Partition) -> Missing:
    missing = partition.rows.isna().sum()
    return {str(name): state.get(str(name), 0) + int(number) for name, number in missing.items()}


def _merge(earlier: Missing, later: Missing) -> Missing:
    return {name: earlier.get(name, 0) + later.get(name, 0) for name in {**earlier, **later}}


MISSING = Accumulator(name="missing", zero=dict, add=_add, merge=_merge)


def measure(responses: Responses, settings: DataSettings) -> Evidence:
    """Count rows, columns, missing values, labels and groups."""
    missing = responses.accumulated[MISSING.name]
    rows = count("data", "rows", len(responses.scored))
    inputs = fact("data", "inputs", sum(each.role == "input" for each in responses.columns))
    missing_rates = [
        rate("data", "missing", (missing[each.name], len(responses.scored)), {"column": each.name})
        for each in responses.columns
    ]
    incomplete = fact("data", "incomplete_inputs", _incomplete(responses, missing))
    labels = _labels(responses)
    tables = [_identity(responses), _columns(responses, missing_rates)]
    groups = {feature.column: _groups(responses, feature) for feature in responses.sensitive}
    tables += [_group_table(feature, shares) for feature, shares in groups.items()]
    identities = _identity_measures(responses)
    return Evidence(
        analysis="data",
        answer=Message(
            key="answer.data",
            params={
                "n": rows.ref(),
                "inputs": inputs.ref(),
                "incomplete": incomplete.ref(),
                "labels": labels[0].ref(),
            },
        ),
        measures=(
            rows,
            inputs,
            incomplete,
            *labels,
            *missing_rates,
            *identities,
            *(share for shares in groups.values() for share in shares),
        ),
        tables=tuple(tables),
        limitations=_limitations(responses, labels),
    )


def _incomplete(responses: Responses, missing: Missing) -> int:
    return sum(each.role == "input" and missing[each.name] > 0 for each in responses.columns)


def _labels(responses: Responses) -> list[Measure]:
    labelled = int(responses.scored["label"].notna().sum())
    unlabelled = len(responses.scored) - labelled
    # Beside the number of rows, either count gives the other away.
    cell = {"smallest_cell": smallest_cell(labelled, unlabelled)}
    return [
        count("data", "labelled", labelled).model_copy(update=cell),
        count("data", "unlabelled", unlabelled).model_copy(update=cell),
    ]


def _identity_measures(responses: Responses) -> list[Measure]:
    measures = []
    for table in responses.tables:
        measures.append(count("data", "table_rows", table.rows, {"table": table.name}))
        measures.append(fact("data", "table_columns", table.columns, {"table": table.name}))
    return measures


def _identity(responses: Responses) -> Table:
    measures = {(m.metric, m.dimensions["table"]): m for m in _identity_measures(responses)}
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key=f"table_name.{table.name}"),
            measures["table_rows", table.name].ref(),
            measures["table_columns", table.name].ref(),
            Name(text=table.digest[:16]),
        )
        for table in responses.tables
    ]
    return Table(
        name="identity",
        caption=Message(key="table.data.identity"),
        columns=(
            column("table", "value"),
            column("rows", "small_cell", numeric=True),
            column("columns", "value", numeric=True),
            column("digest", "value"),
        ),
        rows=tuple(rows),
    )


def _columns(responses: Responses, missing: list[Measure]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each, share in zip(responses.columns, missing, strict=True):
        role = "input_and_sensitive" if each.role == "input" and each.sensitive else each.role
        rows.append(
            (
                Name(text=each.name),
                Message(key=f"role.{role}"),
                Message(key=f"type.{each.type}"),
                share.ref(),
            )
        )
    return Table(
        name="columns",
        caption=Message(key="table.data.columns"),
        columns=(
            column("column", "value"),
            column("role", "value"),
            column("type", "value"),
            column("missing", "small_cell", numeric=True),
        ),
        rows=tuple(rows),
    )


def _groups(responses: Responses, feature: SensitiveFeature) -> list[Measure]:
    groups = responses.scored[f"group:{feature.column}"]
    n = len(groups)
    sizes = groups.value_counts()
    about = {"sensitive": feature.column}
    shares = [
        rate("data", "group_share", (int(sizes[group]), n), {**about, "group": group})
        for group in in_order(map(str, sizes.index), feature, responses.columns)
    ]
    missing = int(groups.isna().sum())
    unknown = [rate("data", "group_missing", (missing, n), about)] if missing else []
    return [*shares, *unknown]


def _group_table(feature: str, shares: list[Measure]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for share in shares:
        group = share.dimensions.get("group")
        label: Cell = Message(key="group.missing") if group is None else Name(text=group)
        rows.append((label, share.ref(), share.ref("interval")))
    return Table(
        name=f"groups:{feature}",
        caption=Message(key="table.data.groups", params={"feature": Name(text=feature)}),
        columns=(
            column("group", "value"),
            column("share", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
        ),
        rows=tuple(rows),
    )


def _limitations(responses: Responses, labels: list[Measure]) -> tuple[Limitation, ...]:
    found = [Limitation(code="no_comparison", message=Message(key="limitation.no_comparison"))]
    if labels[1].value:
        message = Message(key="limitation.unlabelled", params={"n": labels[1].ref()})
        found.append(Limitation(code="unlabelled", message=message, touches=("performance", "fairness")))
    if not responses.sensitive:
        message = Message(key="limitation.no_sensitive")
        found.append(Limitation(code="no_sensitive", message=message, touches=("fairness",)))
    found += [Limitation(code="noticed", message=note, touches=("data",)) for note in responses.notes]
    return tuple(found)


def judge(evidence: Evidence, settings: DataSettings) -> tuple[Flag, ...]:
    """Flag columns with a large share of missing values."""
    flags = []
    for found in evidence.measures:
        if found.metric == "missing" and found.value is not None and found.value > settings.missing_share:
            params = {"column": Name(text=found.dimensions["column"]), "share": found.ref()}
            message = Message(key="flag.DATA01", params=params)
            flags.append(Flag(code="DATA01", level="caution", message=message, measures=(found.id,)))
    return tuple(flags)


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the size of the groups of each sensitive feature."""
    from explainaudit.charts.intervals import interval_dots

    figures = []
    for table in evidence.tables:
        if not table.name.startswith("groups:"):
            continue
        feature = table.name.removeprefix("groups:")
        shares = [each for each in evidence.measures if each.dimensions.get("sensitive") == feature]
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


DATA = Analysis(
    name="data",
    settings=DataSettings,
    needs=lambda _settings: Needs(accumulators=(MISSING,)),
    measures=(
        MeasureSpec(metric="rows", unit="count", kind="count", better="higher"),
        MeasureSpec(metric="missing", unit="share", kind="rate", better="lower", dimensions=("column",)),
        MeasureSpec(
            metric="group_share",
            unit="share",
            kind="rate",
            better="neither",
            dimensions=("sensitive", "group"),
        ),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
