"""What is odd about the rows: duplicates, rows seen in training, ids, leakage, groups unlike others."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics

from explainaudit.analyses.data import DATA
from explainaudit.analyses.data.screens import is_id
from explainaudit.records.plan import SensitiveFeature, Task
from explainaudit.records.responses import ColumnFacts
from handmade import EVENT, OTHER, responses, scored_frame

SETTINGS = DATA.settings()


def columns_of(rows, **roles):
    kinds = {"f": "number", "i": "integer", "O": "text", "b": "boolean"}
    return tuple(
        ColumnFacts(name=name, type=kinds.get(rows[name].dtype.kind, "text"), role=roles.get(name, "input"))
        for name in rows
    )


def measured(rows, label=None, **other):
    n = len(rows)
    label = [EVENT, OTHER] * (n // 2) + [EVENT] * (n % 2) if label is None else label
    groups = other.pop("groups", {})
    scored = scored_frame(label, [True] * n, **groups)
    if "weight" in other:
        scored["weight"] = other.pop("weight")
    if "cluster" in other:
        scored["cluster"] = pd.Series(other.pop("cluster"), dtype="str")
    roles = other.pop("roles", {})
    return DATA.measure(responses(scored, rows=rows, columns=columns_of(rows, **roles), **other), SETTINGS)


def codes(evidence):
    return [flag.code for flag in DATA.judge(evidence, SETTINGS)]


def test_duplicates_are_counted_apart_from_the_row_id():
    rows = pd.DataFrame({"id": [1, 2, 3, 4], "a": [1.0, 1.0, np.nan, np.nan], "b": ["x", "x", "y", "z"]})
    found = measured(rows, roles={"id": "row_id"})
    assert found.measure("duplicates").value == rows[["a", "b"]].duplicated().mean() == 0.25


@pytest.mark.parametrize(("seen", "raised"), [(0, []), (2, []), (3, ["DATA02"])])
def test_rows_that_stand_in_training_are_flagged_above_the_limit(seen, raised):
    draw = np.random.default_rng(1)
    rows = pd.DataFrame({"a": draw.normal(size=200), "y": draw.normal(size=200)})
    training = pd.concat([rows.head(seen), pd.DataFrame({"a": [5.0], "y": [5.0]})], ignore_index=True)
    learned = scored_frame([EVENT] * len(training), [True] * len(training))
    found = measured(rows, roles={"y": "target"}, training=learned, training_rows=training)
    assert found.measure("in_training").value == seen / 200
    assert codes(found) == raised


def test_constants_and_ids_among_the_inputs_are_named():
    rows = pd.DataFrame(
        {
            "same": ["x"] * 60,
            "code": [f"c{i}" for i in range(60)],
            "number": np.random.default_rng(1).normal(size=60),
            "few": [1, 2] * 30,
        }
    )
    found = measured(rows)
    assert (found.measure("constant").value, found.measure("id_like").value) == (1, 1)
    named = {row[0].key: row[3] for row in found.table("oddities").rows}
    assert [item.text for item in named["measure.data.id_like"].params["items"].items] == ["code"]


def test_an_id_differs_nearly_everywhere():
    assert is_id(pd.Series(range(100)), 0.95)
    assert is_id(pd.Series([*range(95), *[0] * 5]), 0.95)
    assert not is_id(pd.Series([*range(94), *[0] * 6]), 0.95)
    assert not is_id(pd.Series(range(49)), 0.95)


def test_single_inputs_are_held_against_the_outcome():
    draw = np.random.default_rng(2)
    a = draw.normal(size=100)
    rows = pd.DataFrame({"a": a, "b": draw.normal(size=100), "gap": np.where(a > 1, np.nan, a)})
    label = np.where(a + draw.normal(size=100) > 0, EVENT, OTHER)
    found = measured(rows, label)
    for name in rows:
        known = rows[name].notna()
        area = metrics.roc_auc_score(label[known] == EVENT, rows[name][known])
        assert found.measure("single_input", column=name).value == pytest.approx(abs(2 * area - 1))
    assert codes(found) == ([] if rows["gap"].isna().mean() <= 0.2 else ["DATA01"])
    telling = measured(rows.assign(b=(label == EVENT).astype(float)), label)
    assert "DATA03" in codes(telling)
    scored = scored_frame(label, [True] * 100).assign(label=a)
    numbers = responses(
        scored, rows=rows, columns=columns_of(rows), task=Task(type="regression", target="y"), classes=()
    )
    found = DATA.measure(numbers, SETTINGS)
    expected = abs(stats.spearmanr(rows["b"], a).statistic)
    assert found.measure("single_input", column="b").value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("women", "raised"), [(50, []), (59, []), (61, ["DATA04", "DATA04"]), (90, ["DATA04"] * 2)]
)
def test_groups_unlike_the_declared_population_are_noted(women, raised):
    sex = ["f"] * women + ["m"] * (100 - women)
    rows = pd.DataFrame({"a": np.arange(100.0) % 7})
    feature = SensitiveFeature(column="sex", population={"f": 0.5, "m": 0.5})
    found = measured(rows, groups={"sex": sex}, sensitive=(feature,))
    gap = found.measure("population_gap", sensitive="sex", group="f")
    share = found.measure("group_share", sensitive="sex", group="f")
    assert gap.value == pytest.approx(women / 100 - 0.5)
    assert gap.interval.low == pytest.approx(share.interval.low - 0.5)
    assert codes(found) == raised


def test_a_declared_group_without_a_row_is_listed():
    rows = pd.DataFrame({"a": np.arange(100.0) % 7})
    feature = SensitiveFeature(column="sex", population={"f": 0.5, "m": 0.3, "x": 0.2})
    found = measured(rows, groups={"sex": ["f", "m"] * 50}, sensitive=(feature,))
    assert found.measure("group_share", sensitive="sex", group="x").value == 0
    assert found.measure("population_gap", sensitive="sex", group="x").value == pytest.approx(-0.2)
    assert found.measure("group_share", sensitive="sex", group="x").interval.high < 0.2
    raised = [flag.message.params["group"].text for flag in DATA.judge(found, SETTINGS)]
    assert "x" in raised


def test_weights_and_clusters_are_described_where_the_plan_names_them():
    rows = pd.DataFrame({"a": np.arange(10.0)})
    weight = np.array([1.0, 2.0] * 5)
    found = measured(rows, weight=weight, cluster=list("aabbccddee"), groups={"sex": ["f", "m"] * 5})
    assert found.measure("effective_n").value == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert (found.measure("clusters").value, found.measure("cluster_largest").value) == (5, 2)
    assert found.measure("group_share", sensitive="sex", group="f").value == pytest.approx(1 / 3)
    assert found.measure("group_share", sensitive="sex", group="f").n == 10
    assert measured(rows).table("design") is None
