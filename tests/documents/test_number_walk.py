"""One figure of every analysis, followed from the cells of the CSV file that was audited to the PDF's text.

Each is computed again from the cells and the model alone; it must stand in the bundle, in the table that is
attached as CSV, in the HTML with its exact value, and, rounded, in the words of its chapter on paper.
"""

import csv
import io
import re
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest

from conftest import audited
from explainaudit.analyses import ANALYSES
from explainaudit.records.measure import Measure, anchor, measure_id
from explainaudit.records.plan import Measuring, Task
from explainaudit.stats.keyed import row_keys, uniforms
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.numbers import format_number

pytestmark = pytest.mark.whole

INPUTS = ["income", "open debts", "city", "work"]
EXPLAIN = {"rows": 200, "background_rows": 40, "lime_samples": 200, "lime_most": 200}


@pytest.fixture(scope="module")
def walk(small, tmp_path_factory):
    """A run on a CSV file in which every row is explained against the whole background."""
    folder = tmp_path_factory.mktemp("walk")
    small.sample.to_csv(folder / "sample.csv", index=False)
    data = {"sample": str(folder / "sample.csv")}
    plan = small.plan(folder, data=data, explain=EXPLAIN, analyses={"slices": {"fewest": 20}})
    run = audited(plan, folder / "dossier", 2)
    with (folder / "sample.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    return run, cells


def frame_of(cells):
    """The inputs as the model takes them, from the text of the cells."""
    return pd.DataFrame(
        {
            "income": [float(cell["income"]) if cell["income"] else np.nan for cell in cells],
            "open debts": [int(cell["open debts"]) for cell in cells],
            "city": [cell["city"] for cell in cells],
            "work": [cell["work"] for cell in cells],
        }
    )


def log_odds(model, frame):
    return model.decision_function(frame)


def event(model, frame):
    """Probability of default, the first of the two classes in the alphabet."""
    return model.predict_proba(frame)[:, list(model.classes_).index("default")]


def shapley(small, frame):
    """Brute-force Shapley values of the log-odds of default against the background, shape (n, 4)."""
    sign = 1 if small.model.classes_[1] == "default" else -1
    background = small.background[INPUTS]
    worth = {}
    for size in range(5):
        for kept in combinations(range(4), size):
            total = np.zeros(len(frame))
            for _, other in background.iterrows():
                mixed = pd.DataFrame(
                    {
                        name: frame[name] if j in kept else pd.Series([other[name]] * len(frame))
                        for j, name in enumerate(INPUTS)
                    }
                )
                total += sign * log_odds(small.model, mixed)
            worth[kept] = total / len(background)
    values = np.zeros((len(frame), 4))
    for j in range(4):
        rest = [other for other in range(4) if other != j]
        for size in range(4):
            weight = factorial(size) * factorial(3 - size) / factorial(4)
            for kept in combinations(rest, size):
                values[:, j] += weight * (worth[tuple(sorted((*kept, j)))] - worth[kept])
    return values


def figures(small, cells):
    """One figure of every analysis: its name, and what it must be."""
    frame = frame_of(cells)
    p = event(small.model, frame)
    y = np.array([cell["outcome"] == "default" for cell in cells])
    scale = small.model.steps[1][1].named_transformers_["pipeline"].named_steps["standardscaler"].scale_[1]
    beta = abs(small.model.steps[2][1].coef_[0, 1])
    debts = frame["open debts"]
    women = np.array([cell["sex"] == "female" for cell in cells])
    known = np.array([cell["sex"] != "" for cell in cells])
    nearest = int(np.argmin(np.where(p < 0.5, np.abs(p - 0.5), np.inf)))
    phi = shapley(small, frame)
    female = {"sensitive": "sex", "group": "female"}
    return {
        "data": ("missing", {"column": "income"}, float(frame["income"].isna().mean())),
        "soundness": (
            "complexity",
            {"part": "coefficients"},
            float(small.model.steps[2][1].coef_.size),
        ),
        "performance": ("accuracy", {}, float(((p >= 0.5) == y).mean())),
        "calibration": ("in_the_large", {}, float((p - y).mean())),
        "importance": (
            "mean_abs_shap",
            {"column": "work"},
            float(np.abs(phi[:, 3]).mean()),
        ),
        "effects": ("ale_range", {"column": "open debts"}, float(beta * (debts.max() - debts.min()) / scale)),
        "cases": ("case_score", {"case": "1"}, float(p[nearest])),
        "agreement": ("output_scale", {}, float(np.std(log_odds(small.model, frame)))),
        "fairness": (
            "selection_rate",
            female,
            float((p[women] < 0.5).mean()),
        ),
        "slices": (
            "whole_value",
            {"criterion": "error"},
            float(((p >= 0.5) != y)[not_searched(cells)].mean()),
        ),
        "parity": ("mean_abs_shap", {**female, "column": "work"}, float(np.abs(phi[women, 3]).mean())),
        "proxies": (
            "association",
            {"sensitive": "sex", "column": "open debts"},
            abs(float(np.corrcoef(debts[known], women[known])[0, 1])),
        ),
        "individual": ("pairs_matched", female, alike_pairs(frame, women)),
    }


def not_searched(cells):
    """Which rows are in the half that slices are estimated on, by the row id alone."""
    keys = row_keys(pd.DataFrame({"id": [cell["id"] for cell in cells]}), {"id": "text"}, "id")
    return uniforms(keys, seed=Measuring(task=Task(target="outcome")).seed, purpose="slices") >= 0.5


def alike_pairs(frame, women):
    """How many women have a man as near by all inputs as, at the median, women are to their nearest woman."""
    apart = np.zeros((len(frame), len(frame)))
    for name in INPUTS[:2]:
        values = frame[name].to_numpy(dtype=float)
        missing = np.isnan(values)
        values = np.where(missing, np.nanmedian(values), values) / np.nanstd(values)
        apart += np.abs(values[:, None] - values) + (missing[:, None] != missing)
    for name in INPUTS[2:]:
        apart += frame[name].to_numpy()[:, None] != frame[name].to_numpy()
    np.fill_diagonal(apart, np.inf)
    usual = np.median(apart[np.ix_(women, women)].min(axis=1))
    return float((apart[np.ix_(women, ~women)].min(axis=1) <= usual * (1 + 1e-9)).sum())


@pytest.fixture(scope="module")
def expected_figures(small, walk):
    return figures(small, walk[1])


def test_every_analysis_is_walked(expected_figures):
    assert set(expected_figures) == {analysis.name for analysis in ANALYSES}


@pytest.mark.parametrize("name", [analysis.name for analysis in ANALYSES])
def test_a_figure_is_the_same_from_the_cell_to_the_paper(walk, expected_figures, name):
    run, _ = walk
    metric, dimensions, expected = expected_figures[name]
    edition = run.restricted
    identity = measure_id(name, metric, dimensions)

    # The bundle.
    (record,) = [m for m in map(Measure.model_validate, edition.measures) if m.id == identity]
    assert record.value == pytest.approx(expected, rel=1e-6, abs=1e-9)

    # The CSV files that the dossier attaches.
    points = record.unit in {"points", "gap"}
    written = repr(int(record.value)) if record.unit == "count" else repr(record.value)
    files = [text for text in edition.files if text.startswith(f"tables/{name}-") and text.endswith(".csv")]
    rows = [row for text in files for row in csv.reader(io.StringIO(edition.bytes(text).decode()))]
    if points:
        numbers = (float(cell) for row in rows for cell in row if re.fullmatch(r"-?[0-9.]+", cell))
        assert any(number == pytest.approx(100 * record.value, rel=1e-12) for number in numbers)
    else:
        assert any(written in row for row in rows)

    # The page: the same value behind what is shown.
    nodes = [node for node in edition.page.all("data") if node["data-measure"] == anchor(identity)]
    values = [node for node in nodes if node["data-part"] == "value"]
    shown = format_number(record.value, record.unit)
    assert values
    for node in values:
        assert (float(node["value"]), "".join(node.children)) == (record.value, shown)

    # The paper: in the chapter that asks the question.
    text = " ".join(edition.paper)
    questions = [catalogue("en")[f"question.{analysis.name}"] for analysis in ANALYSES]
    place = questions.index(catalogue("en")[f"question.{name}"])
    squeezed = "".join(text.split())
    squeezed = squeezed[: squeezed.index("".join(catalogue("en")["document.limitations_lead"].split()))]
    starts = ["".join(question.split()) for question in questions]
    start = squeezed.rindex(starts[place])
    after = [squeezed.find(other, start + 1) for other in starts]
    stop = min((at for at in after if at > start), default=len(squeezed))
    assert "".join(shown.split()) in squeezed[start:stop]
