"""The bundle on disk: the same text for the same record, and the same record for the text."""

import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.records.bundle import SCHEMA_VERSION, Bundle
from explainaudit.records.record import canonical_json
from explainaudit.records.verdict import Verdicts
from handmade import attribution, audited


def test_a_bundle_and_its_verdicts_come_back_unchanged():
    bundle, verdicts = audited()
    assert Bundle.model_validate_json(bundle.canonical()) == bundle
    assert Verdicts.model_validate_json(verdicts.canonical()) == verdicts
    assert Bundle.model_validate_json(bundle.canonical()).canonical() == bundle.canonical()


def test_every_measure_has_a_name_of_its_own():
    bundle, _ = audited()
    names = Counter(each.id for found in bundle.evidence for each in found.measures)
    assert [name for name, times in names.items() if times > 1] == []
    assert set(bundle.measures()) == set(names)


def test_evidence_is_found_by_name():
    bundle, _ = audited()
    fairness = bundle.of("fairness")
    assert fairness.measure("group_size", sensitive="sex", group="f").metric == "group_size"
    assert bundle.of("nothing") is None
    assert fairness.table("nothing") is None
    with pytest.raises(KeyError):
        fairness.measure("group_size", sensitive="sex")


def test_the_bundle_says_its_schema():
    assert json.loads(audited()[0].canonical())["schema_version"] == SCHEMA_VERSION == "3"


@settings(derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_written_so_that_they_read_back(number):
    (back,) = json.loads(canonical_json([number]))
    assert (back, math.copysign(1, back)) == (number, math.copysign(1, number))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_json_is_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": [number]})


def test_the_text_does_not_depend_on_the_order_of_keys():
    assert canonical_json({"b": 1, "a": {"d": 2, "c": "ä"}}) == canonical_json(
        {"a": {"c": "ä", "d": 2}, "b": 1}
    )
    assert canonical_json({"a": "ä"}) == '{\n "a": "ä"\n}\n'.encode()


def test_equal_records_have_equal_fingerprints_and_others_do_not():
    bundle, _ = audited()
    copy = Bundle.model_validate_json(bundle.canonical())
    assert copy.fingerprint() == bundle.fingerprint()
    assert bundle.model_copy(update={"vocabulary": ("x",)}).fingerprint() != bundle.fingerprint()


def test_residual_and_contribution_of_an_attribution():
    values = np.array([[1.0, 2.0], [3.0, -1.0]])
    shap = attribution(values, base=0.5, gap=0.25, columns=("a", "b"))
    assert shap.residual == pytest.approx([0.25, 0.0])
    assert shap.contribution is shap.values
    lime = attribution(values, columns=("a", "b"), bin_share=np.array([[0.25, 0.5], [0.0, 1.0]]))
    assert lime.contribution.tolist() == [[0.75, 1.0], [3.0, 0.0]]
