"""Verdicts on any other measure: by its interval, never by a point, and never above its tier."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses import ANALYSES
from explainaudit.judging import judge
from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.wording.writer import Writer
from handmade import audited

BUNDLE, _ = audited()


def with_measure(**changes) -> Bundle:
    """Return a bundle whose only evidence is one AUC."""
    given_ = {
        "analysis": "performance",
        "metric": "auc",
        "value": 0.75,
        "interval": Interval(low=0.7, high=0.8, method="delong"),
        "n": 500,
        "unit": "score",
        "kind": "score",
        "smallest_cell": 100,
    }
    found = Measure(**(given_ | changes))
    evidence = Evidence(analysis="performance", answer=Message(key="question.performance"), measures=(found,))
    return BUNDLE.model_copy(update={"evidence": (evidence,)})


def status(bundle: Bundle, **limit: float) -> tuple[str, str]:
    (found,) = judge(bundle, [Criterion(measure="performance.auc", **limit)], ()).verdicts
    return found.status, found.message.key.removeprefix("verdict.interval.")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"at_least": 0.7}, "meets"),  # exactly
        ({"at_least": 0.7000001}, "inconclusive"),
        ({"at_least": 0.8}, "inconclusive"),
        ({"at_least": 0.8000001}, "does_not_meet"),
        ({"at_most": 0.8}, "meets"),
        ({"at_most": 0.7999999}, "inconclusive"),
        ({"at_most": 0.7}, "inconclusive"),
        ({"at_most": 0.6999999}, "does_not_meet"),
        ({"at_least": 0.0}, "meets"),
        ({"at_most": 0.0}, "does_not_meet"),
    ],
)
def test_the_whole_interval_decides(limit, expected):
    assert status(with_measure(), **limit) == (expected, expected)


@pytest.mark.parametrize(
    ("tier", "met", "missed"),
    [
        ("reportable", ("meets", "meets"), ("does_not_meet", "does_not_meet")),
        ("indicative", ("inconclusive", "few"), ("does_not_meet", "does_not_meet")),
        ("insufficient", ("inconclusive", "few"), ("inconclusive", "few")),
    ],
)
def test_few_records_never_meet_and_fewer_have_no_status(tier, met, missed):
    assert status(with_measure(tier=tier), at_least=0.5) == met
    assert status(with_measure(tier=tier), at_least=0.9) == missed


def test_without_a_value_or_an_interval_nothing_is_decided():
    for found in (
        with_measure(value=None, reason="not_estimable", interval=None, tier="not_estimable"),
        with_measure(interval=None),
    ):
        assert status(found, at_least=0.1) == ("inconclusive", "none")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.sampled_from(["reportable", "indicative", "insufficient", "not_estimable"]),
    st.lists(st.floats(-2, 2), min_size=2, max_size=2).map(sorted),
    st.floats(-2, 2),
    st.sampled_from(["at_least", "at_most"]),
)
def test_meets_is_said_only_of_reportable_measures_on_the_right_side(tier, ends, limit, side):
    interval = Interval(low=ends[0], high=ends[1], method="delong")
    found, _ = status(with_measure(tier=tier, interval=interval), **{side: limit})
    inside = ends[0] >= limit if side == "at_least" else ends[1] <= limit
    beyond = ends[1] < limit if side == "at_least" else ends[0] > limit
    if tier == "reportable":
        assert found == ("meets" if inside else "does_not_meet" if beyond else "inconclusive")
    elif tier == "indicative":
        assert found == ("does_not_meet" if beyond else "inconclusive")
    else:
        assert found == "inconclusive"


def test_every_group_that_the_criterion_does_not_exclude_is_judged():
    criterion = Criterion(measure="fairness.tpr", at_least=0.5, dimensions={"sensitive": "sex"})
    found = judge(BUNDLE, [criterion], ANALYSES).verdicts
    groups = [each.dimensions for each in found]
    assert {"sensitive": "sex", "group": "f"} in groups
    assert len(groups) == 2  # rows without a group are no group


def test_a_criterion_that_nothing_answers_is_flagged_with_what_it_names():
    named = {"sensitive": "sex", "group": "nobody"}
    criterion = Criterion(measure="fairness.tpr", at_least=0.5, dimensions=named)
    found = judge(BUNDLE, [criterion], ANALYSES)
    assert [each.status for each in found.verdicts] == ["not_assessed"]
    (flag,) = (each for each in found.flags if each.code == "CRIT01")
    text = Writer(BUNDLE.measures()).text(flag.message)
    assert text.endswith("True positive rate, sex, nobody.")
    assert BUNDLE.measures()[flag.measures[0]].analysis == "fairness"
    answered = criterion.model_copy(update={"dimensions": {"sensitive": "sex"}})
    assert "CRIT01" not in {each.code for each in judge(BUNDLE, [answered], ANALYSES).flags}


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        ((), "not_requested"),
        (
            (
                Evidence(
                    analysis="performance",
                    answer=Message(key="not_assessed.failed"),
                    not_assessed="failed",
                ),
            ),
            "failed",
        ),
    ],
)
def test_an_analysis_that_found_nothing_leaves_a_criterion_not_assessed(evidence, reason):
    bundle = BUNDLE.model_copy(update={"evidence": evidence})
    (found,) = judge(bundle, [Criterion(measure="performance.auc", at_least=0.5)], ANALYSES).verdicts
    assert (found.status, found.reason, found.measures) == ("not_assessed", reason, ())


def test_a_group_that_is_not_there_leaves_a_criterion_not_assessed():
    dimensions = {"sensitive": "sex", "group": "x"}
    for metric in ("tpr", "impact_ratio"):
        criterion = Criterion(measure=f"fairness.{metric}", at_least=0.5, dimensions=dimensions)
        (found,) = judge(BUNDLE, [criterion], ANALYSES).verdicts
        assert (found.status, found.reason, found.dimensions) == (
            "not_assessed",
            "not_applicable",
            dimensions,
        )


def test_verdicts_come_in_the_order_of_the_criteria_and_keep_them():
    criteria = tuple(
        Criterion(measure=f"performance.{metric}", at_least=0.1) for metric in ("tpr", "auc", "ppv")
    )
    found = judge(BUNDLE, criteria, ANALYSES)
    assert found.criteria == criteria
    assert tuple(each.criterion for each in found.verdicts) == criteria
