"""Verdicts: a criterion is met or not by an interval, never by a point."""

from collections.abc import Sequence

from explainaudit.analysis import Analysis, settings_of
from explainaudit.judging.by_interval import by_interval
from explainaudit.judging.familywise import ONE_SIDE, adjusted
from explainaudit.judging.impact import impact_verdicts
from explainaudit.judging.labels import known_of_one_side, label_flags
from explainaudit.judging.matching import matching, nothing_to_judge, spoken_of, unanswered
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure, MeasureSpec, Unit
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Flag, Verdict, Verdicts


def judge(
    bundle: Bundle, criteria: Sequence[Criterion], analyses: Sequence[Analysis], *, familywise: bool = False
) -> Verdicts:
    """Return every verdict and flag for a bundle, in the order of the criteria and the analyses.

    Parameters
    ----------
    bundle : Bundle
        The restricted bundle: verdicts are computed once, on everything.
    criteria : sequence of Criterion
        What was declared.
    analyses : sequence of Analysis
        The analyses whose ``judge`` raises flags on their evidence, and whose specifications say which
        figures have a sign. Flags on labels come after these, then those on criteria.
    familywise : bool
        Whether verdicts are adjusted for their number (`explainaudit.judging.familywise`).
    """
    known = {f"{analysis.name}.{spec.metric}": spec for analysis in analyses for spec in analysis.measures}
    verdicts = [
        verdict
        for criterion in criteria
        for verdict in _verdicts(bundle, criterion, known.get(criterion.measure))
    ]
    return Verdicts(
        criteria=tuple(criteria),
        familywise=familywise,
        verdicts=tuple(adjusted(verdicts, bundle, known) if familywise else verdicts),
        flags=(*_flags(bundle, analyses), *unanswered(bundle, verdicts)),
        numbers=_counted(verdicts, familywise=familywise),
    )


def _counted(verdicts: Sequence[Verdict], *, familywise: bool) -> tuple[Measure, ...]:
    """Return how many verdicts were reached, and how many of these chance may turn where none is adjusted."""
    judged = sum(verdict.status != "not_assessed" for verdict in verdicts)
    if not judged:
        return ()
    numbers: list[tuple[str, float, Unit]] = [("judged", float(judged), "count")]
    if not familywise:  # no count: it is shown with the digits it has, 0.1 or 0.075
        numbers.append(("expected_false", ONE_SIDE * judged, "recorded"))
    return tuple(
        Measure(analysis="criteria", metric=name, value=value, unit=unit, kind="fact")
        for name, value, unit in numbers
    )


def _flags(bundle: Bundle, analyses: Sequence[Analysis]) -> list[Flag]:
    flags: list[Flag] = []
    for analysis in analyses:
        evidence = bundle.of(analysis.name)
        if evidence is not None and evidence.not_assessed is None:
            flags += analysis.judge(evidence, settings_of(analysis, bundle.provenance.plan))
    return flags + label_flags(bundle)


def _verdicts(bundle: Bundle, criterion: Criterion, spec: MeasureSpec | None) -> list[Verdict]:
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
        return impact_verdicts(evidence, criterion, whole_counts=simple) or [
            nothing_to_judge(criterion, spec)
        ]
    found = matching(evidence, metric, criterion.dimensions)
    # The group that others are compared with has no verdict of its own, unless it alone is asked about.
    found = [each for each in found if each.reason != "reference"] or found
    unseen = known_of_one_side(bundle)
    judged = [by_interval(measure, criterion, spec, unseen=unseen) for measure in found]
    return judged or [nothing_to_judge(criterion, spec)]
