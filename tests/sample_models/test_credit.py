"""The credit sample: remade exactly, and its printed truth is the truth."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from statsmodels.stats.proportion import confint_proportions_2indep

from explainaudit.records.plan import Criterion, Human, Measuring

FOLDER = Path(__file__).parents[2] / "sample_models" / "credit"
TABLES = {"training": 4000, "background": 300, "sample": 2000}
MAY_BE_MISSING = {"monthly income (€)", "savings band", "ethnicity"}
SENSITIVE = ("sex", "age", "ethnicity")


@pytest.fixture(scope="module")
def train():
    spec = importlib.util.spec_from_file_location("credit_train", FOLDER / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def remade(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("remade")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train.py", "--output", str(folder)])
        train.main()
    return folder


@pytest.fixture(scope="module")
def model(train):
    return train.load(FOLDER)


@pytest.fixture(scope="module")
def plan():
    return YAML(typ="safe", pure=True).load((FOLDER / "audit.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth():
    return json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


def committed(name):
    return pd.read_parquet(FOLDER / f"{name}.parquet")


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_remade_exactly(remade, name):
    table = committed(name)
    assert len(table) == TABLES[name]
    pd.testing.assert_frame_equal(pd.read_parquet(remade / f"{name}.parquet"), table, check_exact=True)


def test_a_model_fitted_again_predicts_the_same(train, remade, model):
    sample = committed("sample")[train.INPUTS]
    again = train.load(remade).predict_proba(sample)
    np.testing.assert_allclose(again, model.predict_proba(sample), rtol=1e-9, atol=0)


def test_background_is_drawn_from_training_and_sample_is_apart():
    training, background, sample = (committed(name).set_index("loan id") for name in TABLES)
    assert training.index.is_unique
    assert background.index.is_unique
    assert sample.index.is_unique
    pd.testing.assert_frame_equal(training.loc[background.index], background)
    assert training.index.intersection(sample.index).empty


@pytest.mark.parametrize("name", TABLES)
def test_only_the_stated_columns_have_gaps(name):
    gaps = committed(name).isna().any()
    assert set(gaps.index[gaps]) == MAY_BE_MISSING


def test_inputs_are_nine_columns_without_sensitive_ones(train, model):
    assert list(model.feature_names_in_) == train.INPUTS
    assert len(train.INPUTS) == 9
    assert not set(SENSITIVE) & set(train.INPUTS)
    assert set(committed("sample")) == {"loan id", *train.INPUTS, *SENSITIVE, "outcome"}


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA])
def test_every_kind_of_missing_text_scores_alike(train, model, gap):
    sample = committed("sample")[train.INPUTS]
    rows = sample[sample["savings band"].isna()]
    typed = rows.astype({"savings band": object})
    typed["savings band"] = pd.Series([gap] * len(rows), index=rows.index, dtype=object)
    np.testing.assert_array_equal(model.predict_proba(typed), model.predict_proba(rows))


def test_missing_savings_are_a_level_of_their_own(train, model):
    rows = committed("sample")[train.INPUTS]
    scores = [model.predict_proba(rows.assign(**{"savings band": level}))[:, 0].mean()
              for level in [None, *train.LEVELS["savings band"]]]  # fmt: skip
    assert len(set(scores)) == 5


def readme_rates():
    """Return {(column, group): (share, event rate, selection rate, impact ratio)} of README's table."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    number = r" (\d\.\d{3}) \|"
    rows = re.findall(rf"^\| ([^|]+) \| ([^|]+) \|{number * 4}$", text, re.MULTILINE)
    return {(column, group): tuple(map(float, rates)) for column, group, *rates in rows}


def test_readme_prints_truth_json(truth):
    stated = {
        (column, group): tuple(round(rate, 3) for rate in rates.values())
        for column, groups in truth["groups"].items()
        for group, rates in groups.items()
    }
    assert readme_rates() == stated
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for key in ("cramers_v", "auc", "event_rate", "selection_rate"):
        assert f"{truth[key]:.3f}" in text


def test_a_fresh_population_agrees_with_the_truth(train, model, truth):
    people = train.simulate(np.random.Generator(np.random.PCG64(99)), 40_000)
    found = train.truth(model, people)
    for column, groups in truth["groups"].items():
        for group, rates in groups.items():
            fresh = found["groups"][column][group]
            n = people.shape[0] * rates["share"]
            for rate in ("event_rate", "selection_rate"):
                error = np.sqrt(rates[rate] * (1 - rates[rate]) / n * 1.1)  # 1.1: the truth is simulated too
                assert abs(fresh[rate] - rates[rate]) < 4 * error, (column, group, rate)
    joint = pd.crosstab(people["ethnicity"], people["Bezirk"]).to_numpy()
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)) / joint.sum()
    cramers_v = np.sqrt(((joint - expected) ** 2 / expected).sum() / joint.sum() / 2)
    assert cramers_v == pytest.approx(truth["cramers_v"], abs=0.015)


def test_the_district_is_the_only_path_from_ethnicity(train):
    people = train.simulate(np.random.Generator(np.random.PCG64(98)), 20_000).dropna()
    effects = train.log_odds(people.assign(Bezirk="Ost")) - train.log_odds(people.assign(Bezirk="West"))
    np.testing.assert_allclose(effects, 1.1, rtol=1e-9)
    swapped = people.assign(sex="female", age=30, ethnicity="group B")
    np.testing.assert_array_equal(train.log_odds(swapped), train.log_odds(people))


def test_the_disparity_is_of_the_intended_size(truth):
    ratio = {column: {group: rates["impact_ratio"] for group, rates in groups.items()}
             for column, groups in truth["groups"].items()}  # fmt: skip
    assert min(ratio["sex"].values()) > 0.95
    assert min(ratio["age"].values()) > 0.80
    assert 0.65 < ratio["ethnicity"]["group B"] < 0.70
    assert 0.20 < truth["event_rate"] < 0.25
    assert 0.60 < truth["selection_rate"] < 0.70
    assert 30 <= (committed("sample")["ethnicity"] == "group C").sum() < 100


@pytest.mark.parametrize(
    ("column", "met", "not_met"),
    [("sex", True, False), ("age", False, False), ("ethnicity", False, True)],
)
def test_the_sample_shows_three_verdicts(train, model, column, met, not_met):
    """Met: every lower limit is at least 0.80. Not met: some upper limit is below, at level .05/(K − 1)."""
    sample = committed("sample")
    groups = (
        pd.cut(sample["age"], [*train.AGE_EDGES, 999], right=False) if column == "age" else sample[column]
    )
    approved = pd.Series(model.predict_proba(sample[train.INPUTS])[:, 0] < train.THRESHOLD)
    counts = approved.groupby(groups, observed=True).agg(["sum", "count"])
    best = counts.loc[(counts["sum"] / counts["count"]).idxmax()]
    others = counts.drop(index=best.name)

    def limits(alpha):
        how = {"compare": "ratio", "method": "score", "alpha": alpha}
        return np.array([confint_proportions_2indep(*other, *best, **how) for other in others.to_numpy()])

    assert (limits(0.05)[:, 0] >= 0.80).all() == met
    assert (limits(0.05 / len(others))[:, 1] < 0.80).any() == not_met


def test_the_plan_is_the_records(train, plan):
    assert plan.pop("version") == 1
    measuring = Measuring.model_validate(
        {name: plan.pop(name) for name in list(plan) if name in Measuring.model_fields}
    )
    human = Human.model_validate({name: plan.pop(name) for name in list(plan) if name in Human.model_fields})
    criteria = [Criterion.model_validate(criterion) for criterion in plan.pop("criteria")]
    assert plan == {}
    assert (measuring.decision.threshold, measuring.decision.favourable) == (train.THRESHOLD, "no event")
    assert (measuring.task.target, measuring.task.event) == (train.TARGET, train.EVENT)
    assert tuple(feature.column for feature in measuring.sensitive) == SENSITIVE
    assert measuring.sensitive[1].edges == train.AGE_EDGES
    assert len(criteria) == 4
    assert len(human.statements) == 34
    files = [measuring.model.path, measuring.data.sample, measuring.data.training, measuring.data.background]
    assert all((FOLDER / file).is_file() for file in files)


def test_the_sample_makes_no_claims():
    banned = r"\b(complian\w*|certif\w*|guarantee\w*|prove[sn]?|unbiased|is fair|unfair|passes|because of|caus\w+|due to|drives|ensures|trustworthy)\b"  # noqa: E501
    for name in ("audit.yaml", "README.md"):
        assert re.findall(banned, (FOLDER / name).read_text(encoding="utf-8"), re.IGNORECASE) == []


def test_committed_files_stay_small():
    assert sum(file.stat().st_size for file in FOLDER.iterdir() if file.is_file()) < 1_500_000
