"""A table of groups joined by row id: against pandas' own merge, in any order, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from explainaudit.errors import AuditError, DataRefused, most_like
from explainaudit.loading.auditee import auditee_of, describe_auditee, read_auditee
from explainaudit.loading.joining import join_groups
from explainaudit.loading.model import Consent
from explainaudit.loading.scoring import score_rows
from explainaudit.loading.tables import table_of
from explainaudit.records.plan import DataSource, Decision, Measuring, SensitiveFeature, Task

ROWS = 40
RNG = np.random.default_rng(11)
WHOLE = pd.DataFrame(
    {
        "id": RNG.permutation(ROWS) + 100,
        "a": RNG.normal(size=ROWS),
        "y": np.tile([0, 1, 1, 0], ROWS // 4),
        "sex": RNG.choice(["f", "m"], ROWS),
        "age": RNG.integers(18, 80, ROWS),
        "old": RNG.choice([True, False], ROWS),
    }
)
SAMPLE, GROUPS = WHOLE[["id", "a", "y"]], WHOLE[["id", "sex", "age", "old"]]
MODEL = LogisticRegression().fit(WHOLE[["a"]], WHOLE["y"])


def plan(**changes) -> Measuring:
    given_ = {
        "data": {"sample": "s", "groups": "g", "row_id": "id"},
        "task": Task(target="y", event="1"),
        "decision": Decision(favourable="no event"),
        "sensitive": (SensitiveFeature(column="sex"), SensitiveFeature(column="age", edges=(30, 60))),
    }
    return Measuring.model_validate(given_ | changes)


def described(sample, groups, measuring=None):
    measuring = measuring or plan()
    tables = {"sample": sample} | ({} if groups is None else {"groups": groups})
    auditee = auditee_of(MODEL, tables, measuring)
    found, keyed = describe_auditee(auditee, measuring)
    return found, keyed, score_rows(auditee, found, *keyed["sample"])


def refusal(sample, groups, measuring=None) -> tuple[str, str]:
    with pytest.raises(AuditError) as caught:
        described(sample, groups, measuring)
    return caught.value.code, caught.value.where


def test_joined_columns_are_as_if_they_stood_in_the_sample():
    apart, keyed, scored = described(SAMPLE, GROUPS)
    inside = plan(data={"sample": "s", "row_id": "id"})
    together, whole, same = described(WHOLE, None, inside)
    pd.testing.assert_frame_equal(scored, same)
    pd.testing.assert_frame_equal(keyed["sample"][0][list(WHOLE)], whole["sample"][0])
    assert apart.columns == together.columns
    assert {each.name: each.role for each in apart.columns if each.sensitive} == {
        "sex": "sensitive",
        "age": "sensitive",
    }


def test_each_table_keeps_its_own_identity():
    found, _, _ = described(SAMPLE, GROUPS)
    sizes = {each.name: (each.rows, each.columns) for each in found.tables}
    assert sizes == {"sample": (ROWS, 3), "groups": (ROWS, 4)}
    alone, _, _ = described(SAMPLE, None, plan(sensitive=()))
    assert found.tables[0] == alone.tables[0]
    other, _, _ = described(SAMPLE, GROUPS.assign(sex=GROUPS["sex"].where(GROUPS.index > 0, "x")))
    assert other.tables[1].digest != found.tables[1].digest


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.permutations(range(ROWS)), st.permutations(range(ROWS)))
def test_neither_order_nor_index_changes_anything(first, second):
    moved, _, scored = described(SAMPLE.iloc[first], GROUPS.iloc[second].set_index(pd.Index([3] * ROWS)))
    expected, _, same = described(SAMPLE, GROUPS)
    pd.testing.assert_frame_equal(scored, same)
    assert moved == expected


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30), min_size=1))
def test_the_join_is_a_left_join_and_counts_what_is_left_over(mine, theirs):
    sample = pd.DataFrame({"id": sorted(mine), "x": 1.0})
    groups = pd.DataFrame({"id": sorted(theirs, reverse=True)})
    groups = groups.assign(k=groups["id"] * 2, t=groups["id"].astype(str), b=groups["id"] % 2 == 0)
    tables = {name: table_of(frame, {}, name) for name, frame in (("sample", sample), ("groups", groups))}
    if not mine & theirs:
        with pytest.raises(AuditError, match="E471"):
            join_groups(tables, plan())
        return
    joined, found = join_groups(tables, plan())
    expected = sample.merge(groups, on="id", how="left", validate="one_to_one")
    frame = joined["sample"].frame
    assert frame[["id", "x"]].equals(tables["sample"].frame)
    for name in ("k", "t", "b"):
        known = expected[name].notna()
        assert (frame[name].notna() == known).all()
        assert frame[name][known].tolist() == expected[name][known].tolist()
    assert joined["sample"].types == {
        "id": "integer",
        "x": "number",
        "k": "integer",
        "t": "text",
        "b": "boolean",
    }
    assert found.facts.model_dump() == {
        "rows_without": len(mine - theirs),
        "lines_without": len(theirs - mine),
    }


def test_rows_without_a_line_have_no_group():
    found, _, scored = described(SAMPLE, GROUPS.iloc[5:])
    assert found.joined.model_dump() == {"rows_without": 5, "lines_without": 0}
    assert scored["group:sex"].isna().sum() == scored["group:age"].isna().sum() == 5
    assert len(scored) == ROWS


def test_ids_are_compared_as_keys_are_whatever_way_their_letters_are_composed():
    ids = [f"Ü{row}" for row in range(ROWS)]
    sample, groups = SAMPLE.assign(id=ids), GROUPS.assign(id=[each.replace("Ü", "U\u0308") for each in ids])
    assert described(sample, groups)[0].joined.rows_without == 0
    twice = pd.concat([groups, groups.head(1).assign(id=ids[0])])
    assert refusal(sample, twice) == ("E422", "groups: id")


TEXT = GROUPS.assign(id="p" + GROUPS["id"].astype(str))


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        (GROUPS.rename(columns={"id": "person"}), ("E469", "groups")),
        (TEXT, ("E470", "groups: id")),
        (GROUPS.assign(id=GROUPS["id"] + 0.5), ("E470", "groups: id")),
        (GROUPS.assign(id=GROUPS["id"] + 1000), ("E471", "groups: id")),
        (pd.concat([GROUPS, GROUPS.head(2)]), ("E422", "groups: id")),
        (GROUPS.assign(id=GROUPS["id"].astype("Int64").mask(GROUPS.index == 3)), ("E423", "groups: id")),
        (GROUPS.assign(a=1.0), ("E472", "groups")),
        (WHOLE, ("E472", "groups")),
    ],
)
def test_what_cannot_be_joined_is_refused(groups, error):
    assert refusal(SAMPLE, groups) == error


def test_a_column_that_differs_in_case_alone_is_the_nearest():
    groups = GROUPS.rename(columns={"id": "ID"}).assign(di=0, i=1)
    with pytest.raises(DataRefused) as error:
        described(SAMPLE, groups)
    assert (error.value.code, error.value.params["nearest"]) == ("E469", "ID")
    assert most_like("straße", ["strase", "STRASSE"]) == "STRASSE"
    assert most_like("incone", ["Age", "income"]) == "income"
    assert most_like("x", []) == ""


def test_the_ids_of_the_sample_are_held_to_the_same():
    assert refusal(SAMPLE.drop(columns="id"), GROUPS)[0] == "E424"
    assert refusal(pd.concat([SAMPLE, SAMPLE.head(1)]), GROUPS) == ("E422", "id")
    assert refusal(SAMPLE, GROUPS, plan(data={"sample": "s", "groups": "g"})) == ("E246", "data.groups")


def test_files_are_joined_as_frames_are_and_types_may_be_of_either(tmp_path, monkeypatch):
    SAMPLE.to_csv(tmp_path / "s.csv", index=False)
    GROUPS.to_parquet(tmp_path / "g")
    monkeypatch.setattr(
        "explainaudit.loading.auditee.load_model", lambda *_: auditee_of(MODEL, {}, plan()).predictor
    )
    source = DataSource(
        sample="s", groups="g", row_id="id", types={"sex": "text", "a": "number", "lost": "text"}
    )
    files = {"model": "m", "sample": str(tmp_path / "s.csv"), "groups": str(tmp_path / "g")}
    measuring = plan(data=source)
    found, _ = describe_auditee(read_auditee(files, Consent(), measuring), measuring)
    expected, _, _ = described(SAMPLE, GROUPS)
    assert [each.digest for each in found.tables] == [each.digest for each in expected.tables]
    unused = [note for note in found.notes if note.key == "loading.note.types_unused"]
    assert [item.text for note in unused for item in note.params["names"].items] == ["lost"]


def test_an_input_may_come_from_the_table_of_groups():
    model = LogisticRegression().fit(WHOLE[["a", "age"]], WHOLE["y"])
    auditee = auditee_of(model, {"sample": SAMPLE, "groups": GROUPS}, plan())
    found, keyed = describe_auditee(auditee, plan())
    assert [each.name for each in found.columns if each.role == "input"] == ["a", "age"]
    rows, keys = keyed["sample"]
    scored = score_rows(auditee, found, rows, keys)
    assert scored["score"].to_numpy() == pytest.approx(model.predict_proba(rows[["a", "age"]])[:, 1])
