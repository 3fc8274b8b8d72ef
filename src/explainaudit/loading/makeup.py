"""What a model is made of, as far as it tells. Never a reason to fail."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from explainaudit.loading.formats.boosters import NativeBooster
from explainaudit.records.bundle import Makeup, Parameter

LONGEST = 200
_PLAIN = (str, int, float, bool, type(None), np.generic)


def makeup_of(estimator: Any) -> Makeup:
    """Return parameters of every step, counts of parts, and directions the model was forced to keep."""
    if isinstance(estimator, NativeBooster):
        return estimator.makeup
    steps = list(_steps(estimator, type(estimator).__name__))
    constraints: dict[str, str] = {}
    if steps and steps[-1][1] is estimator:
        constraints = _constraints(estimator)
    return Makeup.model_validate(
        {
            "parameters": tuple(each for name, step in steps for each in _parameters(name, step)),
            "complexity": _complexity(steps[-1][1]) if steps else {},
            "constraints": constraints,
        }
    )


def _steps(estimator: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the steps of pipelines and the branches of column transformers, flattened, in order."""
    for attribute in ("steps", "transformers_", "estimators"):
        inner = getattr(estimator, attribute, None)
        if attribute == "estimators" and not isinstance(inner, list):
            continue
        if isinstance(inner, list) and all(isinstance(each, tuple) and len(each) > 1 for each in inner):
            for each in inner:
                if not isinstance(each[1], str):
                    yield from _steps(each[1], type(each[1]).__name__)
            return
    yield name, estimator


def _parameters(name: str, step: Any) -> Iterator[Parameter]:
    try:
        given = step.get_params(deep=False)
    except Exception:  # a model of any make: what does not tell is left out
        return
    for parameter, value in sorted(given.items()):
        yield Parameter(step=name, name=parameter, value=_text(value))


def _text(value: Any) -> str:
    """Return a value as text without memory addresses: what is not plain by the name of its class."""
    if isinstance(value, _PLAIN):
        return str(value)[:LONGEST]
    if isinstance(value, list | tuple) and all(isinstance(each, _PLAIN) for each in value):
        return str(list(value))[:LONGEST]
    if isinstance(value, dict) and all(isinstance(each, _PLAIN) for each in (*value, *value.values())):
        return str(value)[:LONGEST]
    return getattr(value, "__name__", type(value).__name__)[:LONGEST]


def _complexity(model: Any) -> dict[str, int]:
    """Return counts of trees, leaves, depth and coefficients, where the model has them."""
    found: dict[str, int] = {}
    try:
        if (coefficients := getattr(model, "coef_", None)) is not None:
            found["coefficients"] = int(np.size(coefficients))
        trees = list(_trees(model))
        if trees:
            leaves, depths = zip(*(_size(tree) for tree in trees), strict=True)
            found |= {"trees": len(trees), "leaves": sum(leaves), "depth": max(depths)}
    except Exception:  # as above
        return found
    return found


def _trees(model: Any) -> Iterator[Any]:
    """Yield the trees of scikit-learn's tree models."""
    if hasattr(model, "tree_"):
        yield model.tree_
    elif hasattr(model, "_predictors"):
        yield from (tree for stage in model._predictors for tree in stage)
    elif isinstance(members := getattr(model, "estimators_", None), list | np.ndarray):
        yield from (member.tree_ for member in np.ravel(np.asarray(members, dtype=object)))


def _size(tree: Any) -> tuple[int, int]:
    """Return the number of leaves of a tree, and its depth."""
    if hasattr(tree, "n_leaves"):
        return int(tree.n_leaves), int(tree.max_depth)
    return int(tree.get_n_leaf_nodes()), int(tree.get_max_depth())


def _constraints(estimator: Any) -> dict[str, str]:
    """Return the monotonic constraints of a model that takes the columns as they are."""
    names = getattr(estimator, "feature_names_in_", None)
    given = getattr(estimator, "monotonic_cst", None)
    if names is None or given is None:
        return {}
    signs = given if isinstance(given, dict) else dict(zip(names, given, strict=False))
    words = {1: "increasing", -1: "decreasing"}
    return {str(name): words[int(sign)] for name, sign in signs.items() if int(sign) in words}
