"""A plan that asks for path-dependent values: what the dossier says of them, and when it is refused."""

import lightgbm
import pytest
import skops.io
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.errors import UsageError
from explainaudit.rendering.html import render_html
from explainaudit.wording.writer import explain_error


@pytest.fixture(scope="module")
def boosted(small, tmp_path_factory):
    """The small audit with a booster instead of its logistic regression."""
    steps = [clone(step) for _, step in small.model.steps[:-1]]
    model = make_pipeline(*steps, GradientBoostingClassifier(n_estimators=10, random_state=0))
    model.fit(small.sample[["income", "open debts", "city", "work"]], small.sample["outcome"])
    path = tmp_path_factory.mktemp("boosted") / "model.skops"
    skops.io.dump(model, path)
    return {"path": str(path)}


def test_a_whole_run(small, boosted, tmp_path):
    audit = small.audit(tmp_path, model=boosted, explain={"values": "path_dependent"})
    assert audit.errors == ()
    quality = {each.metric: each.value for each in audit.bundle.of("agreement").measures}
    assert (quality["additivity_off"], quality["second_off"], quality["second_trees"]) == (0, 0, 10)
    assert quality["second_gap"] < 1e-12
    records = (audit.bundle, audit.verdicts, audit.environment, audit.human)
    page = render_html(compose(records, "restricted", ANALYSES))
    for words in (
        "path-dependent Shapley values of the",
        "none for SHAP: path-dependent values start from",
        "SHAP values are path-dependent: they follow",
        "each answered by walking the trees",
        "φ is path-dependent: it follows the shares of the training data (cover)",
        "path-dependent Shapley value of the column",
        "Interactions are not assessed: they are made of interventional values",
    ):
        assert words in page, words
    assert "against the reference rows" not in page
    plain = small.audit(tmp_path / "plain", model=boosted)
    assert "path-dependent Shapley" not in render_html(
        compose((plain.bundle, plain.verdicts, plain.environment, plain.human), "restricted", ANALYSES)
    )


@pytest.mark.parametrize("case", ["no trees", "another scale", "no cover"])
def test_a_plan_that_cannot_be_followed_is_refused_before_rows_are_scored(small, boosted, tmp_path, case):
    changes = {"model": boosted, "explain": {"values": "path_dependent"}}
    if case == "no trees":
        del changes["model"]
    elif case == "another scale":
        changes["explain"]["output"] = "probability"
    else:
        changes["model"] = without_counts(small, tmp_path)
    with pytest.raises(UsageError) as refused:
        small.audit(tmp_path / "stages", **changes)
    assert (refused.value.code, refused.value.where) == ("E259", "explain.values")
    assert not list((tmp_path / "stages").glob("score-*"))
    assert "{" not in "".join(explain_error(refused.value))


def without_counts(small, folder):
    """Save a LightGBM model whose file does not say how many rows reached a node."""
    frame = small.sample[["income", "open debts"]]
    label = (small.sample["outcome"] == "default").astype(int)
    model = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(frame, label), 3
    )
    lines = model.model_to_string().split("\n")
    kept = [line for line in lines if not line.startswith(("internal_count", "leaf_count", "tree_sizes"))]
    (folder / "model.txt").write_text("\n".join(kept))
    return {"path": str(folder / "model.txt"), "classes": ["repaid", "default"]}
