"""Counts and rates of groups are fairlearn's and scikit-learn's; where nobody is in the denominator, none."""

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    false_negative_rate,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from grouped import EVENT, OTHER, asked, binary

NAMES = ("a", "missing", "", "=x", "true", "Überseer", "nan", "None", "group_missing")
FAIRLEARN = {"tpr": true_positive_rate, "fpr": false_positive_rate, "fnr": false_negative_rate}
TIERS = ("not_estimable", "insufficient", "indicative", "reportable")
COMPARED = (
    "impact_ratio",
    "impact_ratio_decisive",
    "impact_ratio_katz",
    "difference",
    "z",
    "shortfall",
    "smd",
)
# Of each error rate: the cell counted, and the other cell of its denominator.
CELLS = {"tpr": "tp fn", "fpr": "fp tn", "fnr": "fn tp", "fdr": "fp tp", "for": "fn tn"}


@st.composite
def frames(draw, *, weighted=False):
    """Scored rows with missing labels and groups, groups of one row and of one class among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, groups = draw(st.integers(2, 150)), draw(st.integers(1, len(NAMES)))
    # Uneven shares, so that the last names are rare; the one after the last is no name.
    place = (rng.uniform(size=rows) ** draw(st.sampled_from([1, 2, 4])) * (groups + 1)).astype(int)
    group = [[*NAMES[:groups], None][i] for i in place]
    label = rng.choice([EVENT, OTHER, None], size=rows, p=draw(st.sampled_from([[0.5, 0.4, 0.1], [0, 0, 1]])))
    if draw(st.booleans()):
        label[place == 0] = EVENT
    event = rng.uniform(size=rows) < draw(st.sampled_from([0.0, 0.2, 0.6, 1.0]))
    more = {}
    if weighted:
        none = rng.uniform(size=rows) < draw(st.sampled_from([0.0, 0.3, 1.0]))
        more["weight"] = np.where(none, 0.0, rng.gamma(0.5, 10.0, size=rows))
        if draw(st.booleans()):
            more["cluster"] = rng.integers(0, draw(st.sampled_from([1, 2, 30])), size=rows)
    favourable = draw(st.sampled_from(["event", "no event"]))
    return binary(label, event, favourable=favourable, sex=group, **more)


def measured(scored) -> Evidence:
    return FAIRNESS.measure(asked(scored), FAIRNESS.settings())


def rows_of(scored):
    """Yield the rows of every group with its dimensions; rows without a group are a group of their own."""
    groups = scored["group:sex"]
    for name in groups.dropna().unique():
        yield scored[groups == name], {"sensitive": "sex", "group": name}
    if groups.isna().any():
        yield scored[groups.isna()], {"sensitive": "sex", "group_missing": "true"}


def cells_of(rows) -> dict[str, int]:
    labelled = rows[rows["label"].notna()]
    if labelled.empty:
        return dict.fromkeys(("tn", "fp", "fn", "tp"), 0)
    matrix = confusion_matrix(labelled["label"] == EVENT, labelled["event_predicted"], labels=[False, True])
    return dict(zip(("tn", "fp", "fn", "tp"), (int(cell) for cell in matrix.ravel()), strict=True))


@settings(derandomize=True, deadline=None, max_examples=50)
@given(frames())
def test_every_group_is_counted_once_and_its_rates_are_k_of_n(scored):
    found = measured(scored)
    seen = []
    for rows, dimensions in rows_of(scored):
        seen.append(dimensions)
        favourable = rows["favourable"].sum()
        assert found.measure("group_size", **dimensions).value == len(rows)
        assert found.measure("selected", **dimensions).value == favourable
        share = found.measure("selection_rate", **dimensions)
        assert (share.value, share.n) == (favourable / len(rows), len(rows))
        cells = cells_of(rows)
        for metric, (counted, beside) in ((m, c.split()) for m, c in CELLS.items()):
            rate = found.measure(metric, **dimensions)
            n = cells[counted] + cells[beside]
            assert rate.n == n
            assert rate.value == (cells[counted] / n if n else None)
            assert (rate.reason, rate.tier == "not_estimable") == (
                (None, False) if n else ("zero_denominator", True)
            )
    sizes = [each for each in found.measures if each.metric == "group_size"]
    assert [each.dimensions for each in sizes if each.dimensions not in seen] == []
    assert len(sizes) == len(seen)
    assert sum(each.value for each in sizes) == len(scored)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.booleans().flatmap(lambda weighted: frames(weighted=weighted)))
def test_rates_are_those_of_fairlearn(scored):
    """``MetricFrame`` refuses missing groups, so here they get a name; it says 0 where there is no rate."""
    found = measured(scored)
    named = scored.assign(group=scored["group:sex"].fillna("\x00missing"))
    weight = scored["weight"] if "weight" in scored else named["event_predicted"] * 0.0 + 1.0
    # fairlearn divides by the weights' sum, and cannot where it is 0: nobody is there to be counted.
    named = named[weight.groupby(named["group"]).transform("sum") > 0].assign(weight=weight)
    for name, group in named.groupby("group"):
        dimensions = {"sensitive": "sex"}
        dimensions |= {"group_missing": "true"} if name == "\x00missing" else {"group": name}
        theirs = by_fairlearn(group)
        for metric, rate in theirs.items():
            ours = found.measure(metric, **dimensions)
            if ours.value is None:
                assert rate == 0.0
            else:
                assert ours.value == pytest.approx(rate, abs=1e-12)
                assert ours.interval.low <= ours.value <= ours.interval.high


def by_fairlearn(group) -> dict[str, float]:
    chosen = group["favourable"].astype(int)
    frame = MetricFrame(
        metrics=selection_rate, y_true=chosen, y_pred=chosen, sensitive_features=group["group"],
        sample_params={"sample_weight": group["weight"]},
    )  # fmt: skip
    found = {"selection_rate": float(frame.by_group.iloc[0])}
    labelled = group[group["label"].notna()]
    if labelled["weight"].sum() > 0:
        errors = MetricFrame(
            metrics=FAIRLEARN,
            y_true=(labelled["label"] == EVENT).astype(int),
            y_pred=labelled["event_predicted"].astype(int),
            sensitive_features=labelled["group"],
            sample_params={name: {"sample_weight": labelled["weight"]} for name in FAIRLEARN},
        )
        rates = errors.by_group.iloc[0].fillna(0.0)  # 0 / 0 where all weights of one outcome are 0
        found |= {name: float(rates[name]) for name in FAIRLEARN}
    return found


@settings(derandomize=True, deadline=None, max_examples=60)
@given(frames(weighted=True))
def test_weights_change_rates_and_no_count_of_people(scored):
    found = measured(scored)
    kept = scored[scored["weight"] > 0].reset_index(drop=True) if "weight" in scored else scored
    if kept.empty:
        return
    plain = measured(kept.drop(columns=["weight", "cluster"], errors="ignore"))
    for each in plain.measures:
        if each.kind not in {"count", "rate"}:
            continue
        twin = found.measure(each.metric, **each.dimensions)
        if twin.value is not None:
            assert twin.n == each.n
            assert TIERS.index(twin.tier) <= TIERS.index(each.tier)  # unequal weights carry less
            assert twin.smallest_cell == each.smallest_cell
        if each.kind == "rate" and twin.value is None:
            assert twin.reason == "zero_denominator"
    (note,) = [key for key in said(found) if key in {"note.design", "note.weighted_counts"}]
    assert note not in said(plain)
    if "weight" in kept and kept["weight"].nunique() > 1:
        assert note == "note.weighted_counts"


def said(found: Evidence) -> list[str]:
    return [note.key for table in found.tables for note in table.notes]


def test_no_event_is_the_selection_rate_of_one_minus_the_prediction():
    """In credit the event is default, and those who are not predicted to default are selected."""
    predicted = np.array([1, 0, 0, 1, 0, 0, 0, 1])
    scored = binary([EVENT] * 8, predicted, sex=["f", "f", "f", "f", "m", "m", "m", "m"])
    frame = MetricFrame(
        metrics=selection_rate, y_true=predicted, y_pred=1 - predicted, sensitive_features=scored["group:sex"]
    )
    found = measured(scored)
    assert {
        group: found.measure("selection_rate", sensitive="sex", group=group).value for group in ("f", "m")
    } == frame.by_group.to_dict()


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames())
def test_the_missing_group_stands_in_every_table_and_is_compared_with_nobody(scored):
    found = measured(scored)
    unknown = {"sensitive": "sex", "group_missing": "true"}
    is_there = bool(scored["group:sex"].isna().any())
    assert any(each.dimensions == unknown for each in found.measures) is is_there
    groups = len(list(rows_of(scored)))
    # outcomes, reproduction, scores, quantiles, areas, and one table for each of four error rates
    assert [len(table.rows) for table in found.tables] == [1, *([groups] * 9)]
    assert found.tables[0].name == "gaps"
    if is_there:
        for metric in (*COMPARED, *(f"{rate}_difference" for rate in ("tpr", "fpr", "fdr", "for"))):
            compared = found.measure(metric, **unknown)
            assert (compared.value, compared.interval, compared.reason) == (None, None, "missing_group")


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames(), st.integers(2, 4))
def test_rows_written_twice_are_rows_of_twice_the_weight(scored, times):
    once = measured(scored)
    again = measured(scored.loc[scored.index.repeat(times)].reset_index(drop=True))
    heavy = measured(scored.assign(weight=float(times)))
    for each in once.measures:
        if each.kind == "rate":
            assert again.measure(each.metric, **each.dimensions).value == each.value
            heavier = heavy.measure(each.metric, **each.dimensions).value
            assert heavier is each.value is None or heavier == pytest.approx(each.value, abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames(), st.permutations(range(len(NAMES))))
def test_other_names_for_the_groups_change_names_only(scored, order):
    """A tie for the highest rate goes to the larger group, then to the first name: only then names matter."""
    new = {name: f"g{place}" for name, place in zip(NAMES, order, strict=True)}
    renamed = scored.assign(**{"group:sex": scored["group:sex"].map(new)})
    before, after = measured(scored), measured(renamed)
    rates = [
        (each.value, each.n)
        for each in before.measures
        if each.metric == "selection_rate" and "group" in each.dimensions
    ]
    tied = len(set(rates)) < len(rates)
    for each in before.measures:
        if tied and each.kind in {"ratio", "difference"}:
            continue
        dimensions = dict(each.dimensions)
        if "group" in dimensions:
            dimensions["group"] = new[dimensions["group"]]
        twin = after.measure(each.metric, **dimensions)
        assert twin.model_copy(update={"dimensions": each.dimensions}) == each


def test_groups_of_odd_names_are_groups_of_their_own():
    names = ["missing", "=x", "x", "", "true", None, "missing", None, None, "nan"]
    found = measured(binary([EVENT] * 10, [True] * 10, sex=names))
    sizes = {
        each.dimensions.get("group"): each.value for each in found.measures if each.metric == "group_size"
    }
    assert sizes == {"missing": 2, "=x": 1, "x": 1, "": 1, "true": 1, "nan": 1, None: 3}
