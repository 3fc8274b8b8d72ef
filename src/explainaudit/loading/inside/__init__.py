"""Reading what a model is made of: coefficients or trees that add up to its output."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import AuditError, ModelFailed
from explainaudit.loading.answers import BATCH_ROWS
from explainaudit.loading.inputs import model_rows, require_inputs
from explainaudit.loading.inside.encoders import through, unfolded
from explainaudit.loading.inside.histogram_trees import read_histogram_trees
from explainaudit.loading.inside.linear import read_linear
from explainaudit.loading.inside.native_trees import read_native_trees
from explainaudit.loading.inside.one_output import for_event
from explainaudit.loading.inside.sklearn_trees import read_sklearn_trees
from explainaudit.loading.predictor import Output, Predictor
from explainaudit.loading.readings import Reading
from explainaudit.records.inside import Inside, Trees, summed

Floats = NDArray[np.float64]
_READERS = (read_linear, read_sklearn_trees, read_histogram_trees, read_native_trees)
_MOVED_ROWS, _MOVED_VALUES = 10, 2_000_000
_SAME, _SAME_SINGLE = 1e-6, 1e-4


def inside_of(predictor: Predictor, unit: Output, event: str | None) -> Inside | None:
    """Return what adds up to a model's output, or none where that is not known for certain.

    Parameters
    ----------
    predictor : Predictor
        The model.
    unit : {"log_odds", "margin", "probability", "target"}
        Unit of the output. A regression has a target; two classes have log-odds, several a margin each.
    event : str or None
        Of two classes the one that the output is for; the second when left out.

    Raises
    ------
    UsageError
        The event is no class of the model (E256).
    """
    column = predictor.event_column(event) if predictor.task == "binary" else None
    try:
        return _inside_of(predictor, unit, column)
    # A model made by another version lacks an attribute, or has it in another form.
    except (AttributeError, TypeError, ValueError, KeyError, IndexError):
        return None


def holds(inside: Inside, rows: pd.DataFrame, answers: Floats) -> bool:
    """Return whether the sum is what the model answers, and each encoded column answers to its player.

    Parameters
    ----------
    inside : Inside
        What is checked.
    rows : DataFrame of shape (n, …)
        Typed rows.
    answers : ndarray of shape (n, k)
        What the model answers for them, in the unit of the sum; equal to 1e-6 of the largest answer (at
        least 1), to 1e-4 where the model works in float32.
    """
    try:
        encoded = inside.encode(rows)
    except AuditError:
        return False
    found = summed(inside.sum, encoded)
    scale = max(1.0, float(np.abs(answers).max(initial=0.0)))
    within = (_SAME_SINGLE if inside.single else _SAME) * scale
    return (
        found.shape == answers.shape
        and bool((np.abs(found - answers) <= within).all())
        and _moves_alone(inside, rows.iloc[:_MOVED_ROWS], encoded[:_MOVED_ROWS])
    )


def _inside_of(predictor: Predictor, unit: Output, event: int | None) -> Inside | None:
    inputs = predictor.identity.inputs
    steps, model = unfolded(predictor.estimator)
    player = through(steps, np.arange(len(inputs), dtype=np.intp))
    readings = (read(model, unit) for read in _READERS) if player is not None and inputs else ()
    reading = next((found for found in readings if found is not None), None)
    if player is None or reading is None or len(reading.order) != len(player):
        return None
    if isinstance(reading.sum, Trees) and reading.sum.column.max() >= len(player):
        return None

    def encode(frame: pd.DataFrame) -> Floats:
        require_inputs(frame, inputs)
        found = [np.empty((0, len(player)))]
        for start in range(0, len(frame), BATCH_ROWS):
            rows = model_rows(frame.iloc[start : start + BATCH_ROWS], inputs, named=predictor.named)
            found.append(_encoded(rows, steps, reading))
        return np.concatenate(found)

    return Inside(
        encode=encode,
        player=player[reading.order],
        unit=unit,
        sum=for_event(reading.sum, unit, event),
        single=reading.single,
        inputs=inputs,
    )


def _encoded(rows: Any, steps: tuple[Any, ...], reading: Reading) -> Floats:
    """Return rows as the sum reads them, by the very steps that the model puts them through."""
    import joblib

    size = len(rows)
    with warnings.catch_warnings(), joblib.parallel_config(backend="sequential"):
        warnings.simplefilter("ignore")
        try:
            for step in steps:
                rows = step.transform(rows)
            # Fails where there are not as many columns as the sum reads.
            return reading.seen(rows).reshape(size, len(reading.order))
        except AuditError:
            raise
        except Exception as problem:  # its message may hold a value of the data
            raise ModelFailed("E610", rows=size, problem=type(problem).__name__) from problem


def _moves_alone(inside: Inside, rows: pd.DataFrame, encoded: Floats) -> bool:
    """Return whether an input that takes the value of another row moves its own encoded columns only."""
    size, inputs = len(rows), len(inside.inputs)
    other = np.roll(np.arange(size), 1)
    step = max(1, _MOVED_VALUES // max(1, size * inputs))
    for start in range(0, inputs, step):
        group = np.arange(start, min(start + step, inputs))
        at = np.tile(np.arange(size), len(group))
        moved = rows[list(inside.inputs)].iloc[at].reset_index(drop=True)
        for block, place in enumerate(group):
            taken = at.copy()
            taken[block * size : (block + 1) * size] = other
            name = inside.inputs[place]
            moved[name] = rows[name].iloc[taken].reset_index(drop=True)
        try:
            found = inside.encode(moved).reshape(len(group), size, -1)
        except AuditError:
            return False
        same = np.isclose(found, encoded, rtol=1e-9, atol=0.0, equal_nan=True).all(axis=1)
        if not (same | (inside.player == group[:, None])).all():
            return False
    return True
