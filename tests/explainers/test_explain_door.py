"""The door: algorithm and rows by declared sizes, answers checked, every refusal worded."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.errors import ModelFailed
from explainaudit.explainers.explain import choose_algorithm, explain_shap, rows_for_budget
from explainaudit.explainers.lime import explain_lime
from explainaudit.records.plan import Explain
from explainaudit.wording.writer import explain_error


def test_twelve_columns_are_enumerated_and_thirteen_sampled():
    assert [choose_algorithm(None, columns) for columns in (1, 12, 13)] == [
        "enumeration",
        "enumeration",
        "permutation",
    ]


@pytest.mark.parametrize(
    ("columns", "background", "budget", "rows"),
    [
        (9, 100, 8_000_000, 156),
        (4, 100, 8_000_000, 2000),
        (12, 100, 8_000_000, 50),
        (20, 100, 8_000_000, 131),
        (3, 2, 1000, 62),
    ],
)
def test_rows_follow_the_budget_between_fifty_and_two_thousand(columns, background, budget, rows):
    assert rows_for_budget(None, columns, background, budget) == rows


def test_thirteen_columns_come_back_sampled_with_errors(make_ask, row_keys):
    draw = np.random.default_rng(2)
    frame = pd.DataFrame(draw.normal(size=(6, 13)), columns=[f"x{place}" for place in range(13)])
    ask = make_ask(lambda f: f.to_numpy()[:, :3].prod(axis=1), frame.iloc[:4])
    (found,), _ = explain_shap(ask, frame.iloc[4:], row_keys(2), np.array([0.5, 1.0]))
    assert found.algorithm == "permutation"
    assert found.values.shape == found.spread.shape == (2, 13)
    assert (found.spread[:, :3] > 0).any()
    assert (found.values[:, 3:] == 0).all()


def test_attributions_carry_what_they_are_about(mixed, row_keys):
    ask, rows = mixed
    rows = rows.assign(target=1, group="a")[[*rows.columns[::-1], "target", "group"]]
    inclusion = np.linspace(0.1, 1, len(rows))
    (shap,), _ = explain_shap(ask, rows, row_keys(len(rows)), inclusion)
    (lime,), evaluations = explain_lime(
        ask, rows, row_keys(len(rows)), inclusion, Explain(lime_samples=100, lime_most=100)
    )
    assert (shap.method, lime.method) == ("shap", "lime")
    for found in (shap, lime):
        assert found.columns == tuple(ask.names)
        assert (found.output, found.unit) == ("yes", "log_odds")
        assert (found.inclusion == inclusion).all()
        np.testing.assert_allclose(found.prediction, ask.predict(rows)[:, 0])
    assert evaluations == 1024 + 100 + len(ask.background)  # the rows in a batch of one shape, the pool


def test_numpys_global_state_is_untouched_by_lime(mixed, row_keys, capsys):
    ask, rows = mixed
    before = np.random.get_state()  # noqa: NPY002 - the state in question
    explain_lime(ask, rows[:1], row_keys(1), np.ones(1), Explain(lime_samples=100, lime_most=100))
    after = np.random.get_state()  # noqa: NPY002 - the state in question
    assert (before[1] == after[1]).all()
    assert before[2:] == after[2:]
    assert capsys.readouterr() == ("", "")


def test_no_rows_give_an_empty_attribution(mixed, row_keys):
    ask, rows = mixed
    empty = rows.iloc[:0], row_keys(0), np.ones(0)
    assert explain_shap(ask, *empty)[0][0].values.shape == (0, 5)
    assert explain_lime(ask, *empty, Explain())[0][0].values.shape == (0, 5)


def failures(make_ask, row_keys):
    frame = pd.DataFrame({"a": np.arange(8.0)})
    some = row_keys(1), np.ones(1)
    return {
        "E630": lambda: explain_shap(make_ask(lambda f: np.zeros((len(f), 2)), frame), frame[:1], *some),
        "E631": lambda: explain_shap(make_ask(lambda f: np.full(len(f), np.nan), frame), frame[:1], *some),
    }


@pytest.mark.parametrize("code", ["E630", "E631"])
def test_every_refusal_has_its_code_and_its_words(make_ask, row_keys, code):
    with pytest.raises(ModelFailed) as refused:
        failures(make_ask, row_keys)[code]()
    assert refused.value.code == code
    what, mend = explain_error(refused.value)
    assert what.strip()
    assert mend.strip()
    assert "{" not in what + mend


@pytest.mark.parametrize("case", ["unseen", "one row", "no variation", "too large"])
def test_what_lime_cannot_explain_is_missing_and_never_zero(make_ask, row_keys, case):
    frame = pd.DataFrame({"a": np.arange(8.0)})
    huge = pd.DataFrame({"a": [1.7e308, -1.7e308] * 4})
    source, row = {
        "unseen": (frame, pd.DataFrame({"a": [np.nan]})),
        "one row": (frame[:1], frame[:1]),
        "no variation": (frame * 0, frame[:1]),
        "too large": (huge, huge[:1]),
    }[case]
    ask = make_ask(lambda f: np.sign(f["a"].fillna(0).to_numpy()), source)
    (found,), _ = explain_lime(ask, row, row_keys(1), np.ones(1), Explain(lime_samples=100, lime_most=100))
    for array in (found.values, found.base, found.spread, found.fidelity, found.stability, found.bin_share):
        assert np.isnan(array).all()
    assert np.isfinite(found.prediction).all()
