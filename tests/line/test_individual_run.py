"""A sensitive input on the whole line: the model is asked, and what it answers stands in the section."""

import numpy as np
import pytest

from explainaudit.analyses import ANALYSES

SENSITIVE = ["work", "sex", {"column": "open debts", "edges": [1, 3]}]
OTHERS = {each.name: False for each in ANALYSES if each.name != "individual"}
ALONE = {"sensitive": SENSITIVE, "analyses": OTHERS, "partition_rows": 100}


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flips")
    return small.audit(folder, **ALONE), folder


def default(small, frame):
    inputs = frame[["income", "open debts", "city", "work"]]
    return small.model.predict_proba(inputs)[:, list(small.model.classes_).index("default")]


def test_changes_are_the_models_own(small, run):
    evidence = run[0].bundle.of("individual")
    frame = small.sample
    recorded = default(small, frame)
    other = frame["work"].map({"hired": "own business", "own business": "hired"})
    flipped = default(small, frame.assign(work=other))
    changed = (recorded >= 0.5) != (flipped >= 0.5)
    share = evidence.measure("flip_changed", sensitive="work")
    assert (share.value, share.n) == (pytest.approx(changed.mean()), 200)
    size = evidence.measure("flip_size", sensitive="work")
    assert size.value == pytest.approx(np.abs(flipped - recorded).mean(), rel=1e-9)
    own = frame["open debts"].to_numpy()
    for name, inside in (("< 1", own < 1), ("1–2", (own >= 1) & (own < 3)), ("3+", own >= 3)):
        about = {"sensitive": "open debts", "to": name}
        value = np.sort(own[inside])[(inside.sum() - 1) // 2]
        assert evidence.measure("flip_value", **about).value == value
        gap = (default(small, frame.assign(**{"open debts": value})) - recorded)[~inside]
        assert evidence.measure("flip_mean_into", **about).value == pytest.approx(gap.mean(), rel=1e-9)


def test_features_that_are_no_inputs_are_not_asked_about(run):
    evidence = run[0].bundle.of("individual")
    flipped = {each.dimensions["sensitive"] for each in evidence.measures if each.metric == "flip_size"}
    assert flipped == {"work", "open debts"}
    assert "not_inputs" in [each.code for each in evidence.limitations]
    paired = {each.dimensions["group"] for each in evidence.measures if each.metric == "pairs_matched"}
    assert paired >= {"female", "male"}


def test_evaluations_are_counted_and_no_more_than_predicted(small, run, tmp_path):
    audit, _ = run
    assert audit.bundle.provenance.evaluations == 200 + 200 * 3 + 200 * 4
    trial = small.schedule(tmp_path, **ALONE).attempt()
    assert trial.evaluations == audit.bundle.provenance.evaluations


def test_no_question_is_put_where_no_sensitive_feature_is_an_input(small, tmp_path):
    audit = small.audit(tmp_path, **{**ALONE, "sensitive": ["sex"]})
    assert audit.bundle.provenance.evaluations == 200
    assert audit.bundle.of("individual").not_assessed is None
