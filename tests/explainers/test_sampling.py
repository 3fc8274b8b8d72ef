"""Sampled Shapley values: within their printed error, and a function of seed and row key alone."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers import explain
from explainaudit.explainers.explain import explain_shap
from explainaudit.explainers.sampling import sampling_evaluations


@pytest.fixture
def knotted(make_ask):
    """Six columns with interactions of four, where sampling cannot be exact."""
    draw = np.random.default_rng(11)
    frame = pd.DataFrame(draw.normal(size=(32, 6)).round(1), columns=list("abcdef"))

    def predict(f):
        a, b, c, d, e, g = f.to_numpy().T
        return a * b * c * d + np.maximum(a, e) * b + np.sin(3 * g * c)

    return make_ask(predict, frame.iloc[:12]), frame.iloc[12:]


@pytest.fixture
def sampled(monkeypatch):
    monkeypatch.setattr(explain, "choose_algorithm", lambda *_: "permutation")


def test_lies_within_its_standard_error_of_enumeration(knotted, row_keys, monkeypatch):
    ask, rows = knotted
    some = row_keys(len(rows)), np.ones(len(rows))
    (exact,), _ = explain_shap(ask, rows, *some)
    monkeypatch.setattr(explain, "choose_algorithm", lambda *_: "permutation")
    (found,), evaluations = explain_shap(ask, rows, *some)
    assert found.algorithm == "permutation"
    assert exact.spread is None
    gap = np.abs(found.values - exact.values)
    rounding = found.spread < 1e-12  # columns of pair interactions alone, where an antithetic pair is exact
    assert gap[rounding].max() < 1e-12
    miss = gap[~rounding] / found.spread[~rounding]
    assert miss.size > 60
    assert miss.max() < 5
    assert 0.5 < np.mean(miss < 1) < 0.8
    assert np.median(found.spread) < np.abs(exact.values).mean()
    np.testing.assert_allclose(found.base, exact.base, atol=1e-12)
    assert np.abs(found.residual).max() < 1e-9
    assert evaluations <= len(rows) * (1 + sampling_evaluations(6, 12)) + 12


@pytest.mark.usefixtures("sampled")
def test_no_answer_depends_on_the_order_or_the_other_rows(knotted, row_keys):
    ask, rows = knotted
    rows, keys, ones = rows.iloc[:4], row_keys(4), np.ones(4)
    (found,), _ = explain_shap(ask, rows, keys, ones)
    (backwards,), _ = explain_shap(ask, rows.iloc[::-1], keys[::-1], ones)
    (alone,), _ = explain_shap(ask, rows.iloc[[2]], keys[[2]], ones[:1])
    assert (found.values == backwards.values[::-1]).all()
    assert (found.spread == backwards.spread[::-1]).all()
    assert (found.values[2] == alone.values[0]).all()
    (other_key,), _ = explain_shap(ask, rows, keys[::-1], ones)
    assert (found.values != other_key.values).any()


@pytest.mark.usefixtures("sampled")
def test_mixed_columns_and_a_row_of_the_background(mixed, row_keys):
    ask, rows = mixed
    (found,), _ = explain_shap(ask, rows, row_keys(len(rows)), np.ones(len(rows)))
    assert np.abs(found.residual).max() < 1e-9


@pytest.mark.usefixtures("sampled")
def test_a_row_equal_to_the_whole_background_is_exact(make_ask, row_keys):
    row = pd.DataFrame({"a": [1.0], "b": [2.0]})
    ask = make_ask(lambda f: f.sum(axis=1).to_numpy(), pd.concat([row, row], ignore_index=True))
    (found,), _ = explain_shap(ask, row, row_keys(1), np.ones(1))
    assert found.values.tolist() == [[0.0, 0.0]]
    assert found.spread.tolist() == [[0.0, 0.0]]
    assert found.base.tolist() == [3.0]


@pytest.mark.usefixtures("sampled")
def test_the_background_is_never_cut(make_ask, row_keys):
    background = pd.DataFrame({"a": np.arange(150.0), "b": np.arange(150.0)[::-1]})
    ask = make_ask(lambda f: f["a"].to_numpy() ** 2, background)
    (found,), _ = explain_shap(ask, background.iloc[:1], row_keys(1), np.ones(1))
    assert found.base[0] == pytest.approx(np.mean(np.arange(150.0) ** 2))


@pytest.mark.usefixtures("sampled")
def test_numpys_global_state_is_untouched(knotted, row_keys, capsys):
    ask, rows = knotted
    before = np.random.get_state()  # noqa: NPY002 - the state in question
    explain_shap(ask, rows.iloc[:1], row_keys(1), np.ones(1))
    after = np.random.get_state()  # noqa: NPY002 - the state in question
    assert (before[1] == after[1]).all()
    assert before[2:] == after[2:]
    assert capsys.readouterr() == ("", "")
