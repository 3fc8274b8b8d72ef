"""XGBoost's JSON and UBJSON files: data formats, their trees checked before the library reads them."""

import itertools
import json
import math
from typing import Any

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.boosters import NativeBooster, check_tree, library
from explainaudit.loading.formats.ubjson import read_ubjson
from explainaudit.records.bundle import Makeup, Parameter

REGRESSIONS = {
    "reg:squarederror", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
    "reg:quantileerror", "reg:gamma", "reg:tweedie", "count:poisson",
}  # fmt: skip
LARGEST = 2**31 - 1
Tree = dict[str, Any]


def load_xgboost(data: bytes, where: str) -> NativeBooster:
    """Return the model that a JSON or UBJSON file holds.

    Raises
    ------
    ModelFailed
        The file is damaged, or a tree leads out of itself (E616).
    ModelRefused
        Objective, booster or levels are not such that the model can be audited (E507, E508).
    UsageError
        XGBoost is not installed (E257).
    """
    try:
        content = read_ubjson(data) if data[1:2] == b"L" else json.loads(data)
        learner = content["learner"]
        features = int(learner["learner_model_param"]["num_feature"])
        trees = _trees(learner["gradient_booster"], where)
        for tree in trees:
            _check(tree, features, where)
        names = tuple(str(name) for name in learner.get("feature_names") or ())
        kinds = [str(kind) for kind in learner.get("feature_types") or ()]
        if len(names) not in {0, features} or len(kinds) not in {0, features}:
            raise ModelFailed("E616", where=where)
        levels = _levels(learner["gradient_booster"], names, kinds, where)
        classes = _classes(learner, where)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ModelFailed("E616", where=where) from None
    xgboost = library("xgboost", where)
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(data))

    def asked(codes: Any, *, margin: bool) -> Any:
        rows = xgboost.DMatrix(
            codes, feature_names=list(names) or None, feature_types=kinds or None, nthread=1,
            enable_categorical=True,
        )  # fmt: skip
        return booster.predict(rows, output_margin=margin)

    return NativeBooster(
        library="XGBoost",
        margins=lambda codes: asked(codes, margin=True),
        answer=lambda codes: asked(codes, margin=False),
        feature_names_in_=names or tuple(f"f{place}" for place in range(features)),
        levels=levels,
        classes_=classes,
        makeup=_makeup(learner, trees),
        named=bool(names),
    )


def _trees(booster: dict[str, Any], where: str) -> list[Tree]:
    """Return the trees. Raises `ModelRefused` (E507) for a booster without any."""
    if booster["name"] == "dart":
        booster = booster["gbtree"]
    elif booster["name"] != "gbtree":
        raise ModelRefused("E507", where=where, objective=str(booster["name"])[:60])
    model = booster["model"]
    trees: list[Tree] = model["trees"]
    if int(model["gbtree_model_param"]["num_trees"]) != len(trees) or len(model["tree_info"]) != len(trees):
        raise ModelFailed("E616", where=where)
    return trees


def _check(tree: Tree, features: int, where: str) -> None:
    nodes = int(tree["tree_param"]["num_nodes"])
    left, right, split = (list(tree[name]) for name in ("left_children", "right_children", "split_indices"))
    conditions = list(tree["split_conditions"])
    if nodes < 1 or any(len(array) != nodes for array in (left, right, split, conditions)):
        raise ModelFailed("E616", where=where)
    if int(tree["tree_param"].get("size_leaf_vector", 1)) > 1:
        raise ModelRefused("E507", where=where, objective="multi_output_tree")
    children = []
    for low, high, feature, condition in zip(left, right, split, conditions, strict=True):
        is_leaf = low == -1 and high == -1
        if (low == -1) != (high == -1) or math.isnan(condition) or not (is_leaf or 0 <= feature < features):
            raise ModelFailed("E616", where=where)
        children.append([] if is_leaf else [int(low), int(high)])
    check_tree(children, nodes, where)
    segments, sizes = list(tree.get("categories_segments", [])), list(tree.get("categories_sizes", []))
    known, at = len(tree.get("categories", [])), list(tree.get("categories_nodes", []))
    inside = all(
        start >= 0 and size >= 0 and start + size <= known
        for start, size in zip(segments, sizes, strict=True)
    )
    if not inside or len(at) != len(segments) or not all(0 <= node < nodes for node in at):
        raise ModelFailed("E616", where=where)


def _levels(
    booster: dict[str, Any], names: tuple[str, ...], kinds: list[str], where: str
) -> dict[str, tuple[Any, ...]]:
    """Return the levels of the categorical inputs, as far as the file holds them as text."""
    categorical = [place for place, kind in enumerate(kinds) if kind == "c"]
    if not categorical:
        return {}
    encoded = booster.get("gbtree", booster)["model"].get("cats", {}).get("enc", [])
    if len(encoded) != len(kinds) or not names:
        raise ModelRefused("E508", where=where)
    return {names[place]: _texts(encoded[place], where) for place in categorical}


def _texts(encoded: dict[str, Any], where: str) -> tuple[str, ...]:
    offsets, values = list(encoded["offsets"]), bytes(value & 0xFF for value in encoded["values"])
    if not offsets or offsets[0] != 0 or offsets[-1] != len(values) or sorted(offsets) != offsets:
        raise ModelRefused("E508", where=where)
    return tuple(values[low:high].decode() for low, high in itertools.pairwise(offsets))


def _classes(learner: dict[str, Any], where: str) -> tuple[str, ...]:
    objective = str(learner["objective"]["name"])
    if objective in {"binary:logistic", "binary:logitraw", "reg:logistic"}:
        return ("0", "1")
    if objective in {"multi:softprob", "multi:softmax"}:
        return tuple(str(place) for place in range(int(learner["learner_model_param"]["num_class"])))
    if objective in REGRESSIONS:
        return ()
    raise ModelRefused("E507", where=where, objective=objective[:60])


def _makeup(learner: dict[str, Any], trees: list[Tree]) -> Makeup:
    objective = learner["objective"]
    given = {
        "objective": objective["name"],
        "base_score": learner["learner_model_param"].get("base_score", ""),
    }
    for block in objective.values():
        given |= block if isinstance(block, dict) else {}
    leaves = sum(int(child) == -1 for tree in trees for child in tree["left_children"])
    return Makeup(
        parameters=tuple(
            Parameter(step="Booster", name=str(name), value=str(value)[:200]) for name, value in given.items()
        ),
        complexity={"trees": len(trees), "leaves": leaves},
    )
