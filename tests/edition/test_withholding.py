"""The rules of withholding, one by one, and as a law over random tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.edition import edition
from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Card, CardLine, Evidence, Limitation
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import Criterion
from explainaudit.records.table import Column, Table, column
from explainaudit.records.verdict import Flag, Verdict, Verdicts
from handmade import audited, refs

SAID = Message(key="question.data")
NOBODY = Verdicts()


def count(k: int, name: str, **changes) -> Measure:
    given_ = {
        "analysis": "data",
        "metric": "cell",
        "dimensions": {"name": name},
        "value": float(k),
        "n": k,
        "unit": "count",
        "kind": "count",
        "smallest_cell": k,
    }
    return Measure(**(given_ | changes))


def table_of(*rows, name="t", marks=("value", "small_cell")) -> Table:
    columns = tuple(Column(name=f"c{i}", heading=SAID, mark=mark) for i, mark in enumerate(marks))
    return Table(name=name, caption=SAID, columns=columns, rows=tuple(rows))


def bundle_with(*measures: Measure, tables=(), **parts) -> Bundle:
    evidence = Evidence(
        **{"analysis": "data", "answer": SAID, "measures": measures, "tables": tuple(tables)} | parts
    )
    return audited()[0].model_copy(update={"evidence": (evidence,)})


def shown(bundle: Bundle, verdicts: Verdicts = NOBODY, min_cell: int = 11) -> dict[str, float | None]:
    """Return the values of the shareable edition by the name of the measure."""
    shared, _ = edition(bundle, verdicts, "shareable", min_cell)
    measures = (each for each in shared.evidence[0].measures if each.metric != "tables_withheld")
    return {each.dimensions["name"]: each.value for each in measures}


@pytest.mark.parametrize(("cell", "visible"), [(0, True), (1, False), (10, False), (11, True), (10**6, True)])
def test_counts_from_one_to_ten_are_withheld(cell, visible):
    assert shown(bundle_with(count(cell, "a"))) == ({"a": float(cell)} if visible else {})


def test_the_smallest_cell_decides_and_not_the_value():
    share = {"value": 0.995, "n": 1000, "unit": "share", "kind": "rate"}
    assert shown(bundle_with(count(5, "a", **share), count(500, "b", **share))) == {"b": 0.995}


def test_a_fact_rests_on_nobody():
    assert shown(bundle_with(count(3, "a", kind="fact", smallest_cell=None, n=None))) == {"a": 3.0}


def test_one_small_cell_withholds_its_table_and_all_that_shares_a_measure_with_it():
    a, b, c, d, e = (count(k, name) for k, name in ((5, "a"), (50, "b"), (60, "c"), (70, "d"), (80, "e")))
    tables = (
        table_of((Name(text="x"), a.ref()), (Name(text="y"), b.ref()), name="small"),
        table_of((Name(text="y"), b.ref()), (Name(text="z"), c.ref()), name="shares b"),
        table_of(
            (Name(text="z"), Message(key="x", params={"n": Series(items=(c.ref("n"),))})), name="shares c"
        ),
        table_of((Name(text="d"), d.ref()), name="apart"),
    )
    bundle = bundle_with(a, b, c, d, e, tables=tables)
    assert shown(bundle) == {"d": 70.0, "e": 80.0}
    shared, _ = edition(bundle, NOBODY, "shareable", 11)
    assert [table.name for table in shared.evidence[0].tables] == ["apart"]
    # Whatever the order of the tables.
    assert shown(bundle_with(a, b, c, d, e, tables=tables[::-1])) == {"d": 70.0, "e": 80.0}


@pytest.mark.parametrize("mark", [None, "identifies"])
def test_an_unmarked_column_fails_closed(mark):
    a = count(500, "a")
    bundle = bundle_with(
        a, count(600, "b"), tables=[table_of((Name(text="x"), a.ref()), marks=("value", mark))]
    )
    assert shown(bundle) == {"b": 600.0}
    shared, _ = edition(bundle, NOBODY, "shareable", 11)
    assert shared.evidence[0].tables == ()


def test_an_unmarked_column_withholds_a_table_without_numbers():
    names = table_of((Name(text="Ada"), Name(text="x")), marks=("value", None))
    shared, _ = edition(bundle_with(tables=[names]), NOBODY, "shareable", 11)
    assert "Ada" not in shared.canonical().decode()


def test_captions_and_notes_are_part_of_the_table():
    a, b = count(5, "a"), count(50, "b")
    plain = table_of((Name(text="b"), b.ref()))
    of_a = Message(key="limitation.unlabelled", params={"n": a.ref()})
    for part in ({"caption": of_a}, {"notes": (of_a,)}):
        assert shown(bundle_with(a, b, tables=[plain.model_copy(update=part)])) == {}


def test_columns_are_marked_by_the_function_that_makes_them():
    assert column("n", "small_cell").mark == "small_cell"
    assert Column(name="x", heading=SAID).mark is None


def test_what_rests_on_a_withheld_figure_says_that_it_is_withheld():
    a = count(7, "a", interval=Interval(low=3.25, high=9.75, method="wilson"), n=8)
    said = Message(key="limitation.unlabelled", params={"n": a.ref()})
    names = Message(key="limitation.small_groups", params={"groups": Name(text="Ada")})
    lines = (CardLine(label=SAID, fact=a.ref("interval")), CardLine(label=SAID, fact=Name(text="kept")))
    bundle = bundle_with(
        a,
        cards=(Card(name="c", title=SAID, lines=lines),),
        limitations=(
            Limitation(code="unlabelled", message=said),
            Limitation(code="small_groups", message=names, measures=(a.id,)),
            Limitation(code="kept", message=SAID),
        ),
    )
    (found,) = edition(bundle, NOBODY, "shareable", 11)[0].evidence
    assert found.measures == ()
    assert [line.fact for line in found.cards[0].lines] == [Message(key="value.withheld"), Name(text="kept")]
    withheld = Message(key="limitation.detail_withheld")
    assert [each.message for each in found.limitations] == [withheld, SAID]
    assert [each.code for each in found.limitations] == ["withheld", "kept"]
    text = found.canonical().decode()
    assert not [trace for trace in ("3.25", "9.75", "Ada", a.id) if trace in text]


def test_an_answer_that_rests_on_a_withheld_figure_is_replaced():
    a = count(7, "a")
    answer = Message(key="limitation.unlabelled", params={"n": a.ref()})
    shared, _ = edition(bundle_with(a, answer=answer), NOBODY, "shareable", 11)
    assert shared.evidence[0].answer == Message(key="answer.withheld")
    assert shared.evidence[0].measures == ()


def test_a_verdict_keeps_its_status_and_shows_no_number_of_its_own_that_is_small():
    a, b = count(7, "a"), count(70, "b")
    criterion = Criterion(measure="data.rows", at_least=0.8)
    limit = count(80, "limit", kind="fact", smallest_cell=None)
    need = count(4, "needed")
    verdict = Verdict(
        criterion=criterion,
        status="does_not_meet",
        message=Message(key="limitation.unlabelled", params={"n": a.ref()}),
        measures=(a.id, b.id),
        numbers=(limit, need),
    )
    bundle, judged = edition(bundle_with(a, b), Verdicts(verdicts=(verdict,)), "shareable", 11)
    (kept,) = judged.verdicts
    assert (kept.status, kept.message.key) == ("does_not_meet", "verdict.withheld_limit")
    assert [number.value for number in kept.numbers] == [80.0, None]
    assert kept.measures == ()  # what decided is withheld, and with it its name
    assert a.id not in bundle.measures()
    assert bundle.measures()[b.id].value == 70.0


def test_a_flag_stays_with_all_it_rests_on_or_not_at_all():
    a, b = count(7, "a"), count(70, "b")
    flags = tuple(
        Flag(
            code=code, level="note", message=Message(key="x", params={"n": said.ref()}), measures=(rests.id,)
        )
        for code, said, rests in (("X01", b, b), ("X02", a, b), ("X03", b, a))
    )
    _, judged = edition(bundle_with(a, b), Verdicts(flags=flags), "shareable", 11)
    assert [flag.code for flag in judged.flags] == ["X01"]


@st.composite
def bundles(draw):
    """Several tables of counts whose rows may share measures, with margins among them."""
    cells = draw(st.lists(st.integers(0, 40), min_size=1, max_size=12))
    measures = [count(k, f"m{i}") for i, k in enumerate(cells)]
    some = st.lists(st.sampled_from(measures), max_size=5)
    tables = [
        table_of(
            *((Name(text="x"), each.ref(draw(st.sampled_from(["value", "n"])))) for each in chosen),
            name=f"t{i}",
        )
        for i, chosen in enumerate(draw(st.lists(some, max_size=5)))
    ]
    return bundle_with(*measures, tables=tables)


@settings(derandomize=True, deadline=None)
@given(bundles(), st.integers(2, 20))
def test_no_small_cell_survives_with_a_value(bundle, min_cell):
    shared, _ = edition(bundle, NOBODY, "shareable", min_cell)
    (evidence,) = shared.evidence
    shown = (each for each in evidence.measures if each.metric != "tables_withheld")
    left = {each.id: each for each in shown if each.value is not None}
    assert {each.smallest_cell for each in left.values()} <= {0, min_cell}
    assert not [each.id for each in left.values() if 1 <= each.smallest_cell < min_cell]
    for table in evidence.tables:
        assert set().union(*(refs(cell) for row in table.rows for cell in row)) <= set(left)
    for table in bundle.evidence[0].tables:
        if table not in evidence.tables:
            assert not set().union(*(refs(cell) for row in table.rows for cell in row)) & set(left)
    # Nothing is withheld without need: measures in no table go by their own cell alone.
    tabled = {
        name
        for table in bundle.evidence[0].tables
        for row in table.rows
        for cell in row
        for name in refs(cell)
    }
    for each in bundle.evidence[0].measures:
        if each.id not in tabled:
            assert (each.id in left) is not (1 <= each.smallest_cell < min_cell)
