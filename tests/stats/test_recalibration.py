"""Recalibration fits against statsmodels, bins and their error against scikit-learn and by hand."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import t as student
from sklearn.calibration import calibration_curve

from explainaudit.stats.calibration import (
    calibration_error,
    clipped,
    linear_recalibration,
    logistic_recalibration,
    observed_over_expected,
    quantile_bins,
)
from explainaudit.stats.design import Design


def plain(n: int) -> Design:
    return Design(np.ones(n), np.arange(n), simple=True)


def drawn(seed: int, n: int, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return (rng.uniform(size=n) < expit(0.3 + slope * z)).astype(float), expit(z)


def half(interval) -> float:
    return (interval.high - interval.low) / 2


@pytest.mark.parametrize("seed", range(4))
def test_the_fit_is_that_of_a_logistic_regression_with_its_sandwich(seed):
    outcome, probability = drawn(seed, 400)
    found = logistic_recalibration(outcome, probability, plain(400))
    fit = sm.Logit(outcome, sm.add_constant(logit(probability))).fit(disp=0, cov_type="HC0")
    assert (found.intercept, found.slope) == pytest.approx(tuple(fit.params), rel=1e-7)
    widen = student.ppf(0.975, 399) * (400 / 399) ** 0.5
    assert half(found.slope_interval) == pytest.approx(widen * fit.bse[1], rel=1e-5)
    assert half(found.intercept_interval) == pytest.approx(widen * fit.bse[0], rel=1e-5)
    assert found.slope_interval.method == "linearised"


def test_weights_are_frequencies_and_clusters_are_counted_once():
    outcome, probability = drawn(9, 300)
    rng = np.random.default_rng(9)
    weight, house = rng.integers(1, 5, 300).astype(float), rng.integers(0, 60, 300)
    found = logistic_recalibration(outcome, probability, Design(weight, house, simple=False))
    x = sm.add_constant(logit(probability))
    often = np.repeat(np.arange(300), weight.astype(int))
    fit = sm.Logit(outcome[often], x[often]).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": house[often], "use_correction": False}
    )
    assert (found.intercept, found.slope) == pytest.approx(tuple(fit.params), rel=1e-7)
    widen = student.ppf(0.975, 59) * (60 / 59) ** 0.5
    assert half(found.slope_interval) == pytest.approx(widen * fit.bse[1], rel=1e-5)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(0, 2**32), st.integers(2, 40), st.sampled_from([0.2, 1, 4]), st.sampled_from([0, 1, 3]))
def test_there_is_a_fit_where_no_limit_separates_the_outcomes(seed, n, spread, places):
    """Few rows, ties and overlap in a single pair: a finite fit solves the score equations, or is none."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n) * spread
    probability = expit(np.round(z, places) if places else z)
    outcome = (rng.uniform(size=n) < expit(z)).astype(float)
    found = logistic_recalibration(outcome, probability, plain(n))
    x = logit(np.clip(probability, 1e-6, 1 - 1e-6))
    ones, zeros = x[outcome == 1], x[outcome == 0]
    overlap = len(ones) and len(zeros) and zeros.max() > ones.min() and ones.max() > zeros.min()
    assert (found is not None) is bool(overlap)
    if found is not None:
        error = outcome - expit(found.intercept + found.slope * x)
        assert error.sum() == pytest.approx(0, abs=1e-6)
        assert error @ x == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("outcome", "probability"),
    [
        ([1, 1, 1], [0.2, 0.5, 0.9]),
        ([0, 0, 0], [0.2, 0.5, 0.9]),
        ([0, 1, 0, 1], [0.3, 0.3, 0.3, 0.3]),
        ([0, 1, 0, 1], [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2]),  # alike but for rounding
        ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]),
        ([0, 0, 1, 1], [0.1, 0.5, 0.5, 0.9]),  # one value holds both: still no finite fit
        ([1], [0.4]),
        ([0, 1], [1.0, 0.0]),
    ],
)
def test_what_has_no_fit_is_none(outcome, probability):
    outcome, probability = np.array(outcome, dtype=float), np.array(probability)
    assert logistic_recalibration(outcome, probability, plain(len(outcome))) is None


def test_rows_without_weight_do_not_count():
    outcome, probability = drawn(3, 200)
    more = np.concatenate([outcome, 1 - outcome]), np.concatenate([probability, probability])
    silent = Design(np.repeat([1.0, 0.0], 200), np.arange(400), simple=False)
    alone = logistic_recalibration(outcome, probability, plain(200))
    assert logistic_recalibration(*more, silent) == alone
    parted = np.array([0.0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.05])
    assert (
        logistic_recalibration(*parted, Design(np.array([1.0, 1, 1, 0]), np.arange(4), simple=False)) is None
    )


def test_probabilities_of_zero_and_one_are_clipped():
    outcome, probability = drawn(4, 300)
    probability[:3], outcome[:3] = [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]
    assert clipped(probability).sum() == 3
    assert list(clipped(np.array([1e-6, 1 - 1e-6, 9e-7]))) == [False, False, True]
    found = logistic_recalibration(outcome, probability, plain(300))
    x = logit(np.clip(probability, 1e-6, 1 - 1e-6))
    fit = sm.Logit(outcome, sm.add_constant(x)).fit(disp=0)
    assert found.slope == pytest.approx(fit.params[1], rel=1e-6)


@pytest.mark.parametrize("shift", [0.0, 1e9])
def test_the_linear_fit_is_that_of_statsmodels(shift):
    rng = np.random.default_rng(5)
    predicted = rng.normal(size=150) + shift
    outcome = 2 + 0.7 * (predicted - shift) + rng.normal(size=150)
    weight = rng.uniform(0.2, 3, 150)
    found = linear_recalibration(outcome, predicted, Design(weight, np.arange(150), simple=False))
    fit = sm.WLS(outcome, sm.add_constant(predicted - shift), weights=weight).fit(cov_type="HC0")
    assert found.slope == pytest.approx(fit.params[1], rel=1e-6)
    widen = student.ppf(0.975, 149) * (150 / 149) ** 0.5
    assert half(found.slope_interval) == pytest.approx(widen * fit.bse[1], rel=1e-6)
    if not shift:
        assert found.intercept == pytest.approx(fit.params[0])
        assert half(found.intercept_interval) == pytest.approx(widen * fit.bse[0])
    assert linear_recalibration(outcome, np.full(150, 1 / 3), plain(150)) is None


def test_observed_over_expected():
    outcome, predicted = np.array([1.0, 0, 1, 0]), np.array([0.5, 0.25, 0.75, 0.5])
    ratio, interval = observed_over_expected(outcome, predicted, plain(4))
    assert ratio == 1.0
    assert interval.low < 1 < interval.high
    assert interval.low * interval.high == pytest.approx(1)
    assert observed_over_expected(outcome, np.zeros(4), plain(4)) is None
    assert observed_over_expected(np.zeros(4), predicted, plain(4)) == (0.0, None)


def test_how_often_slope_and_ratio_cover():
    draws, inside = 400, np.zeros(2)
    for seed in range(draws):
        rng = np.random.default_rng([3, seed])
        z = rng.normal(size=250)
        outcome, probability = (rng.uniform(size=250) < expit(z)).astype(float), expit(z)
        slope = logistic_recalibration(outcome, probability, plain(250)).slope_interval
        ratio = observed_over_expected(outcome, probability, plain(250))[1]
        inside += [each.low <= 1 <= each.high for each in (slope, ratio)]
    assert inside / draws == pytest.approx(0.95, abs=0.035)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 1.0]) | st.floats(0, 1), min_size=1, max_size=120),
    st.integers(1, 12),
    st.integers(1, 30),
)
def test_bins_keep_ties_together_and_enough_rows(values, bins, fewest):
    predicted = np.array(values)
    place = quantile_bins(predicted, bins, fewest)
    sizes = np.bincount(place)
    assert len(sizes) <= bins
    assert sizes.min() >= min(fewest, len(values))
    ends = [
        (predicted[place == number].min(), predicted[place == number].max()) for number in range(len(sizes))
    ]
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ends))


def test_bins_without_ties_are_quantiles():
    outcome, probability = drawn(6, 500)
    place = quantile_bins(probability, 10, 20)
    assert set(np.bincount(place)) == {50}
    observed, mean = calibration_curve(outcome, probability, n_bins=10, strategy="quantile")
    own = [probability[place == number].mean() for number in range(10)]
    assert own == pytest.approx(list(mean), abs=0.01)  # scikit-learn puts a limit between two rows
    gap = [abs(outcome[place == k].mean() - probability[place == k].mean()) for k in range(10)]
    assert calibration_error(outcome, probability, place, plain(500)) == pytest.approx(np.mean(gap))
    assert np.abs(observed - mean).mean() == pytest.approx(np.mean(gap), abs=0.01)


def test_the_error_over_the_bins_is_weighted():
    outcome, predicted = np.array([1.0, 0, 1, 1]), np.array([0.2, 0.2, 0.9, 0.9])
    bins = np.array([0, 0, 1, 1])
    held = Design(np.array([3.0, 1.0, 2.0, 2.0]), np.arange(4), simple=False)
    # 4 of 8 with |0.75 − 0.2|, 4 of 8 with |1 − 0.9|
    assert calibration_error(outcome, predicted, bins, held) == pytest.approx((0.55 + 0.1) / 2)
