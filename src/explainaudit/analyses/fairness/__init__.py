"""Are groups treated alike?"""

from collections.abc import Callable, Mapping

import numpy as np

from explainaudit.analyses.fairness.answers import largest_difference, lowest_ratio
from explainaudit.analyses.fairness.by_task import binary, median_facts, multiclass, regression
from explainaudit.analyses.fairness.card import comparisons_card
from explainaudit.analyses.fairness.compared import tested
from explainaudit.analyses.fairness.errors import COMPARED_RATES, ERROR_RATES
from explainaudit.analyses.fairness.flags import flagged
from explainaudit.analyses.fairness.found import Found
from explainaudit.analyses.fairness.gaps import PARTS, gaps_table
from explainaudit.analyses.fairness.groups import MOST_CELLS, Coded, Grouping, coded, grouping_of, too_many
from explainaudit.analyses.fairness.ll144 import ll144
from explainaudit.analyses.fairness.ll144_settings import LocalLaw144
from explainaudit.analyses.fairness.pictures import figures
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.plan import joined_name
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer


class FairnessSettings(Settings):
    """When missing values of a feature deserve attention, and what the Local Law 144 view is made of."""

    missing_share: float = 0.05
    ll144: LocalLaw144 | None = None


_BY_TASK: Mapping[str, Callable[[Responses, Grouping, Design], Found]] = {
    "binary": binary,
    "multiclass": multiclass,
    "regression": regression,
}


def measure(responses: Responses, settings: FairnessSettings) -> Evidence:
    """Compare decisions, errors and scores of groups, in the form that the task has them.

    Raises `NotApplicable` without sensitive features, or without a row.
    """
    if not responses.sensitive or responses.scored.empty:
        raise NotApplicable("input_missing")
    found = _all_groupings(responses)
    names = [feature.column for feature in responses.sensitive]
    found.limitations += _undecided(responses)
    p_values = tested(found.comparisons, found.beside)
    of_features = (each for each in (*found.measures, *p_values) if each.dimensions.get("sensitive") in names)
    answer = _answer(responses, list(of_features))
    if any(each.metric in PARTS for each in found.measures):
        found.tables.insert(0, gaps_table(found.measures))
    if settings.ll144 is not None:
        tables, measures, limitations, cards = ll144(responses, settings.ll144)
        found.tables += tables
        found.measures += measures
        found.limitations += limitations
        found.cards += cards
    if any(each.p is not None for each in found.comparisons):
        card, facts = comparisons_card(found.comparisons)
        found.cards.insert(0, card)
        found.measures += facts
    return Evidence(
        analysis="fairness",
        answer=answer,
        measures=(*found.measures, *p_values),
        tables=tuple(found.tables),
        cards=tuple(found.cards),
        limitations=tuple(found.limitations),
        plots=tuple(found.plots),
    )


def _all_groupings(responses: Responses) -> Found:
    """Return what is found about every sensitive feature, and then about their intersections."""
    whole, found = Design.of(responses.scored), Found()
    features = {each.column: coded(responses, each) for each in responses.sensitive}
    compare = _BY_TASK[responses.task.type]
    if responses.task.type == "regression" and whole.counts.any():
        found.measures += median_facts(responses.scored["score"].to_numpy(dtype=np.float64), whole)
    for feature in features.values():
        found.join(compare(responses, grouping_of([feature], whole), whole))
    if responses.task.type == "multiclass" and responses.decision.favourable is None:
        return found  # of predicted classes only single features are compared
    for columns in responses.intersections:
        parts = [features[name] for name in columns]
        found.measures.append(fact("fairness", "crossed", len(parts), {"sensitive": joined_name(columns)}))
        if _cells(parts) > MOST_CELLS:
            found.limitations.append(too_many(joined_name(columns)))
            continue
        found.join(compare(responses, grouping_of(parts, whole), whole))
    return found


def _cells(features: list[Coded]) -> int:
    number = 1
    for each in features:
        number *= len(each.names)
    return number


def _undecided(responses: Responses) -> list[Limitation]:
    """Return what is not assessed where no decision is called favourable."""
    if responses.decision.favourable is not None:
        return []
    codes = ["no_favourable"] if responses.task.type != "regression" else []
    codes += ["no_disparity"] if responses.strata else []
    return [
        Limitation(code=code, message=Message(key=f"limitation.{code}"), touches=("fairness",))
        for code in codes
    ]


def _answer(responses: Responses, measures: list[Measure]) -> Message:
    if responses.task.type == "regression":
        return largest_difference(measures)
    if responses.decision.favourable is None:
        return Message(key="answer.fairness.no_favourable")
    return lowest_ratio(measures)


def judge(evidence: Evidence, settings: FairnessSettings) -> tuple[Flag, ...]:
    """Flag groups that differ beyond chance, and features that are often missing."""
    return flagged(evidence, settings.missing_share)


def draw(evidence: Evidence, verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw impact ratios, scores, or mean errors of each feature, and the rates of intersections."""
    return figures(evidence, verdicts, writer)


def _spec(metric: str, kind: str, unit: str, better: str, *more: str, judged: bool = True) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": kind, "better": better, "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": ("sensitive", "group", *more)})


def _of_feature(metric: str) -> MeasureSpec:
    return MeasureSpec(
        metric=metric, unit="gap", kind="difference", better="lower", dimensions=("sensitive",)
    )


FAIRNESS = Analysis(
    name="fairness",
    settings=FairnessSettings,
    needs=lambda _settings: Needs(),
    measures=(
        _spec("selection_rate", "rate", "share", "neither"),
        _spec("scoring_rate", "rate", "share", "neither"),
        _spec("impact_ratio", "ratio", "ratio", "nearer_one"),
        _spec("difference", "difference", "points", "nearer_zero"),
        *(_of_feature(metric) for metric in PARTS),
        *(_spec(metric, "rate", "share", "neither") for metric in ERROR_RATES),
        *(_spec(f"{metric}_difference", "difference", "points", "nearer_zero") for metric in COMPARED_RATES),
        _spec("band_rate", "rate", "share", "neither", "band"),
        _spec("class_rate", "rate", "share", "neither", "class"),
        _spec("recall", "rate", "share", "higher", "class"),
        _spec("class_fpr", "rate", "share", "lower", "class"),
        _spec("macro_recall", "rate", "share", "higher"),
        _spec("macro_fpr", "rate", "share", "lower"),
        _spec("group_auc", "score", "score", "higher"),
        _spec("mean_score", "score", "number", "neither"),
        _spec("smd", "difference", "number", "nearer_zero"),
        _spec("score_distance", "difference", "number", "lower"),
        _spec("disparity", "difference", "points", "nearer_zero", "stratified_by"),
        _spec("conditional_disparity", "difference", "points", "nearer_zero", "stratified_by"),
        _spec("shortfall", "difference", "number", "neither", judged=False),
        _spec("detectable", "difference", "gap", "neither", judged=False),
        _spec("p_holm", "score", "p_value", "neither", "figure", judged=False),
        _spec("mean_error", "score", "target", "nearer_zero"),
        _spec("mean_absolute_error", "score", "target", "lower"),
        _spec("error_difference", "difference", "target", "nearer_zero"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
