"""Boosters of LightGBM and XGBoost: by themselves, or behind scikit-learn's methods in a pipeline."""

from dataclasses import replace
from typing import Any

from explainaudit.loading.formats.boosters import NativeBooster
from explainaudit.loading.formats.in_memory import native_of
from explainaudit.loading.readings import Reading
from explainaudit.records.measure import Unit

_WRAPPERS = {
    "lightgbm.sklearn": {"LGBMClassifier", "LGBMRegressor"},
    "xgboost.sklearn": {"XGBClassifier", "XGBRegressor", "XGBRFClassifier", "XGBRFRegressor"},
}


def read_native_trees(model: Any, unit: Unit) -> Reading | None:
    """Return the sum of a booster's trees: raw scores, or the target where no link lies between.

    A booster in a pipeline gets numbers: with levels of its own it is not read.
    """
    if isinstance(model, NativeBooster):
        own = _reading(model, unit)
        return None if own is None else replace(own, seen=lambda rows: own.seen(model.codes(rows)))
    if type(model).__name__ not in _WRAPPERS.get(type(model).__module__, ()):
        return None
    native = native_of(model, "")
    return None if native is None or native.levels else _reading(native, unit)


def _reading(native: NativeBooster, unit: Unit) -> Reading | None:
    scores = {0: "target", 2: "log_odds"}.get(len(native.classes_), "margin")
    return native.reading() if unit == scores else None
