"""Flips and pairs: words for a regression, and an answer that says when no difference is beyond chance."""

import numpy as np
import pytest
from flipped_rows import answered, measured
from test_individual_flips import ONE, blind, direct, table, words

from explainaudit.records.plan import Decision


def linear(frame):
    return 100 * frame["x"].to_numpy() + 25.0 * (frame["sex"] == "m").to_numpy()


def pairs_answer(evidence):
    return evidence.answer.params["pairs"].key.removeprefix("answer.individual.")


def test_a_regression_has_predictions_and_neither_rows_that_change_nor_scores():
    evidence, _ = measured(answered(table(), linear, ["x", "sex"], ONE, kind="regression"))
    text = words(evidence)
    assert evidence.table("flips").caption.key == "table.individual.flips_size"
    assert pairs_answer(evidence) == "pair_prediction"
    assert "differences of predictions, p adjusted" in text
    assert "predictions differ between rows of “f”" in text
    assert "score" not in text.lower()


@pytest.mark.parametrize(("predict", "key"), [(direct, "pair_share"), (blind, "pair_share_open")])
def test_the_answer_says_whether_a_difference_is_beyond_chance(predict, key):
    evidence, _ = measured(answered(table(), predict, ["x"], ONE))
    assert pairs_answer(evidence) == key


def test_the_largest_difference_beyond_chance_is_named_and_not_a_larger_one_within():
    frame = table(900, groups=("f", "m"))
    frame.loc[:50, "sex"] = "x"

    def wide(frame):
        noise = np.where(frame["sex"] == "x", 200.0 * np.sign(frame["z"] + 0.25), 0.0)
        return linear(frame) + noise

    evidence, _ = measured(answered(frame, wide, ["x"], ONE, kind="regression"))
    about = {"sensitive": "sex"}
    gaps = {name: evidence.measure("pair_score_difference", group=name, **about).value for name in "fmx"}
    p = {name: evidence.measure("pair_score_difference_p", group=name, **about).value for name in "fmx"}
    named = evidence.answer.params["pairs"].params["group"].text
    assert p["x"] > 0.05 > p[named]
    assert abs(gaps["x"]) > abs(gaps[named])


def test_one_favourable_class_is_named():
    def three(frame):
        p = direct(frame)
        return np.column_stack([p, (1 - p) * 0.4, (1 - p) * 0.6])

    for favourable, said in (
        (("good",), "the probability of “good”."),
        (("fine", "good"), "of the favourable classes together."),
    ):
        decision = Decision(favourable=favourable)
        evidence, _ = measured(answered(table(), three, ["x"], ONE, kind="multiclass", decision=decision))
        assert said in words(evidence)
