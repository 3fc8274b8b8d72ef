"""How far SHAP and LIME agree over the rows compared: weighted as they were chosen, with intervals."""

import numpy as np
import pytest

from explainaudit.analyses.agreement.compared import compared_quality
from explainaudit.stats.intervals import wilson
from handmade import attribution, explained, responses, scored_frame

ROWS, COLUMNS = 40, 6
NAMES = [f"column {number}" for number in range(COLUMNS)]


def quality(*, inclusion=None, blocks=None, lime=None, weight=None):
    """Return figures over rows of which LIME names the same first column as SHAP in the first 30."""
    draw = np.random.default_rng(3)
    values = np.sort(draw.uniform(1, 2, (ROWS, COLUMNS)), axis=1)
    other = values.copy()
    other[30:, -1] = 0.5
    told = {"inclusion": np.ones(ROWS) if inclusion is None else inclusion, "columns": NAMES}
    shap = attribution(values, **told)
    compared = attribution(
        other if lime is None else lime, method="lime", algorithm="lime_tabular", blocks=blocks, **told
    )
    scored = scored_frame(["bad"] * ROWS, [True] * ROWS)
    if weight is not None:
        scored = scored.assign(weight=weight)
    parts = explained(
        shap, attribution(values[:6], columns=NAMES), attribution(values[:6], method="lime", columns=NAMES)
    )
    found = compared_quality(responses(scored, **(parts | {"compared": (compared,)})))
    return {each.metric: each for each in found}


def repeated(values, scale=0.0):
    draw = np.random.default_rng(5)
    return values[..., None] * np.exp(scale * draw.normal(size=(*values.shape, 10)))


def test_rows_count_by_how_they_were_chosen_and_nobody_counts_for_nothing():
    assert quality()["agreement_first"].value == pytest.approx(30 / 40)
    rare = np.r_[np.ones(30), np.full(10, 0.5)]
    assert quality(inclusion=rare)["agreement_first"].value == pytest.approx(30 / 50)
    nobody = np.r_[np.ones(30), np.zeros(10)]
    found = quality(weight=nobody)["agreement_first"]
    assert (found.value, found.n) == (1.0, 30)


def test_an_interval_counts_rows_and_blocks():
    draw = np.random.default_rng(3)
    values = np.sort(draw.uniform(1, 2, (ROWS, COLUMNS)), axis=1)
    values[30:, -1] = 0.5
    still = quality(lime=values, blocks=repeated(values))["agreement_first"]
    rows = wilson(30, 40)
    assert (still.interval.low, still.interval.high) == (pytest.approx(rows.low), pytest.approx(rows.high))
    moving = quality(lime=values, blocks=repeated(values, 0.1))
    assert moving["agreement_first"].interval.low < rows.low
    assert moving["agreement_first"].interval.method == "mover"
    for metric in ("agreement_top", "agreement_sign", "agreement_rank"):
        found = moving[metric]
        assert found.interval.low <= found.value <= found.interval.high <= 1
    assert moving["lime_fidelity"].interval is None


def test_without_blocks_there_is_no_interval():
    assert all(each.interval is None for each in quality().values())


def test_a_column_of_which_a_block_tells_nothing_stays_where_it_is():
    draw = np.random.default_rng(3)
    values = np.sort(draw.uniform(1, 2, (ROWS, COLUMNS)), axis=1)
    blocks = repeated(values)
    blocks[:, 0] = np.nan
    found = quality(lime=values, blocks=blocks)
    assert found["agreement_top"].value == 1.0
    assert found["agreement_top"].interval.low == 1.0
