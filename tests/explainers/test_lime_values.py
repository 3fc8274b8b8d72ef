"""lime behind the codec: its own numbers, per row and repeat, or a refusal by name."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from explainaudit.explainers.explain import explain_lime, explain_shap
from explainaudit.explainers.quiet import importing
from explainaudit.records.plan import Explain

FEW = Explain(lime_samples=400, lime_most=3)


def lime(ask, rows, keys, settings=FEW):
    return explain_lime(ask, rows, keys, np.ones(len(rows)), settings)[0][0]


def test_coefficients_are_a_weighted_ridge_on_the_captured_perturbations(mixed, row_keys, monkeypatch):
    with importing():
        from lime.lime_base import LimeBase
    ask, rows = mixed
    captured = []
    original = LimeBase.explain_instance_with_data

    def listen(self, data, labels, distances, label, *args, **options):
        captured.append((data.copy(), labels[:, label].copy(), distances.copy()))
        return original(self, data, labels, distances, label, *args, **options)

    monkeypatch.setattr(LimeBase, "explain_instance_with_data", listen)
    found = lime(ask, rows, row_keys(len(rows)))
    assert len(captured) == len(rows) * FEW.lime_most
    for place in range(len(rows)):
        repeats = []
        for data, answers, distances in captured[3 * place : 3 * place + 3]:
            mismatches = (data != 1).sum(axis=1)
            np.testing.assert_allclose(distances, np.sqrt(mismatches))
            weights = np.sqrt(np.exp(-mismatches / (0.75 * np.sqrt(5)) ** 2))
            ridge = Ridge(alpha=1).fit(data, answers, sample_weight=weights)
            repeats.append((ridge.coef_, ridge.intercept_, ridge.score(data, answers, sample_weight=weights)))
        np.testing.assert_allclose(found.values[place], repeats[0][0], atol=1e-10)
        assert found.base[place] == pytest.approx(repeats[0][1])
        assert found.fidelity[place] == pytest.approx(repeats[0][2])
        np.testing.assert_allclose(found.spread[place], np.std([r[0] for r in repeats], axis=0, ddof=1))
        assert captured[3 * place][1][0] == pytest.approx(float(ask.predict(rows.iloc[[place]])[0, 0]))


def test_is_what_a_fresh_explainer_of_lime_gives(make_ask, row_keys):
    with importing():
        from lime.lime_tabular import LimeTabularExplainer
    from explainaudit.explainers.ask import keyed_seed

    draw = np.random.default_rng(8)
    source = pd.DataFrame(draw.normal(size=(80, 3)), columns=list("abc"))

    def predict(frame):
        return frame["a"].to_numpy() * 2 - np.abs(frame["c"].to_numpy())

    rows = source.iloc[:2] + 0.01
    found = lime(make_ask(predict, source), rows, row_keys(2))
    for place in range(2):
        seed = keyed_seed(7, "lime", row_keys(2)[place], 0)
        fresh = LimeTabularExplainer(
            source.to_numpy(), mode="regression", feature_selection="none", random_state=seed
        )
        answer = fresh.explain_instance(
            rows.iloc[place].to_numpy(),
            lambda coded: predict(pd.DataFrame(coded, columns=list("abc"))),
            num_features=3,
            num_samples=FEW.lime_samples,
        )
        expected = dict(answer.local_exp[1])
        np.testing.assert_allclose(found.values[place], [expected[j] for j in range(3)], rtol=1e-12)


def test_the_model_is_asked_about_typed_rows_that_could_be(mixed, row_keys):
    ask, rows = mixed
    asked = []

    def listen(frame):
        asked.append(frame)
        return ask.predict(frame)

    question = type(ask)(listen, ask.columns, ask.background, ask.source, ask.outputs, ask.unit, ask.seed)
    lime(question, rows, row_keys(len(rows)))
    pools = [frame for frame in asked if len(frame) == FEW.lime_samples]
    assert len(pools) == 27
    for place, pool in enumerate(pools):
        assert (pool.dtypes == rows.dtypes).all()
        own = rows.iloc[[place // 3]].reset_index(drop=True)
        pd.testing.assert_frame_equal(pool.iloc[[0]], own, check_exact=True)
        others = pool.iloc[1:]
        assert others["age"].between(ask.source["age"].min(), ask.source["age"].max()).all()
        for name in ("years", "own", "job"):
            assert set(others[name].astype(str)) <= set(ask.source[name].astype(str))
        assert others["years"].isna().mean() == pytest.approx(ask.source["years"].isna().mean(), abs=0.07)


def test_no_answer_depends_on_the_order_of_rows_or_source(mixed, row_keys):
    ask, rows = mixed
    keys = row_keys(len(rows))
    found = lime(ask, rows, keys)
    shuffled = type(ask)(
        ask.predict, ask.columns, ask.background, ask.source.iloc[::-1], ask.outputs, ask.unit, ask.seed
    )
    for other in (lime(ask, rows.iloc[::-1], keys[::-1]), lime(shuffled, rows.iloc[::-1], keys[::-1])):
        for name in ("values", "spread", "stability", "fidelity", "bin_share", "base"):
            np.testing.assert_allclose(getattr(found, name), getattr(other, name)[::-1], rtol=1e-9)
    alone = lime(ask, rows.iloc[[3]], keys[[3]])
    assert (alone.values[0] == found.values[3]).all()


def test_bin_share_is_the_share_of_the_source(mixed, row_keys):
    ask, rows = mixed
    found = lime(ask, rows, row_keys(len(rows)))
    source = ask.source
    for place in range(len(rows)):
        row = rows.iloc[place]
        same_job = source["job"].isna() if pd.isna(row["job"]) else source["job"] == row["job"]
        assert found.bin_share[place, 4] == pytest.approx(same_job.mean())
        low, middle, high = source["years"].quantile([0.25, 0.5, 0.75])
        bins = [source["years"] <= low, source["years"].between(low, middle, inclusive="right")]
        bins += [source["years"].between(middle, high, inclusive="right"), source["years"] > high]
        mine = 4 if pd.isna(row["years"]) else int(np.searchsorted([low, middle, high], row["years"]))
        share = source["years"].isna().mean() if mine == 4 else bins[mine].mean()
        assert found.bin_share[place, 2] == pytest.approx(share)


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
        return (
            steps + frame["b"].map({"u": 0.0, "v": 2.0, "w": -1.0}).to_numpy() - 1.5 * frame["c"].to_numpy()
        )

    ask = make_ask(predict, source, kinds={"a": "number", "b": "text", "c": "boolean"})
    rows, keys = source.iloc[:6], row_keys(6)
    (shap,), _ = explain_shap(ask, rows, keys, np.ones(6))
    found = lime(ask, rows, keys, Explain(lime_samples=6000, lime_most=2))
    np.testing.assert_allclose(found.contribution, shap.values, atol=0.12)
    assert np.abs(found.values - shap.values).max() > 0.5


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
    assert all((frame.dtypes == source.dtypes).all() for frame in seen)
    ask = make_ask(predict, source, kinds=kinds)
    (shap,), _ = explain_shap(ask, source.iloc[:3], row_keys(3), np.ones(3))
    assert np.abs(shap.residual).max() < 1e-12
    assert all((frame.dtypes == source.dtypes).all() for frame in seen)


def test_a_row_unlike_the_source_is_missing_and_the_others_stand(make_ask, row_keys):
    source = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": ["x", "y", "x", "y"]})
    ask = make_ask(lambda f: f["a"].fillna(0).to_numpy(), source, kinds={"a": "number", "b": "text"})
    rows = pd.DataFrame({"a": [1.0, np.nan, 1.0, 1.0], "b": pd.Series(["x", "x", "z", None], dtype="str")})
    found = lime(ask, rows, row_keys(4))
    assert np.isfinite(found.values[0]).all()
    assert np.isnan(found.values[1:]).all()
    assert np.isnan(found.base[1:]).all()
    alone = lime(ask, rows.iloc[:1], row_keys(4)[:1])
    np.testing.assert_array_equal(found.values[0], alone.values[0])


def test_a_number_beyond_the_source_is_missing_only_where_its_bin_is_empty(make_ask, row_keys):
    source = pd.DataFrame({"a": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0], "b": np.arange(6.0)})
    ask = make_ask(lambda f: f["a"].to_numpy() + f["b"].to_numpy(), source)
    assert lime(ask, pd.DataFrame({"a": [1.0], "b": [99.0]}), row_keys(1)).bin_share[0, 1] > 0
    assert np.isnan(lime(ask, pd.DataFrame({"a": [2.0], "b": [1.0]}), row_keys(1)).values).all()


def test_constant_columns_have_a_coefficient_of_zero(make_ask, row_keys):
    source = pd.DataFrame({"a": np.arange(20.0), "same": 3.0, "word": "x", "void": np.nan})
    kinds = {"a": "number", "same": "number", "word": "text", "void": "number"}
    ask = make_ask(lambda f: f["a"].to_numpy() ** 2, source, kinds=kinds)
    found = lime(ask, source.iloc[:2], row_keys(2))
    np.testing.assert_allclose(found.values[:, 1:], 0, atol=1e-12)
    assert (found.bin_share[:, 1:] == 1).all()
    assert (np.abs(found.values[:, 0]) > 1).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6])
def test_constant_model_has_no_fidelity(make_ask, row_keys, constant):
    source = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) % 3})
    ask = make_ask(lambda f: np.full(len(f), constant), source)
    found = lime(ask, source.iloc[:2], row_keys(2))
    assert np.isnan(found.fidelity).all()
    assert np.isnan(found.stability).all()
    np.testing.assert_allclose(found.values, 0, atol=1e-6 * max(1e-6, abs(constant)))


def test_one_column_has_an_answer(make_ask, row_keys):
    source = pd.DataFrame({"a": np.arange(40.0)})
    found = lime(make_ask(lambda f: f["a"].to_numpy(), source), source.iloc[[0, 39]], row_keys(2))
    assert found.values[0, 0] < -5
    assert found.values[1, 0] > 5


def test_stability_is_the_overlap_of_the_leading_columns(make_ask, row_keys):
    draw = np.random.default_rng(12)
    source = pd.DataFrame(draw.normal(size=(100, 8)), columns=list("abcdefgh"))
    clear = make_ask(lambda f: f[list("abcd")].to_numpy() @ [9.0, 8.0, 7.0, 6.0], source)
    noise = make_ask(lambda f: np.sin(1e5 * f.to_numpy().sum(axis=1)), source)
    rows = source.iloc[np.argsort(-source[list("abcd")].min(axis=1).to_numpy())[:1]]
    assert lime(clear, rows, row_keys(1)).stability[0] == 1
    assert lime(noise, rows, row_keys(1)).stability[0] < 1
