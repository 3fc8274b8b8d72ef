"""Limits of many pairs at once are those of the pairs one by one."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explainaudit.stats.intervals import ratio_limits
from explainaudit.stats.many_ratios import ratio_limits_of_pairs

COUNTS = st.tuples(st.integers(0, 3000), st.integers(1, 3000)).map(lambda pair: (min(pair), pair[1]))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(COUNTS, min_size=1, max_size=4),
    st.lists(COUNTS, min_size=1, max_size=4),
    st.floats(0.5, 0.99999),
)
@example([(0, 1), (30, 30)], [(0, 50), (50, 50), (1, 3000)], 0.95)
@example([(0.3, 0.4)], [(0.1, 0.2), (0.0, 0.5)], 0.999)
def test_every_limit_is_that_of_its_pair(groups, others, level):
    for side in (-1, 1):
        found = ratio_limits_of_pairs(np.array(groups, float), np.array(others, float), level, side=side)
        for row, one in enumerate(groups):
            for column, other in enumerate(others):
                expected = ratio_limits(one, other, level)[0 if side < 0 else 1]
                assert found[row, column] == pytest.approx(expected, rel=1e-9, abs=1e-300)
