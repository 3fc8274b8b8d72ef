"""Several classes and regressions: the records and the performance analysis speak of them as well."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Task
from explainaudit.wording.writer import Writer
from handmade import responses

CLASSES = ("high", "low", "<b>mid</b>")


def multiclass(label, predicted) -> Evidence:
    n = len(label)
    sure = {f"score:{name}": np.where(np.asarray(predicted) == name, 0.5, 0.25) for name in CLASSES}
    scored = pd.DataFrame(
        {
            "key": [f"{i:064x}" for i in range(n)],
            "label": pd.Series(list(label), dtype="str"),
            "predicted": pd.Series(list(predicted), dtype="str"),
            "event_predicted": False,
            "favourable": pd.array([pd.NA] * n, dtype="boolean"),
            **sure,
        }
    )
    found = responses(scored, task=Task(type="multiclass", target="y"), classes=CLASSES)
    return PERFORMANCE.measure(found, PERFORMANCE.settings())


def regression(label, score) -> Evidence:
    n = len(label)
    scored = pd.DataFrame(
        {
            "key": [f"{i:064x}" for i in range(n)],
            "label": np.asarray(label, dtype=float),
            "score": np.asarray(score, dtype=float),
            "predicted": np.asarray(score, dtype=float),
            "event_predicted": False,
            "favourable": pd.array([pd.NA] * n, dtype="boolean"),
        }
    )
    found = responses(scored, task=Task(type="regression", target="y"), classes=())
    return PERFORMANCE.measure(found, PERFORMANCE.settings())


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 150), st.integers(1, 3))
def test_recall_and_precision_of_each_class_are_those_of_scikit_learn(seed, rows, there):
    rng = np.random.default_rng(seed)
    label = rng.choice([*CLASSES[:there], None], size=rows)
    label[0] = CLASSES[0]
    predicted = rng.choice(CLASSES, size=rows)
    found = multiclass(label, predicted)
    known = np.array([one is not None for one in label])
    y, p = label[known].astype(str), predicted[known]
    assert found.measure("accuracy").value == metrics.accuracy_score(y, p)
    given_ = {"labels": CLASSES, "average": None, "zero_division": np.nan}
    for metric, function in (("recall", metrics.recall_score), ("precision", metrics.precision_score)):
        for name, value in zip(CLASSES, function(y, p, **given_), strict=True):
            each = found.measure(metric, **{"class": name})
            if np.isnan(value):
                assert (each.value, each.reason, each.n) == (None, "zero_denominator", 0)
            else:
                assert each.value == pytest.approx(value, abs=1e-15)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 150), st.sampled_from([1e-6, 1.0, 1e9]))
def test_errors_of_a_regression_are_those_of_scikit_learn(seed, rows, scale):
    rng = np.random.default_rng(seed)
    label, score = rng.normal(size=(2, rows)) * scale
    label[rng.uniform(size=rows) < 0.2] = np.nan
    label[0] = 0.0
    found = regression(label, score)
    y, p = label[~np.isnan(label)], score[~np.isnan(label)]
    assert found.measure("mae").value == pytest.approx(metrics.mean_absolute_error(y, p), rel=1e-12)
    assert found.measure("mse").value == pytest.approx(metrics.mean_squared_error(y, p), rel=1e-12)
    assert found.measure("bias").value == pytest.approx(np.mean(p - y), rel=1e-9, abs=1e-12 * scale)
    assert {found.measure(metric).n for metric in ("mae", "mse", "bias")} == {len(y)}
    assert (found.measure("mae").interval is None) is (len(y) == 1)


def test_few_rows_lower_the_tier():
    for n, tier in ((29, "insufficient"), (99, "indicative"), (100, "reportable")):
        assert regression(np.zeros(n), np.ones(n)).measure("mae").tier == tier
        found = multiclass([CLASSES[0]] * n, [CLASSES[0]] * n)
        assert found.measure("accuracy").tier == tier
        assert found.measure("recall", **{"class": CLASSES[0]}).tier == tier


@pytest.mark.parametrize("evidence", [multiclass(CLASSES, CLASSES), regression([1e12, 0.0], [0.0, 1e-9])])
def test_everything_said_has_its_words(evidence):
    writer = Writer({each.id: each for each in evidence.measures})
    assert "{" not in writer.text(evidence.answer)
    for table in evidence.tables:
        said = [writer.text(table.caption), *(writer.text(column.heading) for column in table.columns)]
        said += [writer.cell_text(cell) for row in table.rows for cell in row]
        assert all(said)
