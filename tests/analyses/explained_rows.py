"""Attributions made by hand for rows of several groups, and what `parity` makes of them."""

import numpy as np

from explainaudit.analyses.parity import PARITY
from explainaudit.records.evidence import Evidence
from grouped import asked, binary
from handmade import attribution

COLUMNS = ("a", "b", "c", "d")
SETTINGS = PARITY.settings()


def lime(fidelity, *, stability=None, output="bad", keys=None, inclusion=None):
    """Return LIME of some rows of which fidelity and stability alone matter."""
    n = len(fidelity)
    given_ = {
        "method": "lime",
        "algorithm": "lime_tabular",
        "fidelity": np.asarray(fidelity, dtype=float),
        "stability": np.full(n, 0.9) if stability is None else np.asarray(stability, dtype=float),
        "output": output,
    }
    if keys is not None:
        given_["keys"] = keys
    if inclusion is not None:
        given_["inclusion"] = inclusion
    return attribution(np.zeros((n, len(COLUMNS))), columns=COLUMNS, **given_)


def shap(values, **other):
    return attribution(values, columns=COLUMNS[: np.shape(values)[1]], **other)


def measured(scored, attributions, compared=(), kind="binary", **other) -> Evidence:
    return PARITY.measure(
        asked(scored, kind, attributions=tuple(attributions), compared=tuple(compared), **other), SETTINGS
    )


def sides(n, seed, groups=("f", "m", "x")):
    draw = np.random.default_rng(seed)
    return draw, draw.choice(list(groups), size=n).astype(object)


def scored_of(n, **groups):
    return binary(["bad"] * n, [True] * n, **groups)


def value(evidence, metric, group, **more):
    return evidence.measure(metric, sensitive="sex", group=group, **more)
