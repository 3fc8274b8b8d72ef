"""A model that answers otherwise when asked again, or writes into its rows, is found out and flagged."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

import explainaudit
from explainaudit.observing import moved
from handmade import attribution

DRAW = np.random.default_rng(3)
ROWS = pd.DataFrame({"a": DRAW.normal(size=150), "b": DRAW.normal(size=150)})
LABEL = (ROWS["a"] + DRAW.normal(size=150) > 0).astype(int)
WAYS = {
    "steady": [],
    "drifts": ["SOUND03", "SOUND05"],
    "drifts late": ["SOUND05"],
    "by number of rows": ["SOUND05"],
    "by place": ["SOUND03", "SOUND05"],
    "writes": ["SOUND04"],
}


class Unsteady(ClassifierMixin, BaseEstimator):
    """A logistic function of the first column, in one of the ways above."""

    def __init__(self, way="steady"):
        self.way = way

    def fit(self, rows, _label):
        self.classes_, self.n_features_in_ = np.array([0, 1]), rows.shape[1]
        self.feature_names_in_, self.asked_ = np.array(list(rows), dtype=object), 0
        return self

    def predict(self, rows):
        return self.predict_proba(rows).argmax(axis=1)

    def predict_proba(self, rows):
        self.asked_ += 1
        score = rows["a"].to_numpy(dtype=float)
        score = score + {
            "drifts": 0.05 * self.asked_,
            "drifts late": 1.0 * (self.asked_ > 12),
            "by number of rows": 0.5 * (len(rows) > 1000),
            "by place": np.arange(len(rows)) / len(rows),
        }.get(self.way, 0.0)
        if self.way == "writes":
            rows.loc[:, "a"] = 0.0
        p = 1 / (1 + np.exp(-score))
        return np.column_stack([1 - p, p])


@pytest.mark.parametrize("way", WAYS)
def test_what_a_model_does_when_asked_again(way):
    audit = explainaudit.audit(
        model=Unsteady(way).fit(ROWS, LABEL),
        data=ROWS.assign(y=LABEL),
        task={"target": "y", "event": "1"},
        explain={"background_rows": 10, "lime_samples": 500, "lime_most": 500},
    )
    assert audit.errors == ()
    assert [
        flag.code for flag in audit.verdicts.flags if flag.code in {"SOUND03", "SOUND04", "SOUND05"}
    ] == WAYS[way]


@pytest.mark.parametrize("unit", ["log_odds", "probability", "margin"])
def test_answers_are_compared_on_the_scale_of_the_scores(unit):
    given = DRAW.normal(size=(5, 3))
    odds = np.exp(given) / np.exp(given).sum(axis=1, keepdims=True)
    p = odds if unit != "log_odds" else 1 / (1 + np.exp(-given))
    answers = p if unit == "probability" else given
    names = ("x", "y", "z")
    parts = [
        attribution(answers[:, [k]], columns=("a",), output=name, unit=unit) for k, name in enumerate(names)
    ]
    scored = pd.DataFrame({"key": parts[0].keys} | {f"score:{name}": p[:, k] for k, name in enumerate(names)})
    assert moved(scored, parts) < 1e-15
    scored.loc[2, "score:y"] += 0.25
    assert moved(scored, parts) == pytest.approx(0.25)
