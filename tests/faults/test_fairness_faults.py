"""Faults that make other tools compare the wrong groups in silence: each is refused or said by name.

What a measure of a group does with one class, no denominator or one row is tested with the analysis.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import explainaudit
from explainaudit.analyses.data import DATA
from explainaudit.errors import AuditError
from explainaudit.loading.auditee import auditee_of, describe_auditee
from explainaudit.loading.scoring import score_rows
from explainaudit.records.plan import Measuring
from explainaudit.records.responses import Responses
from handmade import UNEXPLAINED

N = 120
RNG = np.random.default_rng(5)
PEOPLE = pd.DataFrame(
    {
        "id": np.arange(N) + 1,
        "x": RNG.normal(size=N),
        "sex": RNG.choice(["f", "m"], N),
        "y": np.tile(["yes", "no", "no"], N // 3),
    }
)
MODEL = LogisticRegression().fit(PEOPLE[["x"]], PEOPLE["y"])
TASK = {"target": "y", "event": "yes"}


def plan(**changes) -> Measuring:
    given = {"task": TASK, "decision": {"favourable": "event"}, "sensitive": [{"column": "sex"}]}
    return Measuring.model_validate(given | changes)


def scored(sample, measuring=None, **tables):
    measuring = measuring or plan()
    auditee = auditee_of(MODEL, {"sample": sample, **tables}, measuring)
    described, keyed = describe_auditee(auditee, measuring)
    return described, score_rows(auditee, described, *keyed["sample"]), keyed["sample"][0]


def refused(*args, **kwargs) -> AuditError:
    with pytest.raises(AuditError) as caught:
        scored(*args, **kwargs)
    return caught.value


def test_labels_of_yes_and_no_ask_for_the_event():
    found = refused(PEOPLE, plan(task={"target": "y"}))
    assert (found.code, found.where) == ("E213", "y")
    _, rows, _ = scored(PEOPLE, plan(decision={"favourable": "event", "threshold": 1 / 3}))
    assert 0 < rows["favourable"].mean() < 1


def test_a_shuffled_index_moves_no_row():
    _, plain, _ = scored(PEOPLE)
    order = RNG.permutation(N)
    moved = PEOPLE.iloc[order]  # keeps its index, which no longer counts the rows
    _, same, _ = scored(moved)
    pd.testing.assert_frame_equal(plain, same)
    both = PEOPLE.assign(score=MODEL.predict_proba(PEOPLE[["x"]])[:, 1]).merge(same, on="score")
    assert len(both) == N
    assert (both["sex"] == both["group:sex"]).all()


def test_groups_in_another_order_with_another_index_are_joined_by_id():
    apart = plan(data={"sample": "s", "groups": "g", "row_id": "id"})
    groups = PEOPLE[["id", "sex"]].sample(frac=1, random_state=1)
    _, rows, _ = scored(PEOPLE.drop(columns="sex"), apart, groups=groups)
    _, expected, _ = scored(PEOPLE, plan(data={"sample": "s", "row_id": "id"}))
    pd.testing.assert_frame_equal(rows, expected)


def test_groups_of_another_length_are_joined_by_id_and_both_remainders_are_counted():
    apart = plan(data={"sample": "s", "groups": "g", "row_id": "id"})
    longer = pd.concat([PEOPLE[["id", "sex"]].iloc[7:], pd.DataFrame({"id": [900, 901], "sex": "m"})])
    described, rows, _ = scored(PEOPLE.drop(columns="sex"), apart, groups=longer)
    assert described.joined.model_dump() == {"rows_without": 7, "lines_without": 2}
    assert rows["group:sex"].isna().sum() == 7
    assert len(rows) == N


def test_without_ids_nothing_is_put_side_by_side_by_position():
    apart = plan(data={"sample": "s", "groups": "g"})
    assert refused(PEOPLE.drop(columns="sex"), apart, groups=PEOPLE[["id", "sex"]]).code == "E246"


@pytest.mark.parametrize("sensitive", [["sex", "sex"], ["sex", {"column": "sex"}]])
def test_a_feature_named_twice_is_refused(sensitive):
    with pytest.raises(AuditError) as caught:
        explainaudit.audit(model=MODEL, data=PEOPLE, task=TASK, sensitive=sensitive, favourable="event")
    assert (caught.value.code, caught.value.where) == ("E207", "audit(): sensitive")


def test_a_column_that_stands_twice_in_a_frame_is_refused():
    twice = pd.concat([PEOPLE, PEOPLE[["sex"]]], axis=1)
    assert refused(twice).code == "E406"


@pytest.mark.parametrize("key", ["sensitive", "strata"])
@pytest.mark.parametrize("values", [np.arange(3000), np.linspace(0, 1, 3000)])
def test_three_thousand_groups_ask_for_bins(key, values):
    sample = PEOPLE.sample(3000, replace=True, random_state=1).assign(income=values)
    found = refused(sample, plan(**{key: [{"column": "income"}]}))
    assert (found.code, found.where, found.params) == ("E454", "sample: income", {"groups": 3000})
    _, rows, _ = scored(sample, plan(**{key: [{"column": "income", "edges": [float(np.median(values))]}]}))
    prefix = "group" if key == "sensitive" else "stratum"
    assert rows[f"{prefix}:income"].nunique() == 2


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_rows_without_a_group_stay_and_the_groups_add_up(dtype):
    sample = PEOPLE.assign(sex=PEOPLE["sex"].mask(PEOPLE.index % 4 == 0).astype(dtype))
    described, rows, typed = scored(sample)
    assert rows["group:sex"].isna().sum() == sample["sex"].isna().sum() == N / 4
    responses = Responses(
        seed=1, task=described.plan.task, decision=described.plan.decision, explain=described.plan.explain,
        costs=None, sensitive=described.plan.sensitive, model=described.model, tables=described.tables,
        columns=described.columns, scored=rows, rows=typed,
    )  # fmt: skip
    found = DATA.measure(responses, DATA.settings())
    shares = [each for each in found.measures if each.metric in {"group_share", "group_missing"}]
    assert sum(each.value for each in shares) == pytest.approx(1.0)
    assert sum(each.value * each.n for each in shares) == pytest.approx(N)


def test_groups_may_be_handed_over_in_memory():
    """A whole audit: the same measures as with the columns in the sample."""
    keys = {"model": MODEL, "task": TASK, "sensitive": ["sex"], "favourable": "event", "row_id": "id"}
    keys["analyses"] = UNEXPLAINED
    inside = explainaudit.audit(data=PEOPLE, **keys)
    groups = PEOPLE[["id", "sex"]].sample(frac=1, random_state=2)
    apart = explainaudit.audit(data=PEOPLE.drop(columns="sex"), groups=groups, **keys)
    assert apart.errors == inside.errors == ()
    mine, theirs = inside.bundle.measures(), apart.bundle.measures()
    about = {name for name in mine if '"table"' not in name}
    assert {name: mine[name] for name in about} == {name: theirs[name] for name in about}
    left_over = {theirs[name].metric for name in theirs.keys() - mine.keys()}
    assert left_over == {"rows_without_groups", "lines_without_row", "table_rows", "table_columns"}
