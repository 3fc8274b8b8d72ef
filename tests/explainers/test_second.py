"""The second algorithm finds what additivity cannot: values that add up and are wrong."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers.second import checking_evaluations, second_opinion
from explainaudit.records.inside import Inside, Linear


def additive(columns, coefficients, *, players=None):
    """What a linear model is made of; with other players than the columns it is a wrong account of it."""
    return Inside(
        encode=lambda frame: frame[columns].to_numpy(dtype=float),
        player=np.arange(len(columns)) if players is None else np.asarray(players),
        unit="log_odds",
        sum=Linear(np.asarray(coefficients, dtype=float)[None], np.zeros(1)),
        inputs=tuple(columns),
    )


def table(columns, rows=60, seed=1):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        draw.normal(size=(rows, columns)).round(2), columns=[f"x{at}" for at in range(columns)]
    )


def linear(make_ask, columns):
    frame = table(columns)
    beta = np.arange(1.0, columns + 1)
    ask = make_ask(lambda f: f.to_numpy() @ beta, frame.iloc[:20])
    return replace(ask, inside=additive(ask.names, beta)), frame.iloc[20:], beta


@pytest.mark.parametrize(("columns", "algorithm"), [(5, "enumeration"), (14, "permutation")])
def test_a_model_that_is_read_agrees_with_what_it_answers(make_ask, row_keys, columns, algorithm):
    ask, rows, _ = linear(make_ask, columns)
    found = second_opinion(ask, rows, row_keys(len(rows)))
    assert (found.algorithm, found.rows, found.background, found.off) == (algorithm, 40, 20, 0)
    assert found.gap < 1e-11
    assert (found.interactions is not None) == (columns == 5)


@pytest.mark.parametrize("columns", [5, 14])
def test_a_wrong_account_that_adds_up_is_found_with_its_rows(make_ask, row_keys, columns):
    ask, rows, beta = linear(make_ask, columns)
    swapped = [1, 0, *range(2, columns)]
    wrong = replace(ask, inside=additive(ask.names, beta, players=swapped))
    found = second_opinion(wrong, rows, row_keys(len(rows)))
    assert found.off >= 38
    assert found.gap > 1


@pytest.mark.parametrize(
    ("columns", "algorithm"), [(4, "shap.ExactExplainer"), (13, "shap.PermutationExplainer")]
)
def test_a_model_that_is_asked_agrees_with_shap(make_ask, row_keys, columns, algorithm):
    frame = table(columns, rows=30)
    ask = make_ask(
        lambda f: np.tanh(f.to_numpy()[:, :4]).prod(axis=1) + np.maximum(f["x1"], f["x2"]), frame[:12]
    )
    found = second_opinion(ask, frame[20:], row_keys(10))
    assert (found.algorithm, found.off) == (algorithm, 0)
    assert found.background == 8
    assert found.gap < (1e-12 if columns == 4 else 0.2)


def test_evaluations_are_told_beforehand(make_ask, row_keys):
    ask, rows, _ = linear(make_ask, 5)
    found = second_opinion(ask, rows, row_keys(len(rows)))
    assert 0 < found.evaluations <= checking_evaluations(ask.inside, 5, 20, 40) + 20
    asked = replace(ask, inside=None)
    found = second_opinion(asked, rows, row_keys(len(rows)))
    assert 0 < found.evaluations <= 2 * checking_evaluations(None, 5, 20, 40)
