"""How sure a verdict on impact ratios is: what one different decision, or more data, would do to it."""

import math

import numpy as np

from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.verdict import Verdict
from explainaudit.stats.comparison import impact_ratios, impact_status, pairs_at_boundary
from explainaudit.stats.design import Design
from explainaudit.stats.power import rows_needed_by_all
from explainaudit.stats.selection import Selection
from explainaudit.stats.tiers import SOME_ROWS

# Beyond so many times the present rows, more data of the same kind is no answer.
TIMES = 20
LEVEL = 0.95
MOST_GROUPS = 20
RATES = ("selection_rate", "scoring_rate")
Counts = dict[str, tuple[int, int]]  # selected, and all, of each named group


def uncertain(evidence: Evidence, verdict: Verdict, *, whole_counts: bool) -> Verdict:
    """Return a verdict with what it hangs on: a single decision (the flip test), and the rows it needs.

    The flip test asks whether one person more or fewer decided favourably, in any of the groups, gives
    another status under the same rule (Uniform Guidelines, questions and answers of 1979). About the rows:
    how many in each group settle the criterion with a chance of 80 % at these rates.
    """
    feature, least = verdict.dimensions["sensitive"], verdict.numbers[0].value or 0.0
    deciding = next(each for each in evidence.measures if each.id == verdict.measures[0])
    reference = next(
        each.dimensions["group"]
        for each in evidence.measures
        if each.metric == "impact_ratio"
        and each.reason == "reference"
        and each.dimensions["sensitive"] == feature
    )
    pair = deciding.dimensions["group"], reference
    numbers: list[Measure] = []
    also: list[Message] = []
    if whole_counts:
        flips = _flips(_counts(evidence, feature), pair, least, verdict)
        numbers.append(_number("flip", verdict, float(flips)))
        if flips:
            scoring = any(each.metric == "scoring_rate" for each in evidence.measures)
            also.append(Message(key="verdict.impact.flip_scoring" if scoring else "verdict.impact.flip"))
    # With weights or clusters a row is not worth a row, and a small group needs rows of its own.
    if whole_counts and verdict.status == "inconclusive" and verdict.message.key != "verdict.impact.small":
        needed, said = _needed(evidence, verdict, reference, least)
        numbers += needed
        also += said
    update = {"numbers": (*verdict.numbers, *numbers), "also": tuple(also)}
    return verdict.model_copy(update=update)


def _counts(evidence: Evidence, feature: str) -> Counts:
    found: dict[str, dict[str, int]] = {}
    for each in evidence.measures:
        counted = each.metric in {"selected", "group_size"} and each.dimensions.get("sensitive") == feature
        if counted and "group" in each.dimensions:
            found.setdefault(each.dimensions["group"], {})[each.metric] = int(each.value or 0)
    return {name: (held["selected"], held["group_size"]) for name, held in found.items() if len(held) == 2}


def _flips(counts: Counts, pair: tuple[str, str], least: float, verdict: Verdict) -> bool:
    """Return whether one different decision in some group gives another status.

    Beyond so many groups only the deciding one and the reference are tried.
    """
    one = verdict.dimensions.get("group")
    for name in counts if len(counts) <= MOST_GROUPS else pair:
        k, n = counts[name]
        for other in (k - 1, k + 1):
            if 0 <= other <= n and _status(counts | {name: (other, n)}, least, one) != verdict.status:
                return True
    return False


def _status(counts: Counts, least: float, one: str | None) -> str:
    """Return the status of all groups, or of the one named; as the reference it is the highest."""
    groups = {
        name: Selection(np.arange(n) < k, Design(np.ones(n), np.arange(n), simple=True))
        for name, (k, n) in counts.items()
    }
    ratios = impact_ratios(groups, reference_from=groups)
    if one is not None and ratios and all(each.group != one for each in ratios):
        return "meets"
    return impact_status([each for each in ratios if one in {None, each.group}], least)


def _needed(
    evidence: Evidence, verdict: Verdict, reference: str, least: float
) -> tuple[list[Measure], list[Message]]:
    """Return about how many rows in each group would settle the criterion, or that more are no answer.

    Where a ratio is below the criterion at these rates, the lowest one settles it, at the stricter level;
    where none is, all have to that do not yet. Of rates of nobody, and of everybody in both groups, nothing
    can be said.
    """
    rates, unsettled = _assessed(evidence, verdict.dimensions["sensitive"], reference, least)
    other, highest = rates[reference], rates[reference].value or 0.0
    asked = {name: rates[name] for name in unsettled if name == verdict.dimensions.get("group", name)}
    if not highest or any(each.value in {0.0, None} or each.value == highest == 1 for each in asked.values()):
        return [], []
    lowest = min(asked.values(), key=lambda each: each.value or 0.0)
    level = LEVEL
    if (lowest.value or 0.0) < least * highest:
        asked = {"": lowest}
        level = 1 - (1 - LEVEL) / pairs_at_boundary(len(rates), len(rates))
    values = [each.value or 0.0 for each in asked.values()]
    rows = rows_needed_by_all(values, highest, least, level=level)
    fewest = min(each.n or 0 for each in (other, *asked.values()))
    if rows is None or rows > TIMES * fewest:
        return [], [Message(key="verdict.impact.unlikely")]
    number = _number("rows_needed", verdict, float(max(math.ceil(rows), SOME_ROWS)))
    return [number], [Message(key="verdict.impact.needed", params={"n": number.ref()})]


def _assessed(
    evidence: Evidence, feature: str, reference: str, least: float
) -> tuple[dict[str, Measure], list[str]]:
    """Return the rates of the groups that can be compared, and who is not known to reach the least ratio."""
    decisive = {
        each.dimensions["group"]: each.interval
        for each in evidence.measures
        if each.metric == "impact_ratio_decisive"
        and each.dimensions["sensitive"] == feature
        and each.interval is not None
    }
    # A regression has shares above the median in place of decisions.
    rates = {
        each.dimensions["group"]: each
        for each in evidence.measures
        if each.metric in RATES
        and each.dimensions["sensitive"] == feature
        and each.dimensions.get("group") in {*decisive, reference}
    }
    return rates, [name for name, limits in decisive.items() if limits.low < least]


def _number(metric: str, verdict: Verdict, value: float) -> Measure:
    """Return a number of the verdict's own; it rests on the same persons as what decides it."""
    dimensions = {**verdict.numbers[0].dimensions, **verdict.dimensions}
    return Measure(
        analysis="criteria", metric=metric, dimensions=dimensions, value=value, unit="count", kind="fact"
    )
