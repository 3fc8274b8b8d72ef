"""Trees, forests and gradient boosting of scikit-learn that grow on the values themselves, in float32."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.loading.readings import Reading, Tree, dense, planted
from explainaudit.records.inside import Trees
from explainaudit.records.measure import Unit

_SEEN = partial(dense, kind=np.float32)


def read_sklearn_trees(model: Any, unit: Unit) -> Reading | None:
    """Return the sum of the trees of a model of scikit-learn; none for any other model or unit.

    A tree or a forest answers the mean of its trees: the target, or the probability of every class.
    Gradient boosting answers the target, or raw scores: log-odds of the second of two classes, or one
    score for each of several.
    """
    from sklearn import ensemble, tree

    kind = type(model)
    averaging: dict[str, set[type]] = {
        "target": {
            ensemble.ExtraTreesRegressor, ensemble.RandomForestRegressor, tree.DecisionTreeRegressor,
            tree.ExtraTreeRegressor,
        },
        "probability": {
            ensemble.ExtraTreesClassifier, ensemble.RandomForestClassifier, tree.DecisionTreeClassifier,
            tree.ExtraTreeClassifier,
        },
    }  # fmt: skip
    if kind in averaging.get(unit, set()):
        members = list(getattr(model, "estimators_", [model]))
        sum_ = _trees(members, 1.0 / len(members), outputs=np.zeros(len(members)))
    elif _is_boosting(model, unit) and _starts_constant(model):
        sum_ = _boosted(model)
    else:
        return None
    return Reading(sum_, _SEEN, np.arange(model.n_features_in_))


def _is_boosting(model: Any, unit: Unit) -> bool:
    """Return whether gradient boosting has raw scores in a unit; an exponential loss has another scale."""
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

    if type(model) is GradientBoostingRegressor:
        return unit == "target"
    losses = {"log_odds": "HalfBinomialLoss", "margin": "HalfMultinomialLoss"}
    return type(model) is GradientBoostingClassifier and type(model._loss).__name__ == losses.get(unit)


def _starts_constant(model: Any) -> bool:
    """Return whether boosting starts from the same score for every row."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    start = model.init_
    if isinstance(start, str):
        return start == "zero"
    return type(start) is DummyRegressor or (
        type(start) is DummyClassifier and start.strategy in {"prior", "most_frequent", "constant"}
    )


def _boosted(model: Any) -> Trees:
    stages, outputs = model.estimators_.shape
    start = model._raw_predict_init(np.zeros((1, model.n_features_in_), dtype=np.float32))
    return _trees(
        list(model.estimators_.ravel()),
        model.learning_rate,
        outputs=np.tile(np.arange(outputs), stages),
        base=start[0],
    )


def _trees(
    members: Sequence[Any], scale: float, *, outputs: NDArray[Any], base: NDArray[Any] | None = None
) -> Trees:
    grown = [member.tree_ for member in members]
    found = [
        Tree(
            column=tree.feature,
            threshold=tree.threshold,
            missing_left=tree.missing_go_to_left,
            left=tree.children_left,
            right=tree.children_right,
            value=scale * tree.value[:, 0, :],
            cover=tree.weighted_n_node_samples,
        )
        for tree in grown
    ]
    return planted(found, outputs, np.zeros(found[0].value.shape[1]) if base is None else base)
