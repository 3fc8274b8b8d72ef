"""An interval that counts rows and the error of a draw which all rows share."""

import numpy as np
import pytest

from explainaudit.records.measure import Interval
from explainaudit.stats.intervals import wilson
from explainaudit.stats.sampling import widened

UNIT = (0.0, 1.0)


def test_blocks_that_agree_leave_an_interval_as_it_is():
    given = Interval(low=0.4, high=0.7, method="wilson")
    found = widened(given, 0.5, np.full(10, 0.5), limits=UNIT)
    assert (found.low, found.high, found.method) == (pytest.approx(0.4), pytest.approx(0.7), "mover")


def test_distances_add_as_squares_and_stay_within_limits():
    blocks = np.array([0.4, 0.6])
    error = 12.706204736432095 * 0.1  # Student's t at one degree of freedom, times 0.1414… / √2
    given = Interval(low=0.4, high=0.7, method="wilson")
    found = widened(given, 0.5, blocks, limits=(-9.0, 9.0))
    assert found.low == pytest.approx(0.5 - np.hypot(0.1, error))
    assert found.high == pytest.approx(0.5 + np.hypot(0.2, error))
    found = widened(given, 0.5, blocks, limits=UNIT)
    assert (found.low, found.high) == UNIT


def test_it_holds_the_truth_where_rows_alone_do_not():
    """200 rows are hits by a share that the draw moves for all of them alike."""
    draw = np.random.default_rng(7)
    plain = wide = 0
    for _ in range(400):
        blocks = 0.5 + draw.normal(0, 0.05 * np.sqrt(10), 10)
        hits = draw.binomial(200, np.clip(blocks.mean(), 0, 1))
        value = hits / 200
        rows = wilson(hits, 200)
        found = widened(rows, value, value + blocks - blocks.mean(), limits=UNIT)
        plain += rows.low <= 0.5 <= rows.high
        wide += found.low <= 0.5 <= found.high
    assert plain < 0.9 * 400
    assert 0.93 * 400 <= wide <= 0.99 * 400
