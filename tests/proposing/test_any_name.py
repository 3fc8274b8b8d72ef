"""Column names and labels of any kind come back from a proposed plan as they were."""

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sketches import number, read, sketch, text, unique

from explainaudit.proposing import Start, propose
from explainaudit.proposing.hints import hints_at_group
from explainaudit.proposing.scalars import key_line, scalar
from explainaudit.records.sketch import ColumnSketch

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
HOSTILE = [
    "NO",
    "null",
    "~",
    "a: b",
    "- x",
    "#",
    "a #b",
    "x\ny",
    "\u2028",
    "'",
    '"',
    "\\",
    "1e5",
    "0x1F",
    " a ",
]
HOSTILE += [
    "[a]",
    "{a}",
    "!tag",
    "&a",
    "*a",
    "%d",
    "@",
    "`",
    "?",
    ": ",
    "CONFIRM",
    "\t",
    "\ufeff",
    "\x85",
    "=",
    "<<",
]


@settings(derandomize=True, max_examples=300)
@given(st.one_of(st.sampled_from(HOSTILE), NAMES))
def test_any_text_reads_back(value):
    written = f"{scalar(value)}:\n  - {scalar(value)}  # x\n  - {scalar([value, value])}\n"
    assert "\n" not in scalar(value)
    assert YAML(typ="safe", pure=True).load(written) == {value: [value, [value, value]]}


def test_a_key_may_be_long():
    for name in ("\n" * 900, "x" * 2000, "short"):
        assert YAML(typ="safe", pure=True).load(f"a:\n{key_line(name, 4)} 1\n") == {"a": {name: 1}}


@settings(derandomize=True, max_examples=80)
@given(names=st.lists(st.one_of(st.sampled_from(HOSTILE), NAMES), min_size=5, max_size=5, unique=True))
def test_any_names_survive_in_a_plan(names):
    target, sex, row, typed, given_input = names
    columns = (
        text(target, "good", "bad"),
        text(f"sex {sex}", "f", "m"),
        unique(row),
        text(f"date {typed}", "1.2.2020", other_dates=True),
        number(f"code {typed}", 5),
        number(f"weight {typed}"),
        ColumnSketch(name=f"input {given_input}", type="date", distinct=9, missing=0),
    )
    start = Start(paths={"model": sex, "sample": row}, schema="s", target=target, field="lending")
    found = sketch(*columns, inputs=("income", f"input {given_input}"), renamed=True)
    plan = read(propose(found, start))
    assert plan["model"] == {"path": sex, "inputs": ["income", f"input {given_input}"]}
    assert plan["data"]["sample"] == row
    assert plan["data"]["types"] == {f"input {given_input}": "text"}
    assert plan["task"]["target"] == target
    assert {"column": f"sex {sex}"} in plan["sensitive"] or not hints_at_group(f"sex {sex}")
