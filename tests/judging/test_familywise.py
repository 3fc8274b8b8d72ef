"""Verdicts adjusted for their number, against statsmodels: Holm, the score tests, and how often they err."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest, test_proportions_2indep

from explainaudit.analyses import ANALYSES
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.judging import judge
from explainaudit.judging.familywise import p_value
from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Interval, Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.verdict import Verdicts
from explainaudit.stats.intervals import wilson
from handmade import EVENT, OTHER, audited, responses, scored_frame

BUNDLE, _ = audited()
score_test = test_proportions_2indep  # pytest would take its name for that of a test
score_test.__test__ = False


def of_shares(counts: list[tuple[int, int]]) -> Bundle:
    """Return a bundle whose figures are shares, each of a group of its own."""
    made = [
        Measure(
            analysis="fairness",
            metric="tpr",
            dimensions={"sensitive": "s", "group": f"g{place}"},
            value=k / n,
            interval=wilson(k, n),
            n=n,
            unit="share",
            kind="rate",
            smallest_cell=50,
        )
        for place, (k, n) in enumerate(counts)
    ]
    evidence = Evidence(analysis="fairness", answer=Message(key="question.fairness"), measures=tuple(made))
    return BUNDLE.model_copy(update={"evidence": (evidence,)})


def of_ratios(counts: dict[str, tuple[int, int]]) -> Bundle:
    event = [i >= k for k, n in counts.values() for i in range(n)]
    groups = [name for name, (_, n) in counts.items() for _ in range(n)]
    label = [EVENT if i % 2 else OTHER for i in range(len(groups))]
    found = FAIRNESS.measure(responses(scored_frame(label, event, sex=groups)), FAIRNESS.settings())
    return BUNDLE.model_copy(update={"evidence": (found,)})


def judged(bundle: Bundle, criteria: list[Criterion], *, familywise: bool = True) -> Verdicts:
    return judge(bundle, criteria, ANALYSES, familywise=familywise)


def holms(verdicts: Verdicts) -> list[float | None]:
    return [
        next((each.value for each in verdict.numbers if each.metric == "p_holm"), None)
        for verdict in verdicts.verdicts
    ]


SHARES = st.lists(
    st.tuples(st.integers(30, 900), st.floats(0, 1)).map(lambda of: (round(of[0] * of[1]), of[0])),
    min_size=1,
    max_size=8,
)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(SHARES, st.floats(0.05, 0.95))
def test_shares_go_by_the_score_test_and_holm(counts, least):
    """The z test of a share against the limit, with the limit's variance, as statsmodels has it."""
    criterion = Criterion(measure="fairness.tpr", at_least=least)
    found = judged(of_shares(counts), [criterion])
    for claim, side in (("meets", "larger"), ("does_not_meet", "smaller")):
        p = [proportions_ztest(k, n, least, alternative=side, prop_var=least)[1] for k, n in counts]
        reject, corrected, *_ = multipletests(p, alpha=0.025, method="holm")
        assert [each.status == claim for each in found.verdicts] == list(reject)
        for verdict, expected, held in zip(holms(found), corrected, reject, strict=True):
            if held:
                assert verdict == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SHARES, st.floats(0.0, 1.0), st.booleans())
def test_one_verdict_is_not_changed_and_many_are_never_bolder(counts, limit, from_below):
    criterion = Criterion(measure="fairness.tpr", **{"at_least" if from_below else "at_most": limit})
    for some in (counts[:1], counts):
        alone = [each.status for each in judged(of_shares(some), [criterion], familywise=False).verdicts]
        together = [each.status for each in judged(of_shares(some), [criterion]).verdicts]
        if len(some) == 1:
            assert together == alone
        for before, after in zip(alone, together, strict=True):
            assert after in {before, "inconclusive"}


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(120, 900), st.floats(0.15, 0.85)), min_size=2, max_size=5),
    st.floats(0.5, 0.95),
)
def test_impact_ratios_go_by_the_score_tests_of_all_pairs(groups, least):
    """Koopman's statistic at the limit, as statsmodels has it (its own sums are one-sided by the root)."""
    counts = {f"g{i}": (round(n * share), n) for i, (n, share) in enumerate(groups)}
    bundle = of_ratios(counts)
    (alone,) = judged(
        bundle, [Criterion(measure="fairness.impact_ratio", at_least=least)], familywise=False
    ).verdicts
    if alone.status == "inconclusive":
        return
    best = max(counts, key=lambda name: (counts[name][0] / counts[name][1], counts[name][1]))
    pairs = [pair for pair in itertools.permutations(counts, 2) if pair[0] != best]
    side = "larger" if alone.status == "meets" else "smaller"
    each = [
        score_test(
            *counts[g], *counts[h], value=least, compare="ratio", method="score", alternative=side,
            correction=False,
        ).pvalue
        for g, h in pairs
    ]  # fmt: skip
    number = max(a * (len(counts) - a) for a in range(1, len(counts) + 1))
    expected = max(each) if side == "larger" else min(1.0, number * min(each))
    assert p_value(alone, bundle, None) == pytest.approx(expected, rel=1e-5, abs=1e-12)
    assert p_value(alone, bundle, None) <= 0.025


def figure(value: float, low: float, high: float, unit: str = "score", metric: str = "auc") -> Bundle:
    made = Measure(
        analysis="performance",
        metric=metric,
        value=value,
        interval=Interval(low=low, high=high, method="delong"),
        n=900,
        unit=unit,
        kind="score",
        smallest_cell=90,
    )
    evidence = Evidence(analysis="performance", answer=Message(key="question.performance"), measures=(made,))
    return BUNDLE.model_copy(update={"evidence": (evidence,)})


@pytest.mark.parametrize(
    ("bundle", "limit", "statistic"),
    [
        (figure(0.8, 0.76, 0.86), {"at_least": 0.7}, 0.1 / (0.04 / 1.959964)),  # the half towards the limit
        (figure(0.8, 0.74, 0.84), {"at_most": 0.9}, 0.1 / (0.04 / 1.959964)),
        (figure(2, 1.6, 2.5, "ratio"), {"at_least": 1.5}, np.log(4 / 3) / (np.log(1.25) / 1.959964)),
        (figure(0, -0.4, 0.5, metric="bias"), {"at_most": 0.7}, 0.7 / (0.5 / 1.959964)),  # the nearer end
        (figure(1, 1, 1), {"at_least": 0.9}, np.inf),
    ],
)
def test_other_figures_go_by_the_half_of_the_interval_towards_the_limit(bundle, limit, statistic):
    spec = MeasureSpec(metric="bias", unit="score", kind="score", better="nearer_zero")
    measure = bundle.evidence[0].measures[0].metric
    (alone,) = judge(bundle, [Criterion(measure=f"performance.{measure}", **limit)], ANALYSES).verdicts
    assert alone.status == "meets"
    found = p_value(alone, bundle, spec if measure == "bias" else None)
    assert found == pytest.approx(norm.sf(statistic), rel=1e-6)


def test_what_does_not_hold_says_what_it_was_and_what_holds_prints_its_p():
    """Two of three shares lie beyond the limit on their own; the weaker one not after adjustment."""
    criterion = Criterion(measure="fairness.tpr", at_least=0.5)
    weak = int(
        brentq(
            lambda k: proportions_ztest(k, 400, 0.5, alternative="smaller", prop_var=0.5)[1] - 0.02, 100, 200
        )
    )
    found = judged(of_shares([(weak, 400), (100, 400), (200, 400)]), [criterion])
    weaker, strong, middle = found.verdicts
    assert [each.status for each in found.verdicts] == ["inconclusive", "does_not_meet", "inconclusive"]
    assert weaker.message.key == "verdict.familywise.undone"
    assert weaker.message.params["alone"].key == "verdict.interval.does_not_meet"
    assert [each.key for each in strong.also] == ["verdict.familywise.holds"]
    assert middle.message.key == "verdict.interval.inconclusive"
    assert 0.025 < holms(found)[0] < 0.05
    assert {each.metric for each in found.numbers} == {"judged"}
    assert found.familywise


def test_what_cannot_be_otherwise_is_sure():
    """No rate lies above 1 or below 0, whatever its interval and however many verdicts there are."""
    bundle = of_shares([(130, 130), (60, 100), (0, 90)])
    for limit in ({"at_most": 1.0}, {"at_least": 0.0}):
        found = judged(bundle, [Criterion(measure="fairness.tpr", **limit)])
        assert [each.status for each in found.verdicts] == ["meets"] * 3
        assert holms(found) == [0, 0, 0]


def test_any_false_claim_is_rare():
    """Of 400 samples with six shares exactly at the limit; without adjustment about one in seven errs."""
    rng = np.random.default_rng(11)
    criterion = Criterion(measure="fairness.tpr", at_least=0.5)
    false = {True: 0, False: 0}
    draws = rng.binomial(500, 0.5, (400, 6))
    for drawn in draws:
        bundle = of_shares([(int(k), 500) for k in drawn])
        for familywise in false:
            found = judged(bundle, [criterion], familywise=familywise).verdicts
            false[familywise] += any(each.status == "does_not_meet" for each in found)
    assert false[False] / len(draws) > 0.08
    assert false[True] / len(draws) <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(draws))
