"""Scored rows: bands, several classes, weights, clusters, the training table; and what is refused by name."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from explainaudit.errors import AuditError
from explainaudit.loading.auditee import auditee_of, describe_auditee
from explainaudit.loading.scoring import score_rows
from explainaudit.records.plan import DataSource, Decision, Measuring, SensitiveFeature, Task

ROWS = 60
RNG = np.random.default_rng(8)
DATA = pd.DataFrame(
    {
        "a": RNG.normal(size=ROWS),
        "b": RNG.normal(size=ROWS),
        "sex": RNG.choice(["f", "m"], ROWS),
        "age": RNG.integers(18, 80, ROWS),
        "w": RNG.integers(0, 4, ROWS),
        "home": [f"h{row // 2}" if row % 7 else None for row in range(ROWS)],
        "y": np.tile([0, 1, 1, 0], ROWS // 4),
    }
)
X = DATA[["a", "b"]]
BINARY = LogisticRegression().fit(X, DATA["y"])
THREE = LogisticRegression().fit(X, np.tile(["x", "y", "z", "x"], ROWS // 4))
DESIGN = DataSource(sample="s", weight="w", cluster="home")
BANDS = [{"name": "low"}, {"name": "middle", "at_least": 0.45}, {"name": "high", "at_least": 0.55}]
COSTS = {"0": {"0": 0.0, "1": 1.0}, "1": {"0": 5.0, "1": 0.0}}


def plan(**changes) -> Measuring:
    given = {"task": Task(target="y", event="1"), "decision": Decision(favourable="no event")}
    return Measuring.model_validate(given | changes)


def scored(measuring, sample=DATA, model=BINARY, table="sample", **tables) -> pd.DataFrame:
    auditee = auditee_of(model, {"sample": sample, **tables}, measuring)
    described, keyed = describe_auditee(auditee, measuring)
    return score_rows(auditee, described, *keyed[table], table)


def refusal(measuring, sample=DATA, **tables) -> AuditError:
    with pytest.raises(AuditError) as caught:
        scored(measuring, sample, **tables)
    return caught.value


@pytest.mark.parametrize(
    ("favourable", "cut", "low"), [(["low"], 0.45, True), (["middle", "high"], 0.45, False)]
)
def test_bands_are_cut_from_their_lower_end(favourable, cut, low):
    found = scored(plan(decision={"bands": BANDS, "favourable": favourable}))
    expected = pd.cut(found["score"], [-1, 0.45, 0.55, 2], right=False, labels=["low", "middle", "high"])
    assert (found["band"] == expected.astype("str")).all()
    assert set(found["band"]) == {"low", "middle", "high"}
    assert (found["event_predicted"] == (found["score"] >= cut)).all()
    assert (found["favourable"] == found["band"].isin(favourable)).all()
    assert (found["favourable"] == (~found["event_predicted"] if low else found["event_predicted"])).all()


def test_a_score_at_the_end_of_a_band_belongs_to_the_higher_one():
    edge = float(scored(plan())["score"].iloc[0])
    bands = [{"name": "low"}, {"name": "high", "at_least": edge}]
    found = scored(plan(decision={"bands": bands, "favourable": ["low"]}))
    assert found.loc[0, ["band", "event_predicted", "favourable"]].tolist() == ["high", True, False]


def test_without_bands_there_is_no_column_of_bands_and_without_design_none_of_it():
    assert not {"band", "weight", "cluster"} & set(scored(plan()))


def test_favourable_classes_are_those_that_are_named():
    several = plan(task={"type": "multiclass", "target": "y"}, decision={"favourable": ["x", "z"]})
    found = scored(several, DATA.assign(y="x"), THREE)
    assert (found["favourable"] == found["predicted"].isin(["x", "z"])).all()
    assert found["favourable"].nunique() == 2


@pytest.mark.parametrize(
    ("favourable", "code", "named"),
    [
        (["x", "zz"], "E230", {"name": "zz", "nearest": "z"}),
        (["x", "y", "z"], "E231", {"classes": "x, y, z"}),
    ],
)
def test_favourable_labels_that_are_no_classes_are_refused_by_name(favourable, code, named):
    several = plan(task={"type": "multiclass", "target": "y"}, decision={"favourable": favourable})
    with pytest.raises(AuditError, match=code) as caught:
        scored(several, DATA.assign(y="x"), THREE)
    assert (caught.value.where, caught.value.params) == ("decision.favourable", named)


def test_weights_and_clusters_stand_beside_their_rows():
    found = scored(plan(data=DESIGN))
    both = DATA.assign(score=BINARY.predict_proba(X)[:, 1]).merge(found, on="score", validate="one_to_one")
    assert found["weight"].dtype == "float64"
    assert (both["weight"] == both["w"]).all()
    assert both["cluster"].isna().tolist() == both["home"].isna().tolist()
    assert (both["cluster"].dropna() == both["home"].dropna()).all()


def test_clusters_of_numbers_are_named_as_labels_are():
    numbered = DATA.assign(home=[row // 2 if row % 7 else np.nan for row in range(ROWS)])
    assert set(scored(plan(data=DESIGN), numbered)["cluster"].dropna()) == {
        str(row) for row in range(ROWS // 2)
    }


@pytest.mark.parametrize(
    ("weights", "code", "named"),
    [
        ("heavy", "E460", {}),
        (True, "E460", {}),
        ([-1] + [1] * (ROWS - 1), "E461", {"count": 1, "row": 1}),
        ([1] * (ROWS - 2) + [np.nan] * 2, "E461", {"count": 2, "row": ROWS - 1}),
        (0, "E462", {}),
    ],
)
def test_weights_that_are_none_are_refused_by_name(weights, code, named):
    error = refusal(plan(data=DESIGN), DATA.assign(w=weights))
    assert (error.code, error.where, error.params) == (code, "sample: w", named)


def test_infinite_weights_are_refused_as_any_infinity():
    assert refusal(plan(data=DESIGN), DATA.assign(w=np.inf)).code == "E412"


def test_a_partition_may_weigh_nothing():
    measuring = plan(data=DESIGN)
    auditee = auditee_of(BINARY, {"sample": DATA}, measuring)
    described, keyed = describe_auditee(auditee, measuring)
    rows, keys = keyed["sample"]
    none = rows["w"] == 0
    found = score_rows(auditee, described, rows[none].reset_index(drop=True), keys[none])
    assert (found["weight"] == 0).all()


@pytest.mark.parametrize("name", ["weight", "cluster"])
def test_columns_of_the_design_must_be_there_and_have_a_role(name):
    column = {"weight": "w", "cluster": "home"}[name]
    assert refusal(plan(data=DESIGN), DATA.drop(columns=column)).params["column"] == column
    auditee = auditee_of(BINARY, {"sample": DATA}, plan(data=DESIGN))
    described, _ = describe_auditee(auditee, plan(data=DESIGN))
    assert {each.role for each in described.columns if each.name == column} == {name}


def test_a_weight_that_is_an_input_stays_an_input():
    measuring = plan(data=DataSource(sample="s", weight="a"))
    sample = DATA.assign(a=DATA["a"].abs())
    described, _ = describe_auditee(auditee_of(BINARY, {"sample": sample}, measuring), measuring)
    assert {each.role for each in described.columns if each.name == "a"} == {"input"}


@pytest.mark.parametrize(
    ("costs", "code", "names"),
    [
        (COSTS | {"no": {"0": 0.0, "1": 0.0}}, "E232", {"no"}),
        (COSTS | {"0": {"0": 0.0, "1": 1.0, "no": 2.0}}, "E232", {"no"}),
        ({"0": COSTS["0"]}, "E233", {"0", "1"}),
        (COSTS | {"1": {"0": 5.0}}, "E233", {"1"}),
    ],
)
def test_costs_name_every_pair_of_classes(costs, code, names):
    error = refusal(plan(costs=costs))
    named = {value for key, value in error.params.items() if key != "nearest"}
    assert (error.code, error.exit_code, named) == (code, 2, names)
    assert len(scored(plan(costs=COSTS))) == ROWS


@pytest.mark.parametrize(
    ("feature", "nearest"),
    [
        ({"column": "sex", "population": {"f": 0.5, "male": 0.5}}, "m"),
        (
            {"column": "age", "edges": [30, 60], "population": {"< 30": 0.5, "30-59": 0.3, "60+": 0.2}},
            "30–59",
        ),
    ],
)
def test_a_population_of_other_groups_is_refused_with_the_nearest(feature, nearest):
    error = refusal(plan(sensitive=[feature]))
    assert (error.code, error.where) == ("E234", f"sensitive.{feature['column']}.population")
    assert error.params["nearest"] == nearest


def test_a_population_names_groups_that_occur_or_are_missing():
    ages = {"column": "age", "edges": [10, 60], "population": {"< 10": 0.1, "10–59": 0.7, "60+": 0.2}}
    sexes = {"column": "sex", "population": {"f": 0.5, "m": 0.4, "x": 0.1}}
    assert isinstance(plan(sensitive=[ages]).sensitive[0], SensitiveFeature)
    assert len(scored(plan(sensitive=[ages]))) == ROWS
    assert len(scored(plan(sensitive=[sexes]))) == ROWS
    assert len(scored(plan(sensitive=[sexes]), DATA.assign(sex="m"))) == ROWS
    assert refusal(plan(sensitive=[sexes]), DATA.assign(sex="F")).params["name"] == "f"
    unlike = refusal(plan(sensitive=[sexes]), training=DATA.assign(sex="male"))
    assert (unlike.code, unlike.params["name"]) == ("E234", "x")


@pytest.mark.parametrize("where", ["training", "background"])
def test_an_input_of_another_kind_than_in_the_sample_is_refused_by_name(where):
    text = DATA.assign(a=DATA["a"].map("{:.1f}x".format))
    error = refusal(plan(), **{where: text})
    assert (error.code, error.where) == ("E464", where)
    assert error.params == {"column": "a", "seen": "text", "expected": "number"}
    for same in (DATA.assign(a=DATA["b"]), DATA.assign(a=DATA["b"] > 2), DATA.assign(a=np.nan)):
        assert len(scored(plan(), **{where: same})) == ROWS


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"sensitive": [{"column": "a"}]}, "E454", "sample: a"),
        ({"sensitive": [{"column": "sex", "edges": [1]}]}, "E453", "sample: sex"),
    ],
)
def test_what_no_row_can_be_scored_with_is_refused_before_any_is(changed, code, where):
    measuring = plan(**changed)
    auditee = auditee_of(BINARY, {"sample": DATA}, measuring)
    with pytest.raises(AuditError) as caught:
        describe_auditee(auditee, measuring)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_labels_of_the_training_table_that_the_model_does_not_know_are_refused_before_any_row_is_scored():
    auditee = auditee_of(BINARY, {"sample": DATA, "training": DATA.assign(y=DATA["y"] + 1)}, plan())
    with pytest.raises(AuditError) as caught:
        describe_auditee(auditee, plan())
    assert (caught.value.code, caught.value.where, caught.value.params["count"]) == ("E452", "training", 1)


@pytest.mark.parametrize("scale", [1e155, 1e-200])
def test_weights_whose_squares_are_no_numbers_are_refused(scale):
    weights = np.where(np.arange(ROWS) == 3, scale, 0.0)
    error = refusal(plan(data=DESIGN), DATA.assign(w=weights))
    assert (error.code, error.where, error.params) == ("E463", "sample: w", {"count": 1, "row": 4})
    assert len(scored(plan(data=DESIGN), DATA.assign(w=weights / scale * 1e99))) == ROWS


def test_a_target_whose_squares_are_no_numbers_is_refused():
    line = LinearRegression().fit(DATA[["a"]], DATA["b"])
    measuring = plan(task=Task(type="regression", target="z"), decision=Decision())
    for size, refused in ((1e160, True), (-1e160, True), (1e99, False)):
        target = np.where(np.arange(ROWS) == 5, size, np.nan)
        auditee = auditee_of(line, {"sample": DATA.assign(z=target)}, measuring)
        if not refused:
            assert describe_auditee(auditee, measuring)[0].rows == ROWS
            continue
        with pytest.raises(AuditError) as caught:
            describe_auditee(auditee, measuring)
        assert (caught.value.code, caught.value.params) == ("E465", {"count": 1, "row": 6})


def test_the_training_table_is_scored_as_far_as_it_goes():
    measuring = plan(data=DESIGN, sensitive=[{"column": "sex"}])
    found = scored(measuring, table="training", training=DATA.head(20))
    assert {"label", "score", "favourable", "weight", "cluster", "group:sex"} <= set(found)
    bare = scored(measuring, table="training", training=DATA.loc[:19, ["a", "b", "y"]])
    assert not {"weight", "cluster", "group:sex"} & set(bare)
    columns = ["score", "label", "favourable"]
    pd.testing.assert_frame_equal(
        bare[columns].sort_values("score", ignore_index=True),
        found[columns].sort_values("score", ignore_index=True),
    )


@pytest.mark.parametrize(
    ("training", "tables"),
    [(None, ("sample",)), (DATA, ("sample", "training")), (DATA.drop(columns="y"), ("sample",))],
)
def test_only_tables_with_known_outcomes_are_scored(training, tables):
    given = {"sample": DATA} | ({} if training is None else {"training": training})
    described, keyed = describe_auditee(auditee_of(BINARY, given, plan()), plan())
    assert described.scored == tables
    assert set(keyed) == set(given)


def test_what_the_training_table_cannot_be_is_refused_with_its_name():
    error = refusal(plan(), training=DATA.drop(columns="a"), background=DATA)
    assert (error.code, error.where) == ("E450", "training")
    error = refusal(plan(data=DESIGN), training=DATA.assign(w=-1))
    assert (error.code, error.where) == ("E461", "training: w")
    with pytest.raises(AuditError, match="E452") as caught:
        scored(plan(), table="training", training=DATA.assign(y="yes"))
    assert caught.value.where == "training"
