"""The naive rule, and the gap to the training rows: values, intervals that cover, flags."""

import numpy as np
import pytest
from performances import codes, inside, measured, numbers, several, two
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor

from handmade import EVENT, OTHER


def binary(seed, rows=400, *, strength=1.0):
    rng = np.random.default_rng(seed)
    score = rng.uniform(size=rows)
    label = np.where(rng.uniform(size=rows) < 0.5 + strength * (score - 0.5), EVENT, OTHER)
    return two(label, score)


def test_the_naive_rule_is_scikit_learns_dummy():
    scored = binary(1, strength=0.8)
    found, y = measured(scored), scored["label"].to_numpy()
    nothing = np.zeros((len(y), 1))
    prior = DummyClassifier(strategy="prior").fit(nothing, y)
    event = list(prior.classes_).index(EVENT)
    probability = prior.predict_proba(nothing)
    expected = {
        "log_loss": metrics.log_loss(y, probability),
        "brier": metrics.brier_score_loss(y == EVENT, probability[:, event]),
        "error_rate": 1 - metrics.accuracy_score(y, prior.predict(nothing)),
    }
    for name, value in expected.items():
        assert found.measure(f"naive_{name}").value == pytest.approx(value)
        gain = found.measure("naive_gain", of=name)
        assert gain.value == pytest.approx(value - found.measure(name).value)
        assert inside(gain)


def test_the_naive_rule_of_a_regression():
    rng = np.random.default_rng(2)
    label = rng.exponential(size=301)
    found = measured(numbers(label, label + rng.normal(size=301)))
    for name, strategy, loss in (
        ("mse", "mean", metrics.mean_squared_error),
        ("mae", "median", metrics.mean_absolute_error),
    ):
        dummy = DummyRegressor(strategy=strategy).fit(label[:, None], label)
        assert found.measure(f"naive_{name}").value == pytest.approx(
            loss(label, dummy.predict(label[:, None]))
        )


def test_what_a_mean_of_few_values_tells_is_a_small_cell():
    scored = binary(3)
    wrong = int((scored["label"] != scored["predicted"]).sum())
    found = measured(scored)
    assert found.measure("error_rate").smallest_cell == min(wrong, 400 - wrong)
    events = int((scored["label"] == EVENT).sum())
    assert found.measure("naive_log_loss").smallest_cell == min(events, 400 - events)


def test_a_model_no_better_than_the_naive_rule_is_flagged():
    assert codes(measured(binary(4))) == []
    # A score that ranks, but whose probabilities are far off.
    off = binary(5, strength=0.6)
    assert codes(measured(off.assign(score=off["score"] ** 8))) == ["PERF02"]
    rng = np.random.default_rng(6)
    label = rng.normal(size=200)
    assert codes(measured(numbers(label, np.zeros(200) + 0.5))) == ["PERF02"]
    assert codes(measured(numbers(label, label / 2))) == []
    assert codes(
        measured(several(rng.choice(["a", "b", "c"], size=200), rng.dirichlet(np.ones(9), 200)))
    ) == ["PERF02"]


@pytest.mark.parametrize(("low", "raised"), [(0.0, ["PERF02"]), (np.nextafter(0, 1), [])])
def test_the_limit_of_the_naive_flag_is_no_gain(low, raised):
    found = measured(binary(4))
    gain = found.measure("naive_gain", of="log_loss")
    moved = gain.model_copy(update={"interval": gain.interval.model_copy(update={"low": low})})
    rest = tuple(each for each in found.measures if each.id != gain.id)
    assert codes(found.model_copy(update={"measures": (*rest, moved)})) == raised


def test_the_gap_is_the_difference_of_scikit_learns_figures():
    sample, training = binary(7), binary(8, 700)
    found = measured(sample, training=training)
    areas = [metrics.roc_auc_score(each["label"] == EVENT, each["score"]) for each in (sample, training)]
    losses = [metrics.log_loss(each["label"] == EVENT, each["score"]) for each in (sample, training)]
    assert found.measure("gap", of="auc").value == pytest.approx(areas[0] - areas[1])
    assert found.measure("gap", of="log_loss").value == pytest.approx(losses[0] - losses[1])
    assert found.measure("on_training", of="auc").n == 700
    assert "no_training" not in {each.code for each in found.limitations}


def test_the_interval_of_the_gap_covers():
    covered = []
    for seed in range(120):
        found = measured(binary(seed, 150), training=binary(1000 + seed, 200))
        covered.append([
            found.measure("gap", of=name).interval.low <= 0 <= found.measure("gap", of=name).interval.high
            for name in ("auc", "log_loss", "brier")
        ])  # fmt: skip
    assert np.mean(covered, axis=0) == pytest.approx([0.95] * 3, abs=0.05)


def test_a_gap_is_flagged_beyond_chance_and_beyond_its_setting():
    sample, same = binary(9, 800, strength=0.6), binary(10, 800, strength=0.6)
    better = binary(11, 800, strength=1.0)
    assert "PERF03" not in codes(measured(sample, training=same))
    found = measured(sample, training=better)
    gap = -found.measure("gap", of="auc").value
    assert "PERF03" in codes(found)
    assert "PERF03" in codes(found, gap_auc=gap - 1e-9)
    assert "PERF03" not in codes(found, gap_auc=gap)
    # Worse on the training rows is no gap of this kind.
    assert "PERF03" not in codes(measured(better, training=sample))
    rng = np.random.default_rng(12)
    label = rng.normal(size=400)
    noise = rng.normal(size=400)
    near, far = numbers(label, label + 0.2 * noise), numbers(label, label + 0.5 * noise)
    assert codes(measured(far, training=near)) == ["PERF03"]
    assert codes(measured(far, training=far)) == []


@pytest.mark.parametrize("training", [
    binary(1).assign(label=None), binary(1).assign(weight=0.0), binary(1).head(0), None,
])  # fmt: skip
def test_without_training_rows_of_known_outcome_the_gap_is_not_assessed(training):
    found = measured(binary(2), training=training)
    assert found.table("gap") is None
    assert [each.code for each in found.limitations] == ["no_training"]


def test_training_rows_of_one_class_have_losses_but_no_area():
    found = measured(binary(2), training=two([EVENT] * 50, np.linspace(0.5, 0.9, 50)))
    assert {each.dimensions["of"] for each in found.measures if each.metric == "gap"} == {
        "log_loss", "brier", "error_rate",
    }  # fmt: skip


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_where_all_outcomes_are_alike_no_model_can_be_better(task):
    rng = np.random.default_rng(2)
    if task == "regression":
        scored = numbers(np.full(100, 5.1), rng.normal(size=100))
    elif task == "binary":
        scored = two([EVENT] * 100, rng.uniform(size=100))
    else:
        scored = several(["a"] * 100, rng.dirichlet(np.ones(9), size=100))
    found = measured(scored)
    assert "PERF02" not in codes(found)
    gains = [each for each in found.measures if each.metric == "naive_gain"]
    assert gains
    assert {(each.value, each.reason) for each in gains} == {(None, "not_estimable")}
