"""Agreement of two explanations: worked by hand, and the laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import spearmanr

from explainaudit.stats.agreement import same_first, sign_agreement, spearman, top_overlap

A = np.array([0.9, -0.5, 0.3, 0.0, 0.1])
B = np.array([-0.2, -0.8, 0.4, 0.1, 0.0])
ZERO = np.zeros(5)
PAIRS = st.integers(1, 8).flatmap(
    lambda d: st.tuples(
        *[st.lists(st.integers(-4, 4), min_size=d, max_size=d).map(np.array) for _ in range(2)]
    )
)


def test_worked_by_hand() -> None:
    assert top_overlap(A, B, 1) == 0
    assert top_overlap(A, B, 2) == 0.5  # {0, 1} and {1, 2}
    assert top_overlap(A, B, 3) == 1  # {0, 1, 2} twice
    assert sign_agreement(A, B, 3) == pytest.approx(2 / 3)
    assert sign_agreement(A, B, 2) == 1
    assert not same_first(A, B)
    assert same_first(A, -A)
    assert sign_agreement(A, -A, 3) == 0
    assert top_overlap(A, -A, 3) == 1


def test_ties_go_to_the_earlier_column() -> None:
    tied = np.array([1.0, -1.0, 1.0])
    assert top_overlap(tied, np.array([1.0, 0.0, 0.0]), 1) == 1
    assert top_overlap(tied, np.array([0.0, 0.0, 1.0]), 1) == 0
    assert same_first(tied, np.array([1.0, 0.5, 0.0]))
    many, first_ten = np.ones(300), np.repeat([1.0, 0.0], [10, 290])
    assert top_overlap(many, first_ten, 10) == 1


def test_vectors_of_zeros_name_no_column() -> None:
    for one, two in [(A, ZERO), (ZERO, A), (ZERO, ZERO)]:
        assert top_overlap(one, two, 3) is None
        assert sign_agreement(one, two, 3) is None
        assert spearman(one, two) is None
        assert same_first(one, two) is False


def test_nothing_in_common_has_no_sign() -> None:
    assert sign_agreement(A, B, 1) is None


def test_rank_correlation_is_of_sizes() -> None:
    assert spearman(A, -A) == pytest.approx(1)
    assert spearman(A, B) == pytest.approx(spearmanr(np.abs(A), np.abs(B)).statistic)
    assert spearman(A, np.array([1.0, -1.0, 1.0, 1.0, -1.0])) is None


@settings(derandomize=True, deadline=None, max_examples=150)
@given(PAIRS, st.integers(1, 10))
def test_laws(pair: tuple[NDArray[np.float64], NDArray[np.float64]], k: int) -> None:
    a, b = pair
    overlap, signs, correlation = top_overlap(a, b, k), sign_agreement(a, b, k), spearman(a, b)
    assert overlap is None or 0 <= overlap <= 1
    assert signs is None or 0 <= signs <= 1
    assert correlation is None or -1 - 1e-12 <= correlation <= 1 + 1e-12
    assert overlap == top_overlap(b, a, k) == top_overlap(3 * a, -b, k)
    assert signs == sign_agreement(b, a, k)
    assert overlap is None or k < len(a) or overlap == 1
    if a.any():
        assert (top_overlap(a, a, k), sign_agreement(a, a, k), same_first(a, a)) == (1, 1, True)
