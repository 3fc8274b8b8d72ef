"""Rows with slices planted in them, and how their evidence is read."""

import hashlib
import json

import numpy as np
import pandas as pd

from explainaudit.analyses.slices import SLICES
from explainaudit.records.responses import ColumnFacts
from grouped import EVENT, OTHER, asked, binary

SETTINGS = SLICES.settings()
TYPES = {"city": "text", "work": "text", "age": "integer", "income": "number"}


def table(n, seed, **more):
    rng = np.random.default_rng([1, seed])
    return pd.DataFrame(
        {
            "city": rng.choice(["Bonn", "Köln", "Aachen"], n),
            "work": rng.choice(["hired", "own"], n),
            "age": rng.integers(18, 80, n),
            "income": rng.normal(50, 12, n),
            **more,
        }
    )


def found(scored, rows, kind="binary", types=TYPES, **other):
    """Return responses whose rows have keys of their own, and columns of the types given."""
    scored["key"] = [hashlib.sha256(f"row {place}".encode()).hexdigest() for place in range(len(scored))]
    columns = tuple(ColumnFacts(name=name, type=types.get(name, "text"), role="input") for name in rows)
    return asked(scored, kind, rows=rows, **({"columns": columns} | other))


def right_and_wrong(chance, seed, **more):
    """Return scored rows of which each is wrong with the chance given, and calibrated otherwise."""
    rng = np.random.default_rng([2, seed])
    n = len(chance)
    event = rng.uniform(size=n) < 0.5
    wrong = rng.uniform(size=n) < chance
    return binary(np.where(event ^ wrong, EVENT, OTHER), event, score=np.where(event, 0.8, 0.2), **more)


def shown(evidence, metric, **about):
    """Return the measures of a metric by the conditions of their slice."""
    return {
        tuple((name, level) for name, level in json.loads(each.dimensions["slice"])): each
        for each in evidence.measures
        if each.metric == f"slice_{metric}" and about.items() <= each.dimensions.items()
    }


def measured(responses, **changes):
    return SLICES.measure(responses, SLICES.settings(**changes))
