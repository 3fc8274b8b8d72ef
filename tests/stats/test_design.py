"""Weights and clusters: estimates and errors by hand, by statsmodels, and by drawing again and again."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_1samp
from statsmodels.stats.weightstats import DescrStatsW

from explainaudit.stats.design import Design, influence_interval, mean_of, share_of
from explainaudit.stats.intervals import wilson, wilson_limits

Z = 1.959963984540054


def design(n: int, *, weight=None, cluster=None) -> Design:
    columns = {"key": [f"{i:04x}" for i in range(n)]}
    columns |= {} if weight is None else {"weight": np.asarray(weight, dtype=float)}
    columns |= {} if cluster is None else {"cluster": pd.Series(cluster, dtype="str")}
    return Design.of(pd.DataFrame(columns))


def survey_error(values, weight, cluster) -> float:
    """The standard error of a Hájek mean over clusters drawn with replacement, written out."""
    mean = sum(w * y for w, y in zip(weight, values, strict=True)) / sum(weight)
    sums: dict[object, float] = {}
    for w, y, c in zip(weight, values, cluster, strict=True):
        if w > 0:
            sums[c] = sums.get(c, 0.0) + w * (y - mean) / sum(weight)
    m = len(sums)
    return math.sqrt(m / (m - 1) * sum(z**2 for z in sums.values()))


def test_rows_without_a_plan_are_persons_drawn_one_by_one():
    plain = design(5)
    assert plain.simple
    assert (plain.total, plain.freedom) == (5, 4)
    assert not design(5, weight=[1] * 5).simple
    assert not design(5, cluster=list("abcab")).simple
    assert design(5, cluster=list("abcab")).freedom == 2


def test_a_row_of_unknown_cluster_is_a_cluster_of_its_own():
    found = design(6, cluster=["a", "a", None, "b", None, "a"])
    assert found.freedom == 3
    assert len({found.cluster[2], found.cluster[4], found.cluster[0], found.cluster[3]}) == 4
    assert design(3, cluster=[None, None, None]).freedom == 2
    assert design(3, weight=[1, 0, 0]).freedom == 0


def test_the_mean_of_plain_rows_has_the_t_interval():
    values = np.random.default_rng(1).lognormal(size=40)
    mean, interval = mean_of(values, design(40), level=0.9)
    expected = ttest_1samp(values, 0).confidence_interval(0.9)
    assert mean == pytest.approx(values.mean())
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(2, 60), st.sampled_from([2, 5, 1000]))
def test_mean_and_error_are_those_of_the_formula(seed, n, clusters):
    rng = np.random.default_rng(seed)
    values, weight = rng.normal(size=n), np.where(rng.uniform(size=n) < 0.2, 0.0, rng.gamma(1, size=n))
    cluster = rng.integers(0, clusters, size=n).astype(str)
    found = design(n, weight=weight, cluster=cluster)
    if found.freedom < 1:
        assert found.total == 0 or mean_of(values, found)[1] is None
        return
    mean, interval = mean_of(values, found)
    assert mean == pytest.approx(DescrStatsW(values, weight).mean)
    half = student.ppf(0.975, found.freedom) * survey_error(values, weight, cluster)
    assert (interval.low, interval.high) == pytest.approx((mean - half, mean + half), abs=1e-12)


def test_the_error_is_that_of_statsmodels_cluster_robust_regression():
    rng = np.random.default_rng(2)
    values, weight = rng.normal(size=200), rng.uniform(0.2, 3, 200)
    house = rng.integers(0, 40, 200)
    fit = sm.WLS(values, np.ones(200), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": house, "use_correction": False}
    )
    found = design(200, weight=weight, cluster=house.astype(str))
    mean, interval = mean_of(values, found)
    half = (interval.high - interval.low) / 2 / student.ppf(0.975, 39)
    assert mean == pytest.approx(fit.params[0])
    assert half == pytest.approx(fit.bse[0] * math.sqrt(40 / 39))


def test_a_part_of_the_rows_keeps_its_clusters():
    house = np.arange(20) // 4
    whole = design(20, weight=np.arange(20) + 1.0, cluster=house.astype(str))
    inside = np.arange(20) >= 10
    part = whole.among(inside)
    assert part.freedom == 2
    assert part.total == sum(range(11, 21))
    values = np.sin(np.arange(20))
    half = student.ppf(0.975, 2) * survey_error(values[10:], whole.weight[10:], house[10:])
    interval = mean_of(values[inside], part)[1]
    assert interval.high - interval.low == pytest.approx(2 * half)


@pytest.mark.parametrize(("k", "n"), [(0, 7), (7, 7), (1, 1), (3, 10), (333, 1001)])
def test_a_plain_share_is_wilsons_bit_for_bit(k, n):
    found = share_of(np.arange(n) < k, design(n))
    assert (found.k, found.n, found.value, found.effective_n) == (k, n, k / n, n)
    assert found.interval == wilson(k, n)


def test_a_weighted_share_has_the_effective_n_of_korn_and_graubard():
    rng = np.random.default_rng(3)
    hit, weight = rng.uniform(size=300) < 0.3, rng.gamma(0.7, size=300)
    house = rng.integers(0, 50, 300).astype(str)
    found = share_of(hit, design(300, weight=weight, cluster=house))
    share = weight @ hit / weight.sum()
    error = survey_error(hit.astype(float), weight, house)
    effective = share * (1 - share) / error**2 * (Z / student.ppf(0.975, 49)) ** 2
    assert found.value == pytest.approx(share)
    assert found.effective_n == pytest.approx(effective)
    assert (found.interval.low, found.interval.high) == pytest.approx(wilson_limits(share, effective, 0.95))
    assert (found.k, found.n) == (hit.sum(), 300)


def test_at_nobody_and_everybody_the_effective_n_is_the_number_of_equal_clusters():
    weight = np.array([1.0, 1.0, 2.0, 2.0, 2.0])
    found = design(5, weight=weight, cluster=list("aabcd"))
    for hit in (np.zeros(5, dtype=bool), np.ones(5, dtype=bool)):
        share = share_of(hit, found)
        assert share.value == hit[0]
        assert share.effective_n == pytest.approx(4 * (Z / student.ppf(0.975, 3)) ** 2)
        assert share.interval.low <= share.value <= share.interval.high


def test_a_share_of_everybody_is_1_however_its_weights_add_up():
    """Sums of these weights differ in the last digit from the total: a share just below 1 has no variance."""
    rng = np.random.default_rng(0)
    for n in range(2, 60):
        weight = rng.gamma(0.2, size=n) * (rng.uniform(size=n) < 0.9)
        found = share_of(np.ones(n, dtype=bool), design(n, weight=weight))
        if weight.any():
            kish = weight.sum() ** 2 / (weight**2).sum()
            assert found.value == 1
            assert found.effective_n <= kish * (1 + 1e-9)


def test_a_share_of_nobody_is_none_and_one_cluster_says_little():
    assert share_of(np.zeros(0, dtype=bool), design(0)) is None
    assert share_of(np.ones(3, dtype=bool), design(3, weight=[0, 0, 0])) is None
    lone = share_of(np.array([True, False, True]), design(3, cluster=["a"] * 3))
    assert lone.effective_n == 1
    assert lone.interval.high - lone.interval.low > 0.6
    assert mean_of(np.arange(3.0), design(3, cluster=["a"] * 3))[1] is None


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(0, 2**32), st.integers(1, 80), st.sampled_from([1, 2, 7, 1000]), st.floats(0, 1))
def test_laws_of_a_weighted_share(seed, n, clusters, rate):
    rng = np.random.default_rng(seed)
    hit, weight = rng.uniform(size=n) < rate, rng.gamma(0.2, size=n) * (rng.uniform(size=n) < 0.9)
    house = rng.integers(0, clusters, n).astype(str)
    found = share_of(hit, design(n, weight=weight, cluster=house))
    if weight.sum() == 0:
        assert found is None
        return
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
    assert 0 < found.effective_n <= n
    again = share_of(hit, design(n, weight=weight * 7, cluster=house))
    assert again.value == pytest.approx(found.value, abs=1e-12)
    assert again.effective_n == pytest.approx(found.effective_n, rel=1e-6)
    order = rng.permutation(n)
    moved = share_of(hit[order], design(n, weight=weight[order], cluster=house[order]))
    assert moved.effective_n == pytest.approx(found.effective_n, rel=1e-6)


@pytest.mark.parametrize("scale", ["logit", "log", "fisher"])
def test_an_interval_stays_where_its_statistic_can_be(scale):
    values = np.random.default_rng(4).uniform(size=30) ** 8
    plain = design(30)
    mean = float(values.mean())
    interval = influence_interval(mean, 4 * (values - mean), plain, scale=scale)
    assert interval.low < mean < interval.high
    assert interval.low > (-1 if scale == "fisher" else 0)
    assert interval.high < (math.inf if scale == "log" else 1)
    edge = {"logit": 1.0, "log": 0.0, "fisher": 1.0}[scale]
    assert influence_interval(edge, values - mean, plain, scale=scale) is None


def covered(draws: int, one) -> float:
    return sum(one(np.random.default_rng([9, number])) for number in range(draws)) / draws


@pytest.mark.parametrize("rate", [0.1, 0.4])
@pytest.mark.parametrize("kind", ["weights", "weights that go with the outcome", "clusters", "both"])
def test_how_often_the_interval_of_a_share_covers(kind, rate):
    """Seeded: 95 % within what 1,500 draws tell, and a little for the approximation."""

    def one(rng) -> bool:
        houses, each = (60, 5) if kind in {"clusters", "both"} else (300, 1)
        n = houses * each
        house = np.repeat(np.arange(houses), each)
        # Beta-binomial: people of a house are alike (intraclass correlation 0.2).
        chance = rng.beta(4 * rate, 4 * (1 - rate), houses)[house] if each > 1 else np.full(n, rate)
        hit = rng.uniform(size=n) < chance
        weight = np.ones(n)
        truth = rate
        if kind in {"weights", "both"}:
            weight = rng.lognormal(0, 0.6, n)
        if kind.startswith("weights that"):
            # Those with the outcome were drawn half as often, and count twice.
            kept = rng.uniform(size=n) < np.where(hit, 0.5, 1.0)
            hit, house, weight = hit[kept], house[kept], np.where(hit[kept], 2.0, 1.0)
        found = share_of(hit, design(len(hit), weight=weight, cluster=house.astype(str)))
        return found.interval.low <= truth <= found.interval.high

    assert covered(1500, one) == pytest.approx(0.95, abs=0.022)


@pytest.mark.parametrize("houses", [12, 50])
def test_how_often_the_interval_of_a_mean_covers(houses):
    def one(rng) -> bool:
        house = np.repeat(np.arange(houses), 6)
        values = rng.normal(size=houses)[house] + rng.normal(size=len(house))
        weight = rng.lognormal(0, 0.5, len(house))
        interval = mean_of(values, design(len(house), weight=weight, cluster=house.astype(str)))[1]
        return interval.low <= 0 <= interval.high

    assert covered(1500, one) == pytest.approx(0.95, abs=0.02)


def test_intervals_that_ignore_households_would_cover_less():
    """The simulation above can fail."""

    def one(rng) -> bool:
        house = np.repeat(np.arange(50), 6)
        values = rng.normal(size=50)[house] + rng.normal(size=300)
        interval = mean_of(values, design(300))[1]
        return interval.low <= 0 <= interval.high

    assert covered(400, one) < 0.8


def test_rows_without_weight_are_nobody():
    held = design(5, weight=[2, 0, 2, 2, 0])
    first_two = np.array([True, True, False, False, False])
    assert (held.number(), held.number(first_two), held.number(~held.counts)) == (3, 1, 0)
    assert (held.worth(), held.worth(first_two), held.worth(~held.counts)) == (3, 1, 0)
    share = share_of(first_two, held)
    assert (share.k, share.n) == (1, 3)
    assert share_of(first_two[:2], held.among(np.array([1, 4]))) is None


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 200), st.sampled_from([1e-90, 0.1, 1e90]))
def test_rows_are_worth_what_kish_says_and_never_more_than_they_are(seed, n, scale):
    weight = np.random.default_rng(seed).gamma(0.3, scale, size=n)
    assert design(n, weight=np.full(n, scale)).worth() == n == design(n).worth()
    found = design(n, weight=weight).worth()
    assert 1 <= found <= n
    relative = weight / weight.max()
    assert found == pytest.approx(relative.sum() ** 2 / (relative**2).sum(), abs=1e-6)
