"""How the answers of a model become decisions: one rule for rows as recorded and for rows with a change."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.plan import Decision


def predicted_places(scores: NDArray[np.float64], decision: Decision) -> NDArray[np.intp]:
    """Return what is predicted for each row.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        The probability of the event (k = 1), or of every class.
    decision : Decision
        For the cut of the probability of the event.

    Returns
    -------
    ndarray of shape (n,)
        1 where the event is predicted and 0 where it is not (k = 1); else the place of the class, the
        first of several that are as probable.
    """
    if scores.shape[1] == 1:
        return (scores[:, 0] >= decision.cut).astype(np.intp)
    return np.asarray(scores.argmax(axis=1), dtype=np.intp)


def favoured(
    scores: NDArray[np.float64], decision: Decision, outputs: Sequence[str]
) -> NDArray[np.bool_] | None:
    """Return whether each row is decided favourably; ``None`` where the plan calls no decision favourable.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        As in `predicted_places`.
    decision : Decision
        What is favourable.
    outputs : sequence of str, length k
        What the scores are of: classes are called favourable by name.
    """
    if decision.favourable is None:
        return None
    places = predicted_places(scores, decision)
    if scores.shape[1] == 1:
        return np.asarray(places == (0 if decision.low_is_favourable else 1))
    if not isinstance(decision.favourable, tuple):
        return None
    return np.isin(np.asarray(outputs)[places], np.asarray(decision.favourable))
