"""Associations of single inputs with groups against SciPy and NumPy, with weights, and with nothing there."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.contingency import association
from screened_rows import measured, screened, two
from sklearn.metrics import roc_auc_score

from explainaudit.analyses.proxies.halves import halves_of


@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.booleans())
def test_associations_are_those_of_scipy_and_numpy(seed, k, incomplete):
    draw = np.random.default_rng(seed)
    n = 80 * k
    group = np.repeat([f"g{i}" for i in range(k)], 80)
    level = np.where(draw.uniform(size=n) < 0.4, group, draw.choice(["g0", "g1", "u"], size=n))
    number = draw.normal(size=n) + 0.3 * (group == "g0")
    if incomplete:
        number[::7] = np.nan
    level[:3] = [f"rare {i}" for i in range(3)]
    level[3:12] = "rare"
    evidence = measured(screened({"level": level, "number": number}, side=group))
    pooled = np.where(np.isin(level, [*[f"rare {i}" for i in range(3)], "rare"]), "rare", level)
    expected = association(pd.crosstab(pooled, group).to_numpy(), method="cramer")
    found = evidence.measure("association", sensitive="side", column="level")
    assert found.value == pytest.approx(expected, rel=1e-9)
    there = ~np.isnan(number)
    values, names = number[there], group[there]
    means = pd.Series(values).groupby(names).transform("mean").to_numpy()
    found = evidence.measure("association", sensitive="side", column="number")
    assert found.value == pytest.approx(means.std() / values.std(), rel=1e-9)
    assert found.n == there.sum()
    if k == 2:
        r = np.corrcoef(values, names == "g0")[0, 1]
        assert found.value == pytest.approx(abs(r), rel=1e-9)


def test_weights_are_copies_and_rows_of_weight_zero_are_nobody():
    draw, sex = two(400, 4)
    number = draw.normal(size=400) + (sex == "f")
    times = draw.integers(0, 4, size=400)
    weighed = measured(screened({"number": number}, sex=sex, weight=times.astype(float)))
    found = weighed.measure("association", sensitive="sex", column="number")
    copied = np.repeat(np.arange(400), times)
    r = abs(np.corrcoef(number[copied], sex[copied] == "f")[0, 1])
    assert found.value == pytest.approx(r, rel=1e-9)
    assert found.n == (times > 0).sum()
    halves = halves_of(screened({"number": number}, sex=sex, weight=times.astype(float)))
    assert (times[halves.both] > 0).all()
    area = weighed.measure("auc", sensitive="sex", group="f")
    copies = np.repeat(halves.evaluated, times[halves.evaluated])
    # One input that rises with the group: the instrument's order is the input's.
    assert area.value == pytest.approx(roc_auc_score(sex[copies] == "f", number[copies]), abs=1e-12)


def test_numbers_beyond_all_measure_and_constants_do_no_harm():
    draw, sex = two(300, 13)
    huge = np.where(sex == "f", 1e300, -1e300) * draw.uniform(size=300)
    evidence = measured(screened({"huge": huge, "same": np.ones(300), "a": draw.normal(size=300)}, sex=sex))
    r = abs(np.corrcoef(huge / 1e300, sex == "f")[0, 1])
    assert evidence.measure("association", sensitive="sex", column="huge").value == pytest.approx(r)
    assert evidence.measure("association", sensitive="sex", column="same").reason == "not_estimable"
    assert evidence.table("associations:sex").rows[0][0].text == "huge"


def test_a_small_cell_of_two_by_two_is_marked():
    sex = np.repeat(["f", "m"], 100)
    flagged = np.where(np.arange(200) < 12, "yes", "no")
    flagged[100:103] = "yes"
    found = measured(screened({"a": flagged}, sex=sex)).measure("association", sensitive="sex", column="a")
    assert found.smallest_cell == 3


@pytest.mark.parametrize(
    "inputs",
    [
        {"a": ["same"] * 200},
        {"a": np.full(200, np.nan)},
        {"a": [None] * 200},
        {"a": [f"id {i}" for i in range(200)]},
    ],
    ids=["one level", "no number", "no text", "ids"],
)
def test_an_input_that_tells_no_rows_apart_gives_no_figure(inputs):
    _, sex = two(200, 11)
    evidence = measured(screened(inputs, sex=sex))
    for found in (
        evidence.measure("auc", sensitive="sex", group="f"),
        evidence.measure("association", sensitive="sex", column="a"),
    ):
        assert (found.value, found.reason) == (None, "not_estimable")
    assert evidence.answer.key == "answer.proxies.none"
