"""lime's own bins and draws: the same shares, the same weights, the same perturbations, or a refusal."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.explainers.lime_columns import Unexplainable
from explainaudit.explainers.quiet import importing

NUMBERS = {"a": "number", "b": "text", "c": "number"}


def own_draws(bins, row, seed, size):
    """What lime itself draws from a state, without its row 0."""
    explainer = bins.explainer
    state = np.random.RandomState(seed)
    explainer.random_state = explainer.discretizer.random_state = state
    return explainer._LimeTabularExplainer__data_inverse(row, size + 1)[1][1:]


def test_draws_are_limes_own(make_ask):
    draw = np.random.default_rng(3)
    source = pd.DataFrame(
        {
            "a": draw.normal(size=200) ** 3,
            "b": draw.choice(list("uvw"), 200, p=[0.6, 0.3, 0.1]),
            "c": np.exp(3 * draw.normal(size=200)) - 1e4,
        }
    )
    bins = LimeBins(make_ask(lambda f: np.zeros(len(f)), source, kinds=NUMBERS))
    row = bins.encode(source.iloc[[5]])[0]
    expected = own_draws(bins, row, 11, 3000)
    places, codes = bins.draw(np.random.RandomState(11), 3000)
    np.testing.assert_allclose(codes, expected, rtol=1e-9)
    again = bins.explainer.discretizer.discretize(expected)
    np.testing.assert_array_equal(places, again)


def test_a_bin_of_one_value_gives_that_value(make_ask):
    """lime gives 0 there, whatever the value: its standardised limit."""
    source = pd.DataFrame({"a": np.array([18.0] * 6 + [30.0, 40.0, 50.0, 60.0]), "c": np.arange(10.0)})
    bins = LimeBins(make_ask(lambda f: np.zeros(len(f)), source))
    assert (own_draws(bins, source.to_numpy()[0], 1, 500)[:, 0] == 0).any()
    places, codes = bins.draw(np.random.RandomState(1), 500)
    assert set(codes[places[:, 0] == 0, 0]) == {18.0}
    assert (codes[:, 0] >= 18).all()


def test_bins_and_shares_are_those_of_the_source(mixed):
    ask, rows = mixed
    bins = LimeBins(ask)
    shares = bins.shares(bins.places(rows))
    source = ask.source
    for i in range(len(rows)):
        row = rows.iloc[i]
        same_job = source["job"].isna() if pd.isna(row["job"]) else source["job"] == row["job"]
        assert shares[i, 4] == pytest.approx(same_job.mean())
        low, middle, high = source["years"].quantile([0.25, 0.5, 0.75])
        sides = [source["years"] <= low, source["years"].between(low, middle, inclusive="right")]
        sides += [source["years"].between(middle, high, inclusive="right"), source["years"] > high]
        mine = 4 if pd.isna(row["years"]) else int(np.searchsorted([low, middle, high], row["years"]))
        assert shares[i, 2] == pytest.approx(
            source["years"].isna().mean() if mine == 4 else sides[mine].mean()
        )


def test_weights_are_limes_kernel(mixed):
    bins = LimeBins(mixed[0])
    mismatches = 5 - np.arange(6)
    np.testing.assert_allclose(bins.kernel, np.sqrt(np.exp(-mismatches / (0.75**2 * 5))))
    assert bins.kernel.min() > 0.4  # no pool is ever without weight


def test_values_without_a_like_have_no_bin(make_ask):
    source = pd.DataFrame({"a": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0], "b": list("xyxyxy"), "c": np.arange(6.0)})
    bins = LimeBins(make_ask(lambda f: np.zeros(len(f)), source, kinds=NUMBERS))
    rows = pd.DataFrame(
        {"a": [1.0, 2.0, np.nan, 1.0], "b": ["x", "x", "x", "z"], "c": [99.0, 1.0, 1.0, np.inf]}
    )
    known = bins.places(rows) >= 0
    assert known.tolist() == [[True] * 3, [False, True, True], [False, True, True], [True, False, True]]


@pytest.mark.parametrize("case", ["one row", "constant", "huge"])
def test_a_source_that_lime_has_no_answer_for_is_refused(make_ask, case):
    frame = pd.DataFrame({"a": np.arange(8.0)})
    source = {"one row": frame[:1], "constant": frame * 0, "huge": frame * 1e308}[case]
    with pytest.raises(Unexplainable):
        LimeBins(make_ask(lambda f: np.zeros(len(f)), source))


def test_neither_bins_nor_digest_know_the_order_of_the_source(mixed):
    ask, rows = mixed
    shuffled = type(ask)(
        ask.predict, ask.columns, ask.background, ask.source.iloc[::-1], ("yes",), ask.unit, 7
    )
    one, other = LimeBins(ask), LimeBins(shuffled)
    assert one.digest == other.digest
    np.testing.assert_array_equal(one.places(rows), other.places(rows))
    state = np.random.RandomState
    np.testing.assert_array_equal(one.draw(state(5), 50)[1], other.draw(state(5), 50)[1])
    fewer = type(ask)(ask.predict, ask.columns, ask.background, ask.source.iloc[1:], ("yes",), ask.unit, 7)
    assert LimeBins(fewer).digest != one.digest


def test_lime_is_given_its_defaults(mixed):
    with importing():
        from lime.discretize import QuartileDiscretizer
    explainer = LimeBins(mixed[0]).explainer
    assert isinstance(explainer.discretizer, QuartileDiscretizer)
    assert not explainer.sample_around_instance
