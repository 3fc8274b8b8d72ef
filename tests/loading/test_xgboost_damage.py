"""XGBoost files whose parts do not fit are refused; the library, which would crash, never sees them."""

import copy
import json

import pytest
from native_models import THREE, TRAINED, YES, as_json, xgboost_of

from explainaudit.errors import ModelFailed
from explainaudit.loading.formats.xgboost_native import load_xgboost

CONTENT = as_json(xgboost_of("binary:logistic", YES))
CATEGORICAL = as_json(xgboost_of("binary:logistic", YES, TRAINED, rounds=8))
DART = as_json(xgboost_of("binary:logistic", YES, booster="dart", rate_drop=0.5))
CLASSES = as_json(xgboost_of("multi:softprob", THREE, num_class=3))

MODEL = ("learner", "gradient_booster", "model")
TREE = (*MODEL, "trees", 0)
PARAM = ("learner", "learner_model_param")
VALUES = [
    (CONTENT, (*TREE, "left_children", 0), 0, "cycle"),
    (CONTENT, (*TREE, "left_children", 0), 10**6, "child beyond"),
    (CONTENT, (*TREE, "left_children", 0), -7, "negative child"),
    (CONTENT, (*TREE, "right_children", 0), -1, "half a split"),
    (CONTENT, (*TREE, "right_children", 0), 1, "one child twice"),
    (CONTENT, (*TREE, "parents", 1), 10**6, "parent beyond"),
    (CONTENT, (*TREE, "split_indices", 0), 2, "column beyond"),
    (CONTENT, (*TREE, "split_indices", 0), -1, "negative column"),
    (CONTENT, (*TREE, "split_conditions", 0), float("inf"), "infinite threshold"),
    (CONTENT, (*TREE, "split_conditions", 0), float("nan"), "threshold that is none"),
    (CONTENT, (*TREE, "split_conditions", 0), 1e300, "threshold beyond 32 bits"),
    (CONTENT, (*TREE, "split_type", 0), 1, "categories of a number"),
    (CONTENT, (*TREE, "default_left", 0), 5, "no direction"),
    (CONTENT, (*TREE, "default_left"), [0], "too short"),
    (CONTENT, (*TREE, "base_weights"), [], "empty"),
    (CONTENT, (*TREE, "left_children"), "text", "text"),
    (CONTENT, (*TREE, "left_children"), [[1]], "nested"),
    (CONTENT, (*TREE, "tree_param", "num_nodes"), "2000000000", "huge count"),
    (CONTENT, (*TREE, "tree_param", "num_nodes"), "0", "no nodes"),
    (CONTENT, (*MODEL, "trees"), [], "no trees"),
    (CONTENT, (*MODEL, "tree_info", 0), 1000000, "group beyond"),
    (CONTENT, (*MODEL, "tree_info", 0), -1, "negative group"),
    (CONTENT, (*MODEL, "iteration_indptr", -1), 10**7, "turn beyond"),
    (CONTENT, (*MODEL, "gbtree_model_param", "num_trees"), "7", "trees counted otherwise"),
    (CONTENT, (*PARAM, "num_feature"), "10000000000", "huge number of inputs"),
    (CONTENT, (*PARAM, "base_score"), "[1,2,3,4]", "scores to begin with"),
    (CONTENT, (*PARAM, "base_score"), "nan", "no score to begin with"),
    (CONTENT, ("learner", "feature_names"), ["a", "a"], "a name twice"),
    (CONTENT, ("learner", "feature_types"), ["float"], "a kind too few"),
    (CONTENT, ("learner", "objective", "reg_loss_param"), {"scale_pos_weight": "\n\0"}, "odd parameter"),
    (CONTENT, ("version",), [3], "no version"),
    (CLASSES, (*PARAM, "num_class"), "99999", "classes"),
    (CLASSES, (*PARAM, "num_class"), "2", "fewer classes than groups"),
    (DART, ("learner", "gradient_booster", "weight_drop"), [1.0], "weights of other trees"),
]


def put(content, path, value):
    changed = copy.deepcopy(content)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(changed).encode()


@pytest.mark.parametrize(
    ("content", "path", "value"), [each[:3] for each in VALUES], ids=[v[3] for v in VALUES]
)
def test_a_damaged_json_is_refused(content, path, value):
    with pytest.raises(ModelFailed, match="E616"):
        load_xgboost(put(content, path, value), "m")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("categories", 10**9),
        ("categories", -1),
        ("categories_nodes", 0),
        ("categories_segments", 10**6),
        ("categories_segments", -1),
        ("categories_sizes", 10**6),
        ("categories_sizes", 0),
    ],
)
def test_categories_that_lead_out_of_their_table_are_refused(name, value):
    trees = CATEGORICAL["learner"]["gradient_booster"]["model"]["trees"]
    at = next(place for place, tree in enumerate(trees) if tree["categories_nodes"] not in ([], [0]))
    with pytest.raises(ModelFailed, match="E616"):
        load_xgboost(put(CATEGORICAL, (*MODEL, "trees", at, name, 0), value), "m")


def test_a_name_that_stands_twice_is_refused():
    twice = json.dumps(CONTENT).replace('"learner":', '"learner": {}, "learner":', 1)
    with pytest.raises(ModelFailed, match="E616"):
        load_xgboost(twice.encode(), "m")
