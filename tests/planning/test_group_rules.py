"""Strata, intersections, labels and a table of groups: how they are written, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.errors import UsageError
from explainaudit.records.group_columns import GroupColumn, joined_name
from explainaudit.records.plan import Measuring, SensitiveFeature, Task

THREE = "sensitive: [sex, race, {column: age, edges: [30]}]\n"
PLAN = """\
version: 1
model: {path: model.skops}
data: {sample: sample.csv, groups: groups.csv%s}
task: {target: y, event: bad}
decision: {favourable: no event}
"""


def measuring(plan, added: str = "") -> Measuring:
    return plan(THREE + added).plan.measuring


def test_strata_are_names_or_mappings(plan):
    found = measuring(plan, "strata: [purpose, {column: income, edges: [10, 20.5]}]\n")
    assert found.strata == (GroupColumn(column="purpose"), GroupColumn(column="income", edges=(10, 20.5)))
    assert measuring(plan).strata == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", (("sex", "race"), ("sex", "age"), ("race", "age"))),
        ("intersections: pairs\n", (("sex", "race"), ("sex", "age"), ("race", "age"))),
        ("intersections: none\n", ()),
        ("intersections: []\n", ()),
        ("intersections: [[age, sex], [sex, race, age]]\n", (("age", "sex"), ("sex", "race", "age"))),
    ],
)
def test_intersections_are_pairs_or_those_named(plan, written, expected):
    assert measuring(plan, written).resolved_intersections() == expected


def test_one_feature_alone_has_no_pairs():
    alone = Measuring(task=Task(target="y"), sensitive=(SensitiveFeature(column="sex"),))
    assert alone.resolved_intersections() == ()


def test_labels_are_of_everyone_and_known_at_once_unless_it_is_said(plan):
    assert measuring(plan).task.labels == "everyone"
    assert measuring(plan).task.label_delay_days is None
    text = PLAN % ", row_id: id"
    text = text.replace("event: bad", "event: bad, labels: decided favourably, label_delay_days: 360")
    found = plan(whole=text)
    assert found.plan.measuring.task.labels == "decided favourably"
    assert found.plan.measuring.task.label_delay_days == 360
    assert found.plan.measuring.data.groups == "groups.csv"
    assert found.files["groups"].name == "groups.csv"


@pytest.mark.parametrize(
    ("added", "code", "where"),
    [
        ("strata: [job, job]\n", "E207", "strata"),
        ("strata: [y]\n", "E227", "strata.y"),
        ("strata: [{column: job, edges: [3, 1]}]\n", "E208", "strata.job.edges"),
        ("strata: [sex]\n", "E247", "strata.sex"),
        ("strata: [{column: job, population: {a: 1}}]\n", "E205", "strata.0.population"),
        ("strata: job\n", "E204", "strata"),
        ("intersections: all\n", "E204", "intersections"),
        ("intersections: [sex, race]\n", "E204", "intersections"),
        ("intersections: [[sex]]\n", "E248", "intersections.0"),
        ("intersections: [[sex, race], [sex, sex]]\n", "E248", "intersections.1"),
        ("intersections: [[sex, race, age, job]]\n", "E248", "intersections.0"),
        ("intersections: [[sex, rase]]\n", "E205", "intersections.0: rase"),
        ("intersections: [[sex, race], [race, sex]]\n", "E249", "intersections.1"),
    ],
)
def test_what_does_not_fit_together_is_refused(plan, added, code, where):
    with pytest.raises(UsageError) as caught:
        plan(THREE + added)
    assert (caught.value.code, caught.value.where) == (code, f"audit.yaml: {where}")


def test_a_column_named_like_an_intersection_is_refused_where_it_is_taken(plan):
    named = "sensitive: [a, b, a × b]\n"
    with pytest.raises(UsageError, match="E250"):
        plan(named)
    assert plan(named + "intersections: [[a, 'a × b']]\n")
    assert plan("sensitive: [a, b, a × b × c]\n")


def test_a_table_of_groups_needs_a_row_id(plan):
    with pytest.raises(UsageError) as caught:
        plan(whole=PLAN % "")
    assert (caught.value.code, caught.value.where) == ("E246", "audit.yaml: data.groups")


@pytest.mark.parametrize("delay", ["-1", "1.5", "soon"])
def test_a_delay_is_a_number_of_days(plan, delay):
    text = (PLAN % ", row_id: id").replace("event: bad", f"event: bad, label_delay_days: {delay}")
    with pytest.raises(UsageError) as caught:
        plan(whole=text)
    assert (caught.value.code, caught.value.where) == ("E204", "audit.yaml: task.label_delay_days")


NAMES = st.lists(st.text(alphabet="ab× ", min_size=1, max_size=5), min_size=2, max_size=3)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(NAMES, NAMES)
def test_other_names_never_join_to_the_same_one(first, second):
    assert (joined_name(first) == joined_name(second)) == (first == second)


def test_names_are_joined_by_the_sign_of_times():
    assert joined_name(["sex", "race"]) == "sex × race"
    assert joined_name(["a × b", "c"]) == "a ×× b × c"


LAW = "analyses: {fairness: {ll144: {sex: %s, race_ethnicity: %s, small_cells: publish, data: test}}}\n"


def test_the_features_of_local_law_144_are_sensitive(plan):
    assert measuring(plan, LAW % ("sex", "race")).analyses["fairness"]["ll144"]["sex"] == "sex"
    for pair, where in ((("gender", "race"), "sex: gender"), (("sex", "Race"), "race_ethnicity: Race")):
        with pytest.raises(UsageError) as error:
            measuring(plan, LAW % pair)
        assert error.value.code == "E267"
        assert error.value.where.endswith(f"analyses.fairness.ll144.{where}")
    assert measuring(plan, "analyses: {fairness: false}\n").analyses["fairness"] is None
