"""Verdicts: a criterion is met or not by an interval, never by a point."""

from collections.abc import Sequence

from explainaudit.analysis import Analysis, settings_of
from explainaudit.judging.impact import impact_verdicts
from explainaudit.judging.labels import label_flags
from explainaudit.judging.matching import label_of, limit_of, matching, nothing_to_judge, spoken_of
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Flag, Status, Verdict, Verdicts

ONE_SIDE = 0.025  # of a two-sided 95 % interval


def judge(bundle: Bundle, criteria: Sequence[Criterion], analyses: Sequence[Analysis]) -> Verdicts:
    """Return every verdict and flag for a bundle, in the order of the criteria and the analyses.

    Parameters
    ----------
    bundle : Bundle
        The restricted bundle: verdicts are computed once, on everything.
    criteria : sequence of Criterion
        What was declared.
    analyses : sequence of Analysis
        The analyses whose ``judge`` raises flags on their evidence. Flags on labels come last.
    """
    verdicts = [verdict for criterion in criteria for verdict in _verdicts(bundle, criterion)]
    return Verdicts(
        criteria=tuple(criteria),
        verdicts=tuple(verdicts),
        flags=tuple(_flags(bundle, analyses)),
        numbers=_expected(verdicts),
    )


def _expected(verdicts: Sequence[Verdict]) -> tuple[Measure, ...]:
    """Return how many verdicts were reached by an interval, and how many of these chance may turn at most."""
    judged = sum(verdict.status != "not_assessed" for verdict in verdicts)
    if not judged:
        return ()
    numbers = {"judged": float(judged), "expected_false": ONE_SIDE * judged}
    return tuple(
        Measure(analysis="criteria", metric=name, value=value, unit="number", kind="fact")
        for name, value in numbers.items()
    )


def _flags(bundle: Bundle, analyses: Sequence[Analysis]) -> list[Flag]:
    flags: list[Flag] = []
    for analysis in analyses:
        evidence = bundle.of(analysis.name)
        if evidence is not None and evidence.not_assessed is None:
            flags += analysis.judge(evidence, settings_of(analysis, bundle.provenance.plan))
    return flags + label_flags(bundle)


def _verdicts(bundle: Bundle, criterion: Criterion) -> list[Verdict]:
    analysis, _, metric = criterion.measure.partition(".")
    evidence = bundle.of(analysis)
    if evidence is None or evidence.not_assessed is not None:
        reason = "not_requested" if evidence is None else evidence.not_assessed
        message = Message(key="verdict.not_assessed", params={"why": Message(key=f"not_assessed.{reason}")})
        return [Verdict(criterion=criterion, status="not_assessed", reason=reason, message=message)]
    evidence = spoken_of(evidence, criterion)
    if metric == "impact_ratio":
        source = bundle.provenance.plan.data
        simple = source is None or (source.weight is None and source.cluster is None)
        return impact_verdicts(evidence, criterion, whole_counts=simple)
    found = matching(evidence, metric, criterion.dimensions)
    return [_by_interval(measure, criterion) for measure in found] or [nothing_to_judge(criterion)]


def _by_interval(measure: Measure, criterion: Criterion) -> Verdict:
    """Judge one measure. A tier below ``reportable`` never meets, and below ``indicative`` has no status."""
    limit = limit_of(criterion, measure)
    status: Status
    if measure.interval is None or measure.tier in {"insufficient", "not_estimable"}:
        status = "inconclusive"
    elif criterion.at_least is not None:
        status = _status(measure.interval.low, measure.interval.high, criterion.at_least)
    else:
        most = criterion.at_most if criterion.at_most is not None else 0.0
        status = _status(-measure.interval.high, -measure.interval.low, -most)
    if status == "meets" and measure.tier != "reportable":
        status = "inconclusive"
    few = status == "inconclusive" and (measure.interval is None or measure.tier != "reportable")
    return Verdict(
        criterion=criterion,
        dimensions=measure.dimensions,
        status=status,
        message=Message(
            key="verdict.interval.few" if few else f"verdict.interval.{status}",
            params={
                "measure": label_of(measure),
                "value": measure.ref(),
                "interval": measure.ref("interval"),
                "limit": limit.ref(),
            },
        ),
        measures=(measure.id,),
        numbers=(limit,),
    )


def _status(low: float, high: float, limit: float) -> Status:
    if low >= limit:
        return "meets"
    return "does_not_meet" if high < limit else "inconclusive"
