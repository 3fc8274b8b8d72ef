"""From raw inputs to the columns that the last step of a model is given: which input each is made from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.loading.inside.transformers import sources

Places = NDArray[np.intp]
_MOST_LAYERS = 20  # one model in another; nobody builds more


def unfolded(estimator: Any) -> tuple[tuple[Any, ...], Any]:
    """Return the steps that rows go through, and the model behind them, out of pipelines and searches."""
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
    from sklearn.pipeline import Pipeline

    steps: tuple[Any, ...] = ()
    for _ in range(_MOST_LAYERS):
        if type(estimator) is Pipeline:
            steps += tuple(step for _, step in estimator.steps[:-1] if not _passes(step))
            estimator = estimator.steps[-1][1]
        elif type(estimator) in {GridSearchCV, RandomizedSearchCV}:
            estimator = estimator.best_estimator_
        else:
            break
    return steps, estimator


def through(steps: Sequence[Any], player: Places) -> Places | None:
    """Return the raw input behind each column after some fitted steps; none where one may mix columns.

    Parameters
    ----------
    steps : sequence of object
        In the order rows go through them.
    player : ndarray of shape (m,)
        The raw input behind each column before them.
    """
    found: Places | None = player
    for step in steps:
        if found is not None and not _passes(step):
            found = _through_one(step, found)
    return found


def _through_one(step: Any, player: Places) -> Places | None:
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    if getattr(step, "n_features_in_", len(player)) != len(player):
        return None
    if type(step) is Pipeline:
        return through([inner for _, inner in step.steps], player)
    if type(step) is ColumnTransformer:
        return _branches(step, player)
    places = sources(step, len(player))
    return None if places is None else player[places]


def _branches(step: Any, player: Places) -> Places | None:
    """Return the players after a column transformer: each branch writes into a run of its own."""
    runs, taken = step.output_indices_, step._transformer_to_input_indices
    found = np.full(max((run.stop for run in runs.values()), default=0), -1, dtype=np.intp)
    for name, branch, _ in step.transformers_:
        run = runs[name]
        if run.start == run.stop:  # dropped, or given no columns
            continue
        made = through([branch], player[np.asarray(taken[name], dtype=np.intp)])
        if made is None or len(made) != run.stop - run.start:
            return None
        found[run] = made
    return None if (found < 0).any() else found


def _passes(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == "passthrough")
