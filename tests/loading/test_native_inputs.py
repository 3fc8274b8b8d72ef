"""Inputs and classes of native models: names of the file, of the plan, of the table; what is refused."""

import numpy as np
import pandas as pd
import pytest
from native_models import NUMBERS, TABLE, THREE, TRAINED, YES, answer, lightgbm_of, loaded, saved, xgboost_of
from sklearn.linear_model import LogisticRegression

from explainaudit.errors import AuditError
from explainaudit.loading.auditee import auditee_of, describe_auditee, explained_outputs
from explainaudit.loading.predictor import predictor_of
from explainaudit.loading.scoring import score_rows
from explainaudit.records.plan import Decision, Measuring, ModelSource, SensitiveFeature, Task

BARE = NUMBERS.to_numpy()


def plan(inputs=None, classes=None, event="1", **more) -> Measuring:
    source = ModelSource(path="m", inputs=inputs, classes=classes)
    given = {"task": Task(target="y", event=event), "decision": Decision(favourable="no event")}
    return Measuring(model=source, **(given | more))


def described(model, table, measuring):
    auditee = auditee_of(model, {"sample": table}, measuring)
    return auditee, *describe_auditee(auditee, measuring)


def code(model, table, measuring) -> str:
    with pytest.raises(AuditError) as caught:
        described(model, table, measuring)
    return caught.value.code


@pytest.mark.parametrize(
    "model", [lightgbm_of("binary", YES, BARE), xgboost_of("binary:logistic", YES, BARE)]
)
def test_a_file_without_names_takes_them_from_the_plan(model):
    sample = NUMBERS.assign(y=YES)
    assert code(model, sample, plan()) == "E456"
    assert code(model, sample, plan(inputs=("amount",))) == "E431"
    auditee, found, _ = described(model, sample, plan(inputs=("amount", "count")))
    assert found.model.inputs == ("amount", "count")
    assert np.isfinite(auditee.outputs(sample, found.plan)).all()


@pytest.mark.parametrize("make", [lightgbm_of, xgboost_of])
def test_names_with_blanks_are_found_in_the_table(make):
    x = NUMBERS.set_axis(["open  amount", " count"], axis="columns")
    model = make("binary" if make is lightgbm_of else "binary:logistic", YES, x)
    _, found, _ = described(model, x.assign(y=YES), plan())
    assert found.model.inputs == ("open  amount", " count")
    assert predictor_of(model).identity.inputs == (
        ("open__amount", "_count") if make is lightgbm_of else ("open  amount", " count")
    )


def test_a_blank_that_may_be_two_columns_is_not_guessed():
    x = NUMBERS.set_axis(["open amount", "count"], axis="columns")
    model = lightgbm_of("binary", YES, x)
    two = x.assign(**{"open_amount": 0.0}).assign(y=YES)
    assert described(model, two, plan())[1].model.inputs == ("open_amount", "count")
    named = plan(inputs=("open amount", "count"))
    assert described(model, two, named)[1].model.inputs == ("open amount", "count")


def test_a_name_of_the_file_stands_above_the_plan(tmp_path):
    predictor = loaded(saved(xgboost_of("binary:logistic", YES), tmp_path, "m.json"))
    assert predictor.with_inputs(("b", "a")).identity.inputs == ("amount", "count")


def test_classes_are_numbers_until_the_plan_names_them():
    model = lightgbm_of("multiclass", THREE, num_class=3)
    several = {"task": Task(type="multiclass", target="y"), "decision": Decision()}
    sample = NUMBERS.assign(y="low")
    assert predictor_of(model).identity.classes == ("0", "1", "2")
    assert code(model, sample, plan(classes=("low", "mid"), **several)) == "E459"
    assert code(model, sample, plan(classes=("low", "mid", "mid"), **several)) == "E467"
    auditee, found, keyed = described(model, sample, plan(classes=("low", "mid", "top"), **several))
    assert explained_outputs(found.plan, found.model) == ("low", "mid", "top")
    best = np.array(["low", "mid", "top"])[model.predict(NUMBERS).argmax(axis=1)]
    scored = score_rows(auditee, found, *keyed["sample"])
    assert sorted(scored["predicted"]) == sorted(best)


def test_the_event_of_a_named_class_is_its_own_probability():
    model = xgboost_of("binary:logistic", YES)
    sample = NUMBERS.assign(y="good")
    auditee, found, _ = described(model, sample, plan(classes=("good", "bad"), event="bad"))
    other, turned, _ = described(model, sample, plan(classes=("good", "bad"), event="good"))
    assert explained_outputs(found.plan, found.model) == ("bad",)
    log_odds = auditee.outputs(sample, found.plan)
    assert np.array_equal(other.outputs(sample, turned.plan), -log_odds)
    probability = auditee.outputs(sample, found.plan, scale="probability")
    assert probability == pytest.approx(1 / (1 + np.exp(-log_odds)))


@pytest.mark.parametrize("make", [lightgbm_of, xgboost_of])
def test_text_in_a_number_is_refused_by_name(make):
    predictor = predictor_of(make("binary" if make is lightgbm_of else "binary:logistic", YES))
    with pytest.raises(AuditError, match="E432") as caught:
        answer(predictor, NUMBERS.assign(amount="x"))
    assert (caught.value.where, caught.value.exit_code) == ("amount", 4)
    empty = NUMBERS.assign(amount=pd.Series([None] * len(NUMBERS), dtype="str"))
    assert np.array_equal(answer(predictor, empty), answer(predictor, NUMBERS.assign(amount=np.nan)))


@pytest.mark.parametrize("dtype", ["Int64", "int8", "float32"])
def test_numbers_of_any_kind_are_the_same_numbers(dtype):
    predictor = predictor_of(lightgbm_of("binary", YES))
    same = NUMBERS.assign(count=NUMBERS["count"].astype(dtype))
    assert np.array_equal(answer(predictor, same), answer(predictor))


def test_levels_that_the_model_lacks_are_noted():
    model = lightgbm_of("binary", YES, TRAINED)
    for kind, notes in ((TABLE["kind"], []), ("other", ["loading.note.unknown_levels"])):
        sample = TABLE.assign(kind=kind, y=YES)
        assert [note.key for note in described(model, sample, plan())[1].notes] == notes


def test_a_sensitive_input_keeps_its_groups():
    measuring = plan(sensitive=(SensitiveFeature(column="kind"),))
    auditee, found, keyed = described(lightgbm_of("binary", YES, TRAINED), TABLE.assign(y=YES), measuring)
    scored = score_rows(auditee, found, *keyed["sample"])
    assert scored["group:kind"].value_counts().to_dict() == TABLE["kind"].value_counts().to_dict()


@pytest.mark.parametrize("given", [("count", "amount"), ("amount",), ("a", "b")])
@pytest.mark.parametrize(
    "model",
    [
        lightgbm_of("binary", YES),
        xgboost_of("binary:logistic", YES),
        LogisticRegression().fit(NUMBERS.fillna(0.0), YES),
    ],
    ids=lambda each: type(each).__module__,
)
def test_inputs_that_are_not_the_models_own_are_refused(model, given):
    sample = NUMBERS.assign(y=YES, a=0.0, b=0.0)
    assert code(model, sample, plan(inputs=given)) == "E466"
    assert described(model, sample, plan(inputs=tuple(NUMBERS)))[1].model.inputs == tuple(NUMBERS)


def test_classes_of_a_model_that_names_them_itself_are_refused():
    model = LogisticRegression().fit(NUMBERS.fillna(0.0), YES)
    assert code(model, NUMBERS.assign(y=YES), plan(classes=("no", "yes"))) == "E468"
