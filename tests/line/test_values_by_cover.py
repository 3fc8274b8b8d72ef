"""Path-dependent values of a model equal those of shap, of its library, and of the definition."""

from itertools import combinations
from math import factorial

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from explainaudit.explainers.ask import Ask
from explainaudit.explainers.explain import explain_shap
from explainaudit.explainers.quiet import importing
from explainaudit.explainers.second import second_opinion
from explainaudit.explainers.tree_path_values import has_cover
from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.predictor import predictor_of
from explainaudit.records.responses import ColumnFacts

ROWS = 40
DRAW = np.random.default_rng(8)
# Quarters, which float32 holds exactly: shap compares in it.
NUMBERS = pd.DataFrame(DRAW.integers(-12, 12, (400, 5)) / 4, columns=list("abcde"))
GAPS = NUMBERS.where(DRAW.random(NUMBERS.shape) > 0.15)
TRAINED = GAPS.assign(kind=pd.Categorical(DRAW.choice(["n", "e", "s", "w", "c"], 400)))
TABLE = TRAINED.assign(kind=TRAINED["kind"].astype("str"))
SIZE = (NUMBERS["a"] * NUMBERS["b"] + NUMBERS["c"] + 3 * TRAINED["kind"].isin(["n", "c"])).to_numpy()
TWO, THREE = (pd.qcut(SIZE, classes, labels=False).astype(int) for classes in (2, 3))
LIGHT = {"verbose": -1, "num_threads": 1, "min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 1}
EXTREME = {"nthread": 1, "max_depth": 4, "max_cat_to_onehot": 1}


def explained(model, frame, *, unit=None, event=None, rows=ROWS):
    """Explain rows; values have to add up to the model's answers and agree with walks through the trees."""
    predictor = predictor_of(model)
    unit = unit or predictor.default_output(frame)
    inside = inside_of(predictor, unit, event)
    several = len(predictor.identity.classes) > 2
    ask = Ask(
        predict=lambda rows: predictor.outputs(rows, output=unit, event=event),
        columns=tuple(
            ColumnFacts(name=name, type="text" if name == "kind" else "number", role="input")
            for name in frame
        ),
        background=frame.iloc[-20:].reset_index(drop=True),
        source=frame,
        outputs=predictor.identity.classes if several else ("1",),
        unit=unit,
        seed=1,
        inside=inside,
        values="path_dependent",
    )
    assert holds(inside, ask.background, ask.predict(ask.background))
    keys = np.array([f"{at:064x}" for at in range(rows)])
    found, _ = explain_shap(ask, frame.iloc[:rows], keys, np.ones(rows))
    within = found[0].tolerance * max(1.0, *(float(np.abs(each.prediction).max()) for each in found))
    for each in found:
        assert each.algorithm == "path_dependent"
        assert np.abs(each.residual).max() <= within
    assert second_opinion(ask, frame.iloc[:5], keys[:5]).off == 0
    return np.array([np.column_stack([each.values, each.base]) for each in found])


@pytest.mark.parametrize(
    ("model", "frame", "label"),
    [
        (RandomForestClassifier(6, max_depth=6, random_state=0), NUMBERS, THREE),
        (GradientBoostingClassifier(n_estimators=8, random_state=0), NUMBERS, TWO),
        (HistGradientBoostingClassifier(max_iter=8, random_state=0), GAPS, TWO),
        (HistGradientBoostingRegressor(max_iter=8, random_state=0), GAPS, SIZE),
    ],
    ids=lambda given: type(given).__name__,
)
def test_scikit_learn_equals_shap(model, frame, label):
    with importing():
        import shap

    model.fit(frame, label)
    target = isinstance(model, HistGradientBoostingRegressor)
    found = explained(model, frame, unit="target" if target else None)
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    theirs = explainer.shap_values(frame.iloc[:ROWS].to_numpy(), check_additivity=False)
    theirs = theirs.transpose(2, 0, 1) if theirs.ndim == 3 else theirs[None]
    np.testing.assert_allclose(found[..., :-1], theirs, atol=1e-7)
    base = np.broadcast_to(np.ravel(explainer.expected_value)[:, None], found.shape[:2])
    np.testing.assert_allclose(found[..., -1], base, atol=1e-6)


@pytest.mark.parametrize(
    "way",
    [
        {},
        {"boosting": "dart", "drop_rate": 0.5},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"sigmoid": 2.0},
    ],
    ids=str,
)
def test_lightgbm_equals_its_own_contributions(way):
    model = lightgbm.train(LIGHT | {"objective": "binary"} | way, lightgbm.Dataset(TRAINED, TWO), 10)
    found = explained(model, TABLE)
    own = model.predict(TRAINED.iloc[:ROWS], pred_contrib=True)
    scale = {"rf": 0.1}.get(way.get("boosting"), way.get("sigmoid", 1.0))
    np.testing.assert_allclose(found[0], scale * own, atol=1e-8)
    assert any("cat_threshold" in line for line in model.model_to_string().split("\n"))
    other = explained(model, TABLE, event="0")
    np.testing.assert_allclose(other, -found, atol=1e-12)


def test_lightgbm_of_several_classes():
    model = lightgbm.train(
        LIGHT | {"objective": "multiclass", "num_class": 3}, lightgbm.Dataset(TRAINED, THREE), 6
    )
    own = model.predict(TRAINED.iloc[:ROWS], pred_contrib=True).reshape(ROWS, 3, -1)
    np.testing.assert_allclose(explained(model, TABLE), own.transpose(1, 0, 2), atol=1e-8)


@pytest.mark.parametrize(
    "way",
    [{}, {"booster": "dart", "rate_drop": 0.5}, {"num_parallel_tree": 3, "subsample": 0.6}],
    ids=str,
)
def test_xgboost_equals_its_own_contributions(way):
    data = xgboost.DMatrix(TRAINED, TWO, enable_categorical=True)
    model = xgboost.train(EXTREME | {"objective": "binary:logistic"} | way, data, 10)
    rows = xgboost.DMatrix(TRAINED.iloc[:ROWS], enable_categorical=True)
    np.testing.assert_allclose(explained(model, TABLE)[0], model.predict(rows, pred_contribs=True), atol=1e-4)


def test_xgboost_of_several_classes():
    data = xgboost.DMatrix(TRAINED, THREE, enable_categorical=True)
    model = xgboost.train(EXTREME | {"objective": "multi:softprob", "num_class": 3}, data, 6)
    rows = xgboost.DMatrix(TRAINED.iloc[:ROWS], enable_categorical=True)
    own = model.predict(rows, pred_contribs=True).transpose(1, 0, 2)
    np.testing.assert_allclose(explained(model, TABLE), own, atol=1e-4)


def expected(tree, node, row, known):
    """Return what scikit-learn's tree answers where only some encoded columns are known."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return tree.value[node, 0, 1]
    if tree.feature[node] in known:
        goes = row[tree.feature[node]] <= tree.threshold[node]
        return expected(tree, left if goes else right, row, known)
    weight = tree.weighted_n_node_samples
    parts = [weight[child] * expected(tree, child, row, known) for child in (left, right)]
    return sum(parts) / weight[node]


def test_a_raw_column_is_one_player():
    """One-hot columns of a raw column are known together: brute force over raw columns."""
    frame = TABLE.drop(columns=["d", "e"]).fillna({"a": 0, "b": 0, "c": 0})
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), (StandardScaler(), ["a", "b", "c"]))
    forest = RandomForestClassifier(3, max_depth=6, random_state=0)
    model = make_pipeline(encoder, forest).fit(frame, TWO)
    found = explained(model, frame, event="1", rows=6)[0]
    encoded = encoder.transform(frame.iloc[:6]).astype(np.float32)
    owns = {"kind": set(range(5)), "a": {5}, "b": {6}, "c": {7}}
    names = list(frame)
    for place, row in enumerate(encoded):
        worth = {}
        for size in range(5):
            for known in combinations(names, size):
                columns = set().union(*(owns[name] for name in known))
                answers = [expected(each.tree_, 0, row, columns) for each in forest.estimators_]
                worth[frozenset(known)] = np.mean(answers)
        for slot, name in enumerate(names):
            value = sum(
                factorial(len(known)) * factorial(3 - len(known)) / 24 * (worth[known | {name}] - total)
                for known, total in worth.items()
                if name not in known
            )
            assert found[place, slot] == pytest.approx(value, abs=1e-12)
        assert found[place, -1] == pytest.approx(worth[frozenset()], abs=1e-12)


def test_weights_of_rows_are_the_cover():
    weights = DRAW.integers(0, 4, 400).astype(float)
    model = RandomForestClassifier(3, max_depth=4, random_state=0).fit(NUMBERS, TWO, sample_weight=weights)
    inside = inside_of(predictor_of(model), "probability", "1")
    first = model.estimators_[0].tree_
    np.testing.assert_array_equal(inside.sum.cover[: first.node_count], first.weighted_n_node_samples)


def test_linear_models_have_no_paths():
    model = LogisticRegression().fit(NUMBERS, TWO)
    assert inside_of(predictor_of(model), "log_odds", "1") is not None
    with pytest.raises(TypeError, match="trees"):
        explained(model, NUMBERS)


def test_a_file_without_counts_is_read_without_cover():
    model = lightgbm.train(LIGHT | {"objective": "binary"}, lightgbm.Dataset(TRAINED, TWO), 3)
    lines = model.model_to_string().split("\n")
    for start in ("internal_count", "leaf_count"):
        text = "\n".join(line for line in lines if not line.startswith((start, "tree_sizes")))
        inside = inside_of(predictor_of(lightgbm.Booster(model_str=text)), "log_odds", "1")
        assert inside is not None
        # The library writes the counts that it lacks as zeros.
        assert not has_cover(inside.sum)
