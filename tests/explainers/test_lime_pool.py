"""The pool: nested looks, typed perturbations that could be, one question each."""

import numpy as np
import pytest

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.explainers.lime_pool import Pool, look_sizes
from explainaudit.records.plan import Explain


@pytest.mark.parametrize(
    ("samples", "most", "sizes"),
    [
        (5000, 40_000, (5000, 10_000, 20_000, 40_000)),
        (5000, 39_999, (5000, 10_000, 20_000)),
        (120, 100, (150,)),
        (100, 10**9, tuple(100 * 2**look for look in range(8))),
    ],
)
def test_looks_double_up_to_the_most(samples, most, sizes):
    assert look_sizes(Explain(lime_samples=samples, lime_most=most)) == sizes


@pytest.fixture
def pooled(mixed):
    ask, _ = mixed
    asked = []

    def listen(frame):
        asked.append(frame)
        return ask.predict(frame)

    def make(samples, most, seed=7):
        question = type(ask)(listen, ask.columns, ask.background, ask.source, ("yes",), ask.unit, seed)
        bins = LimeBins(question)
        return Pool(bins, Questions(question), Explain(lime_samples=samples, lime_most=most), seed=seed)

    return make, asked, ask.source


def test_each_look_asks_only_about_its_new_rows_in_batches_of_one_size(pooled):
    make, asked, _ = pooled
    pool = make(6000, 24_000)
    pool.part(0)
    assert [len(frame) for frame in asked] == [6000]
    later = pool.part(2)
    assert [len(frame) for frame in asked] == [6000, 6000, 10_000, 2000]
    assert pool.part(2) is later
    assert later.places.shape == (5, 12_000)
    assert len(asked) == 4


def test_a_pool_is_a_prefix_of_a_larger_one_and_hangs_on_the_seed(pooled):
    make, _, _ = pooled
    small, large, other = make(500, 500), make(500, 4000), make(500, 500, seed=8)
    large.part(3)
    np.testing.assert_array_equal(small.part(0).places, large.part(0).places)
    np.testing.assert_array_equal(small.part(0).answers, large.part(0).answers)
    assert (small.part(0).places != other.part(0).places).any()
    assert (large.part(0).places != large.part(1).places).any()


def test_perturbations_are_typed_rows_that_could_be(pooled):
    make, asked, source = pooled
    make(4000, 4000).part(0)
    (frame,) = asked
    assert (frame.dtypes == source.dtypes).all()
    assert frame["age"].between(source["age"].min(), source["age"].max()).all()
    for name in ("years", "own", "job"):
        assert set(frame[name].astype(str)) <= set(source[name].astype(str))
        seen = frame[name].astype(str).value_counts(normalize=True)
        shares = source[name].astype(str).value_counts(normalize=True)
        assert (seen - shares).abs().max() < 0.03


def test_answers_stand_beside_their_bins(pooled):
    make, asked, _ = pooled
    pool = make(300, 300)
    part = pool.part(0)
    bins = pool._bins
    np.testing.assert_array_equal(bins.places(asked[0]).T, part.places)
    np.testing.assert_array_equal(bins.encode(asked[0]), pool.head)
    assert part.answers.shape == (300, 1)
