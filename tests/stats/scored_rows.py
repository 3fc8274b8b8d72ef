"""Labels, scores and weights with ties and rows without weight, and designs for them."""

import numpy as np
from hypothesis import strategies as st

from explainaudit.stats.design import Design


def simple(n):
    return Design(np.ones(n), np.arange(n), simple=True)


def weighted(weight, cluster=None):
    rows = np.arange(len(weight)) if cluster is None else cluster
    return Design(np.asarray(weight, dtype=float), rows, simple=False)


@st.composite
def rows(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(2, 120))
    scores = rng.uniform(size=n)
    if draw(st.booleans()):
        scores = scores.round(1)
    labels = rng.uniform(size=n) < scores
    labels[:2] = True, False
    weight = np.where(rng.uniform(size=n) < 0.2, 0.0, rng.uniform(0.1, 5, size=n))
    weight[:2] = 1
    return labels, scores, weight
