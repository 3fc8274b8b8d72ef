"""Rows with inputs and groups, and what `proxies` makes of them."""

import numpy as np
import pandas as pd

from explainaudit.analyses.proxies import PROXIES
from explainaudit.records.evidence import Evidence
from explainaudit.records.responses import ColumnFacts, Responses
from grouped import asked, binary

SETTINGS = PROXIES.settings()


def screened(inputs: dict, *, types=None, weight=None, cluster=None, seed=7, **groups) -> Responses:
    """Return responses with these inputs and groups, under keys that are drawn for each row."""
    n = len(next(iter(inputs.values())))
    draw = np.random.default_rng(1)
    scored = binary(["bad"] * n, [True] * n, weight=weight, cluster=cluster, **groups)
    scored["key"] = sorted(f"{int(i):016x}{'0' * 48}" for i in draw.permutation(2**40 + np.arange(n) * 977))
    rows = pd.DataFrame(inputs)
    known = types or {}
    kind = {name: known.get(name, "number" if rows[name].dtype.kind == "f" else "text") for name in rows}
    columns = tuple(ColumnFacts(name=name, type=kind[name], role="input") for name in rows)
    return asked(scored, rows=rows, columns=columns, seed=seed)


def measured(found: Responses) -> Evidence:
    return PROXIES.measure(found, SETTINGS)


def two(n, seed):
    draw = np.random.default_rng(seed)
    return draw, draw.choice(["f", "m"], size=n, p=[0.4, 0.6])
