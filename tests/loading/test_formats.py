"""skops round trips for each family of estimators, and files whose trees point outside of themselves."""

import io
import json
import warnings
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier, TweedieRegressor
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from explainaudit.errors import ModelFailed
from explainaudit.loading.formats.inner_references import check_references
from explainaudit.loading.formats.skops import load_skops
from explainaudit.loading.model import load_model
from explainaudit.records.stage import Consent

LOGISTIC = LogisticRegression()
FOREST = RandomForestClassifier(3, random_state=0)

CLASSIFIERS = [
    LOGISTIC,
    FOREST,
    ExtraTreesClassifier(3, random_state=0),
    DecisionTreeClassifier(),
    GradientBoostingClassifier(n_estimators=3),
    HistGradientBoostingClassifier(max_iter=3),
    HistGradientBoostingClassifier(max_iter=3, categorical_features=[2]),
    AdaBoostClassifier(n_estimators=3),
    BaggingClassifier(n_estimators=3, max_features=0.6, random_state=0),
    KNeighborsClassifier(),
    KNeighborsClassifier(p=1, algorithm="ball_tree"),
    KNeighborsClassifier(algorithm="brute"),
    MLPClassifier((4,), max_iter=5, random_state=0),
    MLPClassifier((4,), max_iter=5, solver="sgd", early_stopping=True, random_state=0),
    CalibratedClassifierCV(LOGISTIC),
    CalibratedClassifierCV(FOREST, method="isotonic"),
    StackingClassifier([("one", LOGISTIC), ("two", FOREST)]),
    VotingClassifier([("one", LOGISTIC), ("two", FOREST)], voting="soft"),
    GridSearchCV(LOGISTIC, {"C": [0.1, 1]}, scoring="roc_auc", cv=StratifiedKFold(3)),
    GridSearchCV(FOREST, {"max_depth": [2, 3]}),
    SVC(),
    SGDClassifier(loss="log_loss"),
    GaussianNB(),
    LinearDiscriminantAnalysis(),
    GaussianProcessClassifier(),
    make_pipeline(FunctionTransformer(), StandardScaler(), LOGISTIC),
]
REGRESSORS = [
    LinearRegression(),
    RandomForestRegressor(3, random_state=0),
    GradientBoostingRegressor(n_estimators=3, loss="huber"),
    HistGradientBoostingRegressor(max_iter=3, loss="poisson"),
    TweedieRegressor(power=1.5),
    TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1),
]


def name(model):
    return type(model).__name__


def fitted(model, rows, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(rows, target)


def back(model, tmp_path):
    path = tmp_path / "m"
    skops.io.dump(model, path)
    return load_model(path, Consent()).estimator


@pytest.mark.parametrize("model", CLASSIFIERS, ids=name)
def test_classifiers_come_back_the_same(model, numbers, three, tmp_path):
    rows = numbers.assign(c=numbers["c"].abs().round())
    fitted(model, rows, three)
    method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    assert np.array_equal(
        getattr(back(model, tmp_path), method)(rows),
        getattr(model, method)(rows),
    )


@pytest.mark.parametrize("model", REGRESSORS, ids=name)
def test_regressors_come_back_the_same(model, numbers, tmp_path):
    target = np.exp(numbers["a"])
    fitted(model, numbers, target)
    assert np.array_equal(back(model, tmp_path).predict(numbers), model.predict(numbers))


def test_isotonic_regression_comes_back(numbers, tmp_path):
    model = IsotonicRegression().fit(numbers[["a"]], numbers["b"])
    assert np.array_equal(back(model, tmp_path).predict(numbers[["a"]]), model.predict(numbers[["a"]]))


def test_column_transformers_come_back(people, binary, tmp_path):
    rows = people.astype({"count": float, "city": object})
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["a", "count"]),
        (OneHotEncoder(min_frequency=5, drop="first"), make_column_selector(dtype_include=object)),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["city"]),
        remainder="passthrough",
    )
    model = make_pipeline(columns, FOREST).fit(rows, binary)
    assert np.array_equal(back(model, tmp_path).predict_proba(rows), model.predict_proba(rows))


def tree_of(model):
    part = model.estimators_[0] if hasattr(model, "estimators_") else model
    return (part[0] if isinstance(part, np.ndarray) else part).tree_


@pytest.mark.parametrize(
    "model", [DecisionTreeClassifier(), FOREST, GradientBoostingClassifier(n_estimators=2)], ids=name
)
@pytest.mark.parametrize(("field", "value"), [("left_child", 10**6), ("right_child", 0), ("feature", 3)])
def test_a_tree_that_points_outside_is_refused(model, field, value, numbers, binary):
    fitted(model, numbers, binary)
    check_references(model, "m")
    tree = tree_of(model)
    state = tree.__getstate__()
    nodes = state["nodes"].copy()
    nodes[field][0] = value
    tree.__setstate__(state | {"nodes": nodes})
    with pytest.raises(ModelFailed) as found:
        check_references(model, "m")
    assert found.value.code == "E605"


def test_a_tree_for_more_columns_than_the_model_checks_is_refused(numbers, binary):
    model = fitted(GradientBoostingClassifier(n_estimators=2), numbers, binary)
    model.n_features_in_ = 1
    with pytest.raises(ModelFailed) as found:
        check_references(model, "m")
    assert found.value.code == "E605"


@pytest.mark.parametrize(
    ("field", "value"),
    [("left", 10**6), ("right", 0), ("feature_idx", 3), ("feature_idx", -1), ("is_categorical", 1)],
)
def test_a_histogram_tree_that_points_outside_is_refused(field, value, numbers, binary):
    model = fitted(HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5), numbers, binary)
    check_references([model], "m")
    model._predictors[0][0].nodes[field][0] = value
    with pytest.raises(ModelFailed) as found:
        check_references([model], "m")
    assert (found.value.code, found.value.params["part"]) == ("E605", "HistGradientBoostingClassifier")


@pytest.mark.parametrize("algorithm", ["kd_tree", "ball_tree"])
@pytest.mark.parametrize("change", [(1, None, 10**6), (2, "idx_end", 10**6), (2, "is_leaf", 0)])
def test_a_neighbour_tree_that_points_outside_is_refused(algorithm, change, numbers, binary):
    model = fitted(KNeighborsClassifier(algorithm=algorithm), numbers, binary)
    check_references(model, "m")
    position, field, value = change
    state = [np.array(part) if isinstance(part, np.ndarray) else part for part in model._tree.__getstate__()]
    if field is None:
        state[position][0] = value
    else:
        state[position][field][-1] = value
    model._tree.__setstate__(tuple(state))
    with pytest.raises(ModelFailed):
        check_references(model, "m")


def test_a_tampered_file_is_refused_before_it_predicts(numbers, binary):
    """Change the saved array of nodes inside the zip: every type check passes."""
    model = fitted(DecisionTreeClassifier(max_depth=2), numbers, binary)
    content = skops.io.dumps(model)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        json.loads(old.read("schema.json"))
        for entry in old.namelist():
            data = old.read(entry)
            if b"left_child" in data and entry.endswith(".npy"):
                nodes = np.load(io.BytesIO(data), allow_pickle=False)
                nodes["left_child"][0] = 2**40
                held = io.BytesIO()
                np.save(held, nodes)
                data = held.getvalue()
            new.writestr(entry, data)
    assert load_skops(content, (), "m").tree_.node_count == model.tree_.node_count
    with pytest.raises(ModelFailed) as found:
        load_skops(changed.getvalue(), (), "m")
    assert found.value.code == "E605"
