"""LightGBM's text file: a data format, its trees checked before the library reads them."""

import itertools
import json
import math
from typing import Any

import numpy as np

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.boosters import NativeBooster, check_tree, library
from explainaudit.records.bundle import Makeup, Parameter

MARK = b"tree\n"
REGRESSIONS = {
    "regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie",
}  # fmt: skip
Block = dict[str, str]


def load_lightgbm(data: bytes, where: str) -> NativeBooster:
    """Return the model that a text file holds.

    Raises
    ------
    ModelFailed
        The file is damaged, or a tree leads out of itself (E616).
    ModelRefused
        The objective is not one that can be audited (E507).
    UsageError
        LightGBM is not installed (E257).
    """
    try:
        text = data.decode("utf-8")
        head, trees = _blocks(text)
        names = tuple(head["feature_names"].split(" "))
        objective = head.get("objective", "").split(" ")[0]
        outputs = int(head["num_tree_per_iteration"])
        if len(names) != int(head["max_feature_idx"]) + 1:
            raise ModelFailed("E616", where=where)
        for tree in trees:
            _check(tree, len(names), where)
        if len(trees) % outputs or not trees:
            raise ModelFailed("E616", where=where)
        levels = _levels(text, head, names, where)
    except (KeyError, ValueError, IndexError, UnicodeDecodeError, RecursionError):
        raise ModelFailed("E616", where=where) from None
    classes = _classes(objective, int(head["num_class"]), where)
    if outputs != max(1, int(head["num_class"])):
        raise ModelFailed("E616", where=where)
    lightgbm = library("lightgbm", where)
    booster = lightgbm.Booster(model_str=text)

    def margins(codes: Any) -> Any:
        return booster.predict(codes, raw_score=True, num_threads=1)

    def answer(codes: Any) -> Any:
        return booster.predict(codes, num_threads=1)

    return NativeBooster(
        "LightGBM", margins, answer, names, levels, classes, _makeup(text, head, trees, names)
    )


def _blocks(text: str) -> tuple[Block, list[Block]]:
    """Return the header and the trees, each as its ``key=value`` lines."""
    body, _, _ = text.partition("\nend of trees")
    head, *trees = body.split("\nTree=")
    return _lines(head), [_lines(tree) for tree in trees]


def _lines(block: str) -> Block:
    pairs = (line.partition("=") for line in block.splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def _check(tree: Block, features: int, where: str) -> None:
    leaves = int(tree["num_leaves"])
    values = _numbers(tree["leaf_value"])
    if int(tree.get("is_linear", 0)) or not 1 <= leaves == len(values) or not all(map(math.isfinite, values)):
        raise ModelFailed("E616", where=where)
    if leaves == 1:
        return
    inner = leaves - 1
    left, right, split = (_whole(tree[name]) for name in ("left_child", "right_child", "split_feature"))
    kinds, thresholds = _whole(tree["decision_type"]), _numbers(tree["threshold"])
    if any(len(array) != inner for array in (left, right, split, kinds, thresholds)):
        raise ModelFailed("E616", where=where)
    ends = [~child for child in (*left, *right) if child < 0]
    if sorted(ends) != list(range(leaves)) or not all(0 <= feature < features for feature in split):
        raise ModelFailed("E616", where=where)
    check_tree([[c for c in pair if c >= 0] for pair in zip(left, right, strict=True)], inner, where)
    if any(math.isnan(threshold) for threshold in thresholds):
        raise ModelFailed("E616", where=where)
    _check_categories(tree, kinds, thresholds, where)


def _check_categories(tree: Block, kinds: list[int], thresholds: list[float], where: str) -> None:
    """Refuse categorical splits that point outside their own table of bits."""
    categorical = [int(t) for kind, t in zip(kinds, thresholds, strict=True) if kind & 1]
    if not categorical and not int(tree["num_cat"]):
        return
    bounds, bits = _whole(tree["cat_boundaries"]), _whole(tree["cat_threshold"])
    rising = all(low <= high for low, high in itertools.pairwise(bounds))
    inside = all(0 <= place < int(tree["num_cat"]) for place in categorical)
    if (
        len(bounds) != int(tree["num_cat"]) + 1
        or bounds[0] != 0
        or bounds[-1] != len(bits)
        or not rising
        or not inside
    ):
        raise ModelFailed("E616", where=where)


def _levels(text: str, head: Block, names: tuple[str, ...], where: str) -> dict[str, tuple[Any, ...]]:
    """Return the levels of the categorical columns, which the file lists in the order of the columns."""
    _, _, tail = text.rpartition("\npandas_categorical:")
    known = json.loads(tail.partition("\n")[0]) if tail and tail != text else None
    infos = head["feature_infos"].split(" ")
    if len(infos) != len(names):
        raise ModelFailed("E616", where=where)
    # A number's range stands in brackets, a category's codes between colons.
    categorical = [name for name, info in zip(names, infos, strict=True) if info[0] not in "[n"]
    if not known:
        if categorical:
            raise ModelRefused("E508", where=where)
        return {}
    if len(known) != len(categorical):
        raise ModelRefused("E508", where=where)
    return {name: tuple(levels) for name, levels in zip(categorical, known, strict=True)}


def _classes(objective: str, number: int, where: str) -> tuple[str, ...]:
    if objective == "binary":
        return ("0", "1")
    if objective == "multiclass":
        return tuple(str(place) for place in range(number))
    if objective in REGRESSIONS:
        return ()
    raise ModelRefused("E507", where=where, objective=objective[:60])


def _makeup(text: str, head: Block, trees: list[Block], names: tuple[str, ...]) -> Makeup:
    _, _, tail = text.partition("\nparameters:\n")
    lines = (line.strip("[]") for line in tail.partition("\nend of parameters")[0].splitlines())
    pairs = (line.partition(": ") for line in lines if ": " in line)
    parameters = tuple(
        Parameter(step="Booster", name=name, value=value[:200]) for name, _, value in pairs if value
    )
    constraints = [int(c) for c in head.get("monotone_constraints", "").split(" ") if c]
    kept = {
        name: "increasing" if sign > 0 else "decreasing"
        for name, sign in zip(names, constraints, strict=False)
        if sign
    }
    leaves = [int(tree["num_leaves"]) for tree in trees]
    complexity = {"trees": len(trees), "leaves": sum(leaves)}
    return Makeup.model_validate({"parameters": parameters, "complexity": complexity, "constraints": kept})


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(" ")]


def _whole(text: str) -> list[int]:
    return [int(np.int64(part)) for part in text.split(" ")]
