"""Which differences between groups deserve a reader's attention."""

from collections.abc import Iterable

from explainaudit.analyses.fairness.answers import reference_of
from explainaudit.analyses.fairness.classes import RATES as CLASS_RATES
from explainaudit.analyses.fairness.compared import apart
from explainaudit.analyses.fairness.errors import COMPARED_RATES
from explainaudit.analyses.fairness.ll144_words import SETTINGS
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.verdict import Flag

Named = dict[str, Measure]


def flagged(evidence: Evidence, missing_share: float) -> tuple[Flag, ...]:
    """Return all flags: low rates, features often missing, mean errors and error rates that lie apart.

    "Apart" means: still below 5 % after Holm's adjustment over all comparisons that were made.
    """
    by_id = {each.id: each for each in evidence.measures}
    crossed = {each.dimensions["sensitive"] for each in evidence.measures if each.metric == "crossed"}
    alone = [each for each in evidence.measures if each.dimensions.get("sensitive") not in crossed]
    together = [each for each in evidence.measures if each.dimensions.get("sensitive") in crossed]
    return (
        *_low_rates(_gaps(alone, "difference", by_id), by_id),
        *_lowest_intersections(_gaps(together, "difference", by_id), by_id),
        *_often_missing(alone, missing_share),
        *_mean_errors(_gaps(alone, "error_difference", by_id), by_id),
        *(flag for rate in (*COMPARED_RATES, *CLASS_RATES) for flag in _error_rates(rate, alone, by_id)),
        *_no_tables(evidence),
    )


def _gaps(measures: Iterable[Measure], metric: str, by_id: Named) -> list[Measure]:
    """Return the gaps of a kind that Holm's adjustment leaves below the level."""
    return apart((each for each in measures if each.metric == metric), by_id)


def _like(metric: str, gap: Measure, by_id: Named) -> Measure:
    return by_id[measure_id("fairness", metric, gap.dimensions)]


def _low_rates(gaps: list[Measure], by_id: Named) -> list[Flag]:
    """Flag groups whose rate is below the highest beyond chance."""
    flags = []
    for each in gaps:
        ratio = _like("impact_ratio", each, by_id)
        params: dict[str, Param] = {"ratio": ratio.ref(), "interval": ratio.ref("interval")}
        flags.append(_flag("FAIR01", ratio, params, _of_rate("FAIR01", each, by_id)))
    return flags


def _of_rate(code: str, gap: Measure, by_id: Named) -> str:
    """Return the sentence of a flag, by its rate: of a regression nobody is decided about."""
    scoring = measure_id("fairness", "scoring_rate", gap.dimensions) in by_id
    return f"{code}_{'scoring' if scoring else 'selection'}"


def _lowest_intersections(gaps: list[Measure], by_id: Named) -> list[Flag]:
    """Flag the lowest group of each intersection: the others stand in its table."""
    lowest: Named = {}
    for each in gaps:
        ratio = _like("impact_ratio", each, by_id)
        held = lowest.get(each.dimensions["sensitive"])
        if held is None or (ratio.value or 0.0) < (held.value or 0.0):
            lowest[each.dimensions["sensitive"]] = ratio
    return [
        _flag(
            "FAIR05",
            each,
            {"ratio": each.ref(), "interval": each.ref("interval")},
            _of_rate("FAIR05", each, by_id),
        )
        for each in lowest.values()
    ]


def _often_missing(measures: list[Measure], share: float) -> list[Flag]:
    """Flag features that are missing in more than a share of the rows."""
    flags = []
    sizes = [
        each for each in measures if each.metric == "group_size" and "groups_left_out" not in each.dimensions
    ]
    for each in sizes:
        feature = each.dimensions["sensitive"]
        total = sum(other.value or 0.0 for other in sizes if other.dimensions["sensitive"] == feature)
        if "group_missing" in each.dimensions and (each.value or 0.0) > share * total:
            flags.append(_flag("FAIR02", each, {"n": each.ref()}))
    return flags


def _mean_errors(gaps: list[Measure], by_id: Named) -> list[Flag]:
    """Flag groups whose mean error differs from that of the others beyond chance.

    Of two groups each is the other's mirror: one is flagged, that of the larger mean error.
    """
    by_feature: dict[str, list[Measure]] = {}
    for each in gaps:
        by_feature.setdefault(each.dimensions["sensitive"], []).append(each)
    flags = []
    for found in by_feature.values():
        mirrored = len(found) == 2 and abs((found[0].value or 0.0) + (found[1].value or 0.0)) <= 1e-9 * abs(
            found[0].value or 0.0
        )
        furthest = max(found, key=lambda each: abs(_like("mean_error", each, by_id).value or 0.0))
        flags += [
            _flag("FAIR03", each, {"gap": each.ref(), "interval": each.ref("interval")})
            for each in ([furthest] if mirrored else found)
        ]
    return flags


def _error_rates(rate: str, measures: list[Measure], by_id: Named) -> list[Flag]:
    """Flag, for each feature, the group whose error rate is furthest from that of the reference.

    Of several classes it is the group and the class in which it is furthest.
    """
    furthest: Named = {}
    for each in _gaps(measures, f"{rate}_difference", by_id):
        held = furthest.get(each.dimensions["sensitive"])
        if held is None or abs(each.value or 0.0) > abs(held.value or 0.0):
            furthest[each.dimensions["sensitive"]] = each
    flags = []
    for each in furthest.values():
        reference = reference_of(each, measures).dimensions["group"]
        params: dict[str, Param] = {
            "rate": Message(key=f"measure.fairness.{rate}"),
            "reference": Name(text=reference),
            "gap": each.ref(),
            "interval": each.ref("interval"),
        }
        if "class" in each.dimensions:
            params["class"] = Name(text=each.dimensions["class"])
        flags.append(
            _flag("FAIR04", each, params, f"FAIR04_{rate if 'class' in each.dimensions else 'rate'}")
        )
    return flags


def _no_tables(evidence: Evidence) -> list[Flag]:
    """Flag tables in the shape of Local Law 144 that are asked for, and not made."""
    return [
        Flag(
            code="FAIR06",
            level="caution",
            message=Message(key="flag.FAIR06", params={"where": each.message.params["where"]}),
            measures=each.measures,
        )
        for each in evidence.limitations
        if each.code == SETTINGS
    ]


def _flag(code: str, deciding: Measure, params: dict[str, Param], sentence: str | None = None) -> Flag:
    params = {"feature": Name(text=deciding.dimensions["sensitive"]), **params}
    if "group" in deciding.dimensions:
        params["group"] = Name(text=deciding.dimensions["group"])
    message = Message(key=f"flag.{sentence or code}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))
