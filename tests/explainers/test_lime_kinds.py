"""LIME on every kind of column: typed, missing, unseen, constant, rare, and four hundred of them."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.lime import explain_lime
from explainaudit.records.plan import Explain

FEW = Explain(lime_samples=400, lime_most=400)


def lime(ask, rows, keys, settings=FEW):
    return explain_lime(ask, rows, keys, np.ones(len(rows)), settings)[0][0]


@pytest.mark.parametrize(("whole", "truth", "text"), [("int64", "bool", "str"), ("Int64", "boolean", object)])
def test_typed_columns_reach_the_model_as_they_were(make_ask, row_keys, whole, truth, text):
    source = pd.DataFrame(
        {
            "n": pd.Series(range(12), dtype=whole),
            "t": pd.Series([True, False] * 6, dtype=truth),
            "w": pd.Series(list("abcabcabcabc"), dtype=text),
        }
    )
    if whole == "Int64":
        source.loc[[1, 5], ["n", "t", "w"]] = None
    seen = []

    def predict(frame):
        seen.append(frame)
        return frame["n"].astype("Float64").fillna(-1).to_numpy(dtype=float) + frame["t"].isna().to_numpy()

    kinds = {"n": "integer", "t": "boolean", "w": "text"}
    found = lime(make_ask(predict, source, kinds=kinds), source.iloc[:3], row_keys(3))
    assert np.isfinite(found.values).all()
    assert (found.spread[:, 0] > 0).all()
    assert all((frame.dtypes == source.dtypes).all() for frame in seen)


def test_whole_numbers_stay_within_their_bins(make_ask, row_keys):
    source = pd.DataFrame({"n": [0, 0, 1, 2, 3, 5, 8, 13, 21, 34], "m": np.arange(10)})
    asked = []

    def predict(frame):
        asked.append(frame)
        return frame["n"].to_numpy(dtype=float)

    ask = make_ask(predict, source, kinds={"n": "integer", "m": "integer"})
    lime(ask, source, row_keys(10))
    pool = asked[-1] if len(asked[-1]) == 400 else asked[1]
    assert pool["n"].between(0, 34).all()
    assert pool["n"].dtype == source["n"].dtype


def test_missing_values_have_a_bin_of_their_own(make_ask, row_keys):
    """The model answers only to whether a value is missing: one column, one coefficient."""
    draw = np.random.default_rng(2)
    source = pd.DataFrame(draw.normal(size=(200, 3)), columns=list("abc"))
    source.loc[draw.random(200) < 0.3, "b"] = np.nan
    ask = make_ask(lambda f: f["b"].isna().to_numpy() * 4.0, source)
    gone = source[source["b"].isna()].iloc[:3]
    found = lime(ask, gone, row_keys(3), Explain(lime_samples=5000, lime_most=5000))
    np.testing.assert_allclose(found.values, [[0, 4, 0]] * 3, atol=0.01)
    np.testing.assert_allclose(found.bin_share[:, 1], source["b"].isna().mean())
    np.testing.assert_allclose(found.fidelity, 1, atol=0.001)


def test_a_row_unlike_the_source_is_missing_and_the_others_stand(make_ask, row_keys):
    source = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": ["x", "y", "x", "y"]})
    ask = make_ask(lambda f: f["a"].fillna(0).to_numpy(), source, kinds={"a": "number", "b": "text"})
    rows = pd.DataFrame({"a": [1.0, np.nan, 1.0, 1.0], "b": pd.Series(["x", "x", "z", None], dtype="str")})
    found = lime(ask, rows, row_keys(4))
    assert np.isfinite(found.values[0]).all()
    for name in ("values", "base", "spread", "fidelity", "bin_share"):
        assert np.isnan(getattr(found, name)[1:]).all()
    assert found.samples.tolist() == [400, 0, 0, 0]
    np.testing.assert_array_equal(found.prediction, [1, 0, 1, 1])


def test_constant_columns_have_a_coefficient_of_zero(make_ask, row_keys):
    source = pd.DataFrame({"a": np.arange(20.0), "same": 3.0, "word": "x", "void": np.nan})
    kinds = {"a": "number", "same": "number", "word": "text", "void": "number"}
    found = lime(
        make_ask(lambda f: f["a"].to_numpy() ** 2, source, kinds=kinds), source.iloc[:2], row_keys(2)
    )
    assert (found.values[:, 1:] == 0).all()
    assert (found.spread[:, 1:] == 0).all()
    assert (found.bin_share[:, 1:] == 1).all()
    assert (np.abs(found.values[:, 0]) > 1).all()
    assert found.settled.all()  # columns that cannot vary take no part
    assert np.isnan(found.stability).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6])
def test_constant_model_has_no_fidelity_and_is_never_settled(make_ask, row_keys, constant):
    source = pd.DataFrame(np.arange(120.0).reshape(20, 6) % 7, columns=list("abcdef"))
    ask = make_ask(lambda f: np.full(len(f), constant), source)
    found = lime(ask, source.iloc[:2], row_keys(2), Explain(lime_samples=100, lime_most=200))
    assert np.isnan(found.fidelity).all()
    assert np.isnan(found.stability).all()
    assert not found.settled.any()
    assert (found.samples == 200).all()
    np.testing.assert_allclose(found.values, 0, atol=1e-6 * max(1e-6, abs(constant)))
    np.testing.assert_allclose(found.base, constant)


def test_one_column_has_an_answer(make_ask, row_keys):
    source = pd.DataFrame({"a": np.arange(40.0)})
    found = lime(make_ask(lambda f: f["a"].to_numpy(), source), source.iloc[[0, 39]], row_keys(2))
    assert found.values[0, 0] < -5
    assert found.values[1, 0] > 5
    assert found.settled.all()


def test_a_text_of_many_values_has_a_bin_for_each(make_ask, row_keys):
    draw = np.random.default_rng(2)
    source = pd.DataFrame({"a": draw.normal(size=900), "id": [f"v{i % 300:03d}" for i in range(900)]})
    ask = make_ask(lambda f: f["a"].to_numpy(), source, kinds={"a": "number", "id": "text"})
    found = lime(ask, source.iloc[:4], row_keys(4))
    np.testing.assert_allclose(found.bin_share[:, 1], 1 / 300)
    assert np.isfinite(found.values).all()
    # Of four hundred perturbations one or two are in the row's bin: no error can be told from them.
    assert np.isnan(found.spread[:, 1]).all()
    assert np.isfinite(found.spread[:, 0]).all()
    assert not found.settled.any()


def test_four_hundred_columns_are_solved(make_ask, row_keys):
    draw = np.random.default_rng(2)
    source = pd.DataFrame(draw.normal(size=(300, 400)), columns=[f"x{j:03d}" for j in range(400)])
    ask = make_ask(lambda f: 3 * f["x000"].to_numpy() - 2 * f["x399"].to_numpy(), source.iloc[:20], source)
    some = source.sort_values("x000").iloc[[0, 299]]
    found = lime(ask, some, row_keys(2), Explain(lime_samples=2000, lime_most=2000))
    assert (np.argmax(np.abs(found.values), axis=1) == 0).all()
    assert np.isfinite(found.spread).all()
    assert (found.spread > 0).all()
    assert np.isfinite(found.off_manifold).all()
