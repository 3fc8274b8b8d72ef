"""The diabetes sample: remade exactly, every patient once, and the model that its README describes."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes

from explainaudit.analyses import ANALYSES
from explainaudit.planning import read_plan

FOLDER = Path(__file__).parents[2] / "sample_models" / "diabetes"
TABLES = {"training": 242, "sample": 200}


@pytest.fixture(scope="module")
def train():
    spec = importlib.util.spec_from_file_location("diabetes_train", FOLDER / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def remade(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("diabetes")
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
    sample = committed("sample")[train.INPUTS].astype("float64")
    again = train.load(remade).predict(sample)
    np.testing.assert_allclose(again, train.load(FOLDER).predict(sample), rtol=1e-9)


def test_every_patient_of_the_source_stands_in_one_table(train):
    both = pd.concat([committed("training"), committed("sample")]).set_index("patient").sort_index()
    source = load_diabetes(as_frame=True, scaled=False)
    assert len(both) == len(source.data) == 442
    assert both.index.is_unique
    for short, name in train.NAMES.items():
        np.testing.assert_allclose(both[name].to_numpy(dtype=float), source.data[short].to_numpy())
    assert (both[train.TARGET].to_numpy() == source.target.to_numpy()).all()


def test_the_model_keeps_its_constraints(train):
    model, sample = train.load(FOLDER), committed("sample")[train.INPUTS].astype("float64")
    for name in train.RISING:
        lower, upper = (model.predict(sample.assign(**{name: sample[name] * by})) for by in (0.9, 1.1))
        assert (upper >= lower - 1e-9).all()


def test_the_plan_is_accepted_and_its_gaps_are_meant():
    plan = read_plan(FOLDER / "audit.yaml", ANALYSES).plan
    assert plan.measuring.task.type == "regression"
    left_out = {"approver", "data.label_rationale", "data.gaps", "records.retention", "oversight.appeal"}
    assert not left_out & set(plan.human.statements)


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 300_000
