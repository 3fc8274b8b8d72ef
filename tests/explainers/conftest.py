"""A small mixed table and models with known answers."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.ask import Ask
from explainaudit.records.responses import ColumnFacts

KINDS = {"age": "integer", "income ä": "number", "years": "number", "own": "boolean", "job": "text"}


def table(rows: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": draw.integers(18, 30, rows),
            "income ä": draw.normal(2.0, 1.0, rows).round(2),
            "years": draw.integers(0, 9, rows).astype(float),
            "own": draw.random(rows) < 0.4,
            "job": draw.choice(["smith", "clerk", "<script>"], rows),
        }
    )
    frame["years"] = frame["years"].where(draw.random(rows) > 0.2)
    frame["job"] = frame["job"].where(draw.random(rows) > 0.1)
    return frame


def tangled(frame: pd.DataFrame) -> np.ndarray:
    """Interactions between numbers, categories and missing values."""
    years = frame["years"].fillna(-3.0).to_numpy(dtype=float)
    income = frame["income ä"].to_numpy(dtype=float)
    job = frame["job"].map({"smith": 1.0, "clerk": -0.5, "<script>": 2.0}).fillna(0.25).to_numpy(dtype=float)
    own = frame["own"].to_numpy(dtype=float)
    age = frame["age"].to_numpy(dtype=float)
    return np.sin(age) * job * (1 + own) + income * years * 0.1 + own * (years < 0) * age / 10


def digests(rows: int) -> np.ndarray:
    """Keys as real rows have them: draws look at their first digits."""
    return np.array([hashlib.sha256(str(place).encode()).hexdigest() for place in range(rows)])


def keys(rows: int) -> np.ndarray:
    return np.array([f"{place:064x}" for place in range(rows)])


@pytest.fixture
def make_ask():
    def make(predict, background, source=None, kinds=None, *, seed=7, outputs=("yes",)) -> Ask:
        def answer(frame):
            """One output may be answered as a vector."""
            answers = np.asarray(predict(frame), dtype=float)
            return answers.reshape(len(frame), 1) if answers.ndim == 1 else answers

        kinds = kinds or {name: KINDS.get(name, "number") for name in background.columns}
        columns = tuple(ColumnFacts(name=name, type=kind, role="input") for name, kind in kinds.items())
        source = background if source is None else source
        return Ask(answer, columns, background, source, outputs, "log_odds", seed)

    return make


@pytest.fixture
def mixed(make_ask):
    """The question, and nine rows to explain: some agree with the background, some do not."""
    source = table(60, 1)
    rows = pd.concat([table(7, 2), source.iloc[:2]], ignore_index=True)
    return make_ask(tangled, source.iloc[:12], source), rows


@pytest.fixture
def row_keys():
    return keys


@pytest.fixture
def row_digests():
    return digests
