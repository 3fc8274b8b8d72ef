"""Measures and their names: canonical, with a value or a reason, and honest about whom they rest on."""

import hashlib
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from explainaudit.records.measure import Interval, Measure, anchor, measure_id
from explainaudit.records.message import Ref

DIMENSIONS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.text(), max_size=4)
PLAIN = {"analysis": "a", "metric": "m", "value": 1.0, "unit": "count", "kind": "count", "smallest_cell": 1}


@settings(derandomize=True)
@given(DIMENSIONS, st.randoms(use_true_random=False))
def test_a_name_is_the_same_in_whatever_order_dimensions_are_given(dimensions, random):
    items = list(dimensions.items())
    random.shuffle(items)
    assert measure_id("a", "m", dict(items)) == measure_id("a", "m", dimensions)
    assert json.loads(measure_id("a", "m", dimensions)) == ["a", "m", dimensions]


def test_a_name_is_canonical_json():
    assert measure_id("fairness", "tpr", {"sensitive": "sex", "group": "ä\"'"}) == (
        '["fairness","tpr",{"group":"ä\\"\'","sensitive":"sex"}]'
    )


@settings(derandomize=True)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("mn"), DIMENSIONS), max_size=5))
def test_different_measures_have_different_names(names):
    unique = {json.dumps([a, m, sorted(d.items())]) for a, m, d in names}
    assert len({measure_id(a, m, d) for a, m, d in names}) == len(unique)


def test_an_anchor_is_the_digest_of_the_name():
    name = Measure(**PLAIN).id
    assert anchor(name) == "m-" + hashlib.sha256(name.encode()).hexdigest()[:12]
    assert re.fullmatch("m-[0-9a-f]{12}", anchor(name))


def test_a_measure_has_a_value_or_a_reason():
    assert Measure(**(PLAIN | {"value": None, "reason": "x"})).value is None
    for bad in ({"value": None}, {"reason": "x"}):
        with pytest.raises(ValidationError, match="a value or a reason"):
            Measure(**(PLAIN | bad))


def test_only_a_fact_rests_on_nobody():
    assert Measure(**(PLAIN | {"kind": "fact", "smallest_cell": None})).smallest_cell is None
    with pytest.raises(ValidationError, match="rests on nobody"):
        Measure(**(PLAIN | {"smallest_cell": None}))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(ValidationError, match="finite"):
        Measure(**(PLAIN | {"value": number}))
    with pytest.raises(ValidationError, match="finite"):
        Interval(low=0.0, high=number, method="x")


def test_a_record_is_frozen_and_closed():
    found = Measure(**PLAIN)
    with pytest.raises(ValidationError, match="frozen"):
        found.value = 2.0
    with pytest.raises(ValidationError, match="extra"):
        Measure(**PLAIN, note="x")


def test_a_reference_names_its_measure_and_part():
    found = Measure(**PLAIN)
    assert found.ref() == Ref(measure=found.id, part="value")
    assert found.ref("n").part == "n"
