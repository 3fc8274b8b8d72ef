"""What a decision may be: a threshold, bands with a favourable end, classes; and where errors are counted."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from explainaudit.analyses import ANALYSES
from explainaudit.errors import UsageError
from explainaudit.planning import request_of
from explainaudit.records.plan import Band, Decision, SensitiveFeature
from explainaudit.wording.writer import explain_error

BANDS = (Band(name="approve"), Band(name="refer", at_least=0.2), Band(name="decline", at_least=0.5))


def asked(**keys):
    content = {
        "version": 1,
        "model": {"path": "m"},
        "data": {"sample": "s"},
        "task": {"target": "y", "event": "1"},
    }
    return request_of(content | keys, folder=Path(), analyses=ANALYSES, where="audit.yaml").plan.measuring


@pytest.mark.parametrize(
    ("favourable", "cut", "low"),
    [
        (("approve",), 0.2, True),
        (("approve", "refer"), 0.5, True),
        (("decline",), 0.5, False),
        (("refer", "decline"), 0.2, False),
    ],
)
def test_errors_are_counted_at_the_limit_of_the_favourable_bands(favourable, cut, low):
    decision = Decision(bands=BANDS, favourable=favourable)
    assert (decision.cut, decision.low_is_favourable) == (cut, low)


def test_a_threshold_is_its_own_cut_and_one_half_by_default():
    assert Decision(threshold=0.25, favourable="no event").cut == 0.25
    assert Decision().cut == 0.5
    assert Decision(favourable="no event").low_is_favourable
    assert not Decision(favourable="event").low_is_favourable


@pytest.mark.parametrize(
    "wrong",
    [
        {"bands": BANDS, "favourable": ("refer",)},  # in the middle
        {"bands": BANDS, "favourable": ("approve", "refer", "decline")},
        {"bands": BANDS, "favourable": ("approved",)},
        {"bands": BANDS, "favourable": ("approve", "decline")},
        {"bands": BANDS, "favourable": ("approve",), "threshold": 0.2},
        {"bands": BANDS[:1], "favourable": ("approve",)},
        {"bands": (BANDS[0], BANDS[2], BANDS[1]), "favourable": ("approve",)},
        {"bands": (BANDS[1], BANDS[2]), "favourable": ("refer",)},
        {"bands": (BANDS[0], Band(name="approve", at_least=0.2)), "favourable": ("approve",)},
    ],
)
def test_bands_that_are_no_order_or_have_no_favourable_end_are_refused(wrong):
    with pytest.raises(ValidationError):
        Decision(**wrong)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"decision": {"bands": [{"name": "a"}, {"name": "b", "at_least": 0.5}]}}, "E237"),
        ({"decision": {"bands": [{"name": "a"}, {"name": "b"}], "favourable": ["a"]}}, "E235"),
        (
            {"decision": {"bands": [{"name": "a"}, {"name": "b", "at_least": 0.5}], "threshold": 0.5}},
            "E236",
        ),
        ({"sensitive": [{"column": "sex", "population": {"f": 0.5, "m": 0.4}}]}, "E239"),
        ({"decision": {"favourable": "good"}}, "E204"),
        ({"costs": {"0": {"0": 0, "1": -1e308}, "1": {"0": 1, "1": 0}}}, "E240"),
        ({"decision": {"favourable": ["1"]}}, "E229"),
        ({"task": {"type": "multiclass", "target": "y"}, "decision": {"favourable": "event"}}, "E229"),
        ({"task": {"type": "multiclass", "target": "y"}, "decision": {"threshold": 0.5}}, "E228"),
        ({"task": {"type": "regression", "target": "y"}, "decision": {"threshold": 0.5}}, "E228"),
        ({"task": {"type": "regression", "target": "y"}, "costs": {"a": {"a": 0}}}, "E228"),
        ({"sensitive": ["sex"]}, "E206"),
    ],
)
def test_a_decision_that_does_not_fit_the_task_is_refused(keys, code):
    with pytest.raises(UsageError) as refused:
        asked(**keys)
    assert refused.value.code == code
    assert not any("Value error" in text for text in explain_error(refused.value))


def test_a_task_without_a_favourable_side_may_still_have_groups():
    assert asked(task={"type": "regression", "target": "y"}, sensitive=["sex"]).sensitive[0].column == "sex"
    assert asked(task={"type": "multiclass", "target": "y"}, sensitive=["sex"]).decision.favourable is None


def test_the_population_is_one_whole():
    SensitiveFeature(column="sex", population={"f": 0.51, "m": 0.49})
    with pytest.raises(ValidationError):
        SensitiveFeature(column="sex", population={"f": 0.51, "m": 0.19})
