"""Which differences between groups deserve a reader's attention."""

from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.verdict import Flag


def low_rates(evidence: Evidence) -> list[Flag]:
    """Flag groups whose rate is below the highest beyond chance, whichever group has that."""
    flags = []
    for each in evidence.measures:
        if each.metric == "impact_ratio_decisive" and each.interval is not None and each.interval.high < 1:
            ratio = evidence.measure("impact_ratio", **each.dimensions)
            flags.append(_flag("FAIR01", ratio, {"ratio": ratio.ref(), "interval": ratio.ref("interval")}))
    return flags


def often_missing(evidence: Evidence, share: float) -> list[Flag]:
    """Flag features that are missing in more than a share of the rows."""
    flags = []
    sizes = [each for each in evidence.measures if each.metric == "group_size"]
    for each in sizes:
        feature = each.dimensions["sensitive"]
        total = sum(other.value or 0.0 for other in sizes if other.dimensions["sensitive"] == feature)
        if "group_missing" in each.dimensions and (each.value or 0.0) > share * total:
            flags.append(_flag("FAIR02", each, {"n": each.ref()}))
    return flags


def apart(evidence: Evidence) -> list[Flag]:
    """Flag groups whose mean error differs from that of the others beyond chance.

    Of two groups each is the other's mirror: one is flagged, that of the larger mean error.
    """
    by_feature: dict[str, list[Measure]] = {}
    for each in evidence.measures:
        if each.metric == "error_difference" and each.n and "group" in each.dimensions:
            by_feature.setdefault(each.dimensions["sensitive"], []).append(each)
    flags = []
    for found in by_feature.values():
        furthest = max(found, key=lambda each: abs(_own(evidence, each)))
        for each in [furthest] if len(found) == 2 else found:
            # Errors that are all alike differ by rounding, with an interval as narrow.
            real = abs(each.value or 0.0) > 1e-9 * abs(_own(evidence, each))
            if real and each.interval is not None and not each.interval.low <= 0 <= each.interval.high:
                flags.append(_flag("FAIR03", each, {"gap": each.ref(), "interval": each.ref("interval")}))
    return flags


def _own(evidence: Evidence, difference: Measure) -> float:
    return evidence.measure("mean_error", **difference.dimensions).value or 0.0


def _flag(code: str, deciding: Measure, params: dict[str, Param]) -> Flag:
    params = {"feature": Name(text=deciding.dimensions["sensitive"]), **params}
    if "group" in deciding.dimensions:
        params["group"] = Name(text=deciding.dimensions["group"])
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))
