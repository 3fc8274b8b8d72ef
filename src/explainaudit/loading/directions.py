"""Directions that a model was forced to keep, told of the columns of the table where that is certain."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from explainaudit.loading.formats.boosters import NativeBooster, directions

# Steps that keep each column in its place and the order of its values.
_KEEPING = {
    "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "QuantileTransformer",
    "PowerTransformer", "SimpleImputer",
}  # fmt: skip

_MOST_PIPELINES = 20  # one in another; nobody builds more


def final(estimator: Any) -> Any:
    """Return the model at the end of a pipeline, or the model itself."""
    for _ in range(_MOST_PIPELINES):
        if not isinstance(getattr(estimator, "steps", None), list):
            break
        estimator = estimator.steps[-1][1]
    return estimator


def constraints(
    estimator: Any, model: Any, native: NativeBooster | None
) -> dict[str, Literal["increasing", "decreasing"]]:
    """Return the monotonic constraints of a model, by the columns of the table.

    Parameters
    ----------
    estimator : object
        The whole model.
    model : object
        Its last step, which has the constraints.
    native : NativeBooster, optional
        The last step, where it is a booster.
    """
    if native is not None:
        names: Sequence[str] = native.feature_names_in_
        words = native.makeup.constraints
        signs = [{"increasing": 1, "decreasing": -1}.get(words.get(name, ""), 0) for name in names]
    else:
        names = [str(name) for name in getattr(model, "feature_names_in_", ())]
        given = getattr(model, "monotonic_cst", None)
        if given is None:
            return {}
        by_name = isinstance(given, Mapping)
        signs = [int(given.get(name, 0)) for name in names] if by_name else [int(sign) for sign in given]
    columns = [*names] if estimator is model else _sources(estimator)
    if len(columns) != len(signs):
        return {}
    return directions((name, sign) for name, sign in zip(columns, signs, strict=True) if name is not None)


def _sources(pipeline: Any) -> list[str | None]:
    """Return the table's column behind each column before the last step; none where it is not certain."""
    columns: list[str | None] = [str(name) for name in getattr(pipeline, "feature_names_in_", ())]
    for _, step in pipeline.steps[:-1]:
        columns = _through(step, columns)
    return columns


def _through(step: Any, columns: list[str | None]) -> list[str | None]:
    """Return what becomes of columns in a step that is fitted."""
    if isinstance(step, str) or step is None:
        return columns if step in {None, "passthrough"} else []
    if hasattr(step, "steps"):
        for _, inner in step.steps:
            columns = _through(inner, columns)
        return columns
    if hasattr(step, "transformers_"):
        return _branches(step, columns)
    if _keeps(step) and len(step.get_feature_names_out()) == len(columns):
        return columns
    try:
        return [None] * len(step.get_feature_names_out())
    except (AttributeError, ValueError):  # it does not say how many columns it makes
        return []


def _keeps(step: Any) -> bool:
    """Return whether a step leaves columns in their place and their values in order."""
    kind = type(step).__name__
    if kind == "FunctionTransformer":  # what a column transformer puts in the place of "passthrough"
        return step.func is None and step.feature_names_out == "one-to-one"
    return kind in _KEEPING and not getattr(step, "add_indicator", False)


def _branches(step: Any, columns: list[str | None]) -> list[str | None]:
    """Return what a column transformer makes of columns: each branch writes into a run of its own."""
    places = step.output_indices_
    found: list[str | None] = [None] * max(run.stop for run in places.values())
    order = {str(name): column for name, column in zip(step.feature_names_in_, columns, strict=True)}
    for name, branch, taken in step.transformers_:
        run = places[name]
        if isinstance(taken, list) and all(isinstance(each, str) for each in taken):
            made = _through(branch, [order[each] for each in taken])
            if len(made) == run.stop - run.start:
                found[run] = made
    return found
