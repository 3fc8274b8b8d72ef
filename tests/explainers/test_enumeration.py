"""Enumerated Shapley values against brute force, closed forms and shap's own exact algorithm."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.explain import explain_shap
from explainaudit.explainers.second import second_opinion


def brute_force(predict, background, row):
    """Shapley's formula, one coalition and one background row at a time."""
    names = list(background.columns)

    def worth(coalition):
        hybrid = background.copy()
        for name in coalition:
            hybrid[name] = pd.Series(
                [row[name].iloc[0]] * len(hybrid), dtype=row[name].dtype, index=hybrid.index
            )
        return float(np.mean(predict(hybrid)))

    values = []
    for name in names:
        others = [other for other in names if other != name]
        total = 0.0
        for size in range(len(names)):
            weight = factorial(size) * factorial(len(names) - size - 1) / factorial(len(names))
            for coalition in combinations(others, size):
                total += weight * (worth((*coalition, name)) - worth(coalition))
        values.append(total)
    return np.array(values), worth(())


def explain(ask, rows, row_keys):
    return explain_shap(ask, rows, row_keys(len(rows)), np.ones(len(rows)))[0][0]


def test_equals_brute_force_with_categories_and_missing_values(mixed, row_keys):
    ask, rows = mixed
    found = explain(ask, rows, row_keys)
    for place in range(len(rows)):
        values, base = brute_force(ask.predict, ask.background, rows.iloc[[place]])
        np.testing.assert_allclose(found.values[place], values, atol=1e-12)
        assert found.base[place] == pytest.approx(base, abs=1e-12)


def test_is_additive_in_the_models_own_answer(mixed, row_keys):
    ask, rows = mixed
    found = explain(ask, rows, row_keys)
    np.testing.assert_allclose(found.prediction, ask.predict(rows)[:, 0], atol=1e-12)
    assert np.abs(found.residual).max() < 1e-9


def test_linear_model_has_the_closed_form(make_ask, row_keys):
    draw = np.random.default_rng(3)
    frame = pd.DataFrame(draw.normal(size=(40, 6)), columns=list("abcdef"))
    beta = np.array([2.0, -1.0, 0.5, 0.0, 3.0, -0.1])
    background, rows = frame.iloc[:25], frame.iloc[25:]
    found = explain(make_ask(lambda f: f.to_numpy() @ beta, background), rows, row_keys)
    expected = beta * (rows.to_numpy() - background.to_numpy().mean(axis=0))
    np.testing.assert_allclose(found.values, expected, atol=1e-12)


def test_null_player_gets_exactly_nothing_and_twins_get_the_same(make_ask, row_keys):
    draw = np.random.default_rng(4)
    frame = pd.DataFrame(draw.integers(0, 3, size=(30, 4)).astype(float), columns=["a", "b", "null", "c"])
    frame["b"] = frame["a"]
    found = explain(
        make_ask(lambda f: np.exp(f["a"] * f["b"] / 4).to_numpy() * f["c"].to_numpy(), frame.iloc[:20]),
        frame.iloc[20:],
        row_keys,
    )
    assert (found.values[:, 2] == 0).all()
    np.testing.assert_allclose(found.values[:, 0], found.values[:, 1], atol=1e-12)
    assert np.abs(found.values[:, 0]).max() > 0.1


def test_near_equal_numbers_are_different_values(make_ask, row_keys):
    background = pd.DataFrame({"a": [1e9, 1e9 + 1], "b": [0.0, 1.0]})
    rows = pd.DataFrame({"a": [1e9 + 2], "b": [1.0]})

    def predict(frame):
        return (frame["a"].to_numpy() - 1e9) * (1 + frame["b"].to_numpy())

    found = explain(make_ask(predict, background), rows, row_keys)
    values, _ = brute_force(predict, background, rows)
    np.testing.assert_allclose(found.values[0], values, atol=1e-12)
    assert second_opinion(make_ask(predict, background), rows, row_keys(1)).gap < 1e-12


def test_one_column_and_one_background_row(make_ask, row_keys):
    ask = make_ask(lambda f: f["a"].to_numpy() ** 2, pd.DataFrame({"a": [1.0]}))
    found = explain(ask, pd.DataFrame({"a": [3.0, 1.0]}), row_keys)
    assert found.values.tolist() == [[8.0], [0.0]]
    assert found.base.tolist() == [1.0, 1.0]


def test_twelve_columns(make_ask, row_keys):
    draw = np.random.default_rng(5)
    names = [f"x{place}" for place in range(12)]
    frame = pd.DataFrame(draw.normal(size=(5, 12)), columns=names)
    ask = make_ask(lambda f: np.tanh(f.to_numpy()).prod(axis=1) + f["x3"].to_numpy(), frame.iloc[:3])
    found = explain(ask, frame.iloc[3:], row_keys)
    assert found.values.shape == (2, 12)
    assert found.algorithm == "enumeration"
    assert np.abs(found.residual).max() < 1e-9


def test_each_hybrid_is_asked_once_and_no_other_row_matters(mixed, row_keys):
    ask, rows = mixed
    asked = []

    def listen(frame):
        asked.append(frame.copy())
        return ask.predict(frame)

    question = type(ask)(listen, ask.columns, ask.background, ask.source, ask.outputs, ask.unit, ask.seed)
    (together,), evaluations = explain_shap(question, rows, row_keys(len(rows)), np.ones(len(rows)))
    assert evaluations == sum(len(frame) for frame in asked)
    assert not any(frame.duplicated().any() for frame in asked)
    backwards = explain(ask, rows.iloc[::-1], row_keys)
    assert (together.values == backwards.values[::-1]).all()
    assert (together.values[4] == explain(ask, rows.iloc[[4]], row_keys).values[0]).all()
    assert set(map(tuple, (frame.dtypes.astype(str) for frame in asked))) == {tuple(rows.dtypes.astype(str))}
