"""The verdict on one figure, by its interval and by whose outcomes it rests on."""

from explainaudit.judging.matching import is_either_way, limit_of
from explainaudit.judging.naming import label_of
from explainaudit.records.measure import Interval, Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Status, Verdict, written

# Figures of the fairness analysis that count decisions against outcomes.
_RATES = ("tpr", "fpr", "fnr", "fdr", "for")
OF_OUTCOMES = frozenset(
    (
        *_RATES,
        *(f"{rate}_difference" for rate in _RATES),
        *("equalized_odds_difference", "equal_opportunity_difference", "predictive_parity_difference"),
        *("recall", "class_fpr", "macro_recall", "macro_fpr"),
    )
)


def by_interval(
    measure: Measure, criterion: Criterion, spec: MeasureSpec | None, *, unseen: bool = False
) -> Verdict:
    """Judge one measure. A tier below ``reportable`` never meets, and below ``indicative`` has no status.

    Parameters
    ----------
    measure : Measure
        What is judged.
    criterion : Criterion
        Its limit. For a figure that is best near zero ``at_most`` bounds the size, either way.
    spec : MeasureSpec, optional
        What the analysis says of the figure.
    unseen : bool
        Whether outcomes are known of one side of the decision alone: error rates then never meet.
    """
    if measure.reason == "reference":
        return _of_reference(measure, criterion)
    either = is_either_way(criterion, spec)
    status: Status = "inconclusive"
    if measure.interval is not None and measure.tier not in {"insufficient", "not_estimable"}:
        status = _status(measure.interval, criterion, either=either)
    if status == "meets" and measure.tier != "reportable":
        status = "inconclusive"
    said = str(status)
    if status == "inconclusive" and (measure.interval is None or measure.tier != "reportable"):
        said = "none" if measure.interval is None else "few"
    also: tuple[Message, ...] = ()
    if status == "meets" and unseen and measure.analysis == "fairness" and measure.metric in OF_OUTCOMES:
        status, said, also = "inconclusive", "seen", (Message(key="verdict.interval.one_sided"),)
    limit = limit_of(criterion, measure.unit, either=either)
    return Verdict(
        criterion=criterion,
        dimensions=measure.dimensions,
        status=status,
        message=Message(
            key=f"verdict.interval.either_{said}" if either else f"verdict.interval.{said}",
            params={
                "measure": label_of(measure),
                "value": written(measure),
                "interval": measure.ref("interval"),
                "limit": written(limit),
            },
        ),
        measures=(measure.id,),
        numbers=(limit,),
        also=also,
    )


def _of_reference(measure: Measure, criterion: Criterion) -> Verdict:
    return Verdict(
        criterion=criterion,
        dimensions=measure.dimensions,
        status="not_assessed",
        reason="not_applicable",
        message=Message(key="verdict.interval.reference", params={"measure": label_of(measure)}),
        measures=(measure.id,),
        numbers=(limit_of(criterion, measure.unit),),
    )


def _status(interval: Interval, criterion: Criterion, *, either: bool) -> Status:
    low, high = interval.low, interval.high
    if criterion.at_least is not None:
        return _against(low, high, criterion.at_least)
    most = criterion.at_most if criterion.at_most is not None else 0.0
    if not either:
        return _against(-high, -low, -most)
    if -most <= low and high <= most:
        return "meets"
    return "does_not_meet" if low > most or high < -most else "inconclusive"


def _against(low: float, high: float, limit: float) -> Status:
    if low >= limit:
        return "meets"
    return "does_not_meet" if high < limit else "inconclusive"
