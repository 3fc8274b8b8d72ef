"""What a criterion speaks of: its measures, its limit, and what is said when there is nothing."""

from collections.abc import Sequence

from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, MeasureSpec, Unit
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Flag, Verdict


def matching(evidence: Evidence, metric: str, dimensions: dict[str, str]) -> list[Measure]:
    """Return the measures of a metric whose dimensions include those given.

    Rows without a group are no group: no criterion speaks of them.
    """
    return [
        measure
        for measure in evidence.measures
        if measure.metric == metric
        and dimensions.items() <= measure.dimensions.items()
        and "group_missing" not in measure.dimensions
    ]


def spoken_of(evidence: Evidence, criterion: Criterion) -> Evidence:
    """Return evidence without intersections, unless the criterion names one: features are meant alone."""
    crossed = {each.dimensions["sensitive"] for each in evidence.measures if each.metric == "crossed"}
    if not crossed or "sensitive" in criterion.dimensions:
        return evidence
    alone = (each for each in evidence.measures if each.dimensions.get("sensitive") not in crossed)
    return evidence.model_copy(update={"measures": tuple(alone)})


def nothing_to_judge(criterion: Criterion, spec: MeasureSpec | None) -> Verdict:
    """Return the verdict for a criterion that no measure of the bundle answers."""
    given = {"criterion": criterion, "dimensions": criterion.dimensions, "reason": "not_applicable"}
    limit = limit_of(
        criterion, "number" if spec is None else spec.unit, either=is_either_way(criterion, spec)
    )
    verdict = Verdict.model_validate(
        {**given, "status": "not_assessed", "message": {"key": "verdict.nothing"}}
    )
    verdict = verdict.model_copy(update={"numbers": (limit,)})
    params = {"measure": verdict.called, "limit": verdict.limit}
    return verdict.model_copy(
        update={"message": Message.model_validate({"key": "verdict.nothing", "params": params})}
    )


def unanswered(bundle: Bundle, verdicts: Sequence[Verdict]) -> list[Flag]:
    """Return CRIT01 for every criterion that no measure of the bundle answers: what it guards is not guarded.

    It stands in the section of its analysis, by a measure of it that every edition shows.
    """
    flags = []
    for verdict in verdicts:
        if verdict.message.key != "verdict.nothing":
            continue
        message = Message(key="flag.CRIT01", params={"measure": verdict.called})
        evidence = bundle.of(verdict.criterion.measure.partition(".")[0])
        found = () if evidence is None else evidence.measures
        shown = sorted(found, key=lambda each: (each.kind == "fact", each.smallest_cell or 0))[-1:]
        measures = tuple(each.id for each in shown)
        flags.append(Flag(code="CRIT01", level="caution", message=message, measures=measures))
    return flags


def is_either_way(criterion: Criterion, spec: MeasureSpec | None) -> bool:
    """Return whether a limit bounds the size of a figure that may lie on both sides of 0."""
    return spec is not None and spec.better == "nearer_zero" and criterion.at_most is not None


def limit_of(criterion: Criterion, like: Unit, *, either: bool = False) -> Measure:
    """Return the criterion's limit as a measure, so that the printed number has a record.

    Its unit is that of the figure it is ``like``. ``either`` is true where it bounds the size of a figure, on
    both sides of 0.
    """
    most = "at_most_either_way" if either else "at_most"
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most
    # A limit is printed as it was declared: points without the sign of a difference.
    unit = "gap" if like == "points" else like
    return Measure(
        analysis="criteria",
        metric="at_least" if criterion.at_least is not None else most,
        dimensions={"measure": criterion.measure, **criterion.dimensions, "limit": repr(limit)},
        value=limit,
        unit=unit,
        kind="fact",
    )
