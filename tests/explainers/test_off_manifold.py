"""Off-manifold: five real rows in a hundred lie outside, and perturbations of related columns far more."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.lime import explain_lime
from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.explainers.lime_pool import Pool
from explainaudit.explainers.off_manifold import Manifold
from explainaudit.records.plan import Explain

FEW = Explain(lime_samples=1000, lime_most=1000)
CODED = np.array([False, False, False, True])


def related(rows, seed):
    """Three numbers close to one another and a code that follows them."""
    draw = np.random.default_rng(seed)
    first = draw.normal(size=rows)
    close = first[:, None] + 0.1 * draw.normal(size=(rows, 2))
    return np.column_stack([first, np.exp(close), np.floor(np.clip(first, -2, 2))])


@pytest.mark.parametrize("rows", [200, 5000])
def test_five_in_a_hundred_new_rows_lie_outside(rows):
    outside = Manifold(related(rows, 1), CODED, 7).outside(related(4000, 2))
    assert outside.mean() == pytest.approx(0.05, abs=0.035 if rows < 1000 else 0.015)


def test_rows_that_mix_columns_lie_outside():
    source = related(1500, 1)
    draw = np.random.default_rng(3)
    mixed = np.column_stack([draw.permutation(source[:, j]) for j in range(4)])
    assert Manifold(source, CODED, 7).outside(mixed).mean() > 0.75


def test_distance_is_that_of_places_and_unequal_codes():
    source, rows = related(300, 1), related(350, 2)
    manifold = Manifold(source, CODED, 7)
    near = manifold._near

    def places(some):
        frame = [(source[:, j] < some[:, [j]]).mean(axis=1) for j in range(3)]
        tied = [(source[:, j] == some[:, [j]]).mean(axis=1) / 2 for j in range(3)]
        return np.transpose(frame) + np.transpose(tied)

    squared = cdist(places(rows), near[0], "sqeuclidean") + (rows[:, [3]] != near[1][:, 0])
    np.testing.assert_allclose(manifold._nearest(rows), squared.min(axis=1), atol=1e-9)
    np.testing.assert_array_equal(manifold.outside(rows)[77:79], manifold.outside(rows[77:79]))
    assert len(near[0]) == 150


def test_the_halves_hang_on_content_and_seed_not_on_order():
    source = np.vstack([related(200, 1), related(50, 1)])  # fifty rows stand twice
    one, turned = Manifold(source, CODED, 7), Manifold(source[::-1], CODED, 7)
    assert one.limit == pytest.approx(turned.limit)
    np.testing.assert_array_equal(one._near[0], turned._near[0])
    assert Manifold(source, CODED, 8).limit != one.limit


def test_too_few_rows_cannot_be_calibrated_by():
    assert Manifold(related(38, 1), CODED, 7).outside(related(5, 2)) is None
    assert Manifold(related(40, 1), CODED, 7).outside(related(5, 2)).shape == (5,)


def test_each_rows_share_is_weighted_by_the_kernel(make_ask, row_keys):
    names = list("abcd")
    source = pd.DataFrame(related(400, 1), columns=names).astype({"d": "int64"})
    kinds = dict.fromkeys("abc", "number") | {"d": "integer"}
    ask = make_ask(lambda f: f["a"].to_numpy() * f["b"].to_numpy(), source, kinds=kinds)
    rows = source.iloc[[0, 5, 9]]
    (found,), _ = explain_lime(ask, rows, row_keys(3), np.ones(3), FEW)
    bins = LimeBins(ask)
    pool = Pool(bins, Questions(ask), FEW, seed=ask.seed)
    places = pool.part(0).places.T
    outside = Manifold(bins.encode(source), bins.coded, ask.seed).outside(pool.head)
    for i, row in enumerate(bins.places(rows)):
        weights = bins.kernel[(places == row).sum(axis=1)]
        assert found.off_manifold[i] == pytest.approx(np.average(outside, weights=weights))
    assert (found.off_manifold > 0.3).all()
    few = make_ask(lambda f: f["a"].to_numpy(), source.iloc[:30], kinds=kinds)
    assert np.isnan(explain_lime(few, rows[:1], row_keys(1), np.ones(1), FEW)[0][0].off_manifold).all()
