"""Disparities within strata, held against pandas and the admissions to Berkeley in 1973."""

import numpy as np
import pandas as pd
import pytest
from counted_groups import HOSTILE, about, measured, stratified
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from explainaudit.records.group_columns import GroupColumn
from grouped import EVENT, OTHER, asked, binary

# Admitted and rejected, men and women, by department (Bickel, Hammel and O'Connell 1975, the six largest).
BERKELEY = {
    "A": ((512, 313), (89, 19)),
    "B": ((353, 207), (17, 8)),
    "C": ((120, 205), (202, 391)),
    "D": ((138, 279), (131, 244)),
    "E": ((53, 138), (94, 299)),
    "F": ((22, 351), (24, 317)),
}


@st.composite
def frames(draw):
    """Rows with strata of hostile names, missing strata and groups, strata in which all are decided alike."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(2, 400))
    names = [*HOSTILE[: draw(st.integers(2, 9))], None]
    stratum = rng.integers(0, len(names), size=n)
    sex = rng.choice(["a", "b", "c", None], size=n, p=[0.5, 0.35, 0.05, 0.1])
    rate = rng.choice([0.0, 0.3, 0.7, 1.0], size=len(names), p=[0.2, 0.3, 0.3, 0.2])[stratum]
    refused = rng.uniform(size=n) < rate
    more = {"weight": rng.integers(0, 3, size=n).astype(float)} if draw(st.booleans()) else {}
    if more:
        more["weight"][:2] = 1.0
    scored = binary(np.where(refused, EVENT, OTHER), refused, sex=sex, **more)
    return stratified(scored, dept=[names[i] for i in stratum])


def by_pandas(rows: pd.DataFrame, group: str) -> tuple[float | None, dict]:
    """Return the disparity within strata of a group, and for each stratum (group's rate, rows, disparity)."""
    parts = {}
    for name, of in rows.groupby(rows["stratum:dept"].fillna("\x00")):
        inside, chosen = (of["group:sex"] == group), of["favourable"].astype(bool)
        weight = of["weight"]
        shares = [
            (weight * inside)[side].sum() / weight[side].sum() if side.any() else None
            for side in (~chosen, chosen)
        ]
        gap = None if None in shares else shares[0] - shares[1]
        parts[name] = (int(inside.sum()), len(of), gap, weight.sum())
    used = [(gap, weight) for _, _, gap, weight in parts.values() if gap is not None]
    value = sum(gap * weight for gap, weight in used) / sum(weight for _, weight in used) if used else None
    return value, parts


@settings(derandomize=True, deadline=None, max_examples=25)
@given(frames())
def test_disparities_are_those_of_pandas(scored):
    found = measured(scored)
    rows = scored if "weight" in scored else scored.assign(weight=1.0)
    rows = rows[rows["group:sex"].notna() & (rows["weight"] > 0)]
    sizes = rows["group:sex"].value_counts()
    if len(sizes) < 2:
        assert found.table("conditional:dept × sex") is None
        return
    weight, pooled = rows["weight"], rows["favourable"].astype(bool).mean()
    for name in sizes.index:
        of = {**about("sex", name), "stratified_by": "dept"}
        within, plain = (found.measure(each, **of) for each in ("conditional_disparity", "disparity"))
        assert within.n == plain.n == sizes[name]
        value, parts = by_pandas(rows, name)
        inside = rows["group:sex"] == name
        worth = min(weight[side].sum() ** 2 / (weight[side] ** 2).sum() for side in (inside, ~inside))
        if worth < 30 or worth * min(pooled, 1 - pooled) < 5 or value is None:
            assert within.value is None
        else:
            assert within.value == pytest.approx(value, abs=1e-12)
            whole, _ = by_pandas(rows.assign(**{"stratum:dept": "all"}), name)
            assert plain.value == pytest.approx(whole, abs=1e-12)
        assert found.measure("strata_used", **of).value == (
            0 if value is None else sum(gap is not None for _, _, gap, _ in parts.values())
        )
        assert_strata(found, of, parts)


def assert_strata(found: Evidence, of: dict, parts: dict) -> None:
    """Hold each stratum's rate and disparity of one group against pandas; they reconcile to the group."""
    shares = [
        each
        for each in found.measures
        if each.metric == "stratum_rate" and of.items() <= each.dimensions.items()
    ]
    assert len(shares) == len(parts)
    for name, (inside, all_of, gap, _) in parts.items():
        dimensions = of | ({"stratum_missing": "true"} if name == "\x00" else {"stratum": name})
        own = found.measure("stratum_disparity", **dimensions)
        assert (own.n, own.value is None) == (all_of, gap is None)
        assert gap is None or own.value == pytest.approx(gap, abs=1e-12)
        share = found.measure("stratum_rate", **dimensions)
        assert (share.n, share.value is None) == (inside, inside == 0)


def berkeley() -> Evidence:
    rows = [
        (dept, sex, taken)
        for dept, both in BERKELEY.items()
        for sex, counts in zip(("men", "women"), both, strict=True)
        for taken, n in zip((True, False), counts, strict=True)
        for _ in range(n)
    ]
    dept, sex, taken = (list(each) for each in zip(*rows, strict=True))
    refused = ~np.array(taken)
    return measured(stratified(binary(np.where(refused, EVENT, OTHER), refused, sex=sex), dept=dept))


def test_the_admissions_to_berkeley_turn_round_within_departments():
    """30 % of the women and 45 % of the men are admitted, and yet not fewer women within departments."""
    found = berkeley()
    women = about("sex", "women")
    assert found.measure("selection_rate", **women).value == pytest.approx(557 / 1835)
    assert found.measure("selection_rate", **about("sex", "men")).value == pytest.approx(1198 / 2691)
    of = {**women, "stratified_by": "dept"}
    plain, within = (found.measure(each, **of) for each in ("disparity", "conditional_disparity"))
    assert plain.value == pytest.approx(1278 / 2771 - 557 / 1755)
    expected = sum(
        (w[0] + w[1] + m[0] + m[1]) * (w[1] / (w[1] + m[1]) - w[0] / (w[0] + m[0]))
        for m, w in BERKELEY.values()
    )
    assert within.value == pytest.approx(expected / 4526)
    assert plain.interval.low > 0.1
    assert -0.06 < within.interval.low < within.value < 0 < within.interval.high
    in_a = found.measure("stratum_disparity", **of, stratum="A")
    assert (in_a.value, in_a.n) == (pytest.approx(19 / 332 - 89 / 601), 933)
    p = found.measure("p_value", **of, figure="conditional_disparity").value
    assert 0.05 < p < 1
    table = found.table("strata:dept × sex")
    assert [row[0].text for row in table.rows] == [dept for dept in "ABCDEF" for _ in range(2)]


def test_the_disparities_of_two_groups_are_mirrors_and_one_comparison():
    found = berkeley()
    both = [each for each in found.measures if each.metric == "conditional_disparity"]
    assert both[0].value == pytest.approx(-both[1].value)
    p = {found.measure("p_holm", **each.dimensions, figure=each.metric).value for each in both}
    assert len(p) == 1
    assert found.measure("comparisons").value == 7  # rates, four error rates, mean scores, and this one


def test_against_a_handful_of_others_there_is_no_disparity():
    rng = np.random.default_rng(0)
    refused = rng.uniform(size=303) < 0.5
    scored = binary(np.where(refused, EVENT, OTHER), refused, sex=["a"] * 300 + ["b"] * 3)
    found = measured(stratified(scored, dept=rng.choice(["x", "y"], 303)))
    for name in "ab":
        for metric in ("disparity", "conditional_disparity"):
            own = found.measure(metric, **about("sex", name), stratified_by="dept")
            assert (own.value, own.reason, own.tier) == (None, "insufficient", "insufficient")


def test_strata_of_which_none_has_both_outcomes_are_shown_and_not_used():
    refused = np.arange(200) % 2 == 0
    scored = binary(np.where(refused, EVENT, OTHER), refused, sex=["a", "a", "b", "b"] * 50)
    found = measured(stratified(scored, dept=np.where(refused, "x", "y")))
    of = {**about("sex", "a"), "stratified_by": "dept"}
    within = found.measure("conditional_disparity", **of)
    assert (within.value, within.reason) == (None, "not_estimable")
    assert found.measure("strata_used", **of).value == 0


def test_a_feature_is_not_parted_by_itself_and_bands_stay_in_order():
    rng = np.random.default_rng(1)
    names = rng.choice(["< 2", "2–9", "10+"], 300)
    scored = stratified(
        binary([EVENT] * 300, rng.uniform(size=300) < 0.5, sex=rng.choice(["a", "b"], 300)), age=names
    )
    scored["group:age"] = scored["stratum:age"]
    by = GroupColumn(column="age", edges=(2, 10))
    given_ = asked(scored, strata=(by,))
    whole = given_.columns[0].model_copy(update={"name": "age", "type": "integer"})
    given_ = asked(scored, strata=(by,), columns=(given_.columns[0], whole))
    found = FAIRNESS.measure(given_, FAIRNESS.settings())
    assert {table.name for table in found.tables if table.name.startswith("strata")} == {"strata:age × sex"}
    assert [row[0].text for row in found.table("strata:age × sex").rows[::2]] == ["< 2", "2–9", "10+"]
