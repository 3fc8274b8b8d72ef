"""The Local Law 144 view: what people choose (exclusions, small cells), and what is refused."""

import pytest
from ll144_views import BY_HAND, CHOSEN, WHY, cells, chosen, people_selected, said, view
from pydantic import ValidationError

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.fairness.ll144 import LocalLaw144
from explainaudit.edition import edition
from explainaudit.records.bundle import Bundle, Provenance
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Measuring
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import asked, multiclass


def leaving_out(n, **more):
    """Return a view in which ``n`` of a thousand people belong to a category that is left out."""
    scored = people_selected(
        ("f", "a", 200, 500), ("m", "b", 150, 500 - n), ("m", "few", n, n), (None, "a", 3, 10)
    )
    exclude = {
        "race_ethnicity": ["few"],
        "intersectional": [["m", "few"], ["f", "few"]],
        "justification": WHY,
    }
    return view(scored, exclude=exclude, **more)


def test_a_category_under_two_percent_keeps_number_and_rate():
    found = leaving_out(19)
    assert cells(found, "race_ethnicity") == [
        ["a", 510, 203, pytest.approx(203 / 510), 1.0, pytest.approx(203 / 510)],
        [
            "b",
            481,
            150,
            pytest.approx(150 / 481),
            pytest.approx(150 / 481 / (203 / 510)),
            pytest.approx(150 / 481),
        ],
        ["few", 19, 19, 1.0, "left_out", 1.0],
    ]
    text = said(found)
    assert "highest rate" in text
    assert "left out" in text
    # The justification is longer than a name may be, and is printed whole.
    assert WHY in text
    assert cells(found, "intersectional")[2] == [
        "f",
        "few",
        0,
        0,
        "zero_denominator",
        "left_out",
        "zero_denominator",
    ]


def test_a_left_out_category_that_is_not_the_highest_needs_no_second_reference():
    scored = people_selected(("f", "a", 300, 500), ("m", "b", 250, 495), ("m", "few", 1, 5))
    found = view(scored, exclude={"race_ethnicity": ["few"], "justification": "few"})
    assert [row[-1] for row in cells(found, "race_ethnicity")] == [
        1.0,
        pytest.approx(250 / 495 / 0.6),
        "left_out",
    ]


def test_two_percent_from_both_sides_and_by_either_whole():
    assert leaving_out(20, unknown_in_total=True)  # 20 of 1 010
    assert unfit(leaving_out(21, unknown_in_total=True)) == ("large", "race_ethnicity.0")
    # The intersectional table knows only 1 000 people: 20 of them are 2 %.
    assert unfit(leaving_out(20)) == ("large", "intersectional.0")


def unfit(found):
    """Return why there are no tables, and which setting does not fit."""
    assert (found.tables, found.cards) == ((), ())
    (limitation,), (people,) = found.limitations, found.measures
    assert (people.metric, limitation.measures) == ("ll144_people", (people.id,))
    assert limitation.code == "ll144_settings"
    where = limitation.message.params["where"].text
    assert where in said(found)
    return limitation.message.key.removeprefix("limitation.ll144_"), where.removeprefix(
        "analyses.fairness.ll144.exclude."
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"small_cells": "withhold"}, "E265"),
        ({"race_ethnicity": "sex"}, "E266"),
        ({"exclude": {"sex": ["f"]}}, "missing"),
        ({"small_cells": None}, "literal_error"),
        ({"small_cells_reason": ""}, "string_too_short"),
        ({"exclude": {"intersectional": [["f"]], "justification": "x"}}, "missing"),
    ],
)
def test_settings_that_do_not_fit_are_refused(given, code):
    with pytest.raises(ValidationError) as error:
        chosen(**given)
    assert error.value.errors()[0]["type"] == code


def test_the_choice_about_small_cells_has_no_default():
    with pytest.raises(ValidationError):
        LocalLaw144.model_validate({name: text for name, text in CHOSEN.items() if name != "small_cells"})


@pytest.mark.parametrize(
    ("given", "where"),
    [({"sex": ["x"]}, "sex.0"), ({"intersectional": [["Asian", "Female"]]}, "intersectional.0")],
)
def test_names_that_the_sample_does_not_have_are_said(given, where):
    assert unfit(view(BY_HAND, exclude=given | {"justification": "x"})) == ("absent", where)


def test_without_the_tables_the_rest_of_the_section_stands_and_a_flag_is_raised():
    bad = {"exclude": {"sex": ["x"], "justification": "x"}}
    found = {}
    for name, more in (("none", None), ("good", chosen()), ("bad", chosen(**bad))):
        settings = FAIRNESS.settings(ll144=more)
        evidence = FAIRNESS.measure(asked(BY_HAND), settings)
        found[name] = evidence, FAIRNESS.judge(evidence, settings)
    (none, flags), (bad_one, raised) = found["none"], found["bad"]
    assert (bad_one.tables, bad_one.answer) == (none.tables, none.answer)
    assert {each.id for each in bad_one.measures if each not in none.measures} == {
        '["fairness","ll144_people",{}]'
    }
    assert len(bad_one.measures) == len(none.measures) + 1
    assert raised[: len(flags)] == flags
    (flag,) = raised[len(flags) :]
    assert (flag.code, flag.level) == ("FAIR06", "caution")
    assert flag.measures  # a section shows the flags that rest on its measures
    assert "analyses.fairness.ll144.exclude.sex.0" in Writer({}).text(flag.message)
    assert "FAIR06" not in {each.code for each in found["good"][1]}


def shared(found: Evidence) -> Evidence:
    given = asked(BY_HAND)
    plan = Measuring(task=given.task, decision=given.decision, sensitive=given.sensitive)
    provenance = Provenance(model=given.model, tables=given.tables, plan=plan, evaluations=1)
    bundle = Bundle(provenance=provenance, evidence=(found,))
    return edition(bundle, Verdicts(verdicts=(), flags=()), "shareable", 11)[0].of("fairness")


def test_small_cells_are_published_where_the_plan_says_so():
    found = view(BY_HAND)
    assert shared(found).tables == found.tables
    assert shared(found).cards == found.cards


def test_small_cells_are_withheld_with_the_reason():
    found = view(BY_HAND, small_cells="withhold", small_cells_reason=WHY)
    assert found.measure("ll144_applicants", table="race_ethnicity", group="Other").smallest_cell == 4
    assert found.measure("ll144_selection_rate", table="race_ethnicity", group="Other").smallest_cell == 1
    assert found.measure("ll144_impact_ratio", table="race_ethnicity", group="White").smallest_cell == 1
    after = shared(found)
    assert [table.name for table in after.tables] == ["ll144:sex"]
    (limitation,) = (each for each in after.limitations if each.code == "ll144_withheld")
    assert WHY in Writer({}).text(limitation.message)
    assert WHY in said(found)


def test_the_card_says_what_is_known_and_what_is_not():
    text = said(view(BY_HAND))
    assert "historical data" in text
    assert text.count("not provided") == 2
    more = {"data": "test", "distribution_date": "2026-03-01", "auditor": "<b>Audit</b> house"}
    text = said(view(BY_HAND, unknown_in_total=True, **more))
    for words in ("test data", "2026-03-01", "<b>Audit</b> house", "with those of unknown category"):
        assert words in text


def test_people_are_counted_unweighted_and_nobody_is_not_counted():
    groups = (("f", "a", 30, 60), ("m", "a", 20, 60))
    weight = [9.0] * 60 + [1.0] * 59 + [0.0]
    found = view(people_selected(*groups, weight=weight))
    assert cells(found, "sex") == [
        ["f", 60, 30, 0.5, 1.0],
        ["m", 59, 20, pytest.approx(20 / 59), pytest.approx(40 / 59)],
    ]
    nobody = view(people_selected(*groups, weight=[0.0] * 120))
    assert [each.code for each in nobody.limitations] == ["ll144_no_people"]


def test_what_has_no_selection_or_no_one_score_is_said():
    scored = multiclass(
        [None] * 4, list("aabb"), scores={"a": [0.5] * 4, "b": [0.5] * 4}, sex=list("fmfm"), race=["x"] * 4
    )
    for more, code in (({}, "ll144_no_selection"), ({"scores": True}, "ll144_no_scores")):
        found = view(scored, "multiclass", **more)
        assert [each.code for each in found.limitations] == [code]
        assert not found.tables
        said(found)
