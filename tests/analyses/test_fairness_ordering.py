"""The area under the curve of each group is scikit-learn's; where outcomes are of one kind it is n/e."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.stats.discrimination import auc
from grouped import EVENT, OTHER, asked, binary


def areas(scored):
    found = FAIRNESS.measure(asked(scored), FAIRNESS.settings())
    return {each.dimensions.get("group"): each for each in found.measures if each.metric == "group_auc"}


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.booleans())
def test_every_area_is_that_of_scikit_learn(seed, weighted):
    rng = np.random.default_rng(seed)
    n = 300
    group = rng.choice(["a", "b", "c"], n, p=[0.6, 0.38, 0.02])
    label = rng.choice([EVENT, OTHER, None], n, p=[0.3, 0.6, 0.1])
    score = np.round(rng.uniform(size=n), 1)
    weight = rng.gamma(1.0, size=n) if weighted else None
    scored = binary(label, score >= 0.5, score=score, sex=group, weight=weight)
    for name, found in areas(scored).items():
        rows = (group == name) & (label != None)  # noqa: E711 - element by element
        assert found.n == rows.sum()
        if len(set(label[rows])) < 2:
            assert (found.value, found.reason, found.tier) == (None, "not_estimable", "not_estimable")
            continue
        held = None if weight is None else weight[rows]
        assert found.value == pytest.approx(
            roc_auc_score(label[rows] == EVENT, score[rows], sample_weight=held), abs=1e-12
        )
        if weight is None:
            assert found.interval == auc(label[rows] == EVENT, score[rows])[1]


def test_a_group_of_one_outcome_has_its_number_and_no_area():
    label = [EVENT, OTHER] * 50 + [OTHER] * 60
    score = np.linspace(0.1, 0.9, 160)
    found = areas(binary(label, score >= 0.5, score=score, sex=["a"] * 100 + ["b"] * 60))
    assert (found["b"].value, found["b"].n, found["b"].interval) == (None, 60, None)
    assert found["a"].value is not None
