"""The verdict on impact ratios against the most favoured group (decisions: the highest rate as reference)."""

from explainaudit.judging.certainty import uncertain
from explainaudit.judging.matching import limit_of, matching, nothing_to_judge
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Status, Verdict


def impact_verdicts(evidence: Evidence, criterion: Criterion, *, whole_counts: bool = True) -> list[Verdict]:
    """Return one verdict per sensitive feature that the criterion speaks of.

    The limits that decide are those of the ratio to the highest true rate, whichever group has it
    (`explainaudit.stats.comparison.impact_ratios`). Meets if the lower limit of every group is at
    least the criterion; does not meet if some group's upper limit is below it. A group below
    ``reportable`` can never count towards Meets, so with one the verdict is at best inconclusive.

    Parameters
    ----------
    evidence : Evidence
        That of the fairness analysis.
    criterion : Criterion
        The least ratio that is asked for.
    whole_counts : bool
        Whether rows are persons drawn one by one, so that one different decision can be tried.
    """
    ratios = matching(evidence, "impact_ratio", criterion.dimensions)
    features = sorted({measure.dimensions["sensitive"] for measure in ratios})
    verdicts = []
    for feature in features:
        of_feature = [measure for measure in ratios if measure.dimensions["sensitive"] == feature]
        compared = [measure for measure in of_feature if measure.reason not in {"reference", "missing_group"}]
        found = _verdict(evidence, criterion, feature, compared)
        verdicts.append(uncertain(evidence, found, whole_counts=whole_counts))
    return verdicts or [nothing_to_judge(criterion)]


def _verdict(evidence: Evidence, criterion: Criterion, feature: str, compared: list[Measure]) -> Verdict:
    least = criterion.at_least if criterion.at_least is not None else 0.0
    decisive = {
        measure.id: found
        for measure in compared
        if (found := evidence.measure("impact_ratio_decisive", **measure.dimensions).interval) is not None
    }
    judged = [measure for measure in compared if measure.id in decisive]
    dimensions = {"sensitive": feature}
    if not judged:
        message = Message(key="verdict.impact.none", params={"feature": Name(text=feature)})
        given = {"criterion": criterion, "dimensions": dimensions, "message": message}
        limits = tuple(limit_of(criterion, each) for each in compared[:1])
        return Verdict.model_validate({**given, "status": "inconclusive", "numbers": limits})
    below = [measure for measure in judged if decisive[measure.id].high < least]
    sure = [each for each in judged if each.tier == "reportable" and decisive[each.id].low >= least]
    status: Status = "does_not_meet" if below else "meets" if len(sure) == len(compared) else "inconclusive"
    deciding = min(below or judged, key=lambda measure: decisive[measure.id].low)
    limit = limit_of(criterion, deciding)
    return Verdict(
        criterion=criterion,
        dimensions=dimensions,
        status=status,
        message=Message(
            key=f"verdict.impact.{status}",
            params={
                "feature": Name(text=feature),
                "group": Name(text=deciding.dimensions["group"]),
                "ratio": deciding.ref(),
                "interval": deciding.ref("interval"),
                "limit": limit.ref(),
            },
        ),
        measures=(deciding.id, *(measure.id for measure in compared if measure.id != deciding.id)),
        numbers=(limit,),
    )
