"""One small audit for the rooms that test the whole line: a model, its tables, its plan."""

import copy
import datetime
import hashlib
import json
import pickle
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

INPUTS = ["income", "open debts", "city", "work"]


@dataclass(frozen=True)
class Coded:
    """A function that pickles as its own source, so that a child needs no module of ours."""

    source: str

    def __call__(self, rows):
        return rows

    def __reduce__(self):
        return eval, (self.source,)


@dataclass(frozen=True)
class Small:
    """A folder with model.skops, sample.parquet and background.parquet, and what they were made of."""

    folder: Path
    model: Any
    sample: pd.DataFrame
    background: pd.DataFrame
    date: datetime.date = datetime.date(2026, 1, 2)

    def content(self, **changes: Any) -> dict[str, Any]:
        """Return the plan with absolute paths; a change replaces a key, or updates a block of keys."""
        content: dict[str, Any] = {
            "version": 1,
            "model": {"path": str(self.folder / "model.skops")},
            "data": {
                "sample": str(self.folder / "sample.parquet"),
                "background": str(self.folder / "background.parquet"),
                "row_id": "id",
            },
            "task": {"target": "outcome", "event": "default"},
            "decision": {"threshold": 0.5, "favourable": "no event"},
            "sensitive": ["sex"],
            "explain": {
                "rows": 24,
                "background_rows": 10,
                "evaluations": 1000,
                "lime_samples": 200,
                "lime_most": 200,
                "output": "log_odds",
            },
        }
        for key, value in changes.items():
            known = content.get(key)
            content[key] = {**known, **value} if isinstance(known, Mapping) else value
        return content

    def request(self, **changes: Any):
        """Return the request of the plan."""
        from explainaudit.analyses import ANALYSES
        from explainaudit.planning import request_of

        return request_of(self.content(**changes), folder=Path(), analyses=ANALYSES, where="audit.yaml")

    def plan(self, folder: Path, **changes: Any) -> Path:
        """Write the plan, as JSON is YAML, and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "audit.yaml"
        path.write_text(json.dumps(self.content(**changes)), encoding="utf-8")
        return path

    def schedule(self, stages: Path, engine: Any = None, consent: Any = None, **changes: Any):
        """Return the stages of a run, in this process unless an engine is given."""
        from explainaudit.analyses import ANALYSES
        from explainaudit.engine.here import Here
        from explainaudit.engine.schedule import Schedule
        from explainaudit.progress import silent
        from explainaudit.records.stage import Consent
        from explainaudit.stages import Room

        stages.mkdir(parents=True, exist_ok=True)
        engine = engine or Here(Room())
        return Schedule(self.request(**changes), consent or Consent(), stages, engine, silent, ANALYSES)

    def audit(self, stages: Path, engine: Any = None, **changes: Any):
        """Measure and judge; nothing is drawn or written outside of ``stages``."""
        from explainaudit import pipeline
        from explainaudit.surroundings import environment

        schedule = self.schedule(stages, engine, **changes)
        used = schedule.engine
        try:
            return pipeline.measure(schedule, environment(self.date, used.name, used.isolation, {}))
        finally:
            used.close()

    def crooked(self, folder: Path, source: str):
        """Save the model with a function of its own before its first step; return the plan's block for
        it, and the consent that loads it.
        """
        from explainaudit.records.stage import Consent

        model = copy.deepcopy(self.model)
        model.steps[0][1].func = Coded(source)
        data = pickle.dumps(model)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.pickle").write_bytes(data)
        pin = hashlib.sha256(data).hexdigest()
        return {"path": str(folder / "model.pickle")}, Consent(allow_pickle=True, model_sha256=pin)


def people(rows: int, seed: int) -> pd.DataFrame:
    """Simulate applicants: incomes in thousands with gaps, debts, two texts, sex and the outcome."""
    rng = np.random.default_rng(seed)
    income = rng.normal(50, 12, rows).round(1)
    debts = rng.integers(0, 6, rows)
    work = rng.choice(["hired", "own business"], rows)
    risk = -0.06 * (income - 50) + 0.5 * (debts - 2) + 0.5 * (work == "own business")
    income[rng.random(rows) < 0.08] = np.nan
    return pd.DataFrame(
        {
            "id": [f"{seed}-{row}" for row in range(rows)],
            "income": income,
            "open debts": debts,
            "city": rng.choice(["Köln", "Bonn", "Aachen"], rows),
            "work": work,
            "sex": rng.choice(["female", "male"], rows),
            "outcome": np.where(risk + rng.normal(0, 1, rows) > 0.5, "default", "repaid"),
        }
    )


def pytest_configure() -> None:
    """Children are sent Ctrl-C: what runs in the background of a shell would hand on that it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _termination():
    """Give back the handler of SIGTERM: commands install their own."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A logistic regression behind a column transformer, 200 rows to audit, 40 of background."""
    import skops.io
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), INPUTS[:2]),
        (OneHotEncoder(handle_unknown="ignore"), INPUTS[2:]),
    )
    training = people(300, seed=1)
    model = make_pipeline(FunctionTransformer(), columns, LogisticRegression())
    model.fit(training[INPUTS], training["outcome"])
    folder = tmp_path_factory.mktemp("small")
    made = Small(folder, model, people(200, seed=2), people(40, seed=3))
    skops.io.dump(model, folder / "model.skops")
    made.sample.to_parquet(folder / "sample.parquet", index=False)
    made.background.to_parquet(folder / "background.parquet", index=False)
    return made
