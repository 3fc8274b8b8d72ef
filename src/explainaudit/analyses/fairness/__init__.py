"""Are groups treated alike?"""

from explainaudit.analyses.fairness.errors import ERROR_RATES, error_rates, error_table
from explainaudit.analyses.fairness.outcomes import (
    lowest_ratio,
    outcome_table,
    outcomes,
    reproduction_table,
    small_groups,
)
from explainaudit.analysis import Accumulator, Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats import group_counts
from explainaudit.stats.bands import in_order
from explainaudit.wording.writer import Writer

GROUP_COUNTS = Accumulator(
    name="group_counts",
    zero=group_counts.zero,
    add=lambda state, partition: group_counts.add(state, partition.scored),
    merge=group_counts.merge,
)


class FairnessSettings(Settings):
    """When missing values of a sensitive feature deserve attention."""

    missing_share: float = 0.05


def measure(responses: Responses, _settings: FairnessSettings) -> Evidence:
    """Compare selection rates and error rates of groups.

    Raises `NotApplicable` for a task without a favourable decision, or without sensitive features.
    """
    if responses.task.type != "binary":
        raise NotApplicable("not_applicable")
    if not responses.sensitive:
        raise NotApplicable("input_missing")
    counted = responses.accumulated[GROUP_COUNTS.name]
    measures: list[Measure] = []
    tables: list[Table] = []
    limitations: list[Limitation] = []
    for sensitive in responses.sensitive:
        feature = sensitive.column
        named = {group[1:]: group for group in counted[feature] if group != group_counts.MISSING}
        order = [named[name] for name in in_order(named, sensitive, responses.columns)]
        groups = {group: counted[feature][group] for group in order}
        if group_counts.MISSING in counted[feature]:
            groups[group_counts.MISSING] = counted[feature][group_counts.MISSING]
        found, errors = outcomes(feature, groups), error_rates(feature, groups)
        measures += [*found, *errors]
        tables += [outcome_table(feature, list(groups), found), error_table(feature, errors)]
        tables.append(reproduction_table(feature, list(groups), found))
        limitations += small_groups(feature, found)
    return Evidence(
        analysis="fairness",
        answer=lowest_ratio(measures),
        measures=tuple(measures),
        tables=tuple(tables),
        limitations=tuple(limitations),
    )


def judge(evidence: Evidence, settings: FairnessSettings) -> tuple[Flag, ...]:
    """Flag groups whose rate is below the highest beyond chance, and features that are often missing."""
    flags = []
    sizes: dict[str, float] = {}
    for each in evidence.measures:
        if each.metric == "group_size":
            sizes[each.dimensions["sensitive"]] = sizes.get(each.dimensions["sensitive"], 0) + (
                each.value or 0
            )
    for each in evidence.measures:
        feature = each.dimensions["sensitive"]
        if each.metric == "impact_ratio_decisive" and each.interval is not None and each.interval.high < 1:
            ratio = evidence.measure("impact_ratio", **each.dimensions)
            params: dict[str, Param] = {
                "group": Name(text=each.dimensions["group"]),
                "feature": Name(text=feature),
                "ratio": ratio.ref(),
                "interval": ratio.ref("interval"),
            }
            flags.append(_flag("FAIR01", params, ratio))
        is_missing = each.metric == "group_size" and "group_missing" in each.dimensions
        if is_missing and (each.value or 0) > settings.missing_share * sizes[feature]:
            flags.append(_flag("FAIR02", {"feature": Name(text=feature), "n": each.ref()}, each))
    return tuple(flags)


def _flag(code: str, params: dict[str, Param], deciding: Measure) -> Flag:
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))


def draw(evidence: Evidence, verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw each feature's impact ratios with intervals; the reference stands at 1."""
    return tuple(
        _forest(evidence, table, _limit(verdicts, table, writer), writer)
        for table in evidence.tables
        if table.name.startswith("outcomes:")
    )


def _limit(verdicts: Verdicts, table: Table, writer: Writer) -> tuple[float, str] | None:
    """Return the declared limit for the feature of a table, with its label."""
    feature = table.name.removeprefix("outcomes:")
    for verdict in verdicts.verdicts:
        if (
            verdict.criterion.measure == "fairness.impact_ratio"
            and verdict.dimensions["sensitive"] == feature
        ):
            for limit in verdict.numbers:
                label = Message(key="axis.criterion", params={"limit": limit.ref()})
                return limit.value or 0.0, writer.text(label)
    return None


def _forest(evidence: Evidence, table: Table, criterion: tuple[float, str] | None, writer: Writer) -> Figure:
    from explainaudit.charts.intervals import forest

    feature = table.name.removeprefix("outcomes:")
    ratios = [
        each
        for each in evidence.measures
        if each.metric == "impact_ratio" and each.dimensions["sensitive"] == feature
    ]
    reference = [each.reason == "reference" for each in ratios]
    svg = forest(
        [writer.cell_text(row[0]) for row in table.rows],
        [1.0 if is_one else each.value for each, is_one in zip(ratios, reference, strict=True)],
        [each.interval.low if each.interval else None for each in ratios],
        [each.interval.high if each.interval else None for each in ratios],
        criterion=criterion,
        one=writer.text(Message(key="axis.equal")),
        x_label=writer.text(Message(key="axis.impact_ratio")),
        value_labels=[writer.cell_text(each.ref()) for each in ratios],
        muted=[each.tier != "reportable" for each in ratios],
    )
    params: dict[str, Param] = {"feature": Name(text=feature)}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key="figure.fairness.outcomes", params=params),
        alt=Message(key="alt.fairness.outcomes", params=params),
        table=table.name,
    )


def _spec(metric: str, kind: str, unit: str, better: str) -> MeasureSpec:
    return MeasureSpec.model_validate(
        {"metric": metric, "unit": unit, "kind": kind, "better": better, "dimensions": ("sensitive", "group")}
    )


FAIRNESS = Analysis(
    name="fairness",
    settings=FairnessSettings,
    needs=lambda _settings: Needs(accumulators=(GROUP_COUNTS,)),
    measures=(
        _spec("selection_rate", "rate", "share", "neither"),
        _spec("impact_ratio", "ratio", "ratio", "nearer_one"),
        _spec("difference", "difference", "points", "nearer_zero"),
        *(_spec(metric, "rate", "share", "neither") for metric in ERROR_RATES),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
