"""Whole runs of the other two samples: every question answered, and figures that others get."""

import json

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from sklearn import metrics

from conftest import audited
from explainaudit.analyses import ANALYSES
from explainaudit.records.measure import Measure
from explainaudit.surroundings import samples_root

lightgbm = pytest.importorskip("lightgbm")
pytestmark = pytest.mark.whole

CLASSES = ["fast track", "standard", "investigate"]
TRUTH = json.loads((samples_root() / "claims" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory):
    output = tmp_path_factory.mktemp("diabetes") / "dossier"
    return audited(samples_root() / "diabetes" / "audit.yaml", output, 2)


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    output = tmp_path_factory.mktemp("claims") / "dossier"
    return audited(samples_root() / "claims" / "audit.yaml", output, 2)


@pytest.fixture(params=["diabetes", "claims"])
def sample(request):
    return request.getfixturevalue(request.param)


def value(run, analysis, metric, **dimensions):
    measures = map(Measure.model_validate, run.restricted.measures)
    (found,) = [m for m in measures if (m.analysis, m.metric, m.dimensions) == (analysis, metric, dimensions)]
    return found


# The diabetes sample has too few rows to search in one half and to estimate on the other.
WANTED = {("regression", "slices"): "insufficient"}


def test_every_question_is_answered(sample):
    bundle = sample.outcome.audit.bundle
    evidence, task = bundle.evidence, bundle.provenance.plan.task.type
    assert [(each.analysis, each.not_assessed) for each in evidence] == [
        (analysis.name, WANTED.get((task, analysis.name))) for analysis in ANALYSES
    ]
    assert sample.outcome.errors == ()
    for edition in sample.editions:
        assert {"packet.html", "packet.pdf", "bundle.json"} <= set(edition.files)
        assert len(edition.paper) > 10


def test_shareable_shows_no_case_and_no_small_count(sample):
    measures = [m for evidence in sample.shareable.bundle["evidence"] for m in evidence["measures"]]
    assert not [m for m in measures if "case" in m["dimensions"]]
    assert all(m["kind"] == "fact" or not 0 < m["smallest_cell"] < 11 for m in measures)


def test_a_regression_is_scikit_learns(diabetes):
    import skops.io

    folder = samples_root() / "diabetes"
    rows = pd.read_parquet(folder / "sample.parquet")
    file = folder / "model.skops"
    model = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))
    predicted = model.predict(rows[list(model.feature_names_in_)].astype("float64"))
    actual = rows["progression after one year"].to_numpy(dtype=float)
    expected = {
        "mae": metrics.mean_absolute_error(actual, predicted),
        "rmse": metrics.root_mean_squared_error(actual, predicted),
        "r2": metrics.r2_score(actual, predicted),
        "bias": float(np.mean(predicted - actual)),
    }
    for metric, number in expected.items():
        assert value(diabetes, "performance", metric).value == pytest.approx(number, rel=1e-9)
    for sex in (1, 2):
        inside = (rows["sex"] == sex).to_numpy()
        found = value(diabetes, "fairness", "mean_error", sensitive="sex", group=str(sex))
        assert found.value == pytest.approx(float(np.mean((predicted - actual)[inside])), rel=1e-9)
        assert found.n == inside.sum()


def test_weighted_classes_are_scikit_learns_and_fairlearns(claims):
    folder = samples_root() / "claims"
    rows = pd.read_parquet(folder / "sample.parquet")
    numbers = ["claimed amount (€)", "days to report", "policy age (years)", "earlier claims", "photos"]
    inputs = rows[[*numbers, "hour of loss", "kind of loss", "workshop"]].copy()
    kinds, places = ["glass", "collision", "theft", "weather"], ["network", "free", "none"]
    inputs["kind of loss"] = pd.Categorical(inputs["kind of loss"], categories=kinds)
    inputs["workshop"] = pd.Categorical(inputs["workshop"], categories=places)
    score = lightgbm.Booster(model_file=folder / "model.txt").predict(inputs, num_threads=1)
    predicted = np.array(CLASSES)[score.argmax(axis=1)]
    actual, weight = rows["triage"].to_numpy(dtype=str), rows["weight"].to_numpy()
    given = {"sample_weight": weight}
    averages = metrics.f1_score(actual, predicted, labels=CLASSES, average="macro", **given)
    place = [sorted(CLASSES).index(name) for name in CLASSES]
    ordered = np.empty_like(score)
    ordered[:, place] = score
    expected = {
        "accuracy": metrics.accuracy_score(actual, predicted, **given),
        "macro_f1": averages,
        "log_loss": metrics.log_loss(actual, ordered, labels=sorted(CLASSES), **given),
    }
    for metric, number in expected.items():
        assert value(claims, "performance", metric).value == pytest.approx(number, rel=1e-9)
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=actual == "fast track",
        y_pred=predicted == "fast track",
        sensitive_features=rows["region"],
        sample_params=given,
    )
    for region, rate in frame.by_group.items():
        found = value(claims, "fairness", "selection_rate", sensitive="region", group=region)
        assert found.value == pytest.approx(rate, rel=1e-9)
        truth = TRUTH["groups"]["region"][region]
        assert found.interval.low <= truth["selection_rate"] <= found.interval.high
        if region != "coast":
            ratio = value(claims, "fairness", "impact_ratio", sensitive="region", group=region)
            assert ratio.interval.low <= truth["impact_ratio"] <= ratio.interval.high


def test_verdicts_are_the_true_ones(claims):
    judged = {v["dimensions"].get("sensitive"): v["status"] for v in claims.restricted.verdicts["verdicts"]}
    assert judged["region"] == "does_not_meet"
    assert judged["sex"] == "meets"
    assert claims.outcome.exit_code == 1
