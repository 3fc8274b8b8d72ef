"""XGBoost's trees as splits and leaf values, from the arrays that were checked.

Reference: ``GetNextNode`` of XGBoost's ``predict_fn.h`` and ``Decision`` of ``categorical.h``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.loading.formats.xgboost_inputs import Block, trees_of
from explainaudit.loading.readings import Reading, Tree, dense, planted

# Objectives whose answer is the raw score itself.
_IDENTITY = {
    "multi:softprob", "multi:softmax", "reg:squarederror", "reg:squaredlogerror",
    "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror",
}  # fmt: skip


def reading(learner: Block, outputs: int, levels: Sequence[int]) -> Reading | None:
    """Return the sum of the trees, or none where a regression answers through a logarithmic link.

    Parameters
    ----------
    learner : dict
        The learner, checked, as it is laid out for the library.
    outputs : int
        Number of raw scores for a row.
    levels : sequence of int
        Number of levels of each input, 0 for a number.
    """
    objective, booster = learner["objective"]["name"], learner["gradient_booster"]
    start = str(learner["learner_model_param"]["base_score"]).strip("[]").split(",")
    base = np.broadcast_to(np.array([float(score) for score in start], dtype=np.float32), (outputs,))
    if objective == "binary:logistic":
        from scipy.special import logit

        base = logit(base.astype(np.float64))
    elif objective not in _IDENTITY:
        return None
    model = trees_of(booster)["model"]
    weights = booster.get("weight_drop", [1.0] * len(model["trees"]))
    trees = [_tree(tree, weight, levels) for tree, weight in zip(model["trees"], weights, strict=True)]
    return Reading(
        planted(trees, np.array(model["tree_info"]), base),
        lambda given: dense(given, np.float32, absent=np.nan),
        np.arange(len(levels)),
        single=True,
    )


def _tree(tree: dict[str, Any], weight: float, levels: Sequence[int]) -> Tree:
    conditions = tree["split_conditions"]
    return Tree(
        column=tree["split_indices"],
        # A value below the threshold goes left: the last such value in float32.
        threshold=np.nextafter(conditions, np.float32(-np.inf)),
        missing_left=tree["default_left"],
        left=tree["left_children"],
        right=tree["right_children"],
        value=(weight * conditions.astype(np.float64))[:, None],
        codes=_codes(tree, levels),
        cover=tree["sum_hessian"],
    )


def _codes(tree: dict[str, Any], levels: Sequence[int]) -> dict[int, NDArray[np.float64]]:
    """Return the codes that go left at each categorical split: those that the file does not list."""
    found = {}
    runs = zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
    for node, start, size in runs:
        known = np.arange(levels[tree["split_indices"][node]], dtype=np.float64)
        found[int(node)] = np.setdiff1d(known, tree["categories"][start : start + size])
    return found
