"""Figures that others published, from their counts through the whole analysis."""

import pytest
from counted_groups import about, measured
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from grouped import EVENT, OTHER, binary


def chosen(counts: dict[str, tuple[int, int]]) -> Evidence:
    """Return the evidence for (decided favourably, all) of each group, with outcomes as decided."""
    refused = [i >= k for k, n in counts.values() for i in range(n)]
    groups = [name for name, (_, n) in counts.items() for _ in range(n)]
    return measured(binary([EVENT if each else OTHER for each in refused], refused, group=groups))


def erring(cells: dict[str, tuple[int, int, int, int]]) -> Evidence:
    """Return the evidence for (TN, FP, FN, TP) of each group."""
    kinds = ((OTHER, False), (OTHER, True), (EVENT, False), (EVENT, True))
    rows = [
        (name, *kind)
        for name, counts in cells.items()
        for kind, n in zip(kinds, counts, strict=True)
        for _ in range(n)
    ]
    groups, label, event = zip(*rows, strict=True)
    return measured(binary(label, event, race=groups))


def of(found: Evidence, metric: str, group: str, feature: str = "group", **more):
    return found.measure(metric, **about(feature, group), **more)


def test_the_four_fifths_example():
    """45 of 250 against 120 of 400: the ratio is below four fifths, but its interval is not."""
    found = chosen({"b": (45, 250), "a": (120, 400)})
    assert of(found, "impact_ratio", "b").value == pytest.approx(0.60)
    katz = of(found, "impact_ratio_katz", "b").interval
    assert (round(katz.low, 2), round(katz.high, 2)) == (0.44, 0.81)
    assert round(of(found, "z", "b").value, 2) == -3.42
    p = of(found, "p_value", "b", figure="difference").value
    assert p == pytest.approx(proportions_ztest([45, 120], [250, 400])[1])
    score = of(found, "impact_ratio", "b").interval
    expected = confint_proportions_2indep(
        45, 250, 120, 400, compare="ratio", method="score", correction=False
    )
    assert (score.low, score.high) == pytest.approx(expected, abs=1e-4)
    # With 165 of 650 chosen in all, 63.5 of the 250 would be: 18.5 persons fewer are.
    assert of(found, "shortfall", "b").value == pytest.approx(250 * 165 / 650 - 45)


def test_call_backs_by_name():
    """Résumés with names that sound white or black, 2,435 each (Bertrand and Mullainathan 2004)."""
    found = chosen({"white": (235, 2435), "black": (157, 2435)})
    assert round(100 * of(found, "selection_rate", "white").value, 2) == 9.65
    assert round(100 * of(found, "selection_rate", "black").value, 2) == 6.45
    assert round(of(found, "impact_ratio", "black").value, 3) == 0.668
    assert round(100 * of(found, "difference", "black").value, 1) == -3.2
    assert of(found, "p_value", "black", figure="difference").value == pytest.approx(3.98e-5, rel=0.01)
    assert [flag.code for flag in FAIRNESS.judge(found, FAIRNESS.settings())] == ["FAIR01"]


COMPAS = {"African-American": (990, 805, 532, 1369), "Caucasian": (1139, 349, 461, 505)}


def test_error_rates_of_compas_by_race():
    """ProPublica's table of general recidivism (Larson, Mattu, Kirchner and Angwin 2016)."""
    found = erring(COMPAS)
    published = {"African-American": (3696, 44.85, 27.99, 0.63), "Caucasian": (2454, 23.45, 47.72, 0.59)}
    for name, (n, fpr, fnr, ppv) in published.items():
        assert of(found, "group_size", name, "race").value == n
        assert round(100 * of(found, "fpr", name, "race").value, 2) == fpr
        assert round(100 * of(found, "fnr", name, "race").value, 2) == fnr
        assert round(1 - of(found, "fdr", name, "race").value, 2) == ppv
    # White defendants are decided favourably more often: the gaps are measured from them.
    gap = of(found, "fpr_difference", "African-American", "race")
    assert gap.value == pytest.approx(805 / 1795 - 349 / 1488)
    ends = confint_proportions_2indep(805, 1795, 349, 1488, method="newcomb")
    assert (gap.interval.low, gap.interval.high) == pytest.approx(ends, abs=1e-9)
    odds = found.measure("equalized_odds_difference", sensitive="race")
    assert odds.value == pytest.approx(gap.value)
    rates = {
        flag.message.params["rate"].key.rpartition(".")[2]
        for flag in FAIRNESS.judge(found, FAIRNESS.settings())
        if flag.code == "FAIR04"
    }
    assert rates == {"fpr", "tpr", "for"}  # that .63 and .59 of the predictions come true is no difference
    parity = found.measure("predictive_parity_difference", sensitive="race")
    assert parity.value == pytest.approx(1369 / 2174 - 505 / 854)


def test_denials_of_mortgages_in_boston():
    """339 black applicants of whom 96 were denied, 2,041 others of whom 189 (Munnell and others 1996)."""
    found = chosen({"black": (339 - 96, 339), "other": (2041 - 189, 2041)})
    assert round(1 - of(found, "selection_rate", "black").value, 4) == 0.2832
    assert round(1 - of(found, "selection_rate", "other").value, 4) == 0.0926
    assert of(found, "impact_ratio", "black").value == pytest.approx((243 / 339) / (1852 / 2041))
    # Four fifths of approvals are nearly kept although denials are three times as frequent.
    assert round(of(found, "impact_ratio", "black").value, 2) == 0.79
    gap = of(found, "difference", "black")
    ends = confint_proportions_2indep(243, 339, 1852, 2041, method="newcomb")
    assert (gap.interval.low, gap.interval.high) == pytest.approx(ends, abs=1e-9)
