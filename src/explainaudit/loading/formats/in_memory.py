"""Boosters of XGBoost and LightGBM that are objects already: taken by the way their files are taken.

So a model answers the same, to the bit, from its file and from memory, on one thread, with its
categorical inputs as text.
"""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.boosters import NativeBooster, directions
from explainaudit.loading.formats.lightgbm_native import load_lightgbm
from explainaudit.loading.formats.xgboost_native import load_xgboost


def native_of(model: Any, where: str) -> NativeBooster | None:
    """Return a booster, or an estimator that is one behind scikit-learn's methods, read natively.

    ``None`` for any other model, one that is not fitted, and an estimator of numbers whose booster cannot
    be read that way: it answers through its own methods, which cannot take levels as text.

    Raises
    ------
    ModelRefused, ModelFailed
        A booster by itself, or one with levels, cannot be audited; see `load_xgboost` and `load_lightgbm`.
    """
    made_by = type(model).__module__.split(".")[0]
    if made_by not in {"lightgbm", "xgboost"} or isinstance(model, NativeBooster | type):
        return None
    if type(model).__name__ == "Booster":
        return _read(model, made_by, where)
    try:
        booster = model.booster_ if made_by == "lightgbm" else model.get_booster()
    except Exception:  # not fitted, each library says so with an error of its own
        return None
    # Its own predict takes the trees up to the best iteration.
    rounds = model.best_iteration + 1 if made_by == "xgboost" and hasattr(model, "best_iteration") else None
    try:
        native = _read(booster, made_by, where, rounds)
    except (ModelRefused, ModelFailed):
        if _has_levels(booster, made_by):
            raise
        return None
    labels = tuple(getattr(model, "classes_", ()))
    # What takes a number for a missing value says so in the estimator, not in its booster.
    missing = getattr(model, "missing", np.nan)
    if len(labels) != len(native.classes_) or not np.isnan(missing):
        if native.levels:
            raise ModelRefused("E507", where=where, objective=f"missing={missing} beside categories")
        return None
    return replace(native, classes_=labels, numbered=False, title=type(model).__name__, remarks=())


def _has_levels(booster: Any, made_by: str) -> bool:
    """Return whether some inputs are categories, which it was trained with as such."""
    if made_by == "lightgbm":
        return bool(booster.pandas_categorical)
    return "c" in (booster.feature_types or ())


def _read(booster: Any, made_by: str, where: str, rounds: int | None = None) -> NativeBooster:
    if made_by == "lightgbm":
        return load_lightgbm(booster.model_to_string().encode(), where)
    native = load_xgboost(bytes(booster.save_raw("ubj")), where, rounds)
    makeup = native.makeup.model_copy(update={"constraints": _constraints(booster, native.feature_names_in_)})
    return replace(native, makeup=makeup)


def _constraints(booster: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the directions that XGBoost's settings name; its file has no place for them."""
    learner = json.loads(booster.save_config())["learner"]
    given = str(learner["gradient_booster"].get("tree_train_param", {}).get("monotone_constraints", ""))
    signs = [int(sign) for sign in given.strip("()").replace(" ", "").split(",") if sign]
    return dict(directions(zip(names, signs, strict=False)))
