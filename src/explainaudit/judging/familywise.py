"""Verdicts adjusted for their number: Holm's method over the criteria's own one-sided tests."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import get_args

import numpy as np

from explainaudit.judging.certainty import RATES
from explainaudit.judging.matching import is_either_way
from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.verdict import Claim, Status, Verdict
from explainaudit.stats.comparison import pairs_at_boundary
from explainaudit.stats.many_ratios import ratio_distances
from explainaudit.stats.one_sided import distance, wilson_size
from explainaudit.stats.significance import holm

ONE_SIDE = 0.025  # of a two-sided 95 % interval
ROUNDING = 1e-9  # an interval that ends at its limit has p = 0.025, give or take the last digits


def adjusted(verdicts: Sequence[Verdict], bundle: Bundle, known: Mapping[str, MeasureSpec]) -> list[Verdict]:
    """Return verdicts of which, with a chance of 97.5 % a side, not one is false.

    The tests of "meets" are one family and those of "does not meet" another; each is as large as there are
    verdicts, and Holm's method (Holm 1979) runs over it at 2.5 %, however the figures hang together. What
    was said on its own and does not hold up against the others becomes inconclusive. A verdict that claims
    nothing on its own has p = 1: it counts, and is never claimed.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Each by its own interval.
    bundle : Bundle
        What they rest on.
    known : mapping of str to MeasureSpec
        By ``analysis.metric``: which figures are judged either way.
    """
    by_claim: dict[Status, list[float | None]] = {}
    for claim in get_args(Claim):
        alone = [None if each.status == "not_assessed" else 1.0 for each in verdicts]
        for place, verdict in enumerate(verdicts):
            if verdict.status == claim:
                alone[place] = p_value(verdict, bundle, known.get(verdict.criterion.measure))
        by_claim[claim] = holm(alone)
    found = []
    for place, verdict in enumerate(verdicts):
        p = by_claim[verdict.status][place] if verdict.status in by_claim else None
        found.append(_alone(verdict) if p is None else _with(verdict, p))
    return found


def _alone(verdict: Verdict) -> Verdict:
    """Return a verdict without the rows that would settle it: they were counted for a verdict on its own."""
    numbers = tuple(each for each in verdict.numbers if each.metric != "rows_needed")
    also = tuple(each for each in verdict.also if each.key != "verdict.impact.needed")
    return verdict.model_copy(update={"numbers": numbers, "also": also})


def p_value(verdict: Verdict, bundle: Bundle, spec: MeasureSpec | None) -> float:
    """Return the one-sided p-value of what a verdict claims, not adjusted: at most 2.5 %."""
    criterion = verdict.criterion
    analysis, _, metric = criterion.measure.partition(".")
    if metric == "impact_ratio":
        evidence = bundle.of(analysis)
        return 1.0 if evidence is None else _of_ratios(evidence, verdict)
    measure = bundle.measures()[verdict.measures[0]]
    if criterion.at_least is not None:
        above = _distance(measure, criterion.at_least)
    else:
        most = criterion.at_most or 0.0
        above = -_distance(measure, most)
        if is_either_way(criterion, spec):
            above = min(above, _distance(measure, -most))
    if math.isinf(above):
        return 0.0  # nothing lies beyond such a limit, or the interval has no width
    return NormalDist().cdf(-above if verdict.status == "meets" else above)


def _distance(measure: Measure, limit: float) -> float:
    if measure.value is None or measure.interval is None:
        return 0.0
    return distance(measure.value, measure.interval, limit, measure.unit)


def _of_ratios(evidence: Evidence, verdict: Verdict) -> float:
    """Return the p-value of a verdict on impact ratios, from the tests that its deciding limits invert.

    "Meets" says that every pair of a group and a possible reference passes: the largest p of a pair.
    "Does not meet" says that one fails: the smallest, times the number of pairs that can stand at the limit
    at once. The (effective) counts are those of the printed rates and their intervals.
    """
    feature, least = verdict.dimensions["sensitive"], verdict.numbers[0].value or 0.0
    of_feature = [each for each in evidence.measures if each.dimensions.get("sensitive") == feature]
    compared = [each for each in of_feature if each.metric == "impact_ratio_decisive" and each.interval]
    reference = [each for each in of_feature if (each.metric, each.reason) == ("impact_ratio", "reference")]
    names = [each.dimensions["group"] for each in (*reference, *compared)]
    metric = next(each.metric for each in evidence.measures if each.metric in RATES)
    rates = (evidence.measure(metric, sensitive=feature, group=name) for name in names)
    counts = np.array([_counts(rate) for rate in rates])
    # A ratio of at least 0 is no question; nothing lies below it.
    far = ratio_distances(counts, counts, least) if least > 0 else np.full((len(names),) * 2, np.inf)
    # The reference stands first, and is compared with nobody.
    asked = [place for place, name in enumerate(names) if name == verdict.dimensions.get("group", name)]
    pairs = [(one, other) for one in asked if one > 0 for other in range(len(names)) if other != one]
    distances = [float(far[pair]) for pair in pairs]
    if verdict.status == "meets":
        return NormalDist().cdf(-min(distances))
    return min(1.0, pairs_at_boundary(len(names), len(names)) * NormalDist().cdf(min(distances)))


def _counts(rate: Measure) -> tuple[float, float]:
    share, interval = rate.value or 0.0, rate.interval
    if interval is None:
        return 0.0, 1.0
    end = interval.high if share < 0.5 else interval.low
    size = wilson_size(share, end, interval.level)
    return share * size, size


def _with(verdict: Verdict, p: float) -> Verdict:
    """Return a verdict with its adjusted p-value; without its claim, where that does not hold."""
    number = Measure(
        analysis="criteria",
        metric="p_holm",
        dimensions={**verdict.numbers[0].dimensions, **verdict.dimensions},
        value=p,
        unit="p_value",
        kind="fact",
    )
    said = {"p": number.ref(), "alone": verdict.message}
    numbers = (*verdict.numbers, number)
    if p <= ONE_SIDE + ROUNDING:
        also = (*verdict.also, Message(key="verdict.familywise.holds", params={"p": number.ref()}))
        return verdict.model_copy(update={"numbers": numbers, "also": also})
    message = Message(key="verdict.familywise.undone", params=said)
    update = {"status": "inconclusive", "message": message, "also": (), "numbers": numbers}
    return verdict.model_copy(update=update)
