"""Verdicts on impact ratios, against a second reading of the rule on statsmodels' score intervals."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from explainaudit.analyses import ANALYSES
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.judging import judge
from explainaudit.judging.impact import impact_verdicts
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Verdict
from handmade import EVENT, OTHER, bundle_of, people, responses, scored_frame


def evidence(counts: dict[str | None, tuple[int, int]]) -> Evidence:
    event = [i >= k for k, n in counts.values() for i in range(n)]
    groups = [name for name, (_, n) in counts.items() for _ in range(n)]
    label = [EVENT if i % 2 else OTHER for i in range(len(groups))]
    return FAIRNESS.measure(responses(scored_frame(label, event, sex=groups)), FAIRNESS.settings())


def verdict(counts: dict[str | None, tuple[int, int]], at_least: float = 0.8, **dimensions: str) -> Verdict:
    criterion = Criterion(measure="fairness.impact_ratio", at_least=at_least, dimensions=dimensions)
    (found,) = impact_verdicts(evidence(counts), criterion)
    return found


def limits(first: tuple[int, int], second: tuple[int, int], level: float) -> tuple[float, float]:
    """Return Koopman's interval as statsmodels has it (within its own tolerance)."""
    return confint_proportions_2indep(
        *first, *second, compare="ratio", method="score", alpha=1 - level, correction=False
    )


def by_the_rule(counts: dict[str, tuple[int, int]], least: float) -> str:
    """Read the rule afresh, for groups that are all reportable."""
    names, k = list(counts), len(counts)
    level = 1 - 0.05 / max(a * (k - a) for a in range(1, k + 1))
    pairs = [(g, h) for g, h in itertools.permutations(names, 2)]
    low = {pair: limits(counts[pair[0]], counts[pair[1]], 0.95)[0] for pair in pairs}
    high = {pair: limits(counts[pair[0]], counts[pair[1]], level)[1] for pair in pairs}
    best = max(names, key=lambda name: counts[name][0] / counts[name][1])
    if any(high[pair] < least for pair in pairs if pair[0] != best):
        return "does_not_meet"
    met = all(low[pair] >= least for pair in pairs if pair[0] != best)
    return "meets" if met else "inconclusive"


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(100, 2000), st.floats(0.1, 0.9)), min_size=2, max_size=5),
    st.floats(0.5, 0.95),
)
def test_status_is_that_of_the_rule(groups, least):
    counts = {f"g{i}": (round(n * share), n) for i, (n, share) in enumerate(groups)}
    assert verdict(counts, least).status == by_the_rule(counts, least)


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({"a": (500, 1000), "b": (490, 1000)}, "meets"),
        ({"a": (500, 1000), "b": (200, 1000)}, "does_not_meet"),
        ({"a": (500, 1000), "b": (400, 1000)}, "inconclusive"),
        ({"a": (120, 400), "b": (45, 250)}, "inconclusive"),  # the ratio .60 fails, its interval does not
        ({"a": (500, 1000), "b": (490, 1000), "few": (14, 29)}, "inconclusive"),
        ({"a": (900, 1000), "b": (98, 99)}, "inconclusive"),  # indicative never meets
        ({"a": (500, 1000), "b": (10, 99)}, "does_not_meet"),  # but may be found below
        ({"a": (500, 1000), "b": (490, 1000), None: (0, 500)}, "meets"),  # missing is compared with nobody
    ],
)
def test_hand_cases(counts, status):
    found = verdict(counts)
    assert (found.status, found.reason) == (status, None)
    few = any(n < 100 for _, n in counts.values()) and status == "inconclusive"
    assert found.message.key == ("verdict.impact.small" if few else f"verdict.impact.{status}")


def test_a_small_group_is_named_in_place_of_the_rows_that_others_need():
    counts = {"a": (500, 1000), "b": (490, 1000), "few": (14, 29), "some": (40, 80)}
    found = verdict(counts, 0.6)
    assert [each.params["group"].text for each in found.message.params["groups"].items] == ["few", "some"]
    assert found.measures[0] == evidence(counts).measure("impact_ratio", sensitive="sex", group="few").id
    assert [number.metric for number in found.numbers] == ["at_least", "flip"]


def test_of_one_group_its_own_limits_alone_are_spoken_of():
    counts = {"a": (500, 1000), "b": (490, 1000), "c": (200, 1000), "few": (5, 20)}
    about = {"sensitive": "sex"}
    for group, status, said in (
        ("a", "not_assessed", "one_reference"),
        ("b", "meets", "one_meets"),
        ("c", "does_not_meet", "one_does_not_meet"),
        ("few", "inconclusive", "one_small"),
    ):
        found = verdict(counts, 0.8, **about, group=group)
        assert (found.status, found.message.key) == (status, f"verdict.impact.{said}")
        assert found.dimensions == {**about, "group": group}
        assert found.measures == (evidence(counts).measure("impact_ratio", **about, group=group).id,)
        assert (found.reason == "not_applicable") is (group == "a")
    # Another group far below turns nothing for this one.
    assert [each.value for each in verdict(counts, **about, group="b").numbers] == [0.8, 0.0]


def test_a_group_that_one_decision_makes_the_reference_still_meets():
    counts = {"a": (500, 1000), "b": (500, 1000), "c": (100, 1000)}
    found = verdict(counts, sensitive="sex", group="b")
    assert (found.status, [each.value for each in found.numbers]) == ("meets", [0.8, 0.0])


def test_an_inconclusive_verdict_shows_the_limits_that_decide():
    counts = {f"g{i}": (500, 1000) for i in range(4)} | {"b": (357, 1000)}
    found, held = verdict(counts), evidence(counts)
    about = {"sensitive": "sex", "group": "b"}
    assert held.measure("impact_ratio", **about).interval.high < 0.8
    assert (found.status, found.message.key) == ("inconclusive", "verdict.impact.inconclusive")
    assert found.message.params["interval"] == held.measure("impact_ratio_decisive", **about).ref("interval")


def test_a_criterion_that_is_met_exactly_is_met():
    counts = {"a": (500, 1000), "b": (450, 1000)}
    low = evidence(counts).measure("impact_ratio_decisive", sensitive="sex", group="b").interval.low
    high = evidence(counts).measure("impact_ratio_decisive", sensitive="sex", group="b").interval.high
    assert verdict(counts, low).status == "meets"
    assert verdict(counts, low + 1e-12).status == "inconclusive"
    assert verdict(counts, high).status == "inconclusive"
    assert verdict(counts, high + 1e-12).status == "does_not_meet"


def test_no_group_is_large_enough():
    for counts in ({"a": (10, 20), "b": (5, 20)}, {"a": (0, 500), "b": (0, 500)}):
        found = verdict(counts)
        assert (found.status, found.message.key, found.measures) == (
            "inconclusive",
            "verdict.impact.none",
            (),
        )


def test_the_group_that_decides_comes_first():
    found = verdict({"a": (500, 1000), "b": (200, 1000), "c": (100, 1000), "d": (450, 1000)})
    named = evidence({"a": (500, 1000), "b": (200, 1000), "c": (100, 1000), "d": (450, 1000)})
    assert found.message.params["group"].text == "c"
    assert found.measures[0] == named.measure("impact_ratio", sensitive="sex", group="c").id
    assert len(found.measures) == 3
    limit = found.numbers[0]
    assert (limit.value, limit.metric) == (0.8, "at_least")


def test_every_feature_gets_its_verdict_unless_one_is_named():
    bundle = bundle_of(people())
    both = judge(bundle, [Criterion(measure="fairness.impact_ratio", at_least=0.8)], ANALYSES)
    assert [each.dimensions for each in both.verdicts] == [{"sensitive": "region"}, {"sensitive": "sex"}]
    named = Criterion(measure="fairness.impact_ratio", at_least=0.8, dimensions={"sensitive": "sex"})
    (one,) = judge(bundle, [named], ANALYSES).verdicts
    assert one.dimensions == {"sensitive": "sex"}


def test_two_limits_for_one_measure_keep_their_own_number():
    bundle = bundle_of(people())
    criteria = [Criterion(measure="fairness.impact_ratio", at_least=limit) for limit in (0.8, 0.3)]
    numbers = [number for each in judge(bundle, criteria, ANALYSES).verdicts for number in each.numbers]
    by_id = {number.id: number.value for number in numbers}
    assert [by_id[number.id] for number in numbers] == [number.value for number in numbers]
    limits = [number.value for number in numbers if number.metric == "at_least"]
    assert sorted(set(limits)) == [0.3, 0.8]
