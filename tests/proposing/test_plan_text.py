"""A proposed plan: guesses where the sketch carries them, CONFIRM where it does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sketches import CREDIT, ROWS, START, line, number, read, sketch, text

from explainaudit.analyses import ANALYSES
from explainaudit.planning import request_of
from explainaudit.proposing import FIELDS, Start, propose
from explainaudit.proposing.guesses import edges_of
from explainaudit.proposing.hints import hints_at_group
from explainaudit.records.sketch import ColumnSketch, Reading


def test_a_credit_table():
    draft = propose(sketch(*CREDIT), START)
    plan = read(draft)
    assert plan["task"] == {"type": "binary", "target": "outcome", "event": "bad"}
    assert plan["data"] == {"sample": "data.csv", "row_id": "loan id"}
    assert plan["decision"] == {"threshold": 0.5, "favourable": "CONFIRM"}
    assert plan["sensitive"] == [{"column": "sex"}, {"column": "age", "edges": [25, 45, 70]}]
    assert draft.confirm == ("decision.favourable",)
    assert dict(draft.guessed)["task.target"] == "outcome"
    assert draft.text.startswith("# yaml-language-server: $schema=audit.schema.json\n")
    for key, value in draft.guessed:
        assert any(
            each.strip().startswith(
                (f"{key.split('.')[-1]}: {value}  # guess: ", f"- column: {value}  # guess: ")
            )
            for each in draft.text.splitlines()
        ), key


def test_once_confirmed_it_is_a_plan(tmp_path):
    for field in (None, *FIELDS):
        start = Start(paths=START.paths, schema=START.schema, field=field)
        plan = read(propose(sketch(*CREDIT), start))
        plan["decision"]["favourable"] = "no event"
        request = request_of(plan, folder=tmp_path, analyses=ANALYSES, where="x")
        assert request.plan.measuring.task.target == "outcome"
        assert request.files["model"] == tmp_path / "model.skops"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ((text("result", "good", "bad"),), "result"),
        ((text("result", "good", "bad"), text("kind", "x", "y")), "result"),
        ((text("result", "good", "bad"), text("other", "good", "bad")), "result"),
        ((text("one", "good", "bad"), text("other", "good", "bad")), "CONFIRM"),
        ((text("one", "good"),), "one"),
        ((text("one", "good", "bad", "ugly"),), "CONFIRM"),
        ((text("sex", "good", "bad"),), "CONFIRM"),
        ((), "CONFIRM"),
    ],
)
def test_targets_of_a_classifier(columns, expected):
    assert read(propose(sketch(*columns), START))["task"]["target"] == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ((number("price", whole=False),), "price"),
        ((number("case id", ROWS), number("price")), "price"),
        ((number("weight"), number("price")), "price"),
        ((number("one"), number("two")), "CONFIRM"),
        ((number("one"), number("two"), number("outcome")), "outcome"),
        ((text("price", "low"),), "CONFIRM"),
    ],
)
def test_targets_of_a_regression(columns, expected):
    draft = propose(sketch(*columns, classes=()), START)
    assert read(draft)["task"] == {"type": "regression", "target": expected}
    assert "decision" not in read(draft)


def test_a_named_target_is_no_guess():
    start = Start(paths=START.paths, schema=START.schema, target="other")
    draft = propose(sketch(text("outcome", "good", "bad"), text("other", "good", "bad")), start)
    assert line(draft, "target:") == "  target: other"
    assert "task.target" not in dict(draft.guessed)


@pytest.mark.parametrize(
    ("labels", "event"),
    [
        (("0", "1"), "1"), (("-1", "1"), "1"), (("1", "2"), "CONFIRM"), (("false", "true"), "true"),
        (("no", "yes"), "yes"), (("N", "Y"), "Y"), (("repaid", "Default"), "Default"),
        (("a", "b"), "CONFIRM"), (("bad", "fraud"), "CONFIRM"),
    ],
)  # fmt: skip
def test_events(labels, event):
    draft = propose(sketch(text("outcome", *labels), classes=labels), START)
    assert read(draft)["task"]["event"] == event


def test_the_rarer_label_is_named_but_not_taken():
    outcome = ColumnSketch(name="y", type="text", distinct=2, missing=0, values={"<=50K": 150, ">50K": 50})
    draft = propose(sketch(outcome, classes=("<=50K", ">50K")), START)
    assert read(draft)["task"]["event"] == "CONFIRM"
    assert '">50K" is the rarer one' in line(draft, "event:")


def test_several_classes_ask_for_the_good_ones():
    columns = (text("triage", "a", "b", "c"), text("gender", "f", "m"))
    plan = read(propose(sketch(*columns, classes=("a", "b", "c")), START))
    assert plan["task"] == {"type": "multiclass", "target": "triage"}
    assert plan["decision"] == {"favourable": "CONFIRM"}


def test_a_file_that_only_numbers_its_classes():
    columns = (text("triage", "pay", "refuse", "review"),)
    draft = propose(sketch(*columns, classes=("0", "1", "2"), numbered_classes=True), START)
    plan = read(draft)
    assert plan["task"]["target"] == "triage"
    assert plan["model"]["classes"] == "CONFIRM"
    unknown = propose(sketch(text("sex", "f", "m"), classes=("0", "1", "2"), numbered_classes=True), START)
    assert unknown.confirm == ("model.classes", "task.target", "decision.favourable")
    labelled = propose(sketch(text("y", "0", "1"), classes=("0", "1"), numbered_classes=True), START)
    assert "classes" not in read(labelled)["model"]


def test_inputs_that_have_no_names_or_others():
    unnamed = read(propose(sketch(*CREDIT, inputs=(), features=4), START))
    assert unnamed["model"]["inputs"] == "CONFIRM"
    renamed = read(propose(sketch(*CREDIT, inputs=("income",), renamed=True), START))
    assert renamed["model"]["inputs"] == ["income"]


def test_how_the_table_is_read_and_typed():
    reading = Reading(delimiter=";", decimal=",", na_values=("", "?"), text_columns=("mixed",))
    columns = (
        text("outcome", "good", "bad"),
        ColumnSketch(name="born", type="date", distinct=9, missing=0),
        number("region code", 7),
        text("signed", "1.2.2020", other_dates=True),
        number("fnlwgt"),
        number("household", 50),
    )
    draft = propose(sketch(*columns, inputs=("income", "born"), reading=reading), START)
    data = read(draft)["data"]
    assert data["types"] == {"mixed": "text", "born": "text"}
    assert (data["delimiter"], data["decimal"], data["na_values"]) == (";", ",", ["", "?"])
    for start in (
        "#   region code: text  # ",
        "#   signed: date  # ",
        "# weight: fnlwgt  # ",
        "# cluster: household  # ",
    ):
        assert line(draft, start)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ((number("age", 5),), ["age"]),
        ((number("age", 60, whole=False),), []),
        ((number("age", 60, high=10**9),), []),
        ((text("race", "only one"),), []),
        ((text("mortgage", "x", "y"), text("average", "x", "y"), text("language", "x", "y")), ["language"]),
        ((ColumnSketch(name="nationality", type="text", distinct=90, missing=0),), []),
    ],
)
def test_sensitive_columns(columns, expected):
    plan = read(propose(sketch(text("outcome", "good", "bad"), *columns), START))
    assert [each["column"] for each in plan.get("sensitive", [])] == expected
    assert ("favourable" in plan["decision"]) is bool(expected)


@pytest.mark.parametrize(
    "name", ["Sex", "applicant_gender", "personAge", "racePctWhite", "Geschlecht", "ETHNICITY"]
)
def test_names_of_groups(name):
    assert hints_at_group(name)


@settings(derandomize=True)
@given(st.lists(st.integers(0, 120), min_size=5, max_size=5).filter(lambda ages: min(ages) < max(ages)))
def test_edges_rise_and_cut_the_range(ages):
    ages = sorted(ages)
    edges = edges_of(ages)
    assert edges == sorted(set(edges))
    assert all(ages[0] < edge <= ages[-1] for edge in edges)
