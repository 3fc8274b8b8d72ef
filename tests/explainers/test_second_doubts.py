"""Rows in which a sampled value seems to be wrong are looked at again before they count."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from explainaudit.explainers import second
from explainaudit.explainers.second import second_opinion
from explainaudit.loading.inside import inside_of
from explainaudit.loading.predictor import predictor_of


def jumping(make_ask, columns):
    """A booster of few trees over many columns: most orders do not meet what is rare."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(draw.normal(size=(200, columns)), columns=[f"c{at}" for at in range(columns)])
    label = frame["c0"] + frame["c1"] * frame["c2"] + draw.normal(size=200) * 0.5 > 0
    predictor = predictor_of(HistGradientBoostingClassifier(max_iter=8).fit(frame, label.astype(int)))
    ask = make_ask(lambda rows: predictor.outputs(rows, output="log_odds")[:, 0], frame.iloc[:20])
    return replace(ask, inside=inside_of(predictor, "log_odds", None), seed=1), frame.iloc[100:150]


def test_jumps_that_sampling_seldom_meets_are_no_difference(make_ask, row_keys, monkeypatch):
    ask, rows = jumping(make_ask, 60)
    assert second_opinion(ask, rows, row_keys(50)).off == 0
    monkeypatch.setattr(second, "AGAIN", 0)
    assert second_opinion(ask, rows, row_keys(50)).off > 0


def test_values_that_are_wrong_stay_so_when_they_are_looked_at_again(make_ask, row_keys):
    ask, rows = jumping(make_ask, 13)
    swapped = ask.inside.player.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    wrong = replace(ask, inside=replace(ask.inside, player=swapped))
    assert second_opinion(wrong, rows, row_keys(50)).off > 40
