"""Model and tables together: described, keyed and scored, whatever dtypes a data frame brings."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from explainaudit.errors import AuditError
from explainaudit.loading.auditee import auditee_of, describe_auditee
from explainaudit.loading.scoring import score_rows
from explainaudit.records.plan import DataSource, Decision, Measuring, ModelSource, SensitiveFeature, Task

ROWS = 40
RNG = np.random.default_rng(4)
DATA = pd.DataFrame(
    {
        "a": RNG.normal(size=ROWS),
        "b": RNG.integers(0, 5, ROWS),
        "sex": RNG.choice(["f", "m"], ROWS),
        "y": np.tile([0, 1, 1, 0], ROWS // 4),
    }
)
BINARY = LogisticRegression().fit(DATA[["a", "b"]], DATA["y"])
THREE = LogisticRegression().fit(DATA[["a", "b"]], np.tile(["x", "y", "z", "x"], ROWS // 4))
LINE = LinearRegression().fit(DATA[["a", "b"]], DATA["a"] * 2)


def plan(**changes) -> Measuring:
    given = {
        "task": Task(target="y", event="1"),
        "decision": Decision(threshold=0.5, favourable="no event"),
        "sensitive": (SensitiveFeature(column="sex"),),
    }
    return Measuring(**(given | changes))


def scored(sample: pd.DataFrame, measuring: Measuring | None = None, model=BINARY, **tables) -> pd.DataFrame:
    auditee = auditee_of(model, {"sample": sample, **tables}, measuring or plan())
    described, keyed = describe_auditee(auditee, measuring or plan())
    return score_rows(auditee, described, *keyed["sample"])


def refusal(*args, **kwargs) -> tuple[str, str]:
    with pytest.raises(AuditError) as caught:
        scored(*args, **kwargs)
    return caught.value.code, caught.value.where


def test_scores_decisions_labels_and_groups_are_those_of_each_row():
    found = scored(DATA)
    assert found["key"].is_monotonic_increasing
    expected = DATA.assign(score=BINARY.predict_proba(DATA[["a", "b"]])[:, 1])
    both = expected.merge(found, on="score", validate="one_to_one")
    assert len(both) == ROWS
    assert (both["label"] == both["y"].astype(str)).all()
    assert (both["event_predicted"] == (both["score"] >= 0.5)).all()
    assert (both["predicted"] == np.where(both["score"] >= 0.5, "1", "0")).all()
    assert (both["favourable"] == ~both["event_predicted"]).all()
    assert (both["group:sex"] == both["sex"]).all()


def test_the_order_of_rows_and_columns_and_the_index_do_not_matter():
    moved = DATA.sample(frac=1, random_state=3)[["y", "sex", "b", "a"]].set_index(pd.Index([7] * ROWS))
    pd.testing.assert_frame_equal(scored(moved), scored(DATA))


@pytest.mark.parametrize(
    ("decision", "favourable"),
    [
        (Decision(threshold=0.2, favourable="event"), True),
        (Decision(threshold=0.2, favourable="no event"), False),
        (Decision(threshold=0.2), None),
    ],
)
def test_the_favourable_side_is_the_one_that_is_named(decision, favourable):
    found = scored(DATA, plan(decision=decision))
    assert (found["event_predicted"] == (found["score"] >= 0.2)).all()
    if favourable is None:
        assert found["favourable"].isna().all()
    else:
        assert (found["favourable"] == (found["event_predicted"] == favourable)).all()


def test_a_score_at_the_threshold_is_an_event():
    one = scored(DATA)["score"].iloc[0]
    found = scored(DATA, plan(decision=Decision(threshold=float(one), favourable="event")))
    assert found["event_predicted"].iloc[0]


def test_the_other_class_as_event_turns_the_score_around():
    first, second = scored(DATA), scored(DATA, plan(task=Task(target="y", event="0")))
    assert second["score"].to_numpy() == pytest.approx(1 - first["score"].to_numpy())
    assert (second["label"] == first["label"]).all()


def test_an_event_that_is_not_named_is_taken_where_it_is_plain():
    auditee = auditee_of(BINARY, {"sample": DATA}, plan())
    described, _ = describe_auditee(auditee, plan(task=Task(target="y")))
    assert described.plan.task.event == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"y": DATA["y"].astype("Int8")},
        {"y": DATA["y"].astype(float)},
        {"y": DATA["y"].astype("float16")},
        {"y": DATA["y"].astype(str)},
        {"y": DATA["y"].astype("category")},
        {"y": DATA["y"].astype("uint64")},
        {"sex": DATA["sex"].astype("category")},
        {"sex": DATA["sex"].astype(object)},
        {"sex": DATA["sex"].astype("string")},
        {"b": DATA["b"].astype("int8")},
        {"b": DATA["b"].astype("Int64")},
        {"b": DATA["b"].astype("float32")},
    ],
)
def test_odd_dtypes_give_the_same_answers(changes):
    """Row keys depend on the type of a column, so rows are matched by their score."""
    found = scored(DATA.assign(**changes)).sort_values("score", ignore_index=True).drop(columns="key")
    expected = scored(DATA).sort_values("score", ignore_index=True).drop(columns="key")
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("dtype", ["float64", "Int64", "str", "object"])
def test_missing_labels_and_groups_stay_missing(dtype):
    y = DATA["y"].astype("float64").mask(DATA.index < 5)
    y = y.map(lambda label: f"{label:.0f}", na_action="ignore") if dtype in {"str", "object"} else y
    found = scored(DATA.assign(y=y.astype(dtype), sex=DATA["sex"].mask(DATA.index < 3)))
    assert found["label"].isna().sum() == 5
    assert set(found["label"].dropna()) == {"0", "1"}
    assert found["group:sex"].isna().sum() == 3


def test_labels_may_be_missing_altogether():
    for empty in (
        pd.Series([None] * ROWS),
        pd.Series([np.nan] * ROWS),
        pd.Series(pd.array([pd.NA] * ROWS, "Int64")),
    ):
        assert scored(DATA.assign(y=empty))["label"].isna().all()


def test_a_sensitive_feature_may_be_an_input():
    measuring = plan(sensitive=(SensitiveFeature(column="b", edges=(2,)),))
    auditee = auditee_of(BINARY, {"sample": DATA}, measuring)
    described, keyed = describe_auditee(auditee, measuring)
    (column,) = [each for each in described.columns if each.name == "b"]
    assert (column.role, column.sensitive) == ("input", True)
    found = score_rows(auditee, described, *keyed["sample"])
    assert found["group:b"].value_counts().to_dict() == {
        "< 2": (DATA["b"] < 2).sum(),
        "2+": (DATA["b"] >= 2).sum(),
    }


def test_several_classes():
    measuring = plan(task=Task(type="multiclass", target="y"), sensitive=())
    found = scored(DATA.assign(y="x"), measuring, THREE)
    scores = found[["score:x", "score:y", "score:z"]].to_numpy()
    assert scores.sum(axis=1) == pytest.approx(np.ones(ROWS))
    assert (found["predicted"].to_numpy() == np.array(["x", "y", "z"])[scores.argmax(axis=1)]).all()
    assert not found["event_predicted"].any()
    assert found["favourable"].isna().all()


def test_a_regression():
    measuring = plan(task=Task(type="regression", target="y"), sensitive=())
    found = scored(DATA.assign(y=DATA["a"] * 2), measuring, LINE)
    assert found["score"].to_numpy() == pytest.approx(found["label"].to_numpy())
    assert found["label"].dtype == "float64"
    assert refusal(DATA.assign(y="much"), measuring, LINE) == ("E457", "sample")


@pytest.mark.parametrize(
    ("sample", "changes", "error"),
    [
        (DATA.drop(columns="y"), {}, ("E450", "sample")),
        (DATA.drop(columns="sex"), {}, ("E450", "sample")),
        (DATA.drop(columns="a"), {}, ("E450", "sample")),
        (DATA.iloc[:0], {}, ("E405", "sample")),
        (DATA.assign(y=2), {}, ("E452", "sample")),
        (DATA.assign(y="yes"), {}, ("E452", "sample")),
        (DATA.assign(b=pd.to_datetime("2024-01-01")), {}, ("E451", "sample")),
        (DATA.assign(sex=DATA["a"]), {}, ("E454", "sample: sex")),
        (DATA, {"task": Task(target="y", event="2")}, ("E214", "y")),
        (DATA, {"task": Task(target="y", type="regression")}, ("E530", "")),
        (DATA, {"sensitive": (SensitiveFeature(column="sex", edges=(1,)),)}, ("E453", "sample: sex")),
        (DATA, {"data": DataSource(sample="s", row_id="sex")}, ("E422", "sex")),
    ],
)
def test_what_cannot_be_audited_is_refused_with_its_place(sample, changes, error):
    assert refusal(sample, plan(**changes)) == error


def test_a_background_that_lacks_an_input_is_refused():
    lacking = DATA.rename(columns={"a": "aa"})
    with pytest.raises(AuditError, match="E450") as caught:
        scored(DATA, background=lacking)
    assert caught.value.where == "background"
    assert caught.value.params == {"column": "a", "nearest": "aa"}
    assert len(scored(DATA, background=DATA[["b", "a"]])) == ROWS


def test_the_source_of_the_background_is_the_first_that_is_given():
    for names, source in (
        ((), "sample"),
        (("training",), "training"),
        (("training", "background"), "background"),
    ):
        auditee = auditee_of(BINARY, {"sample": DATA} | dict.fromkeys(names, DATA.head(9)), plan())
        described, keyed = describe_auditee(auditee, plan())
        assert described.source == source
        assert set(keyed) == {"sample", *names}
        assert len(keyed[source][0]) == (9 if names else ROWS)


def test_a_model_without_names_needs_them_in_the_plan():
    bare = LogisticRegression().fit(DATA[["a", "b"]].to_numpy(), DATA["y"])
    assert refusal(DATA, model=bare) == ("E456", "")
    named = plan(model=ModelSource(path="m", inputs=("a", "b")))
    pd.testing.assert_frame_equal(scored(DATA, named, bare), scored(DATA))


def test_a_target_that_is_an_input_is_refused():
    assert refusal(DATA, plan(task=Task(target="b", event="1"))) == ("E458", "sample")


def test_a_sample_of_ten_rows_is_too_small():
    assert refusal(DATA.head(10)) == ("E455", "sample")
    assert len(scored(DATA.head(11))) == 11


def test_categories_that_no_other_table_has_are_noted():
    words = pd.DataFrame({"a": RNG.normal(size=ROWS), "b": ["Nord", "Süd"] * (ROWS // 2), "y": DATA["y"]})
    coded = words.assign(b=(words["b"] == "Nord").astype(int))
    model = LogisticRegression().fit(coded[["a", "b"]], coded["y"])
    measuring = plan(sensitive=())
    for sample, noted in ((words, False), (words.assign(b=["NORD", "Süd"] * (ROWS // 2)), True)):
        auditee = auditee_of(model, {"sample": sample, "training": words}, measuring)
        described, _ = describe_auditee(auditee, measuring)
        assert [note.key for note in described.notes] == ["loading.note.unseen_categories"] * noted
