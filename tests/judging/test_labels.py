"""Flags on labels: of some alone, known late, and plainly of one side though the plan says of everyone."""

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.edition import edition
from explainaudit.judging import judge
from explainaudit.judging.labels import label_flags
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Interval
from explainaudit.records.message import Message
from explainaudit.records.plan import Task
from explainaudit.records.table import Table, column
from explainaudit.stats.rates import rate
from handmade import audited

BUNDLE, _ = audited()
OF_LABELS = [found.analysis for found in BUNDLE.evidence if any(table.of_labels for table in found.tables)]


def with_task(bundle=BUNDLE, **task):
    plan = bundle.provenance.plan
    asked = plan.model_copy(update={"task": Task(**(plan.task.model_dump() | task))})
    return bundle.model_copy(update={"provenance": bundle.provenance.model_copy(update={"plan": asked})})


def coded(bundle, code):
    return [flag for flag in judge(bundle, (), ANALYSES).flags if flag.code == code]


def test_tables_of_known_outcomes_say_so():
    assert {"data", "performance", "calibration"} <= set(OF_LABELS)
    for name in ("performance", "calibration"):
        assert all(table.of_labels for table in BUNDLE.of(name).tables)
    assert [table.name for table in BUNDLE.of("data").tables if table.of_labels] == [
        "outcomes",
        "single_inputs",
    ]


def test_labels_of_everyone_known_at_once_raise_nothing():
    for task in ({}, {"label_delay_days": 0}):
        assert coded(with_task(**task), "LABL01") == coded(with_task(**task), "LABL02") == []


def test_labels_of_some_alone_are_flagged_in_every_section_that_rests_on_them():
    flags = coded(with_task(labels="decided favourably"), "LABL01")
    assert [flag.message.params["question"].key for flag in flags] == [
        f"question.{name}" for name in OF_LABELS
    ]
    assert {flag.level for flag in flags} == {"caution"}
    for flag, name in zip(flags, OF_LABELS, strict=True):
        assert set(flag.measures) <= {each.id for each in BUNDLE.of(name).measures}


def test_a_delay_is_noted_once_in_every_section_that_rests_on_labels():
    (flag,) = coded(with_task(label_delay_days=360), "LABL02")
    assert flag.level == "note"
    assert flag.message.params["days"].text == "360"
    assert len(flag.measures) == len(OF_LABELS)


def test_the_flags_are_in_the_shareable_edition_where_their_tables_are():
    bundle = with_task(labels="decided favourably", label_delay_days=5)
    shared, verdicts = edition(bundle, judge(bundle, (), ANALYSES), "shareable", 11)
    shown = {found.analysis for found in shared.evidence if any(table.of_labels for table in found.tables)}
    said = {
        flag.message.params["question"].key.removeprefix("question.")
        for flag in verdicts.flags
        if flag.code == "LABL01"
    }
    assert shown <= said
    assert "performance" in shown


def known(favourable, unfavourable, **task):
    """Return a bundle whose data section says how many outcomes are known on either side."""
    parts = {"favourable": favourable, "unfavourable": unfavourable}
    measures = tuple(rate("data", "label_known", counts, {"decided": side}) for side, counts in parts.items())
    found = Evidence(analysis="data", answer=Message(key="answer.data"), measures=measures)
    return with_task(BUNDLE.model_copy(update={"evidence": (found,)}), **task)


def codes(bundle):
    return [flag.code for flag in label_flags(bundle)]


@pytest.mark.parametrize(
    ("favourable", "unfavourable", "flagged"),
    [
        ((900, 1000), (0, 500), True),
        ((900, 1000), (100, 1000), True),
        ((900, 1000), (900, 1000), False),
        ((900, 1000), (440, 1000), False),  # less than half, but not with its whole interval
        ((9, 10), (0, 4), False),
        ((900, 1000), (0, 0), False),
        ((100, 1000), (900, 1000), False),
    ],
)
def test_labels_of_one_side_are_flagged_where_the_plan_says_of_everyone(favourable, unfavourable, flagged):
    assert codes(known(favourable, unfavourable)) == (["DATA05"] if flagged else [])
    assert codes(known(favourable, unfavourable, labels="decided favourably")) == []


def test_the_limit_of_far_below_is_half():
    bundle = known((900, 1000), (100, 1000))
    data = bundle.of("data")
    good, other = data.measures
    for low, flagged in ((0.25, False), (0.2501, True)):
        ends = {"favourable": (2 * low, 1.0), "unfavourable": (0.0, 0.25)}
        measures = tuple(
            each.model_copy(
                update={"interval": Interval(low=ends[side][0], high=ends[side][1], method="wilson")}
            )
            for each, side in ((good, "favourable"), (other, "unfavourable"))
        )
        found = data.model_copy(update={"measures": measures})
        assert bool(codes(bundle.model_copy(update={"evidence": (found,)}))) is flagged


def test_a_table_of_no_numbers_raises_nothing():
    table = Table(
        name="t", caption=Message(key="table.data.flow"), columns=(column("n", "value"),), rows=((None,),),
        of_labels=True,
    )  # fmt: skip
    found = Evidence(analysis="data", answer=Message(key="answer.data"), tables=(table,))
    bundle = with_task(BUNDLE.model_copy(update={"evidence": (found,)}), labels="decided favourably")
    assert codes(bundle) == []
