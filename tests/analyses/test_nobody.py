"""Rows of weight zero stand for nobody: no count, mark or gate rests on them."""

import numpy as np
import pytest

from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.performance import PERFORMANCE
from grouped import EVENT, OTHER, asked, binary, multiclass, regression

N = 400
CLASSES = ("a", "b", "c")


def rows(kind: str, weight):
    rng = np.random.default_rng(5)
    sex = rng.choice(["f", "m", None], size=N, p=[0.45, 0.45, 0.1])
    if kind == "regression":
        label = rng.normal(size=N)
        return regression(label, label + rng.normal(size=N), sex=sex, weight=weight)
    if kind == "multiclass":
        scores = dict(zip(CLASSES, rng.dirichlet(np.ones(3), size=N).T, strict=True))
        label, predicted = rng.choice(CLASSES, size=N), rng.choice(CLASSES, size=N)
        return multiclass(label, predicted, favourable=["a"], scores=scores, sex=sex, weight=weight)
    score = rng.uniform(size=N)
    label = np.where(rng.uniform(size=N) < score, EVENT, OTHER)
    return binary(label, score >= 0.5, score=score, sex=sex, weight=weight)


def measures(analysis, kind, scored):
    found = asked(scored, kind, **({"classes": CLASSES} if kind == "multiclass" else {}))
    return {each.id: each for each in analysis.measure(found, analysis.settings()).measures}


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("analysis", [FAIRNESS, PERFORMANCE, CALIBRATION], ids=lambda each: each.name)
def test_nothing_changes_when_they_are_left_out(analysis, kind):
    rng = np.random.default_rng(1)
    scored = rows(kind, np.where(rng.uniform(size=N) < 0.5, 0.0, rng.uniform(0.5, 2, size=N)))
    with_them = measures(analysis, kind, scored)
    without = measures(analysis, kind, scored[scored["weight"] > 0].reset_index(drop=True))
    assert with_them.keys() == without.keys()
    for name, each in with_them.items():
        other = without[name]
        assert (each.n, each.tier, each.reason) == (other.n, other.tier, other.reason), name
        assert each.smallest_cell == other.smallest_cell, name
        assert (each.value is None) == (other.value is None), name
        assert each.value is None or each.value == pytest.approx(other.value, rel=1e-9, abs=1e-9), name


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_four_people_among_many_rows_are_four_people(kind):
    weight = np.zeros(N)
    scored = rows(kind, weight)
    for sex in ("f", "m"):
        weight[np.flatnonzero(scored["group:sex"] == sex)[:4]] = 1.0
    scored["weight"] = weight
    for each in measures(FAIRNESS, kind, scored).values():
        if "sensitive" in each.dimensions and each.kind != "fact":
            assert each.smallest_cell <= 8, each.id  # both groups, where they are compared
            assert each.kind == "count" or each.tier != "reportable" or each.value is None, each.id
            assert each.metric not in {"impact_ratio", "error_difference"} or each.value is None
    for each in measures(PERFORMANCE, kind, scored).values():
        assert each.kind == "fact" or (each.smallest_cell <= 8 and (each.n or 0) <= 8), each.id


def test_many_rows_of_which_one_weighs_all_carry_as_little_as_one():
    heavy = np.ones(N)
    heavy[:20] = 1e4
    found = measures(FAIRNESS, "binary", rows("binary", heavy))
    alike = measures(FAIRNESS, "binary", rows("binary", np.full(N, 0.1)))
    name = '["fairness","selection_rate",{"group":"f","sensitive":"sex"}]'
    assert (found[name].tier, alike[name].tier) == ("insufficient", "reportable")
    assert found[name].n == alike[name].n
