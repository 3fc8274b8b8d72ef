"""What else is withheld for a small count, and what stays: by the traits that figures cross."""

import pytest
from sharing import CLASSES, counted, four, shared, whole

from explainaudit.analyses import ANALYSES
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.edition import edition
from explainaudit.edition.traits import BOTH, DECISION, LABEL, Crossing
from explainaudit.judging import judge
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Criterion
from grouped import OTHER, asked
from handmade import audited, bundle_of, people

ENOUGH = {"tp": 60, "fn": 60, "fp": 60, "tn": 60}
OF_LABELS = {"tpr", "fdr", "fpr", "group_auc", "group_events", "equal_opportunity_difference"}
OF_DECISIONS = {"selected", "selection_rate", "impact_ratio", "difference", "shortfall"}


def left(bundle, feature="g", analysis="fairness") -> set[str]:
    """Return the metrics that the shareable edition shows of a feature."""
    return {
        each.metric
        for each in shared(bundle)
        if each.analysis == analysis and each.dimensions.get("sensitive") == feature
    }


def both(of_a):
    """Return lines of four groups of two features, those of A less than enough in some cells."""
    lines = [*four("A", "x", **(ENOUGH | of_a)), *four("A", "y", **(ENOUGH | of_a))]
    return [*lines, *four("B", "x", **ENOUGH), *four("B", "y", **ENOUGH)]


@pytest.mark.parametrize("classes", [None, CLASSES])
def test_where_no_count_is_small_nothing_is_withheld(classes):
    lines = both({})
    if classes is not None:
        lines = [
            (g, h, *pair, 40) for g in "AB" for h in "xy" for pair in [(a, b) for a in "abc" for b in "abc"]
        ]
    _, bundle = counted(*lines, classes=classes)
    shown = {each.id for each in shared(bundle)}
    assert {each.id for each in bundle.of("fairness").measures} <= shown
    assert {each.id for each in bundle.of("data").measures if "sensitive" in each.dimensions} <= shown


def test_a_small_error_count_takes_what_is_known_of_outcomes_and_leaves_decisions():
    _, bundle = counted(*both({"fn": 2}))
    assert left(bundle) >= OF_DECISIONS
    assert "group_size" in left(bundle)
    assert OF_LABELS.isdisjoint(left(bundle))
    assert left(bundle, analysis="calibration") == set()
    # The other feature has no small count: of it and of all rows everything stays.
    assert (OF_LABELS | OF_DECISIONS) - {"equal_opportunity_difference"} <= left(bundle, "h")
    assert {"group_size", "events", "slope"} <= left(bundle, "h", "calibration")
    assert {"tpr", "confusion"} <= {each.metric for each in shared(bundle) if each.analysis == "performance"}
    # Of both together the errors are gone, and not the decisions.
    assert "selection_rate" in left(bundle, "g × h")
    assert "tpr" not in left(bundle, "g × h")


def test_few_decided_favourably_take_decisions_and_errors_and_leave_outcomes():
    _, bundle = counted(*both({"fn": 2, "tn": 2}))
    assert (OF_DECISIONS | {"tpr", "fdr"}).isdisjoint(left(bundle))
    assert {"mean_score"} <= left(bundle)
    assert {"group_share"} <= left(bundle, analysis="data")
    assert left(bundle, "h") >= OF_DECISIONS


def test_few_of_unknown_outcome_take_what_is_known_of_outcomes():
    _, bundle = counted(*both({}), ("A", "x", None, OTHER, 4))
    assert left(bundle) >= OF_DECISIONS
    assert OF_LABELS.isdisjoint(left(bundle))
    assert left(bundle, analysis="calibration") == set()


def test_few_of_whom_the_other_feature_is_missing_take_what_is_told_of_both_together():
    missing = [*four("A", None, tp=2, fn=2, fp=2, tn=2), *four("B", None, **ENOUGH)]
    _, bundle = counted(*both({}), *missing)
    assert left(bundle, "g × h") <= {"crossed", "empty_groups"}
    assert OF_LABELS - {"equal_opportunity_difference"} <= left(bundle)
    assert left(bundle, "h") >= OF_DECISIONS


@pytest.mark.parametrize(("few", "shown"), [("withhold", False), ("publish", True)])
def test_local_law_144_is_part_of_it_where_people_did_not_choose_otherwise(few, shown):
    """Its tables show both features together where no intersection is asked for."""
    missing = [*four("A", None, tp=2, fn=2, fp=2, tn=2), *four("B", None, **ENOUGH)]
    scored, _ = counted(*both({}), *missing)
    settings = {
        "sex": "g",
        "race_ethnicity": "h",
        "small_cells": few,
        "small_cells_reason": "x",
        "data": "test",
    }
    bundle = whole(scored, intersections=())
    found = FAIRNESS.measure(asked(scored), FAIRNESS.settings(ll144=settings))
    plan = bundle.provenance.plan
    plan = plan.model_copy(update={"analyses": {"fairness": {"ll144": settings}}, "intersections": "none"})
    provenance = bundle.provenance.model_copy(update={"plan": plan})
    after = shared(bundle.model_copy(update={"evidence": (found,), "provenance": provenance}))
    tables = {each.dimensions.get("table") for each in after if each.metric == "ll144_applicants"}
    assert tables == ({"sex", "race_ethnicity", "intersectional"} if shown else {"sex", "race_ethnicity"})


def test_verdicts_and_flags_go_with_what_they_rest_on():
    _, bundle = counted(*both({"fn": 2, "tp": 100}))
    about = {"sensitive": "g", "group": "B"}
    criteria = tuple(
        Criterion(measure=name, dimensions=about, at_most=0.01)
        for name in ("calibration.in_the_large", "fairness.fpr", "fairness.selection_rate")
    )
    verdicts = judge(bundle, criteria, ANALYSES)
    after = edition(bundle, verdicts, "shareable", 11)[1]
    assert [each.message.key == "verdict.withheld_limit" for each in after.verdicts] == [True, True, False]
    assert all("group" not in each.dimensions for each in after.verdicts[:2])
    seen = {each.id for each in shared(bundle)}
    assert all(set(flag.measures) <= seen for flag in after.flags)
    assert len(after.flags) < len(verdicts.flags)


def test_of_a_feature_no_figure_is_left_to_chance():
    """What no list names crosses what is most easily withheld."""
    bundle, _ = audited()
    crossing = Crossing(bundle.provenance.plan)
    for each in bundle.measures().values():
        assert (crossing.of(each) is not None) or "sensitive" not in each.dimensions
    new = {"value": 0.5, "unit": "share", "kind": "rate", "smallest_cell": 20}
    about = {"sensitive": "sex", "group": "f"}
    for analysis, traits in (("fairness", BOTH), ("calibration", (LABEL,)), ("new", ("new",))):
        measure = Measure(analysis=analysis, metric="new", dimensions=about, **new)
        assert crossing.of(measure) == {"column sex", *traits}
    figure = {**about, "figure": "difference"}
    p = Measure(analysis="fairness", metric="p_holm", dimensions=figure, **new)
    assert crossing.of(p) == {"column sex", DECISION}


def test_few_persons_without_a_group_of_whom_an_input_is_missing_withhold_it_for_all_groups():
    responses = people(few=60)
    assert responses.rows is not None
    assert responses.scored["group:sex"].isna().sum() == 60
    for filled, told in ((0, {"region", "sex"}), (52, {"region"}), (8, {"region"})):
        responses.rows.loc[:200, "debt"] = float("nan")
        responses.rows.loc[: filled - 1, "debt"] = 1.0
        after = [each for each in shared(bundle_of(responses)) if each.metric == "missing_in_group"]
        found = {each.dimensions["sensitive"] for each in after if each.dimensions["column"] == "debt"}
        assert found == told
