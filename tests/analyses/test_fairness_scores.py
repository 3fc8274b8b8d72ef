"""Scores of groups: means, quantiles and distances, held against NumPy and SciPy."""

import numpy as np
import pytest
from counted_groups import about, chosen_counts, joined, measured, reference_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, ttest_1samp

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.fairness.scores import QUANTILES
from explainaudit.records.evidence import Evidence
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary, regression


@st.composite
def frames(draw):
    """Rows of a binary task; scores with many ties or none, groups of few rows, a missing group."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(2, 400))
    sex = rng.choice(["a", "b", "few", None], size=n, p=[0.5, 0.35, 0.05, 0.1])
    score = np.clip(rng.beta(2, 2, size=n) + 0.1 * (sex == "a"), 0, 1)
    score = score.round(draw(st.sampled_from([1, 2, 15])))
    label = np.where(rng.uniform(size=n) < score, EVENT, OTHER)
    return binary(label, score >= 0.5, score=score, sex=sex)


def pooled_spread(one, other) -> float:
    """Return the standard deviation of Cohen's d."""
    squares = one.var(ddof=1) * (len(one) - 1) + other.var(ddof=1) * (len(other) - 1)
    return (squares / (len(one) + len(other) - 2)) ** 0.5


@settings(derandomize=True, deadline=None, max_examples=25)
@given(frames())
def test_means_quantiles_and_distances_are_numpy_s_and_scipy_s(scored):
    found = measured(scored)
    reference = reference_of(chosen_counts(scored, joined(scored, ("sex",))))
    held = {name: of["score"].to_numpy() for name, of in scored.groupby(scored["group:sex"].fillna("\x00"))}
    for name, values in held.items():
        of = about("sex", None if name == "\x00" else name)
        mean = found.measure("mean_score", **of)
        assert (mean.value, mean.n) == (pytest.approx(values.mean()), len(values))
        if len(values) > 1 and np.ptp(values) > 0:
            ends = ttest_1samp(values, 0).confidence_interval()
            assert (mean.interval.low, mean.interval.high) == pytest.approx((ends.low, ends.high), abs=1e-9)
        for share in QUANTILES:
            own = found.measure("score_quantile", **of, quantile=f"{share:g}")
            assert own.value == np.quantile(values, share, method="inverted_cdf")
            assert own.interval is None or own.interval.low <= own.value <= own.interval.high
        standardised, distance = (found.measure(each, **of) for each in ("smd", "score_distance"))
        compared = reference is not None and name not in {reference, "\x00"} and len(values) >= 30
        pooled = chosen_counts(scored, joined(scored, ("sex",)))
        if not compared:
            why = "missing_group" if name == "\x00" else "reference" if name == reference else "insufficient"
            assert (standardised.value, standardised.reason, distance.reason) == (None, why, why)
            continue
        assert reference in pooled
        other = held[reference]
        expected = (values.mean() - other.mean()) / pooled_spread(values, other)
        assert standardised.value == pytest.approx(expected, abs=1e-9)
        assert standardised.interval.low <= standardised.value <= standardised.interval.high
        assert distance.value == pytest.approx(ks_2samp(values, other).statistic, abs=1e-12)
        assert 0 <= distance.interval.low <= distance.value <= distance.interval.high <= 1
        assert standardised.smallest_cell == min(len(values), len(other))


def test_weights_are_those_of_numpy():
    rng = np.random.default_rng(1)
    sex, score, weight = rng.choice(["a", "b"], 300), rng.uniform(size=300), rng.integers(0, 4, 300)
    scored = binary(np.where(score > 0.5, EVENT, OTHER), score > 0.5, score=score, sex=sex)
    found = measured(scored.assign(weight=weight.astype(float)))
    many = measured(scored.loc[scored.index.repeat(weight)].reset_index(drop=True))
    for name in "ab":
        inside = sex == name
        own = found.measure("mean_score", **about("sex", name))
        assert own.value == pytest.approx(np.average(score[inside], weights=weight[inside]))
        assert own.n == (inside & (weight > 0)).sum()
        for share in QUANTILES:
            of = {**about("sex", name), "quantile": f"{share:g}"}
            assert found.measure("score_quantile", **of).value == many.measure("score_quantile", **of).value
    (other,) = (each for each in found.measures if each.metric == "score_distance" and each.value is not None)
    assert other.value == pytest.approx(many.measure("score_distance", **other.dimensions).value, abs=1e-12)


def test_the_mean_of_few_or_missing_stands_there_but_is_compared_with_nobody():
    sex = ["a"] * 100 + ["b"] * 100 + ["few"] * 3 + [None] * 40
    event = [i % 2 == 0 for i in range(243)]
    found = measured(binary([EVENT] * 243, event, sex=sex))
    for name, n in (("few", 3), (None, 40)):
        assert found.measure("mean_score", **about("sex", name)).n == n
        assert found.measure("smd", **about("sex", name)).reason == (
            "missing_group" if name is None else "insufficient"
        )
    few = found.measure("score_quantile", **about("sex", "few"), quantile="0.5")
    assert (few.tier, few.smallest_cell) == ("insufficient", 3)
    assert [len(found.table(f"{name}:sex").rows) for name in ("scores", "quantiles")] == [4, 4]


def test_scores_of_which_one_group_has_no_spread():
    score = np.concatenate([np.full(50, 0.25), np.linspace(0, 1, 60)])
    found = measured(binary([EVENT] * 110, score < 0.3, score=score, sex=["a"] * 50 + ["b"] * 60))
    (own,) = (each for each in found.measures if each.metric == "smd" and each.value is not None)
    assert own.interval is not None
    assert found.measure("mean_score", **about("sex", "a")).value == 0.25
    p = found.measure("p_value", **own.dimensions, figure="smd").value
    assert 0 < p < 1e-6


def test_scores_without_any_spread_have_no_standardised_difference():
    score = np.repeat([0.2, 0.7], 50)
    found = measured(binary([EVENT] * 100, np.arange(100) % 2 == 0, score=score, sex=["a"] * 50 + ["b"] * 50))
    (own,) = (each for each in found.measures if each.metric == "smd" and each.reason != "reference")
    assert (own.value, own.reason) == (None, "not_estimable")
    (far,) = (
        each for each in found.measures if each.metric == "score_distance" and each.reason != "reference"
    )
    assert far.value == 1.0


def test_the_figure_is_drawn_from_the_quantiles_in_the_table():
    rng = np.random.default_rng(2)
    scored = regression(rng.normal(size=300), rng.normal(size=300), sex=rng.choice(["a", "b"], 300))
    found = measured(scored, "regression")
    drawn = FAIRNESS.draw(found, Verdicts(), Writer({each.id: each for each in found.measures}))
    assert [figure.table for figure in drawn if figure.name.startswith("quantiles")] == ["quantiles:sex"]
    assert {each.unit for each in found.measures if each.metric in {"mean_score", "score_quantile"}} == {
        "target"
    }


def above_median(found: Evidence, group: str | None):
    return found.measure("scoring_rate", **about("sex", group))


def test_the_scoring_rate_is_the_share_strictly_above_the_median_of_all():
    """Half points, as of a test of few questions: seven of 200 lie at the median, and count as not above."""
    score = np.concatenate([np.arange(97) * 0.5, np.full(7, 60.0), 80 + np.arange(96) * 0.5])
    sex = np.array((["f", "m", "m", None] * 50)[:200], dtype=object)
    found = measured(regression(np.zeros(200), score, sex=sex), "regression")
    assert (found.measure("median_score").value, found.measure("median_ties").value) == (60.0, 7)
    for name in ("f", "m", None):
        inside = np.array([each == name for each in sex])
        own = above_median(found, name)
        assert (own.value, own.n) == ((score[inside] > 60).mean(), inside.sum())
    rates = {name: (score[sex == name] > 60).mean() for name in ("f", "m")}
    low, high = sorted(rates, key=rates.get)
    assert found.measure("impact_ratio", **about("sex", low)).value == pytest.approx(rates[low] / rates[high])
    assert found.measure("impact_ratio", **about("sex", high)).reason == "reference"
    assert "note.median" in {note.key for note in found.table("outcomes:sex").notes}


def test_with_weights_the_median_and_the_share_above_are_weighted():
    score, weight = np.arange(200.0), np.where(np.arange(200) < 100, 3.0, 1.0)
    sex = ["f", "m"] * 100
    found = measured(regression(np.zeros(200), score, sex=sex, weight=weight), "regression")
    assert found.measure("median_score").value == 66  # 67 rows of weight 3 are the first half of 400
    inside = np.arange(200) % 2 == 0
    expected = np.average(score[inside] > 66, weights=weight[inside])
    assert above_median(found, "f").value == pytest.approx(expected)


def test_where_nobody_is_above_the_median_no_ratio_is_formed():
    found = measured(regression(np.zeros(200), np.full(200, 5.0), sex=["f", "m"] * 100), "regression")
    assert found.measure("median_ties").value == 200
    assert above_median(found, "f").value == 0.0
    assert {each.reason for each in found.measures if each.metric == "impact_ratio"} == {"insufficient"}
    assert FAIRNESS.judge(found, FAIRNESS.settings()) == ()


def test_the_median_of_one_person_is_that_person_s_score():
    found = FAIRNESS.measure(asked(regression([1.0], [2.0], sex=["f"]), "regression"), FAIRNESS.settings())
    assert (found.measure("median_score").value, found.measure("median_score").smallest_cell) == (2.0, 1)
