"""Several outputs from one questioning, and exact interactions, against one at a time and brute force."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.explain import explain_shap, values_by
from explainaudit.explainers.lime import explain_lime
from explainaudit.records.plan import Explain
from explainaudit.records.responses import ColumnFacts

FEW = Explain(lime_samples=200, lime_most=200)


def three(frame):
    a, b, c = (frame[name].to_numpy() for name in "abc")
    return np.column_stack([a * b + c, np.abs(a - c), a + 2 * b])


@pytest.fixture
def tripled(make_ask):
    draw = np.random.default_rng(1)
    frame = pd.DataFrame(draw.normal(size=(30, 3)).round(2), columns=list("abc"))
    whole = make_ask(three, frame.iloc[:12], frame, outputs=("x", "y", "z"))
    single = [make_ask(lambda f, k=k: three(f)[:, k], frame.iloc[:12], frame) for k in range(3)]
    return whole, single, frame.iloc[20:24]


def test_each_output_is_what_it_is_alone(tripled, row_keys):
    whole, single, rows = tripled
    some = rows, row_keys(4), np.ones(4)
    together, evaluations = explain_shap(whole, *some)
    limes, asked = explain_lime(whole, *some, FEW)
    assert [each.output for each in together] == [each.output for each in limes] == ["x", "y", "z"]
    for k, ask in enumerate(single):
        (alone,), of_one = explain_shap(ask, *some)
        (lime,), of_lime = explain_lime(ask, *some, FEW)
        assert (evaluations, asked) == (of_one, of_lime)  # the model is asked no more often
        np.testing.assert_array_equal(together[k].values, alone.values)
        for name in ("values", "base", "fidelity", "spread", "off_manifold"):
            np.testing.assert_allclose(getattr(limes[k], name), getattr(lime, name), rtol=1e-9, atol=1e-14)


def test_a_wide_model_samples_every_output(make_ask, row_keys):
    draw = np.random.default_rng(2)
    frame = pd.DataFrame(draw.normal(size=(6, 13)), columns=[f"x{place}" for place in range(13)])
    ask = make_ask(
        lambda f: np.column_stack([f["x0"] + f["x1"], -f["x2"]]), frame.iloc[:4], outputs=("up", "down")
    )
    (up, down), _ = explain_shap(ask, frame.iloc[4:], row_keys(2), np.ones(2))
    gap = frame.iloc[4:].to_numpy() - frame.iloc[:4].to_numpy().mean(axis=0)
    np.testing.assert_allclose(up.values[:, :2], gap[:, :2], atol=1e-12)
    np.testing.assert_allclose(down.values[:, 2], -gap[:, 2], atol=1e-12)


def interaction(predict, background, row, i, j):
    """The Shapley interaction index of two columns, halved, one coalition at a time."""
    names = list(background.columns)
    others = [name for name in names if name not in {names[i], names[j]}]

    def worth(coalition):
        hybrid = background.assign(**{name: row[name].iloc[0] for name in coalition})
        return float(np.mean(predict(hybrid)))

    total = 0.0
    for size in range(len(others) + 1):
        weight = factorial(size) * factorial(len(names) - size - 2) / (2 * factorial(len(names) - 1))
        for s in combinations(others, size):
            both, neither = worth((*s, names[i], names[j])), worth(s)
            total += weight * (both + neither - worth((*s, names[i])) - worth((*s, names[j])))
    return total


def knot(frame):
    a, b, c, d = (frame[name].to_numpy() for name in "abcd")
    return a * b * c + np.where(d > 0, a, -b) + c


@settings(max_examples=8, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_interactions_equal_brute_force_and_vanish_without_any(seed):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(draw.normal(size=(7, 4)).round(1), columns=list("abcd"))
    columns = tuple(ColumnFacts(name=name, type="number", role="input") for name in frame)

    def values(predict):
        ask = Ask(lambda f: predict(f)[:, None], columns, frame.iloc[:5], frame, ("o",), "log_odds", 7)
        return values_by("enumeration", ask, frame.iloc[5:6], np.array(["0" * 64]), Questions(ask)).pairs[0]

    found = values(knot)
    expected = [
        interaction(knot, frame.iloc[:5], frame.iloc[5:6], i, j) for i, j in combinations(range(4), 2)
    ]
    np.testing.assert_allclose(found[0], expected, atol=1e-12)
    additive = values(lambda f: np.sin(f["a"]).to_numpy() + f["d"].to_numpy() ** 2)
    np.testing.assert_allclose(additive, 0, atol=1e-12)


def test_a_product_is_shared_by_the_two_halves(make_ask, row_keys):
    """f = a·b on background 0, row 1: the pair adds 1, half to each; nothing is left to a and b alone."""
    background = pd.DataFrame({"a": [0.0], "b": [0.0]})
    ask = make_ask(lambda f: f["a"].to_numpy() * f["b"].to_numpy(), background)
    row = pd.DataFrame({"a": [1.0], "b": [1.0]})
    found = values_by("enumeration", ask, row, row_keys(1), Questions(ask))
    assert found.values.tolist() == [[[0.5, 0.5]]]
    assert found.pairs.tolist() == [[[0.5]]]
