"""Of a model's sums, those of the output that is asked for."""

import numpy as np

from explainaudit.loading.readings import flipped
from explainaudit.records.inside import Linear, Trees
from explainaudit.records.measure import Unit


def for_event(parts: Trees | Linear, unit: Unit, event: int | None) -> Trees | Linear:
    """Return the sum for one of two classes; for several classes and for a target it is as it was.

    Parameters
    ----------
    parts : Trees or Linear
        Probabilities of both classes, log-odds of the second, or one raw score for each of the two.
    unit : str
        Unit of the sum.
    event : int or None
        Place of the class among two; none where there are not two.
    """
    if event is None:
        return parts
    if unit == "probability" and isinstance(parts, Trees):
        chosen = parts.value[:, [event]]
        return Trees(**{**vars(parts), "value": chosen, "base": parts.base[[event]]})
    if isinstance(parts, Trees) and len(parts.base) == 2:
        parts = _difference(parts)
    return parts if event == 1 else flipped(parts)


def _difference(parts: Trees) -> Trees:
    """Return the second of two raw scores minus the first: the log-odds where softmax answers."""
    nodes = np.diff(np.append(parts.roots, len(parts.column)))
    sign = np.repeat(np.where(parts.output == 1, 1.0, -1.0), nodes)
    return Trees(
        **{
            **vars(parts),
            "value": parts.value * sign[:, None],
            "output": np.zeros_like(parts.output),
            "base": parts.base[[1]] - parts.base[[0]],
        }
    )
