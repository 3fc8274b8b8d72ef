"""Histogram gradient boosting of scikit-learn: float64 thresholds, categories as sets of codes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.loading.readings import Reading, Tree, planted
from explainaudit.records.measure import Unit

Floats = NDArray[np.float64]


def read_histogram_trees(model: Any, unit: Unit) -> Reading | None:
    """Return the sum of the trees: raw scores of a classifier, or the target where no link lies between.

    The model puts its categorical columns first, as codes; a level it has not grown on is missing.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind, loss = type(model), type(getattr(model, "_loss", None)).__name__
    scores = {"log_odds": "HalfBinomialLoss", "margin": "HalfMultinomialLoss"}
    is_sum = (kind is HistGradientBoostingClassifier and loss == scores.get(unit)) or (
        kind is HistGradientBoostingRegressor
        and unit == "target"
        and type(model._loss.link).__name__ == "IdentityLink"
    )
    if not is_sum:
        return None
    categorical = model.is_categorical_
    first = np.zeros(model.n_features_in_, dtype=np.bool_) if categorical is None else categorical
    prepared = model._preprocess_X

    def seen(given: Any) -> Floats:
        return np.asarray(prepared(given, reset=False), dtype=np.float64)

    stages = model._predictors
    trees = [_tree(grown) for stage in stages for grown in stage]
    outputs = np.tile(np.arange(model.n_trees_per_iteration_), len(stages))
    return Reading(
        planted(trees, outputs, np.ravel(model._baseline_prediction)),
        seen,
        np.concatenate([np.flatnonzero(first), np.flatnonzero(~first)]),
    )


def _tree(grown: Any) -> Tree:
    nodes = grown.nodes
    leaf = nodes["is_leaf"] > 0
    by_code = np.flatnonzero((nodes["is_categorical"] > 0) & ~leaf)
    words = np.ascontiguousarray(grown.raw_left_cat_bitsets, dtype="<u4")
    return Tree(
        column=nodes["feature_idx"],
        threshold=nodes["num_threshold"],
        missing_left=nodes["missing_go_to_left"],
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64)),
        value=nodes["value"][:, None],
        codes={
            int(node): np.flatnonzero(
                np.unpackbits(words[nodes["bitset_idx"][node]].view(np.uint8), bitorder="little")
            ).astype(np.float64)
            for node in by_code
        },
        cover=nodes["count"],
    )
