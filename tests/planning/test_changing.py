"""``--set`` changes one key of a plan, and a plan that nobody confirmed is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses import ANALYSES
from explainaudit.errors import UsageError
from explainaudit.planning import read_plan
from explainaudit.planning.changing import changed, keys_of

BASE = {
    "version": 1,
    "model": {"path": "m"},
    "data": {"sample": "s"},
    "task": {"target": "y", "event": "1"},
    "sensitive": ["sex", "age"],
    "decision": {"favourable": "event"},
}


@pytest.mark.parametrize(
    ("change", "place", "value"),
    [
        ("data.row_id=id", ("data", "row_id"), "id"),
        ("data.row_id=", ("data", "row_id"), None),
        ("seed=7", ("seed",), 7),
        ("decision.threshold=0.3", ("decision", "threshold"), 0.3),
        ("task.event=NO", ("task", "event"), "NO"),
        ("sensitive.1.edges=[18, 30]", ("sensitive", 1), {"column": "age", "edges": [18, 30]}),
        ("sensitive.2=race", ("sensitive", 2), "race"),
        ("sensitive=[]", ("sensitive",), []),
        ("criteria.0.at_least=0.7", ("criteria",), [{"at_least": 0.7}]),
        ("criteria.familywise=true", ("criteria",), {"entries": [], "familywise": True}),
        ("analyses.performance=false", ("analyses", "performance"), False),
        ('data.types."a.b=c"=text', ("data", "types", "a.b=c"), "text"),
        ('data.types."a \\"b\\""=text', ("data", "types", 'a "b"'), "text"),
        ("costs.0.1=5", ("costs",), {"0": {"1": 5}}),
        ("decision.bands.0.name=low", ("decision", "bands"), [{"name": "low"}]),
        ("data.na_values=['', \"a=b\"]", ("data", "na_values"), ["", "a=b"]),
    ],
)
def test_one_key_is_changed_and_nothing_else(change, place, value):
    before = repr(BASE)
    after = changed(BASE, [change])
    found = after
    for step in place:
        found = found[step]
    assert found == value
    assert repr(BASE) == before
    assert {key: part for key, part in after.items() if key != place[0]} == {
        key: part for key, part in BASE.items() if key != place[0]
    }


@settings(derandomize=True, max_examples=60)
@given(name=st.text(min_size=1).filter(lambda text: text.strip() == text), number=st.integers())
def test_any_name_can_be_reached_in_quotes(name, number):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    change = f'data.types."{quoted}"={number}'
    assert changed(BASE, [change])["data"]["types"] == {name: number}
    assert keys_of([change]) == {f"data.types.{name}"}


def test_changes_are_made_in_order():
    after = changed(BASE, ["criteria.0.measure=a.b", "criteria.familywise=true"])
    assert after["criteria"] == {"entries": [{"measure": "a.b"}], "familywise": True}
    after = changed(BASE, ["criteria.0.measure=a.b", "criteria.1.measure=c.d", "criteria.0.at_most=1"])
    assert after["criteria"] == [{"measure": "a.b", "at_most": 1}, {"measure": "c.d"}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("seed", "E241"), ("=1", "E241"), ("a..b=1", "E241"), ("a.=1", "E241"), ('"a=1', "E241"),
        ("a=[1", "E241"), ("a=2001-02-30", "E241"), ("", "E241"), ("sensitive.3=x", "E242"),
        ("sensitive.first=x", "E242"), ("version.x=1", "E242"), ("data.sample.x=1", "E242"),
    ],
)  # fmt: skip
def test_what_is_no_change_is_refused(change, code):
    with pytest.raises(UsageError) as caught:
        changed(BASE, [change])
    assert (caught.value.code, caught.value.where) == (code, change)


TEXT = """\
version: 1
model: {path: m}
data:
  sample: s
  row_id: "CONFIRM"
task: {target: CONFIRM, event: 1}  # which?
sensitive:
  - column: CONFIRM
decision:
  favourable: CONFIRM  # event or no event
"""


def test_an_unconfirmed_plan_names_the_line(tmp_path):
    (path := tmp_path / "audit.yaml").write_text(TEXT, encoding="utf-8")
    for changes, place, count in (
        ([], "6: task.target", 3),
        (["task.target=y"], "8: sensitive.0.column", 2),
        (["task.target=y", "sensitive.0.column=sex"], "10: decision.favourable", 1),
    ):
        with pytest.raises(UsageError) as caught:
            read_plan(path, ANALYSES, changes)
        assert (caught.value.code, caught.value.where) == ("E238", f"audit.yaml:{place}")
        assert caught.value.params == {"count": count}
    changes = ["task.target=y", "sensitive=[sex]", "decision.favourable=event"]
    measuring = read_plan(path, ANALYSES, changes).plan.measuring
    assert measuring.data.row_id == "CONFIRM"
    assert (measuring.task.target, measuring.decision.favourable) == ("y", "event")


def test_an_unknown_key_has_a_nearest_one(tmp_path):
    (path := tmp_path / "audit.yaml").write_text(TEXT.replace("CONFIRM", "event"), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_plan(path, ANALYSES, ["decision.treshold=0.3"])
    assert (caught.value.code, caught.value.params) == ("E205", {"nearest": "threshold"})
    assert caught.value.where == "audit.yaml, --set: decision.treshold"


def test_a_change_is_measured(tmp_path):
    text = TEXT.replace("target: CONFIRM", "target: y").replace("CONFIRM", "event")
    (path := tmp_path / "audit.yaml").write_text(text, encoding="utf-8")
    plain, other = (read_plan(path, ANALYSES, each).plan.measuring for each in ([], ["seed=7"]))
    assert other.seed == 7
    assert plain.fingerprint() != other.fingerprint()
