"""A shareable edition says what it withholds, and how much of it."""

from test_withholding import NOBODY, SAID, bundle_with, count, table_of

from explainaudit.edition import edition
from explainaudit.records.message import Message
from explainaudit.records.plan import DataSource
from explainaudit.wording.writer import Writer


def test_of_an_answer_of_several_sentences_each_is_withheld_by_itself():
    a, b = count(7, "a"), count(70, "b")
    small, large = (Message(key="limitation.unlabelled", params={"n": each.ref()}) for each in (a, b))
    answer = Message(key="answer.individual.both", params={"flips": small, "pairs": large})
    shared, _ = edition(bundle_with(a, b, answer=answer), NOBODY, "shareable", 11)
    kept = {"flips": Message(key="answer.withheld"), "pairs": large}
    assert shared.evidence[0].answer == Message(key="answer.individual.both", params=kept)


def test_tables_that_are_withheld_are_counted():
    a, b, c = count(7, "a"), count(70, "b"), count(80, "c")
    tables = (
        table_of((SAID, a.ref())),
        table_of((SAID, b.ref()), name="u"),
        table_of((SAID, c.ref()), name="v"),
    )
    (found,) = edition(bundle_with(a, b, c, tables=tables), NOBODY, "shareable", 11)[0].evidence
    (said,) = found.limitations
    assert said.code == "tables_withheld"
    text = Writer({each.id: each for each in found.measures}).text(said.message)
    assert "1 table is withheld" in text
    assert (
        edition(bundle_with(b, tables=tables[1:2]), NOBODY, "shareable", 11)[0].evidence[0].limitations == ()
    )


def test_beside_weighted_shares_no_count_of_decisions_is_shown():
    """Two weights, the rate and the count of records tell how many of the selected have which weight."""
    group = {"name": "a", "sensitive": "sex", "group": "f"}
    made = [
        count(70, "a", analysis="fairness", metric="selected", dimensions=group, n=100),
        count(100, "a", analysis="fairness", metric="group_size", dimensions=group),
    ]
    for weight, value in (("w", None), (None, 70.0)):
        bundle = bundle_with(*made)
        plan = bundle.provenance.plan.model_copy(update={"data": DataSource(sample="s.csv", weight=weight)})
        provenance = bundle.provenance.model_copy(update={"plan": plan})
        weighted = bundle.model_copy(update={"provenance": provenance})
        (found,) = edition(weighted, NOBODY, "shareable", 11)[0].evidence
        assert [each.value for each in found.measures] == [value, 100.0]
