"""The claims sample: remade exactly, weights that undo the oversampling, and a truth that is true."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.planning import read_plan

pytest.importorskip("lightgbm")

FOLDER = Path(__file__).parents[2] / "sample_models" / "claims"
TABLES = {"training": 4000, "sample": 2000}
TRUTH = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def train():
    spec = importlib.util.spec_from_file_location("claims_train", FOLDER / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def remade(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    train.write(folder)
    return folder


def committed(name):
    return pd.read_parquet(FOLDER / f"{name}.parquet")


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_remade_exactly(remade, name):
    table = committed(name)
    assert len(table) == TABLES[name]
    pd.testing.assert_frame_equal(pd.read_parquet(remade / f"{name}.parquet"), table, check_exact=True)


def test_a_model_fitted_again_predicts_the_same(train, remade):
    rows = train.coded(committed("sample"))
    again, saved = (train.load(folder).predict(rows, num_threads=1) for folder in (remade, FOLDER))
    np.testing.assert_allclose(again, saved, rtol=1e-9)


def test_weights_undo_the_oversampling():
    sample = committed("sample")
    raw = sample["triage"].value_counts(normalize=True)
    weighted = sample.groupby("triage")["weight"].sum() / sample["weight"].sum()
    for name, share in TRUTH["class_shares"].items():
        assert weighted[name] == pytest.approx(share, abs=0.025)
    assert raw["investigate"] > 1.8 * TRUTH["class_shares"]["investigate"]
    assert not set(sample["claim"]) & set(committed("training")["claim"])


def test_the_truth_is_the_truth(train):
    """Fresh claims of another seed: rates within four standard errors of what is printed."""
    people = train.simulate(np.random.Generator(np.random.PCG64(99)), 20_000)
    fresh = train.truth(train.load(FOLDER), people)
    assert fresh["accuracy"] == pytest.approx(TRUTH["accuracy"], abs=0.014)
    for column, groups in TRUTH["groups"].items():
        for name, facts in groups.items():
            error = 4 * (0.25 / (20_000 * facts["share"])) ** 0.5
            assert fresh["groups"][column][name]["selection_rate"] == pytest.approx(
                facts["selection_rate"], abs=error
            )


def test_the_disparity_runs_through_the_workshop_alone():
    assert TRUTH["groups"]["region"]["hills"]["impact_ratio"] < 0.7
    rates = TRUTH["fast_track_with_free_workshop"].values()
    assert max(rates) - min(rates) < 0.03
    assert TRUTH["groups"]["sex"]["male"]["impact_ratio"] > 0.98


def test_the_readme_prints_the_truth():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ([\w+–]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text, flags=re.M)
    printed = {(column, name): tuple(map(float, rest)) for column, name, *rest in rows}
    expected = {
        (column, name): tuple(round(facts[key], 3) for key in ("share", "selection_rate", "impact_ratio"))
        for column, groups in TRUTH["groups"].items()
        for name, facts in groups.items()
    }
    assert printed == expected


def test_the_plan_is_accepted_and_its_gaps_are_meant():
    plan = read_plan(FOLDER / "audit.yaml", ANALYSES).plan
    data = plan.measuring.data
    assert (plan.measuring.task.type, data.weight, data.cluster) == ("multiclass", "weight", "household")
    left_out = {"approver", "data.label_rationale", "design.alternatives", "records.retention"}
    assert not left_out & set(plan.human.statements)


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 600_000
