"""Who is compared with whom, what is said of small groups, and what is flagged."""

import numpy as np
import pytest
from scipy.stats import ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.errors import NotApplicable
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Decision
from explainaudit.records.verdict import Verdicts
from explainaudit.stats.comparison import impact_ratios
from explainaudit.stats.design import Design
from explainaudit.stats.selection import Selection
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary

COMPARED = ("impact_ratio", "impact_ratio_decisive", "impact_ratio_katz", "difference", "z", "shortfall")


def measured(scored, **more) -> Evidence:
    return FAIRNESS.measure(asked(scored, **more), FAIRNESS.settings())


def evidence(counts: dict[str | None, tuple[int, int]]) -> Evidence:
    """Return the evidence for (selected, size) of each group, of a model that never errs."""
    chosen = [i < k for k, n in counts.values() for i in range(n)]
    groups = [name for name, (_, n) in counts.items() for _ in range(n)]
    label = [OTHER if one else EVENT for one in chosen]
    return measured(binary(label, [not one for one in chosen], sex=groups))


def ratio(found: Evidence, group: str, metric: str = "impact_ratio"):
    return found.measure(metric, sensitive="sex", group=group)


def codes(found: Evidence, **settings) -> list[str]:
    return [flag.code for flag in FAIRNESS.judge(found, FAIRNESS.settings(**settings))]


def test_everything_that_compares_is_that_of_the_statistics_room():
    counts = {"a": (45, 250), "b": (120, 400), "c": (30, 90)}
    found = evidence(counts)
    groups = {
        name: Selection(np.arange(n) < k, Design(np.ones(n), np.arange(n), simple=True))
        for name, (k, n) in counts.items()
    }
    expected = impact_ratios(groups, reference_from=counts)
    # b has 30 %, c 33 %: the group with the highest rate is the reference though it is the smallest.
    assert ratio(found, "c").reason == "reference"
    assert {each.group for each in expected} == {"a", "b"}
    for each in expected:
        assert (ratio(found, each.group).value, ratio(found, each.group).interval) == (
            each.ratio,
            each.interval,
        )
        assert ratio(found, each.group, "impact_ratio_decisive").interval == each.decisive
        assert ratio(found, each.group, "impact_ratio_katz").interval == each.katz
        gap = ratio(found, each.group, "difference")
        assert (gap.value, gap.interval, gap.unit) == (each.difference, each.difference_interval, "points")
        assert ratio(found, each.group, "z").value == each.z
        assert ratio(found, each.group, "shortfall").value == each.shortfall
        assert ratio(found, each.group).tier == each.tier == "indicative"


def test_the_reference_of_a_tie_is_the_larger_group():
    found = evidence({"a": (50, 100), "b": (100, 200), "c": (40, 100)})
    assert ratio(found, "b").reason == "reference"
    assert ratio(found, "a").value == 1


LARGE = {"a": (150, 300), "b": (120, 300)}


@pytest.mark.parametrize(
    "counts",
    [
        LARGE | {"few": (14, 29)},
        LARGE | {"few": (29, 29)},
        {"a": (2, 300), "b": (3, 300), "few": (1, 200)},  # enough rows, too few expected to be selected
    ],
)
def test_a_group_that_is_too_small_has_counts_but_no_ratio(counts):
    found = evidence(counts)
    small = counts["few"]
    few = found.measure("selection_rate", sensitive="sex", group="few")
    assert (few.value, few.n, few.tier) == (small[0] / small[1], small[1], "insufficient")
    assert few.interval is not None
    for metric in COMPARED:
        compared = ratio(found, "few", metric)
        assert (compared.value, compared.interval, compared.reason) == (None, None, "insufficient")
        assert compared.tier == "insufficient"
    (limitation,) = found.limitations
    assert limitation.code == "small_groups"
    assert "few" in Writer({}).text(limitation.message)


def test_the_missing_group_is_never_the_reference():
    found = evidence({"a": (100, 300), "b": (90, 300), None: (299, 300)})
    assert ratio(found, "a").reason == "reference"
    unknown = found.measure("impact_ratio", sensitive="sex", group_missing="true")
    assert (unknown.reason, unknown.value) == ("missing_group", None)
    # The rate that the small-group rule takes is that of the named groups.
    assert ratio(found, "b").value == pytest.approx(0.9)


def test_nobody_is_selected():
    found = evidence({"a": (0, 300), "b": (0, 300)})
    assert {ratio(found, name).reason for name in "ab"} == {"insufficient"}
    assert found.answer.key == "answer.fairness.none"


def test_the_answer_names_the_lowest_ratio_of_all_features():
    rng = np.random.default_rng(1)
    sex, region = rng.choice(["f", "m"], 800), rng.choice(["n", "s"], 800)
    event = rng.uniform(size=800) < np.where(region == "n", 0.2, 0.5)
    found = measured(binary([EVENT] * 800, event, sex=sex, region=region))
    assert found.answer.params["ratio"] == found.measure("impact_ratio", sensitive="region", group="s").ref()
    assert found.answer.params["group"].text == "s"
    assert {each.dimensions.get("sensitive") for each in found.measures} == {"sex", "region", None}


def test_a_rate_below_the_highest_beyond_chance_is_flagged():
    assert codes(evidence({"a": (150, 300), "b": (60, 300)})) == ["FAIR01"]
    assert codes(evidence({"a": (150, 300), "b": (140, 300)})) == []
    assert codes(evidence({"a": (15, 29), "b": (1, 29)})) == []


def test_the_flag_falls_where_holm_leaves_five_percent():
    """The two groups are compared six times: in the rate, the mean score, and four error rates that agree."""
    flagged, expected = [], []
    for k in range(116, 132):
        found = evidence({"a": (150, 300), "b": (k, 300)})
        a, b = np.where(np.arange(300) < 150, 0.2, 0.7), np.where(np.arange(300) < k, 0.2, 0.7)
        p = [proportions_ztest([150, k], [300, 300])[1], ttest_ind(a, b).pvalue, 1, 1, 1, 1]
        own = found.measure("p_holm", sensitive="sex", group="b", figure="difference")
        expected.append(multipletests(p, method="holm")[1][0] <= 0.05)
        flagged.append(codes(found) == ["FAIR01"])
        assert (own.value <= 0.05) is expected[-1].item()
    assert flagged == expected
    assert 0 < sum(flagged) < len(flagged)


def test_a_feature_that_is_often_missing_is_flagged_above_the_share_set():
    at, above = {"a": (95, 190), None: (5, 10)}, {"a": (95, 189), None: (5, 11)}
    assert codes(evidence(at)) == []
    assert codes(evidence(above)) == ["FAIR02"]
    assert codes(evidence(above), missing_share=0.06) == []


def test_without_a_sensitive_feature_there_is_nothing_to_compare():
    for scored in (binary([EVENT, OTHER], [True, False]), binary([], [], sex=[])):
        with pytest.raises(NotApplicable) as error:
            measured(scored)
        assert error.value.reason == "input_missing"


def test_without_a_favourable_decision_no_rate_is_made_up():
    scored = binary([EVENT, OTHER] * 50, [True, False] * 50, sex=["f", "m"] * 50)
    found = measured(scored, decision=Decision(threshold=0.5))
    assert not [each for each in found.measures if each.metric in {"selection_rate", "impact_ratio"}]
    assert [each.code for each in found.limitations] == ["no_favourable"]
    assert found.measure("tpr", sensitive="sex", group="f").value == 1


def test_smallest_cells_are_the_smallest_counts_that_can_be_derived():
    found = evidence({"a": (150, 300), "b": (60, 300), "c": (296, 300)})
    rates = {
        name: found.measure("selection_rate", sensitive="sex", group=name).smallest_cell for name in "abc"
    }
    assert rates == {"a": 150, "b": 60, "c": 4}
    # A ratio is decided with every group that may be the highest, so the smallest of all stands.
    assert ratio(found, "a").smallest_cell == ratio(found, "b").smallest_cell == 4


def test_people_of_one_household_are_no_further_evidence():
    """The same rows, but in 60 households that decide as one: nothing is beyond chance any more."""
    house = np.arange(600) % 60
    event = house % 10 < np.where(house < 30, 5, 7)
    sex = np.where(house < 30, "f", "m")
    label = np.where(event, EVENT, OTHER)
    alone = measured(binary(label, event, sex=sex))
    together = measured(binary(label, event, sex=sex, cluster=house))
    assert (codes(alone), codes(together)) == (["FAIR01"], [])
    for found in (alone, together):
        assert ratio(found, "m").value == pytest.approx(0.6)
        assert ratio(found, "m").n == 300


def test_of_one_group_there_is_nothing_to_compare_and_nothing_to_draw():
    writer = Writer({})
    one, few = evidence({"a": (100, 300)}), evidence({"a": (100, 300), "b": (2, 4)})
    assert one.answer.key == "answer.fairness.one_group"
    assert few.answer.key == "answer.fairness.none"
    assert FAIRNESS.draw(one, Verdicts(), writer) == ()
    whole = Writer({each.id: each for each in few.measures})
    drawn = FAIRNESS.draw(few, Verdicts(), whole)
    assert [figure.table for figure in drawn] == ["outcomes:sex", "quantiles:sex"]
