"""Transformers that make each column from one column, told by their exact type: which one it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


def sources(step: Any, columns: int) -> Places | None:
    """Return for each column that a fitted transformer makes the place of the column it is made from.

    ``None`` where it may mix columns, or is not known. Nothing is read from names: a level may contain
    any of the signs that a name is put together with.

    Parameters
    ----------
    step : object
        The fitted transformer.
    columns : int
        Number of columns it is given.
    """
    from sklearn import impute
    from sklearn import preprocessing as pre

    kind, every = type(step), np.arange(columns, dtype=np.intp)
    if kind in {
        pre.Binarizer, pre.MaxAbsScaler, pre.MinMaxScaler, pre.OrdinalEncoder, pre.PowerTransformer,
        pre.QuantileTransformer, pre.RobustScaler, pre.StandardScaler,
    }:  # fmt: skip
        return every
    if kind is pre.FunctionTransformer:
        return every if _is_elementwise(step) else None
    if kind in _selectors():
        return np.asarray(every[step.get_support()])
    if kind is impute.SimpleImputer:
        return _imputed(step, every)
    if kind is impute.MissingIndicator:
        return np.asarray(every[step.features_])
    repeats = _repeats(step)
    return None if repeats is None else np.repeat(every, repeats)


def _is_elementwise(step: Any) -> bool:
    """Return whether a function transformer does nothing, or applies a NumPy function number by number."""
    if step.func is None:
        return True
    name = getattr(step.func, "__name__", "")
    is_numpy = isinstance(step.func, np.ufunc) and step.func is getattr(np, name, None)
    return is_numpy and step.func.nin == step.func.nout == 1 and not step.kw_args


def _selectors() -> set[type]:
    from sklearn import feature_selection as choice

    return {
        choice.GenericUnivariateSelect, choice.RFE, choice.RFECV, choice.SelectFdr, choice.SelectFpr,
        choice.SelectFromModel, choice.SelectFwe, choice.SelectKBest, choice.SelectPercentile,
        choice.SequentialFeatureSelector, choice.VarianceThreshold,
    }  # fmt: skip


def _imputed(step: Any, every: Places) -> Places:
    """Return the sources of an imputer: columns that were empty go, indicators stand behind the rest."""
    statistics = np.asarray(step.statistics_)
    empty = np.array(
        [isinstance(each, float | np.floating) and np.isnan(each) for each in statistics], dtype=np.bool_
    )
    kept = every if step.keep_empty_features else every[~empty]
    return np.concatenate([kept, every[step.indicator_.features_]]) if step.add_indicator else kept


def _repeats(step: Any) -> Any:
    """Return how many columns are made of each, where they stand together in the order of the columns."""
    from sklearn import preprocessing as pre

    kind = type(step)
    if kind is pre.OneHotEncoder:
        return np.asarray(step._n_features_outs)
    if kind is pre.KBinsDiscretizer:
        return 1 if step.encode == "ordinal" else np.asarray(step.n_bins_, dtype=np.intp)
    if kind is pre.SplineTransformer:
        return step.n_features_out_ // step.n_features_in_
    if kind is pre.TargetEncoder:
        return len(step.classes_) if step.target_type_ == "multiclass" else 1
    return None
