"""Are groups treated alike?"""

from collections.abc import Callable, Mapping

from explainaudit.analyses.fairness.answers import largest_difference, lowest_ratio, several
from explainaudit.analyses.fairness.errors import ERROR_RATES, error_rates, error_tables
from explainaudit.analyses.fairness.flags import apart, low_rates, often_missing
from explainaudit.analyses.fairness.groups import Group, groups_of, left_out, most_telling, too_small
from explainaudit.analyses.fairness.outcomes import by_ratio, outcome_table, outcomes, reproduction_table
from explainaudit.analyses.fairness.pictures import error_figure, ratio_figure
from explainaudit.analyses.fairness.residuals import by_difference, residual_tables, residuals
from explainaudit.analyses.fairness.shares import parted, recalls
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.stats.tiers import size_tier
from explainaudit.wording.writer import Writer

Found = tuple[list[Table], list[Measure], list[Limitation]]


class FairnessSettings(Settings):
    """When missing values of a sensitive feature deserve attention."""

    missing_share: float = 0.05


def measure(responses: Responses, _settings: FairnessSettings) -> Evidence:
    """Compare decisions and errors of groups, in the form that the task has them.

    Raises `NotApplicable` without sensitive features, or without a row.
    """
    if not responses.sensitive or responses.scored.empty:
        raise NotApplicable("input_missing")
    by_task: Mapping[str, Callable[[Responses, list[Group]], Found]] = {
        "binary": _binary,
        "multiclass": _multiclass,
        "regression": _regression,
    }
    measures: list[Measure] = []
    tables: list[Table] = []
    limitations: list[Limitation] = []
    for sensitive in responses.sensitive:
        found = by_task[responses.task.type](responses, groups_of(responses, sensitive))
        tables += found[0]
        measures += found[1]
        limitations += found[2]
    if responses.task.type != "regression" and responses.decision.favourable is None:
        message = Message(key="limitation.no_favourable")
        limitations.append(Limitation(code="no_favourable", message=message, touches=("fairness",)))
    return Evidence(
        analysis="fairness",
        answer=_answer(responses, measures),
        measures=tuple(measures),
        tables=tuple(tables),
        limitations=tuple(limitations),
    )


def _answer(responses: Responses, measures: list[Measure]) -> Message:
    if responses.task.type == "regression":
        return largest_difference(measures)
    if responses.decision.favourable is None:
        return Message(key="answer.fairness.no_favourable")
    return lowest_ratio(measures)


def _decided(responses: Responses, groups: list[Group]) -> tuple[Found, list[Group], list[Table]]:
    """Return who was decided favourably, the groups that tables show, and what comes after all else."""
    if responses.decision.favourable is None:
        sizes = [group.size for group in groups]
        tiers = (size_tier(group.design.worth()) for group in groups)
        judged = [each.model_copy(update={"tier": sure}) for each, sure in zip(sizes, tiers, strict=True)]
        few = too_small(groups[0].feature, judged, "small_sizes")
        return ([], sizes, few), most_telling(groups, {}), []
    found = outcomes(groups, responses.scored["favourable"].fillna(value=False).to_numpy(dtype=bool))
    shown = most_telling(groups, by_ratio(found))
    notes, more = left_out(f"outcomes:{groups[0].feature}", len(groups) - len(shown))
    rates = [each for each in found if each.metric == "selection_rate"]
    few = too_small(groups[0].feature, rates, "small_groups")
    first = outcome_table(shown, found, (*_weighted(responses), *notes))
    return ([first], [*found, *more], few), shown, [reproduction_table(shown, found)]


def _weighted(responses: Responses) -> tuple[Message, ...]:
    """Return the note that says what weights and clusters change, where the plan names some."""
    return () if Design.of(responses.scored).simple else (Message(key="note.design"),)


def _binary(responses: Responses, groups: list[Group]) -> Found:
    (tables, measures, few), shown, last = _decided(responses, groups)
    if responses.decision.bands is not None:
        names = tuple(band.name for band in responses.decision.bands)
        table, more = parted(groups, shown, responses.scored["band"], names, kind="band")
        tables, measures = [*tables, table], [*measures, *more]
    errors = error_rates(groups, responses.scored, str(responses.task.event))
    return [*tables, *error_tables(shown, errors), *last], [*measures, *errors], few


def _multiclass(responses: Responses, groups: list[Group]) -> Found:
    (tables, measures, few), shown, last = _decided(responses, groups)
    classes = responses.model.classes
    shares, of_class = parted(groups, shown, responses.scored["predicted"], classes, kind="class")
    table, recalled = recalls(groups, shown, responses.scored, classes)
    return [*tables, shares, table, *last], [*measures, *of_class, *recalled], few


def _regression(responses: Responses, groups: list[Group]) -> Found:
    found = residuals(groups, responses.scored)
    shown = most_telling(groups, by_difference(found))
    notes, more = left_out(f"residuals:{groups[0].feature}", len(groups) - len(shown))
    means = [each for each in found if each.metric == "mean_error"]
    tables = residual_tables(shown, found, (*_weighted(responses), *notes))
    return tables, [*found, *more], too_small(groups[0].feature, means, "small_sizes")


def judge(evidence: Evidence, settings: FairnessSettings) -> tuple[Flag, ...]:
    """Flag groups that differ beyond chance, and features that are often missing."""
    return (*low_rates(evidence), *often_missing(evidence, settings.missing_share), *apart(evidence))


def draw(evidence: Evidence, verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the impact ratios of each feature, or the mean errors of a regression."""
    figures = []
    for table in evidence.tables:
        # Of one group there is nothing to compare, and nothing to draw.
        if not several(evidence.measures, table.name.partition(":")[2]):
            continue
        if table.name.startswith("outcomes:"):
            figures.append(ratio_figure(evidence, table, verdicts, writer))
        elif table.name.startswith("residuals:"):
            figures.append(error_figure(evidence, table, writer))
    return tuple(figures)


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
