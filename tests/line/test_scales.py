"""The scale of explanations: the model's own where the plan names none, and refused where there is none."""

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from explainaudit.errors import UsageError
from explainaudit.loading.auditee import explained_unit

INPUTS = ["income", "open debts", "city", "work"]


def of_model(small, folder, last, label):
    """Save the small pipeline with another last step, fitted to a column; return changes of the plan."""
    sample = small.sample.assign(grade=np.resize(["a", "b", "c"], len(small.sample)))
    model = make_pipeline(*(clone(step) for _, step in small.model.steps[:-1]), last)
    model.fit(sample[INPUTS], sample[label])
    skops.io.dump(model, folder / "model.skops")
    sample.to_parquet(folder / "sample.parquet", index=False)
    changes = {
        "model": {"path": str(folder / "model.skops")},
        "data": {"sample": str(folder / "sample.parquet"), "background": None},
    }
    if label == "grade":
        changes["task"] = {"type": "multiclass", "target": label, "event": None}
        changes["decision"] = {"threshold": None, "favourable": ["a"]}
    return changes


@pytest.mark.parametrize(
    ("last", "label", "unit"),
    [
        (LogisticRegression(), "outcome", "log_odds"),
        (RandomForestClassifier(5, random_state=0), "outcome", "probability"),
        (LogisticRegression(), "grade", "margin"),
        (RandomForestClassifier(5, random_state=0), "grade", "probability"),
    ],
)
def test_left_out_it_is_what_the_model_adds_up_to(small, tmp_path, last, label, unit):
    changes = of_model(small, tmp_path, last, label)
    described = small.schedule(tmp_path / "stages", explain={"output": None}, **changes).describe()
    assert explained_unit(described.plan) == unit


@pytest.mark.parametrize(
    ("last", "label"), [(LogisticRegression(), "outcome"), (RandomForestClassifier(5), "grade")]
)
def test_margins_are_refused_where_probabilities_are_not_made_of_them(small, tmp_path, last, label):
    changes = of_model(small, tmp_path, last, label)
    with pytest.raises(UsageError) as refused:
        small.schedule(tmp_path / "stages", explain={"output": "margin"}, **changes).describe()
    assert (refused.value.code, refused.value.where) == ("E260", "explain.output")
