"""Data for the tests of this room, and the question they share: is the sum what the model answers?"""

import numpy as np
import pandas as pd

from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.predictor import predictor_of
from explainaudit.records.inside import Trees, summed

ROWS = 300
RNG = np.random.default_rng(17)
# A column of cents beyond 1e9, where float32 holds one value in sixty-four, and one that never changes.
FULL = pd.DataFrame(
    {
        "a": RNG.normal(size=ROWS).round(2),
        "count": RNG.integers(0, 6, ROWS),
        "large": 1e9 + RNG.integers(0, 100_000, ROWS) / 100,
        "same": 1.0,
    }
)
GAPS = FULL.assign(a=FULL["a"].where(np.arange(ROWS) % 7 > 0))
NOISE = RNG.normal(size=ROWS)
KINDS = RNG.choice(["p", "q", "q_r", "r"], ROWS)
YES = (FULL["a"] + 0.3 * FULL["count"] + 2 * (KINDS == "q") + NOISE > 1).astype(int).to_numpy()
THREE = np.array(["low", "mid", "top"])[np.digitize(FULL["a"] + NOISE / 2, [-0.5, 0.5])]
AMOUNT = (2 * FULL["a"] + FULL["count"] ** 2 + (FULL["large"] - 1e9) / 500 + NOISE).abs().to_numpy() + 1
# As the libraries are trained: levels as pandas categories.
TRAINED = GAPS.assign(
    kind=pd.Categorical(np.where(np.arange(ROWS) % 11 > 0, KINDS, None), categories=["p", "q", "q_r", "r"]),
    code=pd.Categorical(RNG.choice([3, 5, 8], ROWS)),
)
# As `read_table` types the same rows, with levels that no model was trained with.
TABLE = TRAINED.assign(kind=TRAINED["kind"].astype("str"), code=TRAINED["code"].astype("int64"))
UNSEEN = TABLE.copy()
UNSEEN.loc[[2, 3], "kind"] = "unseen"
UNSEEN.loc[[3, 4], "code"] = 77
TARGETS = {"log_odds": YES, "margin": THREE, "target": AMOUNT}


def inside(model, rows, unit, event=None):
    """Return what is inside a model, once its sum is what the model answers for the rows."""
    predictor = predictor_of(model)
    found = inside_of(predictor, unit, event)
    assert found is not None
    assert (found.unit, found.inputs) == (unit, predictor.identity.inputs)
    assert holds(found, rows, predictor.outputs(rows, output=unit, event=event))
    return found


def sums(found, rows):
    """Return what the parts add up to, shape (n, k)."""
    return summed(found.sum, found.encode(rows))


def nothing(model, unit, event=None):
    """Return whether there is no sum in that unit."""
    return inside_of(predictor_of(model), unit, event) is None


def edges(found: Trees, columns):
    """Return rows of values that lie on thresholds, and next to them in float32 and in float64."""
    splits = np.flatnonzero((found.column >= 0) & ~np.isin(np.arange(len(found.column)), list(found.codes)))
    frame = FULL.reindex(columns=columns).iloc[np.zeros(len(splits), dtype=int)].astype(float).to_numpy()
    rows = []
    for step in (np.float64, np.float32):
        at = found.threshold[splits].astype(step)
        for limit in (at, np.nextafter(at, step(np.inf)), np.nextafter(at, step(-np.inf))):
            values = frame.copy()
            values[np.arange(len(splits)), found.column[splits]] = limit.astype(np.float64)
            rows.append(values)
    kept = np.concatenate(rows)
    return pd.DataFrame(kept[(np.abs(kept) < 1e30).all(axis=1)], columns=list(columns))
