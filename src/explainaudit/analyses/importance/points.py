"""The cloud of SHAP values: single rows, for the restricted edition alone."""

import numpy as np
import pandas as pd

from explainaudit.records.attribution import Attribution
from explainaudit.records.evidence import Plot
from explainaudit.records.measure import Measure
from explainaudit.records.responses import Responses
from explainaudit.stats.keyed import draws, uniforms

POINTS, COLUMNS = 300, 10


def cloud(attribution: Attribution, rows: pd.DataFrame, responses: Responses, ranking: list[Measure]) -> Plot:
    """Return SHAP values of at most 300 keyed rows for the ten leading columns.

    ``shap:<i>`` are the values of the i-th leading column, ``rank:<i>`` the recorded value's rank among
    the rows shown, from 0 to 1 (``None``: missing, or no number), ``place`` a keyed number that spreads
    points sideways.
    """
    leading = [each.dimensions["column"] for each in ranking if each.metric == "rank"][:COLUMNS]
    order = np.argsort(draws(attribution.keys, seed=responses.seed, purpose="cloud"), kind="stable")[:POINTS]
    keys = attribution.keys[order]
    numbers = {each.name for each in responses.columns if each.type in {"integer", "number"}}
    place = uniforms(keys, seed=responses.seed, purpose="place")
    series: dict[str, tuple[float | None, ...]] = {"place": tuple(float(at) for at in place)}
    for number, name in enumerate(leading):
        values = attribution.values[order, attribution.columns.index(name)]
        series[f"shap:{number}"] = tuple(float(value) for value in values)
        ranks: tuple[float | None, ...] = (None,) * len(order)
        if name in numbers:
            recorded = rows[name].iloc[order].astype("float64").rank(method="average", pct=True)
            ranks = tuple(None if pd.isna(rank) else float(rank) for rank in recorded)
        series[f"rank:{number}"] = ranks
    return Plot(
        name=f"cloud:{attribution.output}",
        table="ranking",
        smallest_cell=1,
        series=series,
        labels={"columns": tuple(leading), "output": (attribution.output,), "unit": (attribution.unit,)},
    )
