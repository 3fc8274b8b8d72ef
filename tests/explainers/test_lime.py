"""The door of LIME: one answer for each row whatever stands beside it, or missing by name, never zeros."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from explainaudit.explainers.explain import explain_shap
from explainaudit.explainers.lime import explain_lime
from explainaudit.records.plan import Explain

FEW = Explain(lime_samples=400, lime_most=400)
LOOKS = Explain(lime_samples=500, lime_most=8000)
PER_ROW = (
    "values",
    "base",
    "spread",
    "fidelity",
    "bin_share",
    "stability",
    "samples",
    "settled",
    "off_manifold",
)


def limes(ask, rows, keys, settings=FEW):
    return explain_lime(ask, rows, keys, np.ones(len(rows)), settings)[0]


def lime(ask, rows, keys, settings=FEW):
    return limes(ask, rows, keys, settings)[0]


def same(one, other, order):
    for name in PER_ROW:
        np.testing.assert_array_equal(getattr(one, name)[order], getattr(other, name))


@pytest.fixture
def wide(make_ask):
    """Eight numbers, two outputs, one with a clear order and one with none; forty rows, three of them odd."""
    draw = np.random.default_rng(5)
    source = pd.DataFrame(draw.normal(size=(150, 8)), columns=list("abcdefgh"))
    source["h"] = source["h"].where(draw.random(150) > 0.2)

    def predict(frame):
        steps = np.sign(frame.fillna(0).to_numpy())
        return np.column_stack(
            [steps @ [10.0, 7.0, 4.5, 2.5, 0.5, 0, 0, 0], np.sin(1e4 * steps[:, 0] + frame["b"])]
        )

    rows = pd.DataFrame(draw.normal(size=(40, 8)), columns=list("abcdefgh"))
    rows.loc[[3, 20, 39], "c"] = np.nan
    return make_ask(predict, source.iloc[:30], source, outputs=("clear", "noise")), rows


def test_no_answer_depends_on_the_rows_beside_it(wide, row_keys):
    ask, rows = wide
    keys = row_keys(40)
    together = limes(ask, rows, keys, LOOKS)
    for order in (np.arange(40)[::-1], np.array([7]), np.array([20]), np.arange(1, 40, 2)):
        for whole, some in zip(together, limes(ask, rows.iloc[order], keys[order], LOOKS), strict=True):
            same(whole, some, order)


@pytest.mark.parametrize("model", [LogisticRegression(), MLPClassifier((16,), max_iter=20, random_state=0)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_nor_does_that_of_a_model_whose_rounding_hangs_on_the_shape_of_a_batch(make_ask, row_keys, model):
    draw = np.random.default_rng(5)
    source = pd.DataFrame(draw.normal(size=(1500, 9)), columns=list("abcdefghi"))
    model.fit(source, source["a"] * source["b"] + source["c"] > 0)
    ask = make_ask(lambda f: model.predict_proba(f)[:, 1], source.iloc[:50], source)
    keys = row_keys(1500)
    together = lime(ask, source, keys, Explain(lime_samples=100, lime_most=100))
    for order in (np.array([1499]), np.array([1030, 3]), np.arange(700, 710)):
        some = lime(ask, source.iloc[order], keys[order], Explain(lime_samples=100, lime_most=100))
        same(together, some, order)
        np.testing.assert_array_equal(together.prediction[order], some.prediction)


def test_nor_on_the_order_of_the_source(mixed, row_keys):
    ask, rows = mixed
    keys = row_keys(len(rows))
    turned = type(ask)(ask.predict, ask.columns, ask.background, ask.source.iloc[::-1], ("yes",), ask.unit, 7)
    same(lime(ask, rows, keys), lime(turned, rows, keys), np.arange(len(rows)))
    other = type(ask)(ask.predict, ask.columns, ask.background, ask.source, ("yes",), ask.unit, 8)
    assert (lime(ask, rows, keys).values != lime(other, rows, keys).values).all()


def test_each_case_stops_when_it_is_settled(wide, row_keys):
    ask, rows = wide
    clear, noise = limes(ask, rows, row_keys(40), LOOKS)
    known = rows["c"].notna().to_numpy()
    assert (clear.samples[~known] == 0).all()
    assert not clear.settled[~known].any()
    assert len(set(clear.samples[known])) > 1
    assert clear.settled[known & (clear.samples < 8000)].all()
    assert clear.settled[known].mean() > 0.9
    order = np.argsort(-np.abs(clear.contribution[known]), axis=1)[:, :4]
    assert (order == [0, 1, 2, 3]).all()
    assert (noise.samples[known] == 8000).all()
    assert not noise.settled.any()
    assert np.median(clear.stability[known]) > 0.85
    assert np.median(noise.stability[known]) < 0.7
    assert explain_lime(ask, rows, row_keys(40), np.ones(40), LOOKS)[1] == 1024 + 8000 + 30
    only = type(ask)(
        lambda f: ask.predict(f)[:, :1], ask.columns, ask.background, ask.source, ("clear",), "margin", 7
    )
    assert explain_lime(only, rows, row_keys(40), np.ones(40), LOOKS)[1] == 1024 + clear.samples.max() + 30
    np.testing.assert_array_equal(lime(only, rows, row_keys(40), LOOKS).samples, clear.samples)


def test_a_settled_answer_is_that_of_its_own_look(wide, row_keys):
    ask, rows = wide
    clear = lime(ask, rows, row_keys(40), LOOKS)
    for size in (2000, 4000):
        one = lime(ask, rows, row_keys(40), Explain(lime_samples=500, lime_most=size))
        here = (clear.samples == size) & (one.samples == size)  # fewer looks, each at a larger level
        assert here.any()
        np.testing.assert_array_equal(one.values[here], clear.values[here])


def test_contribution_of_an_additive_model_is_close_to_shap(make_ask, row_keys):
    draw = np.random.default_rng(9)
    source = pd.DataFrame(
        {
            "a": draw.normal(size=400),
            "b": draw.choice(["u", "v", "w"], 400, p=[0.7, 0.2, 0.1]),
            "c": draw.random(400) < 0.3,
        }
    )
    edges = np.percentile(source["a"], [25, 50, 75])

    def predict(frame):
        steps = np.array([-2.0, 0.5, 1.0, 3.0])[np.searchsorted(edges, frame["a"])]
        words = frame["b"].map({"u": 0.0, "v": 2.0, "w": -1.0}).to_numpy()
        return steps + words - 1.5 * frame["c"].to_numpy()

    ask = make_ask(predict, source, kinds={"a": "number", "b": "text", "c": "boolean"})
    rows, keys = source.iloc[:6], row_keys(6)
    (shap,), _ = explain_shap(ask, rows, keys, np.ones(6))
    found = lime(ask, rows, keys, Explain(lime_samples=20_000, lime_most=20_000))
    np.testing.assert_allclose(found.contribution, shap.values, atol=0.08)
    assert np.abs(found.values - shap.values).max() > 0.5
    # Of these six rows four at least lie within two standard errors in every column.
    within = np.abs(found.contribution - shap.values) < 2.5 * found.spread + 0.01
    assert within.mean() > 0.8
