"""The largest gap is fairlearn's figure; its interval is sure of a gap only where there is one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.stats.composite import largest_gap, simultaneous_level
from explainaudit.stats.intervals import newcombe

SIZES = {2: [400, 150], 5: [60, 100, 100, 300, 1000], 15: [40] * 5 + [120] * 5 + [900] * 5}


@st.composite
def parts(draw):
    def group():
        n = draw(st.integers(0, 60))
        return draw(st.integers(0, n)), n

    return [[group() for _ in range(draw(st.integers(0, 5)))] for _ in range(draw(st.integers(0, 3)))]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(parts())
def test_it_is_put_together_from_newcombe_intervals(made):
    pairs = [pair for groups in made for pair in combinations([each for each in groups if each[1]], 2)]
    if not pairs:
        assert largest_gap(made) is None
        assert simultaneous_level(made) is None
        return
    level = 1 - 0.05 / len(pairs)
    assert simultaneous_level(made) == pytest.approx(level)
    intervals = [newcombe(*one, *other, level) for one, other in pairs]
    value, found = largest_gap(made)
    assert value == pytest.approx(max(abs(k1 / n1 - k0 / n0) for (k1, n1), (k0, n0) in pairs))
    assert found.low == pytest.approx(max(0, *(max(each.low, -each.high) for each in intervals)))
    assert found.high == pytest.approx(max(max(abs(each.low), abs(each.high)) for each in intervals))
    assert found.low <= value <= found.high
    assert (found.method, found.level) == ("simultaneous", 0.95)


def test_the_equalised_odds_difference_of_fairlearn():
    """Written out from its definition: the larger of the two largest differences between groups."""
    rng = np.random.default_rng(1)
    group, actual, predicted = rng.integers(0, 4, 800), rng.random(800) < 0.4, rng.random(800) < 0.5
    counts = [
        [
            (int(predicted[rows].sum()), int(rows.sum()))
            for each in range(4)
            for rows in [(group == each) & of]
        ]
        for of in (actual, ~actual)
    ]
    rates = [[predicted[(group == each) & of].mean() for each in range(4)] for of in (actual, ~actual)]
    assert largest_gap(counts)[0] == pytest.approx(max(max(each) - min(each) for each in rates))


def test_a_gap_there_is_is_seen():
    value, interval = largest_gap([[(900, 1000), (500, 1000)], [(100, 900), (110, 900)]])
    assert value == pytest.approx(0.4)
    assert interval.low > 0.3


@pytest.mark.parametrize("groups", [2, 5, 15])
@pytest.mark.parametrize("rates", [(0.5, 0.5), (0.8, 0.1)])
def test_no_gap_is_covered_where_there_is_none(groups, rates):
    """At least 95 % of the time, whatever the number of groups."""
    rng, sizes, draws = np.random.default_rng(groups), SIZES[groups], 2000
    found = []
    for _ in range(draws):
        drawn = [list(zip(rng.binomial(sizes, rate).tolist(), sizes, strict=True)) for rate in rates]
        found.append(largest_gap(drawn)[1].low == 0)
    assert np.mean(found) >= 0.95 - 2.5 * (0.05 * 0.95 / draws) ** 0.5


@pytest.mark.parametrize("groups", [2, 5, 15])
def test_a_gap_there_is_is_covered(groups):
    rng, sizes, draws = np.random.default_rng(groups), SIZES[groups], 2000
    rates = [np.linspace(0.5, 0.62, groups), np.linspace(0.2, 0.15, groups)]
    covered = []
    for _ in range(draws):
        drawn = [list(zip(rng.binomial(sizes, rate).tolist(), sizes, strict=True)) for rate in rates]
        interval = largest_gap(drawn)[1]
        covered.append(interval.low <= 0.12 <= interval.high)
    assert np.mean(covered) >= 0.95 - 2.5 * (0.05 * 0.95 / draws) ** 0.5
