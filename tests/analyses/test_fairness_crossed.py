"""Several features at once: every row is counted once, in a group of its own name, or as missing."""

from itertools import product

import numpy as np
from counted_groups import HOSTILE, about, joined, measured
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.fairness.groups import MOST_CELLS
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.plan import joined_name
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary, regression

FAIRLEARN = {"tpr": true_positive_rate, "fpr": false_positive_rate}


@st.composite
def frames(draw):
    """Rows of two or three features with hostile names, missing ones, and intersections without anybody."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, features = draw(st.integers(2, 250)), draw(st.sampled_from([("p", "q"), ("p", "q", "r × s")]))
    more = {}
    for name in features:
        names = [*HOSTILE[: draw(st.integers(1, 4 if len(features) == 3 else 9))], None]
        more[name] = [names[i] for i in (rng.uniform(size=n) ** 1.5 * len(names)).astype(int)]
    score = rng.uniform(size=n).round(2)
    label = rng.choice([EVENT, OTHER, None], size=n, p=[0.45, 0.45, 0.1])
    if draw(st.booleans()):
        return regression(np.where(label == EVENT, 1.0, np.nan), score, **more), features, "regression"
    return binary(label, score >= 0.5, score=score, **more), features, "binary"


def of_groups(found: Evidence, metric: str, feature: str) -> list[Measure]:
    """Return the measures of a grouping, without those of the groups that tables put together."""
    about = {"sensitive": feature}.items()
    return [
        each
        for each in found.measures
        if each.metric == metric
        and about <= each.dimensions.items()
        and "groups_left_out" not in each.dimensions
    ]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(frames())
def test_every_row_is_counted_once_in_every_grouping(drawn):
    scored, features, kind = drawn
    crossed = [features, features[::-1][:2]]
    found = measured(scored, kind, crossed=crossed)
    for columns in (*((name,) for name in features), *crossed):
        feature = joined_name(columns) if len(columns) > 1 else columns[0]
        group = joined(scored, columns)
        sizes = {each.dimensions.get("group"): each.value for each in of_groups(found, "group_size", feature)}
        assert sum(sizes.values()) == len(scored)
        assert sizes.get(None, 0) == group.isna().sum()
        levels = [sorted(scored[f"group:{name}"].dropna().unique()) for name in columns]
        cells = [joined_name(cell) if len(cell) > 1 else cell[0] for cell in product(*levels)]
        assert set(cells) == sizes.keys() - {None}
        assert len(set(cells)) == len(cells)
        counted = group.value_counts()
        assert all(sizes[name] == counted.get(name, 0) for name in cells)
        rate = "scoring_rate" if kind == "regression" else "selection_rate"
        for metric in (rate, "mean_error") if kind == "regression" else (rate, "tpr"):
            named = {each.dimensions.get("group") for each in of_groups(found, metric, feature)}
            assert named == {name for name, size in sizes.items() if size}  # nobody has no rate
        totals = [sum(each.n for each in of_groups(found, name, feature)) for name in (rate, "tpr", "fpr")]
        known = int(scored["label"].notna().sum())
        assert totals[0] == len(scored)
        assert kind == "regression" or totals[1] + totals[2] == known
        assert kind == "binary" or sum(each.n for each in of_groups(found, "mean_error", feature)) == known
    assert len({each.id for each in found.measures}) == len(found.measures)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(frames())
def test_every_table_reconciles_to_all_rows(drawn):
    scored, features, kind = drawn
    found = measured(scored, kind, crossed=[features])
    by_id = {each.id: each for each in found.measures}
    shortened = {
        each.dimensions["table"].partition(":")[2]
        for each in found.measures
        if each.metric == "lines_left_out"
    }
    known = int(scored["label"].notna().sum())
    of_errors = {}
    for table in found.tables:
        name, _, feature = table.name.partition(":")
        headings = [column.name for column in table.columns]
        if feature in shortened or not {"n", "known", "of_n"} & set(headings):
            continue
        place = next(headings.index(each) for each in ("n", "of_n", "known") if each in headings)
        cells = [row[place] for row in table.rows]
        total = sum(by_id[cell.measure].n for cell in cells)
        if name == "errors":
            rate, _, feature = feature.partition(":")
            of_errors.setdefault((feature, rate in {"tpr", "fpr"}), []).append(total)
        else:
            assert total == (known if headings[place] == "known" else len(scored)), table.name
    assert all(sum(totals) == known for totals in of_errors.values())


@settings(derandomize=True, deadline=None, max_examples=20)
@given(frames())
def test_rates_of_intersections_are_those_of_fairlearn(drawn):
    """fairlearn takes no missing groups; it says 0 where there is no rate, and NaN where there is nobody."""
    scored, features, kind = drawn
    group = joined(scored, features)
    rows = scored[group.notna()]
    if kind == "regression" or rows.empty:
        return
    found = measured(scored, crossed=[features])
    chosen = rows["favourable"].astype(int)
    parts = rows[[f"group:{name}" for name in features]]
    frame = MetricFrame(metrics=selection_rate, y_true=chosen, y_pred=chosen, sensitive_features=parts)
    feature, empty = joined_name(features), 0
    for cell, rate in frame.by_group.items():
        if np.isnan(rate):
            empty += 1
            assert found.measure("group_size", **about(feature, joined_name(cell))).value == 0
        else:
            assert found.measure("selection_rate", **about(feature, joined_name(cell))).value == rate
    none = [each.value for each in found.measures if each.metric == "empty_groups"]
    assert none == ([empty] if empty else [])
    rows = rows[rows["label"].notna()]
    if rows.empty:
        return
    frame = MetricFrame(
        metrics=FAIRLEARN,
        y_true=(rows["label"] == EVENT).astype(int),
        y_pred=rows["event_predicted"].astype(int),
        sensitive_features=group[rows.index],
    )
    for name, rates in frame.by_group.iterrows():
        for metric in FAIRLEARN:
            own = found.measure(metric, **about(feature, name))
            assert (own.value, own.reason) == ((rates[metric], None) if own.n else (None, "zero_denominator"))
            assert own.n or rates[metric] == 0.0


@settings(derandomize=True, deadline=None, max_examples=100)
@given(*[st.lists(st.text("×x -", max_size=4), min_size=2, max_size=3) for _ in range(2)])
def test_no_two_intersections_have_one_name(first, second):
    assert (joined_name(first) == joined_name(second)) is (first == second)
    assert joined_name(first) != joined_name([joined_name(first[:2]), *first[2:]])


def test_the_missing_intersection_is_compared_with_nobody():
    rng = np.random.default_rng(2)
    p, q = (rng.choice(["a", "b", None], size=900, p=[0.5, 0.3, 0.2]) for _ in range(2))
    event = rng.uniform(size=900) < np.where([each is None for each in q], 0.9, 0.5)
    found = measured(binary(np.where(event, EVENT, OTHER), event, p=p, q=q), crossed=[("p", "q")])
    unknown = about("p × q", None)
    assert found.measure("group_size", **unknown).value == sum(
        a is None or b is None for a, b in zip(p, q, strict=True)
    )
    for metric in ("impact_ratio", "difference", "z", "shortfall", "detectable", "tpr_difference"):
        assert found.measure(metric, **unknown).reason == "missing_group"
    assert found.table("errors:tpr:p × q") is None
    (row,) = [
        row
        for row in found.table("outcomes:p × q").rows
        if row[1].measure == found.measure("group_size", **unknown).id
    ]
    assert row[0].key == "group.missing"


def test_intersections_without_anybody_are_named_under_the_table():
    p, q = ["a", "a", "b", None] * 60, ["x", "×", "x", "y"] * 60
    found = measured(binary([EVENT] * 240, [True, False] * 120, p=p, q=q), crossed=[("p", "q")])
    assert found.measure("empty_groups", sensitive="p × q").value == 3
    (note,) = [note for note in found.table("outcomes:p × q").notes if note.key == "note.empty_groups"]
    text = Writer({each.id: each for each in found.measures}).text(note)
    assert all(name in text for name in ("b × ××", "b × y", "a × y"))
    assert [row[0].text for row in found.table("outcomes:p × q").rows[:-1]] == ["a × x", "a × ××", "b × x"]


def test_more_groups_than_anybody_compares_are_a_limitation():
    rows = np.arange(2 * (MOST_CELLS + 20))
    wide = {"p": [f"{i:02d}" for i in rows % 13], "q": [f"{i:02d}" for i in rows // 13 % 12]}
    event = rows % 2 == 0
    found = measured(binary(np.where(event, EVENT, OTHER), event, **wide), crossed=[("p", "q")])
    assert "too_many_groups" in {each.code for each in found.limitations}
    assert found.table("outcomes:p × q") is None
    assert found.table("outcomes:p") is not None
    wide["p"] = [f"{i:02d}" for i in rows % 12]
    found = measured(binary(np.where(event, EVENT, OTHER), event, **wide), crossed=[("p", "q")])
    assert "too_many_groups" not in {each.code for each in found.limitations}
    assert len(of_groups(found, "group_size", "p × q")) == MOST_CELLS


def test_fifty_groups_are_all_compared_and_twenty_shown():
    rng = np.random.default_rng(3)
    sex = np.array([f"g{i:02d}" for i in range(50)]).repeat(60)
    event = rng.uniform(size=3000) < np.where(sex == "g49", 0.8, 0.4)
    found = measured(binary(np.where(event, EVENT, OTHER), event, sex=sex))
    assert len(of_groups(found, "impact_ratio", "sex")) == 50
    tables = [table for table in found.tables if table.name != "gaps"]
    assert {len(table.rows) for table in tables} == {21}  # the last is of all others
    *rows, others = found.table("outcomes:sex").rows
    shown = {row[0].text for row in rows}
    values = {each.id: each.value for each in found.measures}
    assert others[0].key == "group.others"
    assert sum(values[row[1].measure] for row in (*rows, others)) == 3000
    assert sum(values[row[2].measure] for row in (*rows, others)) == (~event).sum()
    assert {
        "g49",
        next(
            each.dimensions["group"]
            for each in of_groups(found, "difference", "sex")
            if each.reason == "reference"
        ),
    } <= shown
    flags = {
        flag.message.params["group"].text
        for flag in FAIRNESS.judge(found, FAIRNESS.settings())
        if flag.code == "FAIR01"
    }
    assert flags == {"g49"}


def test_the_lowest_intersection_is_flagged_once():
    """Neither feature alone differs: only those who are both are refused more often."""
    n = np.arange(1600)
    p, q = np.where(n % 2 == 0, "a", "b"), np.where(n // 2 % 2 == 0, "x", "y")
    refused = (n // 4 % 10) < np.where((p == "a") == (q == "x"), 7, 3)
    scored = binary(np.where(refused, EVENT, OTHER), refused, p=p, q=q)
    found = measured(scored, crossed=[("p", "q")])
    flags = FAIRNESS.judge(found, FAIRNESS.settings())
    assert [flag.code for flag in flags] == ["FAIR05"]
    assert flags[0].message.params["group"].text in {"a × x", "b × y"}
    refused |= (p == "b") & (q == "y") & (n // 4 % 10 == 8)
    worse = measured(binary(np.where(refused, EVENT, OTHER), refused, p=p, q=q), crossed=[("p", "q")])
    (flag,) = (each for each in FAIRNESS.judge(worse, FAIRNESS.settings()) if each.code == "FAIR05")
    assert flag.message.params["group"].text == "b × y"
    refused |= (p == "a") & (q == "x") & (n // 4 % 10 >= 7)
    worse = measured(binary(np.where(refused, EVENT, OTHER), refused, p=p, q=q), crossed=[("p", "q")])
    (flag,) = (each for each in FAIRNESS.judge(worse, FAIRNESS.settings()) if each.code == "FAIR05")
    assert flag.message.params["group"].text == "a × x"
    assert found.answer == FAIRNESS.measure(asked(scored), FAIRNESS.settings()).answer
