"""p-values of two proportions against SciPy and statsmodels, by whole and by effective counts; Holm's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact, t, ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from explainaudit.stats.design import Design
from explainaudit.stats.intervals import newcombe
from explainaudit.stats.selection import Selection
from explainaudit.stats.significance import holm, two_means, two_proportions

MODEST = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def counts(draw, least, most):
    n = draw(st.integers(least, most))
    return draw(st.integers(0, n)), n


@MODEST
@given(counts(1, 200), counts(1, 2000))
def test_the_p_value_is_that_of_scipy(first, second):
    found = two_proportions(first, second)
    assert found == pytest.approx(two_proportions(second, first))
    table = np.array([[k, n - k] for k, n in (first, second)])
    if (table.sum(axis=0) == 0).any():
        assert found == 1
        return
    chi_square = chi2_contingency(table, correction=False)
    if min(first[1], second[1]) < 30 or chi_square.expected_freq.min() < 5:
        assert found == pytest.approx(min(1, fisher_exact(table)[1]))
    else:
        assert found == pytest.approx(chi_square.pvalue)


def test_the_four_fifths_example():
    """Two-proportion z of −3.42."""
    assert two_proportions((45, 250), (120, 400)) == pytest.approx(
        proportions_ztest([45, 120], [250, 400])[1]
    )
    assert two_proportions((45, 250), (120, 400)) == pytest.approx(math.erfc(3.42 / math.sqrt(2)), rel=0.02)


@pytest.mark.parametrize("freedom", [None, 7])
def test_at_the_limits(freedom):
    assert two_proportions((0, 0), (5, 90), freedom=freedom) is None
    assert two_proportions((5, 90), (0, 0), freedom=freedom) is None
    assert two_proportions((0, 40), (0, 50), freedom=freedom) == 1
    assert two_proportions((40, 40), (50.5, 50.5), freedom=freedom) == 1
    with pytest.raises(ValueError, match="not proportions"):
        two_proportions((41, 40), (1, 50), freedom=freedom)
    assert two_proportions((4, 40), (20, 50), freedom=0) is None


def test_effective_counts_never_go_to_fisher():
    pooled = proportions_ztest([3.5, 9], [20, 22.5])[1]
    assert two_proportions((3.5, 20), (9, 22.5)) == pytest.approx(pooled)


@pytest.mark.parametrize("clusters", [8, 60])
def test_with_clusters_it_is_a_test_of_cluster_means(clusters):
    """Clusters of equal size: Student's t for the means of clusters, but for the pooled spread."""
    rng, rejected, same = np.random.default_rng(clusters), [], []
    for _ in range(2000):
        groups, means = [], []
        for _ in range(2):
            rate = rng.beta(6, 6, clusters)
            hit = rng.random((clusters, 10)) < rate[:, None]
            design = Design(np.ones(10 * clusters), np.repeat(np.arange(clusters), 10), simple=False)
            groups.append(Selection(hit.ravel(), design).effective(0.95))
            means.append(hit.mean(axis=1))
        found = two_proportions(*groups, freedom=clusters - 1)
        rejected.append(found < 0.05)
        error = math.sqrt(sum(each.var(ddof=1) / clusters for each in means))
        statistic = (means[0].mean() - means[1].mean()) / error
        same.append(found - 2 * t.sf(abs(statistic), clusters - 1))
    # 5 % and three Monte-Carlo errors; the fewer of the two degrees of freedom errs on the safe side.
    assert np.mean(rejected) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2000)
    assert np.abs(same).mean() < 0.02


@MODEST
@given(counts(100, 400), counts(100, 400), st.integers(2, 50))
def test_below_one_in_twenty_where_the_effective_counts_say_so(first, second, freedom):
    if 0 < first[0] + second[0] < first[1] + second[1]:
        z = abs(proportions_ztest(*zip(first, second, strict=True))[0])
        found = two_proportions(first, second, freedom=freedom)
        assert (found < 0.05) == (z > 1.959963984540054)
        if z > 2.2:
            assert not newcombe(*first, *second).low <= 0 <= newcombe(*first, *second).high


@MODEST
@given(st.lists(st.none() | st.floats(0, 1) | st.just(0.01), max_size=20))
def test_holm_is_that_of_statsmodels(p):
    found = holm(p)
    known = [each for each in p if each is not None]
    assert [each is None for each in found] == [each is None for each in p]
    if known:
        expected = multipletests(known, method="holm")[1]
        assert [each for each in found if each is not None] == pytest.approx(list(expected))


def test_two_means_are_compared_as_by_welch_or_more_carefully():
    rng = np.random.default_rng(9)
    one, other = rng.normal(size=40), rng.normal(0.4, 2, 300)
    found = [(each.mean(), each.std(ddof=1) / math.sqrt(len(each))) for each in (one, other)]
    welch = ttest_ind(one, other, equal_var=False)
    assert two_means(*found, freedom=round(welch.df)) == pytest.approx(welch.pvalue, rel=1e-2)
    assert two_means(*found, freedom=39) > welch.pvalue
    assert two_means((1.0, 0.0), (2.0, 0.0), freedom=9) is None
    assert two_means((1.0, math.nan), (2.0, 0.1), freedom=9) is None
    assert two_means((1.0, 0.1), (2.0, 0.1), freedom=0) is None


def test_holm_refuses_what_is_no_p_value():
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            holm([0.5, wrong])
