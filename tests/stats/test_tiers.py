"""Tiers: each boundary from both sides."""

import pytest

from explainaudit.stats.tiers import error_rate_tier, outcomes_tier, smallest_cell, tier


@pytest.mark.parametrize(
    ("n", "k", "expected"),
    [
        (0, 0, "not_estimable"),
        (1, 1, "insufficient"),
        (29, 14, "insufficient"),
        (30, 14, "indicative"),
        (99, 50, "indicative"),
        (100, 50, "reportable"),
        (5000, 4, "insufficient"),
        (5000, 5, "reportable"),
        (5000, 4996, "insufficient"),
        (5000, 4995, "reportable"),
    ],
)
def test_outcome_rates(n: int, k: int, expected: str) -> None:
    assert tier(n, k) == expected


@pytest.mark.parametrize(
    ("n", "k", "pooled", "expected"),
    [
        (50, 0, 0.3, "indicative"),  # nobody selected where 15 were expected: not hidden
        (200, 0, 0.3, "reportable"),
        (200, 6, 0.02, "insufficient"),
        (200, 6, 0.025, "reportable"),
        (200, 6, 0.975, "reportable"),
        (200, 6, 0.98, "insufficient"),
        (0, 0, 0.3, "not_estimable"),
        (29, 9, 0.3, "insufficient"),
    ],
)
def test_expected_counts_at_the_pooled_rate(n: int, k: int, pooled: float, expected: str) -> None:
    assert tier(n, k, pooled=pooled) == expected


@pytest.mark.parametrize(
    ("n", "k", "expected"),
    [
        (0, 0, "not_estimable"),
        (29, 14, "insufficient"),
        (300, 4, "insufficient"),
        (300, 296, "insufficient"),
        (300, 49, "indicative"),
        (300, 251, "indicative"),
        (300, 50, "reportable"),
        (300, 250, "reportable"),
        (100, 50, "reportable"),
    ],
)
def test_figures_of_both_outcomes(n: int, k: int, expected: str) -> None:
    assert outcomes_tier(k, n - k) == expected


@pytest.mark.parametrize(
    ("n", "of", "expected"),
    [
        (300, 0, "not_estimable"),
        (300, 29, "insufficient"),
        (300, 30, "indicative"),
        (300, 49, "indicative"),
        (300, 50, "reportable"),
        (99, 99, "indicative"),
        (300, 300, "reportable"),  # whatever the outcomes: all of them may be of one kind
    ],
)
def test_error_rates(n: int, of: int, expected: str) -> None:
    assert error_rate_tier(n, of) == expected


def test_smallest_cell() -> None:
    assert smallest_cell(12, 0, 3, 40) == 3
    assert smallest_cell(0, 0) == 0
    assert smallest_cell() == 0
