"""What a model says it is made of: parameters, size, forced directions; and that it never fails."""

import numpy as np
import pandas as pd
import pytest
from native_models import NUMBERS, TABLE, TRAINED, YES, lightgbm_of, loaded, saved, xgboost_of
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from explainaudit.loading.makeup import makeup_of
from explainaudit.loading.predictor import predictor_of

FULL = TABLE.fillna({"amount": 0.0})


def parameters(model) -> dict[tuple[str, str], str]:
    return {(each.step, each.name): each.value for each in makeup_of(model).parameters}


def steps(model) -> list[str]:
    return list(dict.fromkeys(each.step for each in makeup_of(model).parameters))


def test_pipelines_and_branches_are_flattened_in_order():
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["amount"]),
        (SimpleImputer(), ["count"]),
        (OneHotEncoder(handle_unknown="ignore"), ["kind"]),
    )
    model = make_pipeline(columns, LogisticRegression(C=0.25)).fit(FULL, YES)
    assert steps(model) == [
        "SimpleImputer (pipeline.simpleimputer)",
        "StandardScaler",
        "SimpleImputer (columntransformer.simpleimputer)",
        "OneHotEncoder",
        "LogisticRegression",
    ]
    assert parameters(model)["LogisticRegression", "C"] == "0.25"
    assert parameters(model)["OneHotEncoder", "handle_unknown"] == "ignore"
    assert makeup_of(model).complexity == {"coefficients": 5, "encoded_columns": 5}


def test_the_model_inside_a_search_or_a_calibration_is_told_too():
    search = GridSearchCV(LogisticRegression(), {"C": [0.5]}, cv=2).fit(FULL[["amount", "count"]], YES)
    assert parameters(search)["LogisticRegression", "C"] == "0.5"
    calibrated = CalibratedClassifierCV(LogisticRegression(C=3.0), cv=2).fit(FULL[["amount", "count"]], YES)
    assert steps(calibrated) == ["CalibratedClassifierCV", "LogisticRegression"]
    assert parameters(calibrated)["CalibratedClassifierCV", "estimator"] == "LogisticRegression"


def test_values_hold_no_address_and_are_short():
    values = {
        "func": np.log1p,
        "inverse_func": lambda rows: rows,
        "kw_args": {"base": object()},
        "inv_kw_args": {"text": "x" * 500},
    }
    found = parameters(FunctionTransformer(**values))
    assert found["FunctionTransformer", "func"] == "log1p"
    assert found["FunctionTransformer", "kw_args"] == "dict"
    assert len(found["FunctionTransformer", "inv_kw_args"]) == 200
    assert not any(" at 0x" in value for value in found.values())


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(max_depth=3, random_state=0),
        RandomForestClassifier(4, random_state=0),
        GradientBoostingClassifier(n_estimators=4),
        HistGradientBoostingClassifier(max_iter=4),
    ],
)
def test_trees_are_counted(model):
    model.fit(FULL[["amount", "count"]], YES)
    found = makeup_of(model).complexity
    trees = {DecisionTreeClassifier: 1}.get(type(model), 4)
    assert found["trees"] == trees
    assert trees <= found["depth"] * trees < found["leaves"] <= trees * 2 ** found["depth"]


def test_trees_of_boosters_are_counted_from_their_files(tmp_path):
    for name, booster in (("l", lightgbm_of("binary", YES)), ("x", xgboost_of("binary:logistic", YES))):
        found = loaded(saved(booster, tmp_path, f"{name}.json")).identity.makeup
        frame = booster.trees_to_dataframe()
        is_leaf = frame["Feature"] == "Leaf" if name == "x" else frame["split_feature"].isna()
        assert found.complexity["leaves"] == is_leaf.sum()
        assert found.complexity["trees"] == 5
        depth = frame["node_depth"].max() - 1 if name == "l" else 3
        assert found.complexity["depth"] == depth
        assert ("Booster", "objective") in {(each.step, each.name) for each in found.parameters}


def test_directions_of_native_boosters():
    light = lightgbm_of("binary", YES, monotone_constraints=[1, -1])
    extreme = xgboost_of("binary:logistic", YES, monotone_constraints="(-1,0)")
    assert predictor_of(light).identity.makeup.constraints == {"amount": "increasing", "count": "decreasing"}
    assert predictor_of(extreme).identity.makeup.constraints == {"amount": "decreasing"}
    wrapped = XGBClassifier(n_estimators=2, n_jobs=1, monotone_constraints={"count": 1}).fit(NUMBERS, YES)
    makeup = predictor_of(wrapped).identity.makeup
    assert makeup.constraints == {"count": "increasing"}
    assert {each.step for each in makeup.parameters} == {"XGBClassifier"}


def test_directions_follow_a_rename():
    spaced = NUMBERS.rename(columns={"count": "open count"})
    model = predictor_of(lightgbm_of("binary", YES, spaced, monotone_constraints=[0, 1]))
    assert model.spelled_as(spaced.columns).identity.makeup.constraints == {"open count": "increasing"}


X = FULL[["amount", "count"]]


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ([], {"amount": "decreasing", "count": "increasing"}),
        ([StandardScaler()], {"amount": "decreasing", "count": "increasing"}),
        (
            [make_column_transformer((StandardScaler(), ["count"]), ("passthrough", ["amount"]))],
            {"count": "decreasing", "amount": "increasing"},
        ),
        (
            [make_column_transformer((StandardScaler(), ["count"]), (FunctionTransformer(), ["amount"]))],
            {"count": "decreasing"},
        ),
        ([VarianceThreshold()], {}),
        ([FunctionTransformer(np.negative)], {}),
    ],
)
def test_directions_pass_only_through_steps_that_keep_columns_and_order(before, kept):
    model = HistGradientBoostingClassifier(max_iter=2, monotonic_cst=[-1, 1])
    model = make_pipeline(*before, model) if before else model
    assert makeup_of(model.fit(X, YES)).constraints == kept


def test_directions_by_name():
    model = HistGradientBoostingClassifier(max_iter=2, monotonic_cst={"count": 1}).fit(X, YES)
    assert makeup_of(model).constraints == {"count": "increasing"}
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["kind"]), (StandardScaler(), ["count"])
    )
    inner = HistGradientBoostingClassifier(max_iter=2, monotonic_cst={"standardscaler__count": -1})
    pipeline = make_pipeline(columns, inner).set_output(transform="pandas").fit(FULL, YES)
    assert makeup_of(pipeline).constraints == {"count": "decreasing"}


class Hostile:
    """A model whose every attribute raises."""

    def __getattr__(self, name):
        raise RuntimeError(name)


class Plain:
    classes_ = np.array([0, 1])

    def predict(self, rows: pd.DataFrame):
        return np.zeros(len(rows))


@pytest.mark.parametrize("model", [Hostile, Plain, int, LogisticRegression, lambda: TRAINED])
def test_what_says_nothing_has_no_makeup_and_does_not_fail(model):
    assert makeup_of(model()).complexity == {}
