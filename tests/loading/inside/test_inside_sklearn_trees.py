"""Trees, forests and gradient boosting of scikit-learn add up to what they answer."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from summing import AMOUNT, FULL, GAPS, TARGETS, THREE, YES, edges, inside, nothing, sums

FEW = {"n_estimators": 7, "random_state": 1}
ONE = {"random_state": 1}


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(**ONE),
        DecisionTreeClassifier(**ONE, max_depth=3, ccp_alpha=0.01),
        ExtraTreeClassifier(**ONE),
        RandomForestClassifier(**FEW),
        RandomForestClassifier(**FEW, class_weight="balanced", max_features=None),
        ExtraTreesClassifier(**FEW),
    ],
)
def test_classifiers_are_sums_of_shares_of_classes(model):
    found = inside(model.fit(GAPS, THREE), GAPS, "probability")
    assert sums(found, GAPS) == pytest.approx(model.predict_proba(GAPS), abs=1e-14)
    rows = edges(found.sum, GAPS.columns)
    assert sums(found, rows) == pytest.approx(model.predict_proba(rows), abs=1e-14)
    assert nothing(model, "margin")
    for event, column in (("0", 0), ("1", 1)):
        found = inside(model.fit(GAPS, YES), GAPS, "probability", event)
        assert sums(found, GAPS)[:, 0] == pytest.approx(model.predict_proba(GAPS)[:, column], abs=1e-14)
    assert nothing(model, "log_odds")


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeRegressor(**ONE),
        ExtraTreeRegressor(**ONE),
        RandomForestRegressor(**FEW),
        RandomForestRegressor(**FEW, criterion="poisson", monotonic_cst=[1, 0, 0, 0]),
        ExtraTreesRegressor(**FEW),
    ],
)
def test_regressors_are_sums_of_leaves(model):
    found = inside(model.fit(GAPS, AMOUNT), GAPS, "target")
    for rows in (GAPS, edges(found.sum, GAPS.columns)):
        assert sums(found, rows)[:, 0] == pytest.approx(model.predict(rows), rel=1e-13)


@pytest.mark.parametrize("unit", ["log_odds", "margin"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"init": "zero", "learning_rate": 0.7},
        {"init": DummyClassifier(strategy="most_frequent")},
        {"n_iter_no_change": 2, "n_estimators": 60},
    ],
)
def test_gradient_boosting_is_a_sum_in_its_raw_scores(unit, settings):
    model = GradientBoostingClassifier(**(FEW | settings)).fit(FULL, TARGETS[unit])
    found = inside(model, FULL, unit)
    for rows in (FULL, edges(found.sum, FULL.columns)):
        expected = model.decision_function(rows).reshape(len(rows), -1)
        assert sums(found, rows) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    if unit == "log_odds":
        other = inside(model, FULL, unit, "0")
        assert np.array_equal(sums(other, FULL), -sums(found, FULL))


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "quantile"])
def test_gradient_boosting_of_a_target(loss):
    model = GradientBoostingRegressor(**FEW, loss=loss, max_leaf_nodes=5).fit(FULL, AMOUNT)
    assert sums(inside(model, FULL, "target"), FULL)[:, 0] == pytest.approx(model.predict(FULL), rel=1e-12)


def test_boosting_on_another_scale_or_from_another_model_is_no_sum():
    for settings in ({"loss": "exponential"}, {"init": LogisticRegression()}):
        model = GradientBoostingClassifier(**FEW, **settings).fit(FULL[["a", "count"]], YES)
        assert nothing(model, "log_odds")
        assert nothing(model, "probability")


def test_other_ensembles_are_not_read():
    tree = DecisionTreeClassifier(max_depth=2)
    members = [("tree", tree), ("other", DecisionTreeClassifier(max_depth=3))]
    for model in (
        AdaBoostClassifier(tree, n_estimators=3),
        BaggingClassifier(tree, n_estimators=3),
        StackingClassifier(members, cv=2),
        VotingClassifier(members, voting="soft"),
    ):
        model.fit(FULL, YES)
        assert nothing(model, "probability")
        assert nothing(model, "log_odds")


def test_a_class_of_ones_own_is_not_taken_for_its_parent():
    class Mine(RandomForestClassifier):
        def predict_proba(self, X):
            return super().predict_proba(X)[:, ::-1]

    assert nothing(Mine(**FEW).fit(FULL, YES), "probability")


def test_one_column_and_one_leaf():
    one = FULL[["a"]]
    for model in (DecisionTreeRegressor(max_depth=3), DecisionTreeRegressor(min_samples_leaf=len(one))):
        found = inside(model.fit(one, AMOUNT), one, "target")
        assert found.player.tolist() == [0]
