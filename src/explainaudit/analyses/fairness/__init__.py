"""Are groups treated alike?"""

from explainaudit.analyses.fairness.errors import ERROR_RATES, error_rates, error_table, parted, recalls
from explainaudit.analyses.fairness.groups import Group, groups_of
from explainaudit.analyses.fairness.outcomes import (
    lowest_ratio,
    outcome_table,
    outcomes,
    reproduction_table,
    small_groups,
)
from explainaudit.analyses.fairness.residuals import largest_error, residual_table, residuals
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.rates import count
from explainaudit.wording.writer import Writer


class FairnessSettings(Settings):
    """When missing values of a sensitive feature deserve attention."""

    missing_share: float = 0.05


def measure(responses: Responses, _settings: FairnessSettings) -> Evidence:
    """Compare decisions and errors of groups, in the form that the task has them.

    Raises `NotApplicable` without sensitive features.
    """
    if not responses.sensitive:
        raise NotApplicable("input_missing")
    by_task = {"binary": _binary, "multiclass": _multiclass, "regression": _regression}
    measures: list[Measure] = []
    tables: list[Table] = []
    limitations: list[Limitation] = []
    for sensitive in responses.sensitive:
        found = by_task[responses.task.type](responses, groups_of(responses, sensitive))
        tables += found[0]
        measures += found[1]
        limitations += small_groups(sensitive.column, found[1])
    if responses.task.type == "multiclass" and responses.decision.favourable is None:
        message = Message(key="limitation.no_favourable")
        limitations.append(Limitation(code="no_favourable", message=message, touches=("fairness",)))
    return Evidence(
        analysis="fairness",
        answer=_answer(responses, measures),
        measures=tuple(measures),
        tables=tuple(tables),
        limitations=tuple(limitations),
    )


Found = tuple[list[Table], list[Measure]]


def _answer(responses: Responses, measures: list[Measure]) -> Message:
    if responses.task.type == "regression":
        return largest_error(measures)
    if responses.decision.favourable is None:
        return Message(key="answer.fairness.no_favourable")
    return lowest_ratio(measures)


def _decided(responses: Responses, groups: list[Group]) -> tuple[list[Table], list[Measure], list[Table]]:
    """Return who was decided favourably: tables that come first, measures, and tables that come last."""
    favourable = responses.scored["favourable"].fillna(value=False).to_numpy(dtype=bool)
    found = outcomes(groups, favourable)
    feature = groups[0].feature
    return [outcome_table(feature, groups, found)], found, [reproduction_table(feature, groups, found)]


def _binary(responses: Responses, groups: list[Group]) -> Found:
    first, measures, last = _decided(responses, groups)
    errors = error_rates(groups, responses.scored, str(responses.task.event))
    if responses.decision.bands is not None:
        names = tuple(band.name for band in responses.decision.bands)
        table, more = parted(groups, responses.scored["band"], names, "band")
        first, measures = [*first, table], [*measures, *more]
    return [*first, error_table(groups[0].feature, errors), *last], [*measures, *errors]


def _multiclass(responses: Responses, groups: list[Group]) -> Found:
    first: list[Table] = []
    last: list[Table] = []
    measures: list[Measure] = []
    if responses.decision.favourable is not None:
        first, measures, last = _decided(responses, groups)
    else:
        measures = [
            count("fairness", "group_size", int(group.rows.sum()), group.dimensions) for group in groups
        ]
    classes = responses.model.classes
    shares, of_class = parted(groups, responses.scored["predicted"], classes, "class")
    table, recalled = recalls(groups, responses.scored, classes)
    return [*first, shares, table, *last], [*measures, *of_class, *recalled]


def _regression(responses: Responses, groups: list[Group]) -> Found:
    sizes = [count("fairness", "group_size", int(group.rows.sum()), group.dimensions) for group in groups]
    found = residuals(groups, responses.scored)
    return [residual_table(groups[0].feature, groups, found)], [*sizes, *found]


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
        params: dict[str, Param]
        if each.metric == "error_difference" and _apart(each):
            params = {
                "group": Name(text=each.dimensions["group"]),
                "feature": Name(text=feature),
                "gap": each.ref(),
                "interval": each.ref("interval"),
            }
            flags.append(_flag("FAIR03", params, each))
        if each.metric == "impact_ratio_decisive" and each.interval is not None and each.interval.high < 1:
            ratio = evidence.measure("impact_ratio", **each.dimensions)
            params = {
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


def _apart(gap: Measure) -> bool:
    """Return whether a group that is large enough has another mean error than the others, beyond chance."""
    few = gap.tier not in {"reportable", "indicative"}
    return not few and gap.interval is not None and (gap.interval.low > 0 or gap.interval.high < 0)


def _flag(code: str, params: dict[str, Param], deciding: Measure) -> Flag:
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))


def draw(evidence: Evidence, verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw impact ratios with intervals, the reference at 1, or the mean errors of a regression."""
    forests = (
        _forest(evidence, table, _limit(verdicts, table, writer), writer)
        for table in evidence.tables
        if table.name.startswith("outcomes:")
    )
    errors = (
        _errors(evidence, table, writer) for table in evidence.tables if table.name.startswith("residuals:")
    )
    return (*forests, *errors)


def _errors(evidence: Evidence, table: Table, writer: Writer) -> Figure:
    from explainaudit.charts.intervals import interval_dots

    feature = table.name.removeprefix("residuals:")
    means = [
        each
        for each in evidence.measures
        if each.metric == "mean_error" and each.dimensions["sensitive"] == feature
    ]
    svg = interval_dots(
        [writer.cell_text(row[0]) for row in table.rows],
        [each.value for each in means],
        [each.interval.low if each.interval else None for each in means],
        [each.interval.high if each.interval else None for each in means],
        x_label=writer.text(Message(key="axis.mean_error_group")),
    )
    params: dict[str, Param] = {"feature": Name(text=feature)}
    return Figure(
        name=table.name,
        svg=svg,
        caption=Message(key="figure.fairness.residuals", params=params),
        alt=Message(key="alt.fairness.residuals", params=params),
        table=table.name,
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


def _spec(metric: str, kind: str, unit: str, better: str, *more: str) -> MeasureSpec:
    dimensions = ("sensitive", "group", *more)
    return MeasureSpec.model_validate(
        {"metric": metric, "unit": unit, "kind": kind, "better": better, "dimensions": dimensions}
    )


FAIRNESS = Analysis(
    name="fairness",
    settings=FairnessSettings,
    needs=lambda _settings: Needs(),
    measures=(
        _spec("selection_rate", "rate", "share", "neither"),
        _spec("impact_ratio", "ratio", "ratio", "nearer_one"),
        _spec("difference", "difference", "points", "nearer_zero"),
        *(_spec(metric, "rate", "share", "neither") for metric in ERROR_RATES),
        _spec("band_rate", "rate", "share", "neither", "band"),
        _spec("class_rate", "rate", "share", "neither", "class"),
        _spec("recall", "rate", "share", "higher", "class"),
        _spec("mean_error", "score", "target", "nearer_zero"),
        _spec("mean_absolute_error", "score", "target", "lower"),
        _spec("error_difference", "difference", "target", "nearer_zero"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
