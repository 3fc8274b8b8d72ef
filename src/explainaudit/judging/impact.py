"""The verdict on impact ratios against the most favoured group (decisions: the highest rate as reference)."""

from explainaudit.judging.matching import limit_of, matching, nothing_to_judge
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Status, Verdict


def impact_verdicts(evidence: Evidence, criterion: Criterion) -> list[Verdict]:
    """Return one verdict per sensitive feature that the criterion speaks of.

    The limits that decide are those of the ratio to the highest true rate, whichever group has it
    (`explainaudit.stats.comparison.impact_ratios`). Meets if the lower limit of every group is at
    least the criterion; does not meet if some group's upper limit is below it. A group below
    ``reportable`` can never count towards Meets, so with one the verdict is at best inconclusive.
    """
    ratios = matching(evidence, "impact_ratio", criterion.dimensions)
    features = sorted({measure.dimensions["sensitive"] for measure in ratios})
    verdicts = []
    for feature in features:
        of_feature = [measure for measure in ratios if measure.dimensions["sensitive"] == feature]
        compared = [measure for measure in of_feature if measure.reason not in {"reference", "missing_group"}]
        verdicts.append(_verdict(evidence, criterion, feature, compared))
    return verdicts or [nothing_to_judge(criterion)]


def _verdict(evidence: Evidence, criterion: Criterion, feature: str, compared: list[Measure]) -> Verdict:
    limit = criterion.at_least if criterion.at_least is not None else 0.0
    limits = {
        measure.id: decisive
        for measure in compared
        if (decisive := evidence.measure("impact_ratio_decisive", **measure.dimensions).interval) is not None
    }
    judged = [measure for measure in compared if measure.id in limits]
    below = [measure for measure in judged if limits[measure.id].high < limit]
    status: Status
    if below:
        status = "does_not_meet"
    elif len(judged) == len(compared) > 0 and all(
        measure.tier == "reportable" and limits[measure.id].low >= limit for measure in judged
    ):
        status = "meets"
    else:
        status = "inconclusive"
    if not judged:
        message = Message(key="verdict.impact.none", params={"feature": Name(text=feature)})
        return Verdict(
            criterion=criterion, dimensions={"sensitive": feature}, status="inconclusive", message=message
        )
    deciding = min(below or judged, key=lambda measure: measure.interval.low if measure.interval else 0.0)
    shown = limit_of(criterion, deciding)
    return Verdict(
        criterion=criterion,
        dimensions={"sensitive": feature},
        status=status,
        message=Message(
            key=f"verdict.impact.{status}",
            params={
                "feature": Name(text=feature),
                "group": Name(text=deciding.dimensions["group"]),
                "ratio": deciding.ref(),
                "interval": deciding.ref("interval"),
                "limit": shown.ref(),
            },
        ),
        measures=(deciding.id, *(measure.id for measure in compared if measure.id != deciding.id)),
        numbers=(shown,),
    )
