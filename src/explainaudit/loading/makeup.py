"""What a model is made of, as far as it tells. Never a reason to fail."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from explainaudit.loading.directions import constraints, final
from explainaudit.loading.formats.boosters import LONGEST, NativeBooster
from explainaudit.loading.formats.in_memory import native_of
from explainaudit.records.bundle import Makeup, Parameter

# Where a model keeps the one model inside it, fitted first.
_INSIDE = ("best_estimator_", "regressor_", "estimator", "regressor")
_T = TypeVar("_T")
_PLAIN = (str, int, float, bool, type(None), np.generic)


def makeup_of(estimator: Any, native: NativeBooster | None = None) -> Makeup:
    """Return parameters of every step, counts of parts, and directions the model was forced to keep.

    Pipelines and column transformers are flattened, in order. What cannot be read is left out.

    Parameters
    ----------
    estimator : object
        The fitted model.
    native : NativeBooster, optional
        The same, where it is a booster that was read natively.
    """
    if isinstance(estimator, NativeBooster):
        return estimator.makeup
    model = _told(lambda: final(estimator), estimator)
    native = native or _told(lambda: native_of(model, ""), None)
    nothing = Makeup()
    inside = native.makeup if native is not None else nothing
    counted = inside.complexity or _complexity(model)
    return Makeup(
        parameters=_told(lambda: _all_parameters(estimator), nothing.parameters) or inside.parameters,
        complexity=counted | _told(lambda: _encoded(estimator, model), nothing.complexity),
        constraints=_told(lambda: constraints(estimator, model, native), nothing.constraints),
    )


def _told(read: Callable[[], _T], otherwise: _T) -> _T:
    """Return what a model says of itself; a model of any make may not be able to."""
    try:
        return read()
    except Exception:
        return otherwise


def _all_parameters(estimator: Any) -> tuple[Parameter, ...]:
    steps = _named(list(_steps(estimator, "")))
    return tuple(each for name, step in steps for each in _parameters(name, step))


def _steps(part: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield name and object of every step that is no container, in the order rows pass through."""
    inner = getattr(part, "steps", None) or getattr(part, "transformers_", None)
    if isinstance(inner, list) and all(isinstance(each, tuple) and len(each) > 1 for each in inner):
        for each in inner:
            if not isinstance(each[1], str | type(None)):
                yield from _steps(each[1], f"{name}.{each[0]}")
        return
    yield name, part
    below = next(
        (getattr(part, each) for each in _INSIDE if hasattr(getattr(part, each, None), "get_params")), None
    )
    if below is not None and not isinstance(below, type):
        yield from _steps(below, name)


def _named(steps: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return steps by the name of their class; where two have one class, with the names around them."""
    classes = Counter(type(step).__name__ for _, step in steps)
    return [
        (f"{kind} ({'.'.join(name.split('.')[-2:])})" if classes[kind] > 1 else kind, step)
        for name, step in steps
        for kind in (type(step).__name__,)
    ]


def _parameters(name: str, step: Any) -> Iterator[Parameter]:
    try:
        given = sorted(step.get_params(deep=False).items())
    except Exception:  # what does not tell is left out
        return
    for parameter, value in given:
        yield Parameter(step=name, name=str(parameter), value=_text(value))


def _text(value: Any) -> str:
    """Return a value as text without memory addresses: what is not plain by the name of its class."""
    if isinstance(value, _PLAIN):
        return str(value)[:LONGEST]
    if isinstance(value, list | tuple) and all(isinstance(each, _PLAIN) for each in value):
        return str([each.item() if isinstance(each, np.generic) else each for each in value])[:LONGEST]
    if isinstance(value, dict) and all(isinstance(each, _PLAIN) for each in (*value, *value.values())):
        return str(value)[:LONGEST]
    return str(getattr(value, "__name__", type(value).__name__))[:LONGEST]


def _encoded(estimator: Any, model: Any) -> dict[str, int]:
    """Return the number of columns that reach the model behind the steps before it."""
    columns = getattr(model, "n_features_in_", None)
    return {"encoded_columns": int(columns)} if model is not estimator and columns is not None else {}


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
    except Exception:  # what was counted stands
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
