"""What a criterion speaks of: its measures, its limit, and what is said when there is nothing."""

from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Verdict


def matching(evidence: Evidence, metric: str, dimensions: dict[str, str]) -> list[Measure]:
    """Return the measures of a metric whose dimensions include those given."""
    return [
        measure
        for measure in evidence.measures
        if measure.metric == metric and dimensions.items() <= measure.dimensions.items()
    ]


def nothing_to_judge(criterion: Criterion) -> Verdict:
    """Return the verdict for a criterion that no measure of the bundle answers."""
    why = Message(key="not_assessed.insufficient")
    return Verdict(
        criterion=criterion,
        dimensions=criterion.dimensions,
        status="not_assessed",
        reason="insufficient",
        message=Message(key="verdict.not_assessed", params={"why": why}),
    )


def limit_of(criterion: Criterion, like: Measure) -> Measure:
    """Return the criterion's limit as a measure, so that the printed number has a record."""
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most
    return Measure(
        analysis="criteria",
        metric="at_least" if criterion.at_least is not None else "at_most",
        dimensions={"measure": criterion.measure, **criterion.dimensions, "limit": repr(limit)},
        value=limit,
        unit=like.unit,
        kind="fact",
    )
