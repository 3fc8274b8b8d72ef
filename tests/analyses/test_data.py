"""What the model was shown: counted again with pandas."""

import numpy as np
import pandas as pd
import pytest

from explainaudit.analyses.data import DATA
from explainaudit.records.evidence import Evidence
from explainaudit.records.responses import ColumnFacts
from explainaudit.wording.writer import Writer
from handmade import EVENT, INPUTS, OTHER, audited, bundle_of, people, responses, scored_frame

SETTINGS = DATA.settings()


def of_rows(rows: pd.DataFrame, columns, **other) -> Evidence:
    scored = scored_frame([EVENT] * len(rows), [True] * len(rows))
    return DATA.measure(responses(scored, rows=rows, columns=columns, **other), SETTINGS)


def test_missing_values_are_counted_per_column():
    rows = pd.DataFrame(
        {
            "a": [1.0, np.nan, 3.0, np.nan],
            "b": pd.array([1, None, 2, 3], dtype="Int64"),
            "c": pd.Series(["x", None, "", "NA"], dtype="str"),
            "d": pd.to_datetime(["2024-01-01", None, None, None]),
            "e": [True, False, True, True],
        }
    )
    kinds = ("number", "integer", "text", "date", "boolean")
    columns = [
        ColumnFacts(name=name, type=kind, role="input") for name, kind in zip(rows, kinds, strict=True)
    ]
    found = of_rows(rows, tuple(columns))
    shares = {name: found.measure("missing", column=name).value for name in rows}
    assert shares == rows.isna().mean().to_dict() == {"a": 0.5, "b": 0.25, "c": 0.25, "d": 0.75, "e": 0.0}
    assert found.measure("incomplete_inputs").value == 4
    assert found.measure("inputs").value == 5
    assert [row[0].text for row in found.table("columns").rows] == list(rows)


def test_roles_are_said_and_an_input_that_is_sensitive_is_both():
    rows = pd.DataFrame({name: [1.0, 2.0] for name in ("in", "both", "y", "sens", "id", "rest")})
    roles = {
        "in": "input",
        "both": "input",
        "y": "target",
        "sens": "sensitive",
        "id": "row_id",
        "rest": "other",
    }
    columns = tuple(
        ColumnFacts(name=name, type="number", role=role, sensitive=name in {"both", "sens"})
        for name, role in roles.items()
    )
    found = of_rows(rows, columns)
    said = {row[0].text: row[1].key.removeprefix("role.") for row in found.table("columns").rows}
    assert said == roles | {"both": "input_and_sensitive"}
    assert found.measure("inputs").value == 2


def test_group_shares_and_the_missing_add_up_to_all_rows():
    found = DATA.measure(people(), SETTINGS)
    for feature in ("sex", "region"):
        groups = people().scored[f"group:{feature}"]
        shares = {
            each.dimensions["group"]: each.value
            for each in found.measures
            if each.metric == "group_share" and each.dimensions["sensitive"] == feature
        }
        assert (
            shares
            == groups.value_counts(normalize=True, dropna=False).drop(np.nan, errors="ignore").to_dict()
        )
        missing = [
            each.value
            for each in found.measures
            if each.metric == "group_missing" and each.dimensions["sensitive"] == feature
        ]
        assert missing == ([groups.isna().mean()] if groups.isna().any() else [])
        assert len(found.table(f"groups:{feature}").rows) == len(shares) + len(missing)


def test_group_named_missing_and_the_missing_group_are_two_rows():
    scored = scored_frame([EVENT] * 5, [True] * 5, sex=["missing", "missing", None, None, None])
    found = DATA.measure(responses(scored), SETTINGS)
    assert found.measure("group_share", sensitive="sex", group="missing").value == 0.4
    assert found.measure("group_missing", sensitive="sex").value == 0.6


def test_tables_are_identified_by_size_and_digest():
    found = audited()[0].of("data")
    rows = found.table("identity").rows
    assert [row[0].key for row in rows] == ["table_name.sample", "table_name.training"]
    assert found.measure("table_rows", table="training").value == 1200
    assert found.measure("table_columns", table="sample").value == 7


def test_what_could_not_be_shown():
    bare = DATA.measure(responses(scored_frame([EVENT, None, None], [True] * 3)), SETTINGS)
    assert [each.code for each in bare.limitations] == ["no_comparison", "unlabelled", "no_sensitive"]
    full = audited()[0].of("data")
    assert [each.code for each in full.limitations] == ["no_comparison", "unlabelled", "noticed"]
    labelled = people()
    assert labelled.scored["label"].isna().sum() == 25
    unlabelled = full.limitations[1]
    assert "25 rows" in Writer({each.id: each for each in full.measures}).text(unlabelled.message)


@pytest.mark.parametrize(("missing", "raised"), [(0, []), (20, []), (21, ["DATA01"]), (100, ["DATA01"])])
def test_a_large_share_of_missing_values_is_flagged_above_the_limit(missing, raised):
    rows = pd.DataFrame({"a": [np.nan] * missing + [1.0] * (100 - missing)})
    found = of_rows(rows, (ColumnFacts(name="a", type="number", role="input"),))
    assert [flag.code for flag in DATA.judge(found, SETTINGS)] == raised
    for role, sensitive in (("sensitive", True), ("input", True), ("other", False), ("weight", False)):
        other = of_rows(rows, (ColumnFacts(name="a", type="number", role=role, sensitive=sensitive),))
        assert [flag.code for flag in DATA.judge(other, SETTINGS)] == (raised if sensitive else [])
        assert other.measure("missing", column="a").value == missing / 100


def test_the_answer_counts_rows_inputs_and_labels():
    bundle = bundle_of(people())
    said = Writer(bundle.measures()).text(bundle.of("data").answer)
    assert said.startswith(f"The model was shown 600 rows with {len(INPUTS)} input columns, 1 of them with")
    assert "known for 575 rows" in said
    assert OTHER not in said
