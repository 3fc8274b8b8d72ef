"""The verdict on impact ratios against the most favoured group (decisions: the highest rate as reference)."""

from explainaudit.judging.certainty import uncertain
from explainaudit.judging.matching import limit_of, matching
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
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
        if "group" in criterion.dimensions and not compared:
            verdicts.append(_unjudged(criterion, of_feature[0], "one_reference"))
            continue
        found = _verdict(evidence, criterion, feature, compared)
        compares = found.message.key not in {"verdict.impact.none", "verdict.impact.one_small"}
        verdicts.append(uncertain(evidence, found, whole_counts=whole_counts) if compares else found)
    return verdicts


def _unjudged(criterion: Criterion, measure: Measure, said: str) -> Verdict:
    """Return the verdict on the one group named, which is the reference itself or too small."""
    params = {
        name: Name(text=measure.dimensions[of]) for name, of in (("feature", "sensitive"), ("group", "group"))
    }
    is_reference = said == "one_reference"
    return Verdict(
        criterion=criterion,
        dimensions=measure.dimensions,
        status="not_assessed" if is_reference else "inconclusive",
        reason="not_applicable" if is_reference else None,
        message=Message.model_validate({"key": f"verdict.impact.{said}", "params": params}),
        measures=(measure.id,),
        numbers=(limit_of(criterion, measure.unit),),
    )


def _verdict(evidence: Evidence, criterion: Criterion, feature: str, compared: list[Measure]) -> Verdict:
    least = criterion.at_least if criterion.at_least is not None else 0.0
    decisive = {
        measure.id: found
        for measure in compared
        if (found := evidence.measure("impact_ratio_decisive", **measure.dimensions).interval) is not None
    }
    judged = [measure for measure in compared if measure.id in decisive]
    one = "group" in criterion.dimensions
    dimensions = {"sensitive": feature} | ({"group": criterion.dimensions["group"]} if one else {})
    if one and not judged:
        return _unjudged(criterion, compared[0], "one_small")
    if not judged:
        message = Message(key="verdict.impact.none", params={"feature": Name(text=feature)})
        given = {"criterion": criterion, "dimensions": dimensions, "message": message}
        limits = tuple(limit_of(criterion, each.unit) for each in compared[:1])
        return Verdict.model_validate({**given, "status": "inconclusive", "numbers": limits})
    below = [measure for measure in judged if decisive[measure.id].high < least]
    sure = [each for each in judged if each.tier == "reportable" and decisive[each.id].low >= least]
    status: Status = "does_not_meet" if below else "meets" if len(sure) == len(compared) else "inconclusive"
    small = status == "inconclusive" and all(decisive[each.id].low >= least for each in judged)
    unsure = [each for each in compared if each not in sure] if small else []
    # The smallest comes first, so that an edition that withholds it withholds its name.
    unsure.sort(key=lambda each: (each.smallest_cell or 0, each.id))
    deciding = unsure[0] if small else min(below or judged, key=lambda each: decisive[each.id].low)
    limit = limit_of(criterion, deciding.unit)
    params: dict[str, Param] = {"feature": Name(text=feature), "limit": limit.ref()}
    params |= {"groups": Series(items=tuple(map(_small, unsure)))} if small else _shown(evidence, deciding)
    said = "small" if small else f"one_{status}" if one else status
    return Verdict(
        criterion=criterion,
        dimensions=dimensions,
        status=status,
        message=Message(key=f"verdict.impact.{said}", params=params),
        measures=(deciding.id, *(measure.id for measure in compared if measure.id != deciding.id)),
        numbers=(limit,),
    )


def _shown(evidence: Evidence, deciding: Measure) -> dict[str, Param]:
    """Return the deciding group with its ratio and the limits that decide.

    Not its interval against the highest observed rate alone, which may lie wholly beyond a limit that it
    does not settle, or hold one that is settled.
    """
    shown = evidence.measure("impact_ratio_decisive", **deciding.dimensions)
    group = Name(text=deciding.dimensions["group"])
    return {"group": group, "ratio": deciding.ref(), "interval": shown.ref("interval")}


def _small(measure: Measure) -> Message:
    """Return a group's name and size; it refers to its figure, and so is withheld with it."""
    params = {"group": Name(text=measure.dimensions["group"]), "n": measure.ref("n")}
    return Message.model_validate({"key": "verdict.impact.small_group", "params": params})
