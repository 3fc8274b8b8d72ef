"""Verdicts on fairness figures: sizes of signed differences, groups compared with, outcomes of one side."""

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.judging import judge
from explainaudit.judging.naming import label_of
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Verdict
from explainaudit.stats.rates import rate
from explainaudit.wording.writer import Writer
from handmade import audited

BUNDLE, _ = audited()


def figure(metric, *ends, group="b", unit="points", **changes):
    given = {
        "analysis": "fairness",
        "metric": metric,
        "dimensions": {"sensitive": "sex", "group": group},
        "value": sum(ends) / 2 if ends else None,
        "reason": None if ends else "reference",
        "interval": Interval(low=ends[0], high=ends[1], method="newcombe") if ends else None,
        "unit": unit,
        "kind": "difference",
        "smallest_cell": 100,
    }
    return Measure(**(given | changes))


def verdicts(found, *, labels="everyone", data=(), **limit):
    """Return the verdicts on figures of one metric, and the sentences that a reader sees."""
    evidence = tuple(
        Evidence(analysis=name, answer=Message(key=f"question.{name}"), measures=tuple(of))
        for name, of in (("fairness", found), ("data", data))
    )
    plan = BUNDLE.provenance.plan
    plan = plan.model_copy(update={"task": plan.task.model_copy(update={"labels": labels})})
    provenance = BUNDLE.provenance.model_copy(update={"plan": plan})
    bundle = BUNDLE.model_copy(update={"evidence": evidence, "provenance": provenance})
    criterion = Criterion(measure=f"fairness.{found[0].metric}", **limit)
    made = judge(bundle, [criterion], ANALYSES).verdicts
    writer = Writer({each.id: each for each in (*found, *(one for of in made for one in of.numbers))})
    return made, [writer.text(each.message) for each in made]


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ((-0.34, -0.26), "does_not_meet"),
        ((0.26, 0.34), "does_not_meet"),
        ((-0.1, 0.1), "meets"),
        ((-0.1001, 0.05), "inconclusive"),
        ((0.05, 0.1001), "inconclusive"),
        ((-0.3, 0.3), "inconclusive"),
        ((-0.3, -0.1), "inconclusive"),
    ],
)
def test_at_most_bounds_the_size_of_a_signed_figure(ends, status):
    (found,), (sentence,) = verdicts([figure("difference", *ends)], at_most=0.1)
    assert (found.status, found.message.key) == (status, f"verdict.interval.either_{status}")
    assert "10.0 points either way" in sentence
    assert "limit of +10.0" not in sentence


def test_a_size_without_sign_has_one_side_and_points():
    gap = figure("equalized_odds_difference", 0.15, 0.22, unit="gap", dimensions={"sensitive": "sex"})
    (found,), (sentence,) = verdicts([gap], at_most=0.1)
    assert (found.status, found.message.key) == ("does_not_meet", "verdict.interval.does_not_meet")
    assert "is 18.5 points (95" in sentence
    assert sentence.endswith("limit 10.0 points.")


def test_the_group_compared_with_has_no_verdict_unless_it_alone_is_asked_about():
    both = [figure("difference", group="a"), figure("difference", -0.05, 0.05)]
    (found,), _ = verdicts(both, at_most=0.1)
    assert found.dimensions["group"] == "b"
    (found,), _ = verdicts(both, at_most=0.1, dimensions={"group": "a"})
    assert (found.status, found.reason) == ("not_assessed", "not_applicable")
    assert found.message.key == "verdict.interval.reference"


RATES = [
    ("tpr_difference", "points", {"at_most": 0.1}, "either_seen"),
    ("fnr", "share", {"at_most": 0.1}, "seen"),
    ("macro_recall", "share", {"at_least": 0.01}, "seen"),
]


@pytest.mark.parametrize(("metric", "unit", "limit", "said"), RATES)
def test_error_rates_of_one_side_alone_never_meet(metric, unit, limit, said):
    found = [figure(metric, 0.02, 0.06, unit=unit)]
    sides = [
        rate("data", "label_known", (known, 100), {"decided": side})
        for side, known in (("favourable", 90), ("unfavourable", 0))
    ]
    assert verdicts(found, **limit)[0][0].status == "meets"
    for seen in ({"labels": "decided favourably"}, {"data": sides}):
        (judged,), _ = verdicts(found, **seen, **limit)
        assert (judged.status, judged.message.key) == ("inconclusive", f"verdict.interval.{said}")
        assert [each.key for each in judged.also] == ["verdict.interval.one_sided"]


def test_what_is_below_stays_below_and_decisions_need_no_outcome():
    (judged,), _ = verdicts([figure("tpr_difference", 0.2, 0.3)], labels="decided favourably", at_most=0.1)
    assert (judged.status, judged.also) == ("does_not_meet", ())
    (judged,), _ = verdicts([figure("difference", 0.0, 0.05)], labels="decided favourably", at_most=0.1)
    assert judged.status == "meets"


def test_a_label_names_everything_that_tells_figures_apart():
    about = {"sensitive": "sex", "group": "b"}
    for metric, more, shown in (
        ("recall", {"class": "red"}, "red"),
        ("band_rate", {"band": "low"}, "low"),
        ("disparity", {"stratified_by": "region"}, "region"),
    ):
        found = Writer({}).text(label_of(figure(metric, 0, 1, dimensions=about | more)))
        assert shown in found
        assert "sex: “b”" in found
    p = figure("p_holm", 0, 1, dimensions=about | {"figure": "tpr_difference"})
    same = p.model_copy(update={"dimensions": about | {"figure": "difference"}})
    assert Writer({}).text(label_of(p)) != Writer({}).text(label_of(same))
    alone = Writer({}).text(label_of(figure("smd", 0, 1, dimensions={"sensitive": "sex", "band": "low"})))
    assert "low" in alone
    assert "sex" in alone
    gap = figure("slice_gap", 0, 1, dimensions={"criterion": "error", "slice": '[["branch", "east"]]'})
    told = Writer({}).text(label_of(gap.model_copy(update={"analysis": "slices"})))
    assert told.endswith("size or share of errors, branch east")
    more = figure("mean_abs_shap", 0, 1, dimensions=about | {"column": "income"})
    assert (
        Writer({}).text(label_of(more.model_copy(update={"analysis": "parity"}))).endswith("sex: “b”, income")
    )


def test_a_criterion_without_a_figure_is_named_as_the_plan_has_it():
    """Whatever stands there: it is text, and no key of anything."""
    about = {"slice": "[[", "criterion": "{measure}", "of": "x.y"}
    asked = Criterion(measure="slices.slice_gap", at_most=0.1, dimensions=about)
    message = Message(key="verdict.nothing")
    found = Verdict(criterion=asked, dimensions=about, status="not_assessed", message=message)
    assert Writer({}).text(found.called).endswith(", [[, {measure}, x.y")
