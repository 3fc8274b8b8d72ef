"""Every comparison is counted: the family is rebuilt from the counts, and adjusted by statsmodels."""

import numpy as np
import pytest
from counted_groups import (
    about,
    chosen_counts,
    error_counts,
    joined,
    mean_pairs,
    measured,
    pairs,
    reference_of,
    stratified,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from grouped import EVENT, OTHER, binary, regression

RATES = ("tpr", "fpr", "fdr", "for")


@st.composite
def frames(draw):
    """Rows of two features with strata; groups of few rows and missing groups and labels among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(60, 900))
    names, shares = ["a", "b", "c", "few", None], [0.4, 0.25, 0.2, 0.05, 0.1]
    sex, region = (rng.choice(names, size=n, p=shares) for _ in range(2))
    score = rng.beta(2, 3, size=n) + 0.1 * (sex == "b") * draw(st.sampled_from([0, 1, 2]))
    score = np.clip(score, 0, 1)
    label = np.where(rng.uniform(size=n) < score, EVENT, OTHER).astype(object)
    label[rng.uniform(size=n) < 0.05] = None
    scored = binary(
        label, score >= draw(st.sampled_from([0.2, 0.5, 0.9])), score=score, sex=sex, region=region
    )
    return stratified(scored, dept=rng.choice(["x", "y", None], size=n)), (("sex", "region"),)


def family(scored, crossed, found: Evidence) -> dict[tuple, float]:
    """Return all p-values by (feature, rate, pair of groups)."""
    made = {}
    for columns in (("sex",), ("region",), *crossed):
        group, feature = joined(scored, columns), " × ".join(columns)
        made |= {(feature, "difference", *key): p for key, p in pairs(chosen_counts(scored, group)).items()}
        for rate in RATES:
            each = pairs(error_counts(scored, group, rate))
            made |= {(feature, f"{rate}_difference", *key): p for key, p in each.items()}
        if len(columns) == 1:
            made |= {(feature, "smd", *key): p for key, p in mean_pairs(scored, group).items()}
            made |= {
                (feature, "conditional_disparity", name): p for name, p in disparities(found, feature, group)
            }
    return made


def disparities(found: Evidence, feature: str, group) -> list[tuple[str, float]]:
    """Return the p-values behind the intervals of disparities within strata, as two groups have one."""
    made = []
    for name in sorted(group.dropna().unique()):
        gap = found.measure("conditional_disparity", **about(feature, name), stratified_by="dept")
        if gap.interval is not None:
            freedom = int(group.notna().sum()) - 1
            error = (gap.interval.high - gap.interval.low) / 2 / student.ppf(0.975, freedom)
            made.append((name, 2 * student.sf(abs(gap.value) / error, freedom)))
    return made[:1] if group.nunique() == 2 else made


def printed(found: Evidence, key: tuple, reference: str | None) -> dict[str, float | None] | None:
    """Return the p-values beside the gap that a comparison is, if there is one."""
    feature, figure, *groups = key
    if figure == "conditional_disparity":
        dimensions = {**about(feature, groups[0]), "stratified_by": "dept"}
    elif reference in groups:
        (other,) = set(groups) - {reference}
        dimensions = about(feature, other)
    else:
        return None
    return {name: found.measure(name, **dimensions, figure=figure).value for name in ("p_value", "p_holm")}


@settings(derandomize=True, deadline=None, max_examples=12)
@given(frames())
def test_p_values_are_those_of_all_pairs_of_groups_adjusted_together(drawn):
    scored, crossed = drawn
    found = measured(scored, crossed=crossed)
    made = family(scored, crossed, found)
    adjusted = (
        dict(zip(made, multipletests(list(made.values()), method="holm")[1], strict=True)) if made else {}
    )
    references = {
        " × ".join(columns): reference_of(chosen_counts(scored, joined(scored, columns)))
        for columns in (("sex",), ("region",), *crossed)
    }
    beside = 0
    for key, p in made.items():
        own = printed(found, key, references[key[0]])
        if own is not None:
            beside += 1
            assert own["p_value"] == pytest.approx(p, rel=1e-7, abs=1e-300), key
            assert own["p_holm"] == pytest.approx(adjusted[key], rel=1e-7, abs=1e-300), key
    known = [each for each in found.measures if each.metric == "p_holm" and each.value is not None]
    assert len(known) == beside
    if made:
        facts = {
            name: found.measure(name).value
            for name in ("comparisons", "by_chance", "below_level", "after_holm")
        }
        assert facts == {
            "comparisons": len(made),
            "by_chance": 0.05 * len(made),
            "below_level": sum(p <= 0.05 for p in made.values()),
            "after_holm": sum(p <= 0.05 for p in adjusted.values()),
        }
    assert (found.cards[0].name == "comparisons") if made else not found.cards


def test_a_further_feature_makes_every_adjusted_p_value_larger():
    rng = np.random.default_rng(1)
    sex, other = rng.choice(["f", "m"], 600), rng.choice(["p", "q", "r", "s"], 600)
    event = rng.uniform(size=600) < np.where(sex == "f", 0.6, 0.4)
    label = np.where(event, EVENT, OTHER)
    of = {"figure": "difference", "sensitive": "sex"}
    alone, both = (measured(binary(label, event, sex=sex, **more)) for more in ({}, {"other": other}))
    crossed = measured(binary(label, event, sex=sex, other=other), crossed=[("sex", "other")])
    group = next(
        each.dimensions["group"]
        for each in alone.measures
        if each.metric == "difference" and each.reason is None
    )
    raw, after = (
        [each.measure(name, group=group, **of).value for each in (alone, both, crossed)]
        for name in ("p_value", "p_holm")
    )
    assert len(set(raw)) == 1
    assert raw[0] < after[0] < after[1] < after[2]


@pytest.mark.parametrize(
    "counts", [((45, 250), (120, 400)), ((45, 60), (38, 300)), ((0, 200), (14, 200)), ((40, 45), (30, 45))]
)
def test_the_p_value_beside_a_rate_is_that_of_the_pair_with_the_reference(counts):
    sex = np.repeat(["a", "b"], [n for _, n in counts])
    chosen = np.concatenate([np.arange(n) < k for k, n in counts])
    found = measured(binary(np.where(chosen, OTHER, EVENT), ~chosen, sex=sex))
    (group,) = {"a", "b"} - {reference_of(dict(zip("ab", counts, strict=True)))}
    own = found.measure("p_value", **about("sex", group), figure="difference")
    assert own.value == pytest.approx(proportions_ztest(*zip(*counts, strict=True))[1], rel=1e-9)
    assert found.measure("z", **about("sex", group)).value ** 2 == pytest.approx(
        chi2_contingency([(k, n - k) for k, n in counts], correction=False)[0], rel=1e-9
    )


def test_where_numbers_are_small_the_p_value_is_fisher_s():
    """Four error rates of 35 rows each, of which few err: fewer than five are expected."""
    label = np.repeat([EVENT, OTHER], 70)
    event = np.repeat([True, False], 70)
    event[[0, 1, 2, 3, 4, 5, 72, 73]] ^= True
    sex = np.array(["a"] * 35 + ["b"] * 35)
    found = measured(binary(label, event, sex=np.concatenate([sex, sex])))
    reference = next(
        each.dimensions["group"]
        for each in found.measures
        if each.metric == "tpr_difference" and each.reason == "reference"
    )
    own = found.measure("p_value", **about("sex", "ab".replace(reference, "")), figure="tpr_difference")
    assert own.value == pytest.approx(fisher_exact([[6, 29], [0, 35]])[1], rel=1e-9)


def test_clusters_take_student_s_t_of_the_fewer_and_make_p_larger():
    """Each household answers as one: forty rows are eight, and p is that of eight or larger."""
    house = np.arange(800) // 5
    sex = np.where(house < 80, "f", "m")
    event = house % 10 < np.where(house < 80, 5, 7)
    label = np.where(event, EVENT, OTHER)
    of = {"sensitive": "sex", "group": "m", "figure": "difference"}
    single = np.arange(800) % 5 == 0
    few = measured(binary(label[single], event[single], sex=sex[single])).measure("p_value", **of).value
    together = measured(binary(label, event, sex=sex, cluster=house)).measure("p_value", **of).value
    alone = measured(binary(label, event, sex=sex)).measure("p_value", **of).value
    assert alone < 1e-6 < few < together < 1.3 * few


def test_two_groups_beside_a_small_one_are_no_mirrors():
    """Each is compared with all others, the small group among them: two comparisons with a p-value each."""
    rng = np.random.default_rng(0)
    sex = np.repeat(["a", "b", "few"], [200, 200, 20])
    error = rng.normal(size=420) + 3 * (sex == "few")
    found = measured(regression(np.zeros(420), error, sex=sex), "regression")
    for name in "ab":
        gap = found.measure("error_difference", **about("sex", name))
        p = found.measure("p_value", **about("sex", name), figure="error_difference").value
        half = (gap.interval.high - gap.interval.low) / 2
        assert p == pytest.approx(
            2 * student.sf(abs(gap.value) / half * student.ppf(0.975, 419), 419), rel=1e-6
        )
    assert found.measure("comparisons").value == 2 + 1 + 1  # mean errors; rates above the median; mean scores


def test_scores_that_are_all_alike_are_no_difference():
    sex = np.repeat(["a", "b", "c"], [37, 101, 233])
    event = np.arange(371) % 2 == 0
    for score in (0.1, 0.3, 0.7, 1 / 3):
        found = measured(binary(np.where(event, EVENT, OTHER), event, score=np.full(371, score), sex=sex))
        apart = [
            each for each in found.measures if each.metric == "p_value" and each.dimensions["figure"] == "smd"
        ]
        assert {each.value for each in apart} == {None}
        known = found.measure("comparisons").value  # where there is no p-value, nothing was compared
        assert (known, found.measure("by_chance").value) == (7, pytest.approx(0.35))
        assert FAIRNESS.judge(found, FAIRNESS.settings()) == ()
