"""What a plan must keep to beyond its form: parts that fit together, criteria that can be answered."""

from collections.abc import Mapping, Sequence

from explainaudit.analysis import Analysis
from explainaudit.errors import UsageError, most_like
from explainaudit.planning.group_rules import check_groups
from explainaudit.records.measure import MeasureSpec
from explainaudit.records.plan import LARGEST, Criterion, Measuring, Plan, joined_name
from explainaudit.records.statements import STATEMENT_KEYS


def check_plan(plan: Plan, analyses: Sequence[Analysis], where: str) -> None:
    """Refuse a plan whose parts do not fit together.

    Raises `UsageError`: sensitive features without a favourable decision, columns of groups that do not
    fit together, verdicts that cannot be adjusted, or a criterion on a measure that no analysis makes.
    """
    measuring = plan.measuring
    _check_decision(measuring, where)
    check_groups(measuring, where)
    columns = [feature.column for feature in measuring.sensitive]
    columns += [joined_name(columns_of) for columns_of in measuring.resolved_intersections()]
    for name in plan.human.statements:
        if name not in STATEMENT_KEYS:
            place = f"{where}: statements.{name}"
            raise UsageError("E205", where=place, nearest=most_like(name, STATEMENT_KEYS))
    if plan.familywise and measuring.data is not None and measuring.data.cluster is not None:
        raise UsageError("E268", where=f"{where}: criteria.familywise")
    known = {f"{analysis.name}.{spec.metric}": spec for analysis in analyses for spec in analysis.measures}
    for number, criterion in enumerate(plan.criteria, start=1):
        place = f"{where}: criteria, entry {number}"
        _check_criterion(criterion, known, columns, place)


def _check_decision(measuring: Measuring, where: str) -> None:
    """Refuse a decision that the task cannot have, or that does not say what is good for the person."""
    place, decision, task = f"{where}: decision", measuring.decision, measuring.task.type
    favourable = decision.favourable
    if task == "binary" and favourable is None and (measuring.sensitive or decision.bands is not None):
        raise UsageError("E206", where=f"{place}.favourable")
    if task != "binary" and (decision.bands is not None or decision.threshold is not None):
        raise UsageError("E228", where=place, task=task)
    named = isinstance(favourable, tuple)
    if favourable is not None and named != (task == "multiclass" or decision.bands is not None):
        raise UsageError("E229", where=f"{place}.favourable")
    if task == "regression" and (favourable is not None or measuring.costs is not None):
        raise UsageError("E228", where=place, task=task)
    for actual, costs in (measuring.costs or {}).items():
        for predicted, cost in costs.items():
            if abs(cost) > LARGEST:
                raise UsageError("E240", where=f"{where}: costs.{actual}.{predicted}")


def _check_criterion(
    criterion: Criterion, known: Mapping[str, MeasureSpec], columns: Sequence[str], place: str
) -> None:
    """Refuse a criterion that no measure of the run can answer, or that has not one limit."""
    if criterion.measure not in known:
        nearest = most_like(criterion.measure, list(known))
        raise UsageError("E209", where=place, name=criterion.measure, nearest=nearest)
    if (criterion.at_least is None) == (criterion.at_most is None):
        raise UsageError("E210", where=place)
    if criterion.measure == "fairness.impact_ratio" and criterion.at_least is None:
        raise UsageError("E220", where=place)
    spec = known[criterion.measure]
    if not spec.takes_criterion:
        raise UsageError("E262", where=place, name=criterion.measure)
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most
    if spec.better == "nearer_zero" and (criterion.at_least is not None or (limit or 0) < 0):
        raise UsageError("E261", where=place)
    signed = spec.unit == "points" and abs(limit or 0) > 1
    if signed or (spec.unit in {"share", "ratio", "gap"} and not 0 <= (limit or 0) <= 1):
        raise UsageError("E226", where=place)
    unknown = set(criterion.dimensions) - set(spec.dimensions)
    if unknown:
        raise UsageError("E211", where=place, names=", ".join(sorted(unknown)))
    feature = criterion.dimensions.get("sensitive")
    if feature is not None and feature not in columns:
        raise UsageError("E205", where=f"{place}: {feature}", nearest=most_like(feature, columns))
