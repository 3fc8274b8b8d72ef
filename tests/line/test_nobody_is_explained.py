"""Rows of weight zero on the whole line: whether they stand in the file changes no explanation."""

import math

import numpy as np
import pandas as pd
import pytest

from explainaudit.analyses import ANALYSES

ASKED = ("importance", "parity", "agreement", "effects", "cases")
OTHERS = {each.name: False for each in ANALYSES if each.name not in ASKED}
# Counts of evaluations are of the run, which scores every row of the file.
OF_THE_RUN = {"evaluations"}


@pytest.fixture(scope="module")
def evidence(small, tmp_path_factory):
    """Return what is found with and without rows of weight zero; the sample is its own background."""
    somebody = small.sample.assign(weight=np.tile([1.0, 2.0], 100))
    # Far from everybody, so that any use of them shows.
    nobody = small.sample.head(60).assign(id=[f"9-{row}" for row in range(60)], weight=0.0)
    nobody["income"] += 500
    found = {}
    for name, rows in (("without", somebody), ("with", pd.concat([nobody, somebody]))):
        folder = tmp_path_factory.mktemp(name)
        rows.to_parquet(folder / "sample.parquet", index=False)
        data = {"sample": str(folder / "sample.parquet"), "row_id": "id", "weight": "weight"}
        plan = small.content(analyses=OTHERS, sensitive=["sex", "work"]) | {"data": data}
        plan["explain"] |= {"rows": 80}
        found[name] = small.audit(folder / "stages", **{**plan, "data": data | {"background": None}})
    return {name: audit.bundle for name, audit in found.items()}


def numbers(measure):
    limits = (None, None) if measure.interval is None else (measure.interval.low, measure.interval.high)
    return [math.nan if each is None else each for each in (measure.value, *limits)]


@pytest.mark.parametrize("analysis", ASKED)
def test_measures_are_the_same(evidence, analysis):
    with_them, without = (evidence[name].of(analysis) for name in ("with", "without"))
    assert with_them.not_assessed is None
    assert len(without.measures) > 5
    mine, others = (
        {each.id: each for each in found.measures if each.metric not in OF_THE_RUN}
        for found in (with_them, without)
    )
    assert mine.keys() == others.keys()
    for name, each in mine.items():
        other = others[name]
        same = {"value": None, "interval": None}
        assert each.model_copy(update=same) == other.model_copy(update=same)
        # Sums over a longer table are rounded elsewhere.
        assert numbers(each) == pytest.approx(numbers(other), rel=1e-9, abs=1e-12, nan_ok=True), name
    assert with_them.tables == without.tables
