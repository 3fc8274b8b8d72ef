"""Permutation importance against the full average over donors, closed forms, and its own keys."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from explainaudit.explainers import permuted as room
from explainaudit.explainers.permuted import permuted_losses


def numbers(rows, seed):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(rows, 3)), columns=list("abc"))


def probability(frame):
    return 1 / (1 + np.exp(-(frame["a"].to_numpy() - 0.5 * frame["b"].to_numpy())))


def squared(ask):
    return dataclasses.replace(ask, unit="target", outputs=("y",))


def test_the_mean_over_repeats_is_that_over_all_donors(make_ask, row_keys, monkeypatch):
    """A linear model and squared error: the exact average over donors is known, row by row."""
    monkeypatch.setattr(room, "REPEATS", 4000)
    donors, rows = numbers(9, 1), numbers(12, 2)
    label = rows["a"].to_numpy() + 0.3

    def predict(frame):
        return 2 * frame["a"].to_numpy() + frame["b"].to_numpy()

    found, evaluations = permuted_losses(
        squared(make_ask(predict, donors)), rows, row_keys(12), label, (("a",), ("c",), ("a", "b"))
    )
    assert evaluations == 12 * (1 + 3 * 4000)
    order = [int(key, 16) for key in found.keys]
    own = (predict(rows) - label) ** 2
    np.testing.assert_allclose(found.baseline, own[order])
    for place, columns in ((0, ["a"]), (2, ["a", "b"])):
        exact = []
        for row in order:
            mixed = pd.concat([rows.iloc[[row]]] * 9, ignore_index=True)
            mixed[columns] = donors[columns].to_numpy()
            exact.append(((predict(mixed) - label[row]) ** 2).mean() - own[row])
        spread = found.increase[:, place] - exact
        assert np.abs(spread).max() < 0.12 * np.abs(exact).max() + 0.1
        assert found.increase[:, place].mean() == pytest.approx(np.mean(exact), abs=4 * found.spread[place])
    assert (found.increase[:, 1] == 0).all()  # the model does not look at c
    assert found.spread[1] == 0


def test_log_loss_of_what_happened_for_one_output_and_for_several(make_ask, row_keys):
    donors, rows = numbers(20, 1), numbers(30, 2)
    label = np.where(rows["a"] > 0, "yes", "no").astype(object)
    keys = row_keys(30)
    one = dataclasses.replace(make_ask(probability, donors), unit="probability")
    both = make_ask(
        lambda f: np.column_stack([1 - probability(f), probability(f)]), donors, outputs=("no", "yes")
    )
    sets = (("a",), ("b",))
    binary, _ = permuted_losses(one, rows, keys, label, sets)
    several, _ = permuted_losses(dataclasses.replace(both, unit="probability"), rows, keys, label, sets)
    order = [int(key, 16) for key in binary.keys]
    p = probability(rows)
    expected = -np.log(np.where(label == "yes", p, 1 - p))[order]
    np.testing.assert_allclose(binary.baseline, expected)
    np.testing.assert_allclose(several.baseline, binary.baseline)
    np.testing.assert_allclose(several.increase, binary.increase)
    assert binary.increase[:, 0].mean() > binary.increase[:, 1].mean() > 0


def test_draws_belong_to_rows_and_not_to_places(make_ask, row_digests):
    donors, rows, keys = numbers(20, 1), numbers(30, 2), row_digests(30)
    label = rows["a"].to_numpy()
    ask = squared(make_ask(lambda f: f["a"].to_numpy() * f["b"].to_numpy(), donors))
    whole, _ = permuted_losses(ask, rows, keys, label, (("a",),))
    back = slice(None, None, -1)
    turned, _ = permuted_losses(
        ask, rows.iloc[back].reset_index(drop=True), keys[back], label[back], (("a",),)
    )
    np.testing.assert_array_equal(whole.increase, turned.increase)
    few, _ = permuted_losses(ask, rows.iloc[:7], keys[:7], label[:7], (("a",), ("b",)))
    by_key = dict(zip(whole.keys, whole.increase[:, 0], strict=True))
    assert [by_key[key] for key in few.keys] == few.increase[:, 0].tolist()


def test_a_sure_error_is_finite(make_ask, row_keys):
    rows = numbers(5, 3)
    ask = dataclasses.replace(make_ask(lambda f: np.zeros(len(f)), rows), unit="probability")
    found, _ = permuted_losses(ask, rows, row_keys(5), np.array(["yes"] * 5, dtype=object), (("a",),))
    assert np.isfinite(found.baseline).all()
    assert (found.increase == 0).all()
