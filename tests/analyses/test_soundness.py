"""Soundness: the benchmark against one built by hand, signs against what was declared, and the flags."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from explainaudit.analyses.soundness import SOUNDNESS
from explainaudit.records.bundle import Makeup, Parameter
from explainaudit.records.plan import Task
from explainaudit.records.responses import ColumnFacts
from handmade import EVENT, OTHER, attribution, audited, explained, people, responses, scored_frame

SETTINGS = SOUNDNESS.settings()


def tables(n, seed, sharp=2.0):
    draw = np.random.default_rng(seed)
    rows = pd.DataFrame({"a": draw.normal(size=n), "b": draw.normal(size=n)})
    p = 1 / (1 + np.exp(-sharp * rows["a"] * rows["b"] - rows["a"]))
    label = np.where(draw.uniform(size=n) < p, EVENT, OTHER)
    return rows, label, p.to_numpy()


def binary(n=800, **other):
    rows, label, p = tables(n, 1)
    learned, known, q = tables(n, 2)
    columns = tuple(ColumnFacts(name=name, type="number", role="input") for name in rows)
    found = responses(
        scored_frame(label, p >= 0.5, score=p),
        rows=rows,
        columns=columns,
        training=scored_frame(known, q >= 0.5, score=q),
        training_rows=learned,
        **other,
    )
    return found, (rows, label, p), (learned, known)


def test_the_gap_is_that_of_a_logistic_regression_fitted_by_hand():
    found, (rows, label, p), (learned, known) = binary()
    scaler = StandardScaler().fit(learned)
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(learned), known)
    q = model.predict_proba(scaler.transform(rows))[:, list(model.classes_).index(EVENT)]
    evidence = SOUNDNESS.measure(found, SETTINGS)
    event = label == EVENT
    own, other = metrics.roc_auc_score(event, p), metrics.roc_auc_score(event, q)
    assert evidence.measure("model", of="auc").value == pytest.approx(own, abs=1e-12)
    assert evidence.measure("benchmark", of="auc").value == pytest.approx(other, abs=2e-4)
    gap = evidence.measure("benchmark_gap", of="auc")
    assert gap.value == pytest.approx(own - other, abs=2e-4)
    losses = metrics.log_loss(event, p) - metrics.log_loss(event, q)
    assert evidence.measure("benchmark_gap", of="log_loss").value == pytest.approx(losses, abs=2e-3)
    draw = np.random.default_rng(3)
    drawn = []
    for _ in range(400):
        take = draw.integers(0, len(p), len(p))
        drawn.append(
            metrics.roc_auc_score(event[take], p[take]) - metrics.roc_auc_score(event[take], q[take])
        )
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert gap.interval.low == pytest.approx(low, abs=0.015)
    assert gap.interval.high == pytest.approx(high, abs=0.015)
    assert [flag.code for flag in SOUNDNESS.judge(evidence, SETTINGS)] == []


def test_a_model_that_is_no_better_than_a_line_is_noted():
    found, (rows, label, _), (learned, known) = binary()
    model = LogisticRegression(max_iter=1000).fit(learned, known)
    q = model.predict_proba(rows)[:, list(model.classes_).index(EVENT)]
    same, _, _ = binary()
    same = responses(
        scored_frame(label, q >= 0.5, score=q),
        rows=rows,
        columns=found.columns,
        training=found.training,
        training_rows=learned,
    )
    evidence = SOUNDNESS.measure(same, SETTINGS)
    assert [flag.code for flag in SOUNDNESS.judge(evidence, SETTINGS)] == ["SOUND02"]


def test_a_regression_is_held_against_ridge():
    draw = np.random.default_rng(4)
    rows, learned = (pd.DataFrame(draw.normal(size=(300, 2)), columns=["a", "b"]) for _ in range(2))
    y, known = (2 * frame["a"] + frame["b"] ** 2 for frame in (rows, learned))
    score = 2 * rows["a"] + rows["b"] ** 2 + 0.1

    def scored(label, values):
        frame = scored_frame([EVENT] * 300, [True] * 300)
        return frame.assign(label=label.to_numpy(), score=values.to_numpy(), predicted=values.to_numpy())

    found = responses(
        scored(y, score),
        task=Task(type="regression", target="y"),
        classes=(),
        rows=rows,
        columns=tuple(ColumnFacts(name=name, type="number", role="input") for name in rows),
        training=scored(known, known),
        training_rows=learned,
    )
    scaler = StandardScaler().fit(learned)
    other = Ridge(alpha=1.0).fit(scaler.transform(learned), known).predict(scaler.transform(rows))
    evidence = SOUNDNESS.measure(found, SETTINGS)
    expected = metrics.root_mean_squared_error(y, score) - metrics.root_mean_squared_error(y, other)
    assert evidence.measure("benchmark_gap", of="rmse").value == pytest.approx(expected, rel=1e-6)
    expected = metrics.mean_absolute_error(y, score) - metrics.mean_absolute_error(y, other)
    assert evidence.measure("benchmark_gap", of="mae").value == pytest.approx(expected, rel=1e-6)


def test_without_training_there_is_no_benchmark_and_it_says_so():
    found, _, _ = binary()
    bare = responses(found.scored, rows=found.rows, columns=found.columns)
    evidence = SOUNDNESS.measure(bare, SETTINGS)
    assert evidence.table("benchmark") is None
    assert {each.code for each in evidence.limitations} == {"no_benchmark", "no_expected_sign"}
    assert evidence.answer.key == "answer.soundness_alone"


def signs(expected, n=200):
    draw = np.random.default_rng(5)
    rows = pd.DataFrame({name: draw.normal(size=n) for name in ("up", "down", "noise")})
    values = np.column_stack([rows["up"], -rows["down"], draw.normal(size=n)])
    scored = scored_frame([EVENT, OTHER] * (n // 2), [True] * n)
    shap = attribution(values, columns=tuple(rows), keys=scored["key"].to_numpy(dtype=np.str_))
    found = responses(
        scored,
        rows=rows,
        columns=tuple(ColumnFacts(name=name, type="number", role="input") for name in rows),
        **explained(shap, shap, shap),
    )
    settings = SETTINGS.model_copy(update={"expected_sign": expected})
    evidence = SOUNDNESS.measure(found, settings)
    agreed = {row[0].text: row[-1] for row in evidence.table("signs").rows}
    return agreed, [flag.code for flag in SOUNDNESS.judge(evidence, settings)], evidence


def test_signs_are_as_expected_against_expectation_or_not_clear():
    agreed, flags, _ = signs({"up": "increasing", "down": "increasing", "noise": "decreasing"})
    assert {name: cell.key for name, cell in agreed.items()} == {
        "up": "agrees.yes",
        "down": "agrees.no",
        "noise": "agrees.not_clear",
    }
    assert flags == ["SOUND01"]
    agreed, flags, _ = signs({"down": "decreasing"})
    assert agreed["down"].key == "agrees.yes"
    assert agreed["up"] is None
    assert flags == []


def test_a_sign_for_what_is_no_input_is_said():
    _, _, evidence = signs({"gone": "increasing"})
    assert "unknown_sign" in {each.code for each in evidence.limitations}


def test_what_the_model_is_made_of_is_listed():
    found = people()
    makeup = Makeup(
        parameters=tuple(Parameter(step="S", name=f"p{i}", value="<b>") for i in range(25)),
        complexity={"trees": 7, "leaves": 31},
        constraints={"income": "increasing"},
    )
    model = found.model.model_copy(update={"makeup": makeup, "steps": ("Scaler", "Trees")})
    evidence = SOUNDNESS.measure(
        responses(found.scored, rows=found.rows, columns=found.columns, model=model), SETTINGS
    )
    assert evidence.measure("complexity", part="trees").value == 7
    assert len(evidence.table("parameters").rows) == 20
    said = {row[0].text: row[2] for row in evidence.table("signs").rows}
    assert said["income"].key == "sign.increasing"
    assert evidence.answer.params["estimator"].text == "Trees"
    assert audited()[0].of("soundness").measures
