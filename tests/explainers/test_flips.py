"""Answers with a sensitive input set to the value of other groups, against the model's own."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from explainaudit.explainers import flips as room
from explainaudit.explainers.flips import flip_evaluations, flips
from explainaudit.records.plan import Decision

KINDS = {"sex": "text", "age": "integer", "x": "number", "own": "boolean"}
EDGES = (30, 40)
REFUSED = Decision(threshold=0.5, favourable="no event")


def table(rows=200, seed=1):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "sex": pd.Series(draw.choice(["f", "m", "x"], rows, p=[0.5, 0.4, 0.1]), dtype="str"),
            "age": pd.Series(draw.integers(20, 60, rows), dtype="Int64"),
            "x": draw.normal(size=rows),
            "own": draw.random(rows) < 0.3,
        }
    )
    frame.loc[:9, "sex"] = None
    return frame


def bands(frame):
    """Group of each row by the edges of age."""
    names = np.array(["< 30", "30–39", "40+"], dtype=object)
    return pd.Series(
        names[np.searchsorted(EDGES, frame["age"].to_numpy(dtype=float), side="right")], dtype="str"
    )


def logistic(frame):
    """A coefficient of 1.5 for men, −0.5 for x, and 0.05 a year."""
    sex = frame["sex"].map({"f": 0.0, "m": 1.5, "x": -0.5}).fillna(0.0).to_numpy(dtype=float)
    age = frame["age"].to_numpy(dtype=float)
    return expit(sex + frame["x"].to_numpy(dtype=float) + 0.05 * (age - 40))


def asked(make_ask, predict, frame, keys, groups, *, decision=REFUSED, unit="probability", outputs=("bad",)):
    ask = dataclasses.replace(make_ask(predict, frame, kinds=KINDS, outputs=outputs), unit=unit)
    return flips(ask, frame, keys, groups, decision)


def rows_of(flip, frame, digests):
    place = {key: number for number, key in enumerate(digests)}
    return frame.iloc[[place[key] for key in flip.keys]].reset_index(drop=True)


def test_scores_and_decisions_are_the_models_own(make_ask, row_digests):
    frame, keys = table(), row_digests(200)
    (flip,), evaluations = asked(make_ask, logistic, frame, keys, {"sex": frame["sex"]})
    rows = rows_of(flip, frame, keys)
    assert flip.groups == ("f", "m", "x")  # by frequency
    assert (flip.values, flip.left_out, len(rows)) == (None, 0, 190)
    assert evaluations == 190 * 4
    np.testing.assert_array_equal(flip.score, logistic(rows))
    np.testing.assert_array_equal(flip.decided, (logistic(rows) < 0.5).astype(int))
    for place, name in enumerate(flip.groups):
        expected = logistic(rows.assign(sex=name))
        np.testing.assert_array_equal(flip.moved[:, place], expected)
        np.testing.assert_array_equal(flip.moved_decided[:, place], (expected < 0.5).astype(int))
        assert ((flip.own == place) == (rows["sex"] == name)).all()
    # By the formula of a logistic model: in log-odds every woman moves by the coefficient of men.
    women = flip.own == 0
    moved = np.log(flip.moved / (1 - flip.moved))[women, 1] - np.log(flip.score / (1 - flip.score))[women]
    np.testing.assert_allclose(moved, 1.5, atol=1e-9)


def test_bands_are_asked_about_with_a_median_that_occurs(make_ask, row_digests):
    frame, keys = table(), row_digests(200)
    (flip,), _ = asked(make_ask, logistic, frame, keys, {"age": bands(frame)})
    for name, value in zip(flip.groups, flip.values, strict=True):
        inside = np.sort(frame["age"][bands(frame) == name].to_numpy(dtype=float))
        assert value in inside
        assert value == inside[(len(inside) - 1) // 2]
    rows = rows_of(flip, frame, keys)
    for place, value in enumerate(flip.values):
        np.testing.assert_array_equal(flip.moved[:, place], logistic(rows.assign(age=int(value))))


def test_a_model_that_ignores_the_feature_answers_to_the_last_digit(make_ask, row_digests):
    from sklearn.linear_model import LogisticRegression

    frame, keys = table(), row_digests(200)
    model = LogisticRegression().fit(frame[["x"]], frame["x"] > frame["x"].median())

    def blind(rows):
        return model.predict_proba(rows[["x"]])[:, 1]

    found, _ = asked(make_ask, blind, frame, keys, {"sex": frame["sex"], "age": bands(frame)})
    for flip in found:
        assert (flip.moved == flip.score[:, None]).all()
        assert (flip.moved_decided == flip.decided[:, None]).all()


def test_the_model_is_asked_in_types_and_batches_of_one_shape(make_ask, row_digests):
    frame, seen = table(), []

    def listen(rows):
        seen.append(rows)
        return logistic(rows)

    groups = {
        "sex": frame["sex"],
        "age": bands(frame),
        "own": frame["own"].map({True: "true", False: "false"}),
    }
    found, evaluations = asked(make_ask, listen, frame, row_digests(200), groups)
    assert [each.column for each in found] == ["sex", "age", "own"]
    assert evaluations == sum(len(rows) for rows in seen) <= flip_evaluations([3, 3, 2], 200)
    assert {tuple(map(str, rows.dtypes)) for rows in seen} == {tuple(map(str, frame.dtypes))}
    assert {len(rows) for rows in seen[4:]} == {200}


def test_order_of_rows_changes_nothing(make_ask, row_digests, monkeypatch):
    monkeypatch.setattr(room, "FLIP_ROWS", 40)
    frame, keys = table(), row_digests(200)
    one, _ = asked(make_ask, logistic, frame, keys, {"sex": frame["sex"], "age": bands(frame)})
    back = frame.iloc[::-1].reset_index(drop=True)
    other, _ = asked(make_ask, logistic, back, keys[::-1], {"sex": back["sex"], "age": bands(back)})
    for first, second in zip(one, other, strict=True):
        assert len(first.keys) == 40
        for field in dataclasses.fields(first):
            np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


def test_the_commonest_twelve_are_put_in_and_others_are_asked_about(make_ask, row_digests):
    frame = table(300)
    frame["sex"] = pd.Series([f"g{min(place, 29) % 15:02d}" for place in range(300)], dtype="str")
    (flip,), _ = asked(make_ask, logistic, frame, row_digests(300), {"sex": frame["sex"]})
    assert flip.groups[0] == "g14"
    assert flip.groups[1:] == tuple(f"g{place:02d}" for place in range(11))
    assert flip.left_out == 3
    assert (flip.own == -1).sum() == 6


@pytest.mark.parametrize("values", [["f"] * 200, [None] * 200, ["f"] * 150 + [None] * 50])
def test_one_group_has_no_other_value(make_ask, row_digests, values):
    frame = table().assign(sex=pd.Series(values, dtype="str"))
    assert asked(make_ask, logistic, frame, row_digests(200), {"sex": frame["sex"]}) == ((), 0)
    assert asked(make_ask, logistic, frame, row_digests(200), {}) == ((), 0)


def test_a_regression_has_predictions_and_no_decision(make_ask, row_digests):
    frame, keys = table(), row_digests(200)
    (flip,), _ = asked(
        make_ask, lambda rows: 100 * logistic(rows), frame, keys, {"sex": frame["sex"]}, unit="target"
    )
    assert (flip.unit, flip.decided, flip.moved_decided) == ("target", None, None)
    np.testing.assert_array_equal(flip.score, 100 * logistic(rows_of(flip, frame, keys)))


@pytest.mark.parametrize("favourable", [("good", "fine"), None])
def test_several_classes(make_ask, row_digests, favourable):
    frame, keys = table(), row_digests(200)
    classes = ("bad", "fine", "good")

    def three(rows):
        p = logistic(rows)
        return np.column_stack([p, (1 - p) * 0.3, (1 - p) * 0.7])

    decision = Decision(favourable=favourable)
    (flip,), _ = asked(
        make_ask, three, frame, keys, {"sex": frame["sex"]}, decision=decision, outputs=classes
    )
    rows = rows_of(flip, frame, keys)
    recorded, as_m = three(rows), three(rows.assign(sex="m"))
    best, best_m = recorded.argmax(axis=1), as_m.argmax(axis=1)
    at = np.arange(len(rows))
    if favourable is None:
        expected = best, best_m, recorded[at, best], as_m[at, best]
    else:
        expected = best > 0, best_m > 0, recorded[:, 1:].sum(axis=1), as_m[:, 1:].sum(axis=1)
    given = flip.decided, flip.moved_decided[:, 1], flip.score, flip.moved[:, 1]
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_allclose(one, other.astype(float), rtol=1e-12)


def test_evaluations_are_counted_beforehand():
    assert flip_evaluations([2, 1, 40], 5000) == 2000 * 3 + 2000 * 13
    assert flip_evaluations([], 5000) == 0
