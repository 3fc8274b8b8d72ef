"""The area under the curve, against scikit-learn, the definition of DeLong's variance, and coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from explainaudit.stats.discrimination import auc
from explainaudit.stats.intervals import wilson

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=2, max_size=60)


def arrays(rows: list[tuple[bool, int]]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    return np.array([label for label, _ in rows]), np.array([float(score) for _, score in rows])


def delong_by_definition(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """DeLong, DeLong and Clarke-Pearson 1988, equation 4, pair by pair."""
    positive, negative = scores[labels][:, None], scores[~labels][None, :]
    right = (positive > negative) + 0.5 * (positive == negative)
    v10, v01 = right.mean(axis=1), right.mean(axis=0)
    area = right.mean()
    s10 = ((v10 - area) ** 2).sum() / (len(v10) - 1)
    s01 = ((v01 - area) ** 2).sum() / (len(v01) - 1)
    return float(s10 / len(v10) + s01 / len(v01))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(ROWS)
def test_area_and_variance(rows: list[tuple[bool, int]]) -> None:
    labels, scores = arrays(rows)
    found = auc(labels, scores)
    if labels.all() or not labels.any():
        assert found is None
        return
    assert found is not None
    area, interval = found
    assert area == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert 0 <= interval.low <= area <= interval.high <= 1
    reversed_area, reversed_interval = auc(labels, -scores) or (None, None)
    assert reversed_area == pytest.approx(1 - area)
    assert reversed_interval is not None
    assert (reversed_interval.low, reversed_interval.high) == pytest.approx(
        (1 - interval.high, 1 - interval.low)
    )
    if interval.method == "delong":
        half = 1.959963984540054 * delong_by_definition(labels, scores) ** 0.5 / (area * (1 - area))
        assert interval.low == pytest.approx(expit(logit(area) - half), abs=1e-9)
    else:
        assert area in (0, 1) or min(labels.sum(), (~labels).sum()) == 1


def test_separation_is_not_certainty() -> None:
    labels = np.array([False] * 30 + [True] * 12)
    area, interval = auc(labels, np.arange(42.0)) or (None, None)
    assert area == 1
    assert interval is not None
    assert interval.high == 1
    assert interval.low == pytest.approx(wilson(12, 12).low)
    assert interval.method == "wilson"


def test_a_constant_score_separates_nothing() -> None:
    area, interval = auc(np.array([True, False] * 20), np.zeros(40)) or (None, None)
    assert area == 0.5
    assert interval is not None
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_a_higher_level_is_wider() -> None:
    rng = np.random.default_rng(1)
    labels = rng.random(200) < 0.3
    scores = rng.normal(size=200) + labels
    narrow, wide = (auc(labels, scores, level) for level in (0.8, 0.99))
    assert narrow is not None
    assert wide is not None
    assert wide[1].low < narrow[1].low < narrow[0] < narrow[1].high < wide[1].high


@pytest.mark.parametrize(("shift", "positives", "negatives"), [(0.0, 40, 60), (1.2, 40, 60), (2.0, 60, 200)])
def test_coverage(shift: float, positives: int, negatives: int) -> None:
    rng = np.random.default_rng(2)
    labels = np.arange(positives + negatives) < positives
    truth = norm.cdf(shift / 2**0.5)
    covered = []
    for _ in range(1500):
        found = auc(labels, rng.normal(size=len(labels)) + shift * labels)
        assert found is not None
        covered.append(found[1].low <= truth <= found[1].high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.018)


def test_scores_must_be_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        auc(np.array([True, False]), np.array([0.5, np.nan]))
