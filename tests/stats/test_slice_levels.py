"""A column cut into levels: what they are called, and what they hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.stats.slice_levels import levels_of


@pytest.mark.parametrize(
    ("values", "kind", "names", "codes"),
    [
        (["b", "a", None, "a"], "text", ("a", "b", None), [2, 1, 3, 1]),
        ([True, False, True, True], "boolean", ("false", "true"), [2, 1, 2, 2]),
        ([10, 9, None, 9], "integer", ("9", "10", None), [2, 1, 3, 1]),
        ([2.0, -1.0, 2.0, 2.0], "number", ("-1", "2"), [2, 1, 2, 2]),
        ([2**60, 2**60 + 1, 2**60, 2**60], "integer", (str(2**60), str(2**60 + 1)), [1, 2, 1, 1]),
        ([None, None, None, "x"], "text", ("x", None), [2, 2, 2, 1]),
    ],
)
def test_levels_by_value(values, kind, names, codes):
    types = {"text": "str", "boolean": "boolean", "integer": "Int64", "number": "float64"}
    found = levels_of(pd.Series(values, dtype=types[kind]), "c", kind)
    assert found.names == names
    assert found.codes.tolist() == codes


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1.0] * 5, "number"), (["x"] * 5, "text"), ([None] * 5, "number"), ([0.5] * 5, "number")],
)
def test_a_constant_has_no_levels(values, kind):
    assert levels_of(pd.Series(values, dtype="str" if kind == "text" else "float64"), "c", kind) is None


def test_the_twelve_commonest_texts_are_levels():
    values = [f"t{place:02d}" for place in range(15) for _ in range(30 - 2 * place if place < 13 else 5)]
    found = levels_of(pd.Series(values, dtype="str"), "c", "text")
    assert found.names == tuple(f"t{place:02d}" for place in range(12))
    assert (found.codes == 0).sum() == 6 + 5 + 5


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from(["normal", "many zeros", "whole", "tiny", "far"]))
def test_bands_say_what_they_hold(seed, kind):
    rng = np.random.default_rng(seed)
    values = {
        "normal": rng.normal(size=400),
        "many zeros": np.where(rng.uniform(size=400) < 0.8, 0.0, rng.exponential(1000, 400)),
        "whole": rng.integers(-50, 300, 400).astype(float),
        "tiny": 1 + 1e-13 * rng.integers(0, 40, 400),
        "far": rng.normal(size=400) * 1e99,
    }[kind]
    found = levels_of(pd.Series(values), "c", "integer" if kind == "whole" else "number")
    for code, name in enumerate(found.names, start=1):
        inside = values[found.codes == code]
        assert len(inside)
        if name.startswith("<"):
            assert (inside < float(name[2:])).all()
        elif name.endswith("+"):
            assert (inside >= float(name[:-1])).all()
        elif name.startswith("["):
            low, high = map(float, name[1:-1].split(","))
            assert ((inside >= low) & (inside < high)).all()
        else:
            low, high = map(float, name.split("–"))
            assert ((inside >= low) & (inside <= high)).all()
    assert (found.codes > 0).all()
    if kind == "normal":
        assert (np.abs(np.bincount(found.codes)[1:] / 400 - 0.25) < 0.045).all()
        assert max(len(name) for name in found.names) < 16
