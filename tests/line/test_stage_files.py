"""What stages leave for each other comes back as it was, whatever names and gaps it holds."""

import dataclasses

import numpy as np
import pytest

from explainaudit.observing import joined
from explainaudit.records.attribution import Attribution, Interactions
from explainaudit.records.effect import Effect, PermutedLosses
from explainaudit.records.flip import Flip
from explainaudit.stage_files import (
    read_attributions,
    read_effects,
    read_flips,
    read_interactions,
    read_losses,
    write_attributions,
    write_effects,
    write_flips,
    write_interactions,
    write_losses,
)

KEYS = np.array(["a" * 64, "b" * 64])
HOSTILE = ("../x", 'say "no"', "größe\n")


def attribution(output="yes", **other):
    given = {
        "method": "shap",
        "algorithm": "enumeration",
        "output": output,
        "unit": "log_odds",
        "columns": HOSTILE,
        "keys": KEYS,
        "values": np.arange(6.0).reshape(2, 3),
        "base": np.array([0.1, np.nan]),
        "prediction": np.array([1.0, -0.0]),
        "inclusion": np.array([1.0, 0.25]),
    }
    return Attribution(**(given | other))


def same(first, second):
    for field in dataclasses.fields(first):
        before, after = getattr(first, field.name), getattr(second, field.name)
        if isinstance(before, np.ndarray):
            assert before.dtype == after.dtype
            np.testing.assert_array_equal(before, after)
        else:
            assert before == after
            assert type(before) is type(after)


@pytest.mark.parametrize("other", [{}, {"spread": np.ones((2, 3))}])
def test_attributions_come_back_one_for_each_output(tmp_path, other):
    written = tuple(attribution(f"class {number}", **other) for number in range(12))
    write_attributions(written, tmp_path, "shap")
    write_attributions(written[:1], tmp_path, "lime")
    for before, after in zip(written, read_attributions(tmp_path, "shap"), strict=True):
        same(before, after)


def test_parts_are_joined_by_output_in_their_order():
    first, second = (
        (attribution(name) for name in ("no", "yes")),
        (attribution(name) for name in ("no", "yes")),
    )
    no, yes = joined([tuple(first), tuple(second)])
    assert (no.output, yes.output) == ("no", "yes")
    assert no.values.shape == (4, 3)
    assert no.spread is None


def test_interactions_come_back(tmp_path):
    assert read_interactions(tmp_path) is None
    written = Interactions(HOSTILE, KEYS, np.array([1.0, 0.25]), np.arange(6.0).reshape(1, 2, 3))
    write_interactions(written, tmp_path)
    same(written, read_interactions(tmp_path))


def test_effects_and_losses_come_back(tmp_path):
    number = Effect(
        column=HOSTILE[1],
        outputs=("yes",),
        unit="log_odds",
        grid=(1.0, 2.5),
        keys=KEYS,
        bins=np.array([0, -1]),
        change=np.array([[0.5], [0.0]]),
        curve_keys=KEYS[:1],
        curves=np.zeros((1, 2, 1)),
    )
    level = dataclasses.replace(number, grid=("a", "b"), bins=None, change=None)
    write_effects((number, level), tmp_path)
    for before, after in zip((number, level), read_effects(tmp_path), strict=True):
        same(before, after)
    losses = PermutedLosses(
        loss="log_loss",
        sets=(("a",), ("a", "b")),
        keys=KEYS,
        baseline=np.array([0.1, 0.2]),
        increase=np.ones((2, 2)),
        spread=np.array([0.0, 0.1]),
        repeats=20,
    )
    write_losses(losses, tmp_path)
    same(losses, read_losses(tmp_path))


def test_flips_come_back(tmp_path):
    assert read_flips(tmp_path) == ()
    flip = Flip(
        column=HOSTILE[2],
        groups=HOSTILE[:2],
        values=(1.0, 2.5),
        left_out=3,
        unit="probability",
        keys=KEYS,
        own=np.array([0, -1]),
        score=np.array([0.1, 0.2]),
        moved=np.ones((2, 2)),
        decided=np.array([1, 0]),
        moved_decided=np.zeros((2, 2), dtype=np.intp),
    )
    target = dataclasses.replace(flip, values=None, unit="target", decided=None, moved_decided=None)
    write_flips((flip, target), tmp_path)
    for before, after in zip((flip, target), read_flips(tmp_path), strict=True):
        same(before, after)
