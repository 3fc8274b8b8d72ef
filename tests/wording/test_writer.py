"""The writer: numbers by reference, names made safe, anchors once, nothing invented for a missing key."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.errors import UsageError
from explainaudit.records.measure import Interval, Measure, anchor
from explainaudit.records.message import Message, Name, Ref, Series
from explainaudit.records.plan import Words
from explainaudit.wording import writer as writing
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.writer import Writer, explain_error

HOSTILE = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onclick='x",
    "{{7*7}}",
    "{n}",
    "%s {0} {}",
    "&lt;b&gt;",
    "gro\u202eup",
    "$a$",
    "</data><img src=x>",
    "a\x00b",
)
TEXTS = {
    "t.name": "Column {name}.",
    "t.count": "{n} rows",
    "t.count.one": "{n} row",
    "t.both": "{name}: {value}, {interval}, {low}, {high}, {n}",
    "t.words": "{persons} were {favourable}",
    "t.list": "Of {names}.",
    "t.markup": "5 < 6 & 7",
    "t.braces": "{{literally}}",
}


@pytest.fixture(autouse=True)
def texts(monkeypatch):
    monkeypatch.setattr(writing, "catalogue", lambda locale: catalogue(locale) | TEXTS)


def measure(value=0.25, *, unit="share", n=400, low=0.2, high=0.3, **changes) -> Measure:
    interval = None if low is None else Interval(low=low, high=high, method="wilson")
    given_ = {"analysis": "a", "metric": "m", "value": value, "interval": interval, "n": n, "unit": unit}
    return Measure(**(given_ | {"kind": "rate", "smallest_cell": 100} | changes))


def writer_of(*measures: Measure, **other) -> Writer:
    return Writer({each.id: each for each in measures}, **other)


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict]] = []
        self.words = ""
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_every_part_of_a_measure_has_its_text_and_its_exact_value():
    found = measure(value=1 / 3, low=0.3, high=0.4)
    writer = writer_of(found)
    expected = {
        "value": ("33.3\u202f%", "0.3333333333333333"),
        "interval": ("30.0\u202f% to 40.0\u202f%", "0.3 0.4"),
        "low": ("30.0\u202f%", "0.3"),
        "high": ("40.0\u202f%", "0.4"),
        "n": ("400", "400"),
    }
    for part, (text, value) in expected.items():
        assert writer.cell_text(found.ref(part)) == text
        page = Page(writer.cell_html(found.ref(part)))
        ((tag, attributes),) = page.tags
        assert (tag, page.words, attributes["value"]) == ("data", text, value)
        assert (attributes["data-measure"], attributes["data-part"]) == (anchor(found.id), part)


@pytest.mark.parametrize(
    ("reason", "symbol"),
    [
        ("not_estimable", "n/e"),
        ("zero_denominator", "n/e"),
        ("suppressed", "s"),
        ("reference", "ref."),
        ("missing_group", "–"),
        ("insufficient", "–"),
        ("a reason nobody knows", "n/e"),
    ],
)
def test_a_missing_value_prints_the_symbol_of_its_reason_and_no_number(reason, symbol):
    found = measure(value=None, reason=reason, low=None)
    writer = writer_of(found)
    assert writer.cell_text(found.ref()) == writer.cell_text(found.ref("interval")) == symbol
    assert Page(writer.cell_html(found.ref())).tags[0][1]["value"] == ""
    assert writer.cell_text(found.ref("n")) == ("s" if reason == "suppressed" else "400")


def test_a_value_without_an_interval_has_none():
    found = measure(low=None)
    assert writer_of(found).cell_text(found.ref("interval")) == "–"


def test_what_is_not_there_is_an_error_and_never_a_blank():
    found = measure()
    with pytest.raises(KeyError):
        writer_of().text(Message(key="t.nowhere"))
    with pytest.raises(KeyError):
        writer_of().cell_text(found.ref())
    with pytest.raises(KeyError):
        writer_of(found).text(Message(key="t.name", params={"nome": Name(text="x")}))


def test_an_anchor_is_given_once_per_document_and_to_the_value_alone():
    found = measure()
    writer = writer_of(found)
    parts = ("n", "value", "interval", "value")
    given_ = ["id" in Page(writer.cell_html(found.ref(part))).tags[0][1] for part in parts]
    assert given_ == [False, True, False, False]
    assert writer.cell_text(found.ref())
    writer.anchors_start_anew()
    assert Page(writer.cell_html(found.ref())).tags[0][1]["id"] == anchor(found.id)


def test_one_row_is_singular():
    one, two = measure(1.0, unit="count", metric="one"), measure(2.0, unit="count", metric="two")
    writer = writer_of(one, two)
    assert writer.text(Message(key="t.count", params={"n": one.ref()})) == "1 row"
    assert writer.text(Message(key="t.count", params={"n": two.ref()})) == "2 rows"
    assert writer.text(Message(key="t.count", params={"n": Name(text="1")})) == "1 rows"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_inert(name):
    found = measure()
    writer = writer_of(found)
    params = {"name": Name(text=name)} | {
        part: found.ref(part) for part in ("value", "interval", "low", "high", "n")
    }
    for message in (
        Message(key="t.name", params={"name": Name(text=name)}),
        Message(key="t.both", params=params),
    ):
        page = Page(writer.html(message))
        assert {tag for tag, _ in page.tags} <= {"bdi", "data"}
        assert {key for _, attributes in page.tags for key in attributes} <= {
            "class",
            "id",
            "data-measure",
            "data-part",
            "value",
        }
        assert page.words == writer.text(message)
        assert writer.name(name) in page.words
    table = writer.cell_html(Series(items=(Name(text=name), Name(text=name), found.ref())))
    assert {tag for tag, _ in Page(table).tags} == {"bdi", "data"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_inert(name):
    writer = writer_of(words=Words(persons=name, favourable=name))
    message = Message(key="t.words")
    page = Page(writer.html(message))
    assert page.tags == []
    assert page.words == writer.text(message) == f"{writer.name(name)} were {writer.name(name)}"
    assert not re.search("[\x00\u202e]", page.words)


def test_catalogue_texts_are_escaped_as_well():
    assert writer_of().html(Message(key="t.markup")) == "5 &lt; 6 &amp; 7"
    assert writer_of().text(Message(key="t.braces")) == "{literally}"


def test_words_of_the_plan_stand_behind_parameters():
    writer = writer_of(words=Words(persons="applicants", favourable="approved"))
    assert writer.text(Message(key="t.words")) == "applicants were approved"
    assert writer.text(Message(key="t.words", params={"persons": Name(text="men")})) == "men were approved"


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_joined_in_words(items, text):
    series = Series(items=tuple(Name(text=item) for item in items))
    assert writer_of().cell_text(series) == text
    assert Page(writer_of().cell_html(series)).words == text


def test_names_are_cut_and_characters_without_a_glyph_named():
    assert len(writer_of().name("x" * 100)) == 60
    assert writer_of().name("x" * 100, None) == "x" * 100
    assert writer_of(covered={ord("a")}).cell_text(Name(text="a中")) == "a⟨U+4E2D⟩"


def test_cells_of_every_kind():
    found = measure()
    writer = writer_of(found)
    assert (writer.cell_text(None), writer.cell_html(None)) == ("", "")
    assert writer.cell_text(Message(key="t.markup")) == "5 < 6 & 7"
    assert writer.has("t.markup")
    assert not writer.has("t.nowhere")


@settings(derandomize=True, deadline=None)
@given(st.text(), st.text())
def test_errors_show_places_and_parameters_safely(where, nearest):
    what, mend = explain_error(UsageError("E205", where=where, nearest=nearest))
    assert what.endswith("is not known.")
    assert mend.startswith("Did you mean")
    assert not re.search("[\x00-\x1f\u202e\u2028]", what + mend)


def test_an_error_of_unknown_code_is_an_error_of_ours():
    with pytest.raises(KeyError):
        explain_error(UsageError("E299"))


def test_a_reference_needs_its_part_only():
    assert Ref(measure="x") == Ref(measure="x", part="value")


def test_an_empty_name_is_said_to_be_empty():
    writer = Writer({})
    assert writer.cell_text(Name(text="")) == "(empty)"
    assert writer.cell_html(Name(text="")) == '<bdi class="name">(empty)</bdi>'
