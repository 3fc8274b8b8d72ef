"""Impact ratios and their status: published counts, rules, and how often the status errs."""

from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportions_ztest

from explainaudit.stats.comparison import ImpactRatio, impact_ratios, impact_status
from explainaudit.stats.design import Design, share_of
from explainaudit.stats.intervals import katz, koopman, newcombe, ratio_limits
from explainaudit.stats.selection import Selection

NAMES = tuple("abcdefghijklmno")
FOUR_FIFTHS = 0.8


def ratios(
    counts: dict[str, tuple[int, int]], reference_from: tuple[str, ...] = ()
) -> dict[str, ImpactRatio]:
    found = impact_ratios(
        {name: counted(*pair) for name, pair in counts.items()}, reference_from=reference_from or counts
    )
    return {ratio.group: ratio for ratio in found}


def counted(k: int, n: int) -> Selection:
    return Selection(np.arange(n) < k, Design(np.ones(n), np.arange(n), simple=True))


def status(counts: dict[str, tuple[int, int]]) -> str:
    return impact_status(ratios(counts).values(), FOUR_FIFTHS)


def test_four_fifths_example() -> None:
    (found,) = ratios({"men": (120, 400), "women": (45, 250)}).values()
    assert (found.group, found.reference) == ("women", "men")
    assert found.ratio == pytest.approx(0.60)
    assert found.katz is not None
    assert [round(found.katz.low, 2), round(found.katz.high, 2)] == [0.44, 0.81]
    assert found.z == pytest.approx(-3.42, abs=0.005)
    assert found.z == pytest.approx(proportions_ztest([45, 120], [250, 400])[0])
    assert found.interval == koopman(45, 250, 120, 400)
    assert found.difference == pytest.approx(-0.12)
    assert found.difference_interval == newcombe(45, 250, 120, 400)
    assert found.shortfall == pytest.approx(250 * 165 / 650 - 45)
    assert found.tier == "reportable"
    assert impact_status([found], FOUR_FIFTHS) == "inconclusive"  # the ratio fails, its interval does not
    assert impact_status([found], 0.85) == "does_not_meet"
    assert impact_status([found], 0.44) == "meets"


def test_call_backs_as_published() -> None:
    (found,) = ratios({"white-sounding": (235, 2435), "Black-sounding": (157, 2435)}).values()
    assert found.ratio == pytest.approx(0.668, abs=5e-4)
    assert found.difference == pytest.approx(-0.032, abs=5e-4)


def test_local_law_144_worked_example() -> None:
    found = ratios({"F": (496, 1000), "M": (485, 1000)})["M"]
    # Rates .496 and .485: the published .979 divides unrounded rates.
    assert found.ratio == pytest.approx(0.979, abs=2e-3)


def test_with_two_groups_the_ordinary_interval_decides() -> None:
    (found,) = ratios({"x": (50, 200), "y": (90, 310)}).values()
    assert found.interval is not None
    assert found.decisive is not None
    assert (found.decisive.low, found.decisive.high) == pytest.approx(
        (found.interval.low, found.interval.high)
    )


def test_the_reference_is_the_highest_rate_and_ties_are_settled() -> None:
    assert {r.reference for r in ratios({"a": (30, 100), "b": (60, 200), "c": (10, 100)}).values()} == {"b"}
    assert {r.reference for r in ratios({"b": (30, 100), "a": (30, 100), "c": (10, 100)}).values()} == {"a"}
    over = ratios({"a": (30, 100), "b": (60, 100)}, ("a",))
    assert over["b"].ratio == pytest.approx(2)


def test_swapping_groups_changes_nothing_but_the_order() -> None:
    counts = {"a": (30, 120), "b": (60, 140), "c": (41, 130)}
    assert ratios(counts) == ratios(dict(reversed(counts.items())))


def test_a_group_too_small_to_compare_gives_no_ratio_and_no_meets() -> None:
    counts = {"a": (5000, 10000), "b": (4990, 10000)}
    assert status(counts) == "meets"
    found = ratios({**counts, "few": (14, 29)})["few"]
    assert found.tier == "insufficient"
    assert (found.ratio, found.interval, found.decisive, found.katz, found.z) == (None,) * 5
    assert found.shortfall == pytest.approx(29 * 10004 / 20029 - 14)
    assert status({**counts, "few": (14, 29)}) == "inconclusive"
    assert status({**counts, "none": (0, 0)}) == "inconclusive"
    assert status({**counts, "few": (29, 29), "c": (1000, 10000)}) == "does_not_meet"


def test_a_small_group_is_never_the_reference() -> None:
    assert {r.reference for r in ratios({"a": (50, 100), "b": (40, 100), "few": (20, 20)}).values()} == {"a"}


def test_an_indicative_group_fails_but_never_meets() -> None:
    assert ratios({"a": (5000, 10000), "b": (10, 99)})["b"].tier == "indicative"
    assert status({"a": (5000, 10000), "b": (10, 99)}) == "does_not_meet"
    assert status({"a": (9000, 10000), "b": (98, 99)}) == "inconclusive"
    assert status({"a": (9000, 10000), "b": (99, 100)}) == "meets"
    assert ratios({"a": (98, 99), "b": (9000, 10000)})["b"].tier == "indicative"  # the reference is small


def test_nobody_and_everybody_selected() -> None:
    found = ratios({"a": (300, 1000), "b": (0, 200)})["b"]
    assert (found.ratio, found.katz) == (0, None)
    assert found.interval is not None
    assert found.interval.low == 0
    assert status({"a": (300, 1000), "b": (0, 200)}) == "does_not_meet"
    everybody = ratios({"a": (400, 400), "b": (400, 400)})
    assert everybody == {}  # fewer than five expected to be refused
    assert status({"a": (400, 400), "b": (400, 400)}) == "inconclusive"
    assert ratios({"a": (0, 400), "b": (0, 400)}) == {}
    assert ratios({"a": (0, 400), "b": (200, 400)}, ("a",)) == {}
    assert ratios({}) == {}


def test_every_possible_reference_is_asked() -> None:
    # The highest observed rate is that of a small group; the large one beside it settles the matter.
    found = ratios({"small": (62, 120), "large": (5000, 10000), "low": (3600, 10000)})["low"]
    assert found.reference == "small"
    assert found.interval is not None
    assert found.interval.high > FOUR_FIFTHS
    assert impact_status([found], FOUR_FIFTHS) == "does_not_meet"


def pearson(
    counts: NDArray[np.int64], sizes: NDArray[np.int64], p: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.where(p < 1, (counts - sizes * p) ** 2 / (sizes * p * np.where(p < 1, 1 - p, 1)), 0)


def rejects(counts: NDArray[np.int64], sizes: NDArray[np.int64], pairs: int) -> NDArray[np.bool_]:
    """Whether some pair rejects p_g ≥ c·p_h by the score test; the test behind the interval, without it."""
    c, bound = FOUR_FIFTHS, NormalDist().inv_cdf(1 - 0.025 / pairs) ** 2
    rejected = np.zeros(len(counts), dtype=bool)
    for g in range(len(sizes)):
        for h in range(len(sizes)):
            k1, k0, n1, n0 = counts[:, g], counts[:, h], sizes[g], sizes[h]
            a, b, whole = c * (n1 + n0), c * (n1 + k0) + k1 + n0, k1 + k0
            p0 = (b - np.sqrt(b**2 - 4 * a * whole)) / (2 * a)
            statistic = pearson(k1, n1, c * p0) + pearson(k0, n0, p0)
            rejected |= (g != h) & (k1 * n0 < c * k0 * n1) & (statistic > bound)
    return rejected


def boundary(
    rng: np.random.Generator, groups: int, top: int, sizes: NDArray[np.int64], draws: int
) -> NDArray[np.int64]:
    """Draw groups of which `top` have the highest rate and all others exactly c times it."""
    rates = np.where(np.arange(groups) < top, 0.5, 0.5 * FOUR_FIFTHS)
    return rng.binomial(sizes, rates, (draws, groups))


@pytest.mark.parametrize("groups", range(2, 16))
def test_false_does_not_meet_at_the_boundary(groups: int) -> None:
    rng = np.random.default_rng(groups)
    draws = 8000
    for top in {1, groups // 2, groups - 1}:
        for sizes in (np.full(groups, 400), np.where(np.arange(groups) % 2, 2000, 200)):
            counts = boundary(rng, groups, top, sizes, draws)
            false = rejects(counts, sizes, groups * groups // 4).mean()
            # 2.5 %, three Monte-Carlo errors, and a tenth for the score test's own inexactness.
            assert false <= 0.0275 + 3 * (0.025 * 0.975 / draws) ** 0.5


def test_one_correction_per_other_group_would_not_be_enough() -> None:
    rng = np.random.default_rng(1)
    sizes = np.full(15, 400)
    counts = boundary(rng, 15, 7, sizes, 8000)
    assert rejects(counts, sizes, 14).mean() > 0.05


@pytest.mark.parametrize("groups", [2, 3, 6, 15])
def test_the_status_is_that_test(groups: int) -> None:
    rng = np.random.default_rng(groups)
    sizes = np.where(np.arange(groups) % 2, 900, 250)
    counts = rng.binomial(sizes, np.where(np.arange(groups) < 1, 0.55, 0.36), (60, groups))
    expected = rejects(counts, sizes, groups * groups // 4)
    assert 0.05 < expected.mean() < 0.95
    for row, rejected in zip(counts, expected, strict=True):
        table = {NAMES[i]: (int(row[i]), int(sizes[i])) for i in range(groups)}
        assert (status(table) == "does_not_meet") == rejected


@pytest.mark.parametrize(
    ("sizes", "rates"),
    [([400, 400], [0.5, 0.4]), ([150, 3000, 3000], [0.5, 0.49, 0.4]), ([300] * 4, [0.9, 0.88, 0.72, 0.8])],
)
def test_false_meets_at_the_boundary(sizes: list[int], rates: list[float]) -> None:
    rng = np.random.default_rng(3)
    draws = 1500
    false = 0
    for row in rng.binomial(sizes, rates, (draws, len(sizes))):
        false += status({NAMES[i]: (int(row[i]), n) for i, n in enumerate(sizes)}) == "meets"
    assert false / draws <= 0.0275 + 3 * (0.025 * 0.975 / draws) ** 0.5


def weighted(k: int, n: int, *, times: float = 1.0, rows_each: int = 1) -> Selection:
    """A group of clusters in which all rows are alike: as if each cluster were one row."""
    hit = np.repeat(np.arange(n) < k, rows_each)
    return Selection(hit, Design(np.full(len(hit), times), np.repeat(np.arange(n), rows_each), simple=False))


def test_clusters_of_equal_rows_count_once() -> None:
    """Four rows in a cluster say what one says; only the degrees of freedom make it a little wider."""
    plain = {"a": counted(500, 1000), "b": counted(400, 1000)}
    in_fours = {
        "a": weighted(500, 1000, rows_each=4, times=3.0),
        "b": weighted(400, 1000, rows_each=4, times=3.0),
    }
    (one,) = impact_ratios(plain, reference_from=plain)
    (four,) = impact_ratios(in_fours, reference_from=plain)
    assert four.ratio == pytest.approx(one.ratio)
    for name in ("interval", "decisive", "katz", "difference_interval"):
        few, many = getattr(one, name), getattr(four, name)
        assert (many.low, many.high) == pytest.approx((few.low, few.high), rel=2e-3)
        assert many.high - many.low > few.high - few.low
    assert four.z == pytest.approx(one.z, rel=2e-3)
    assert four.shortfall == pytest.approx(4 * one.shortfall)  # the scale of weights is no number of people


def test_weights_decide_rates_and_counts_decide_tiers() -> None:
    rng = np.random.default_rng(5)
    weight = rng.uniform(0.1, 4, 500)
    hits = {"a": rng.uniform(size=300) < 0.6, "b": rng.uniform(size=200) < 0.4}
    cut = {"a": slice(0, 300), "b": slice(300, 500)}
    groups = {
        name: Selection(hit, Design(weight[cut[name]], np.arange(500)[cut[name]], simple=False))
        for name, hit in hits.items()
    }
    (found,) = impact_ratios(groups, reference_from=groups)
    rates = {name: weight[cut[name]] @ hit / weight[cut[name]].sum() for name, hit in hits.items()}
    overall = (weight[:300] @ hits["a"] + weight[300:] @ hits["b"]) / weight.sum()
    assert found.ratio == pytest.approx(rates["b"] / rates["a"])
    in_weights = weight[300:].sum() * overall - weight[300:] @ hits["b"]
    assert found.shortfall == pytest.approx(in_weights * 500 / weight.sum())
    shares = [share_of(groups[name].hit, groups[name].design) for name in "ba"]
    four = [part for share in shares for part in (share.value * share.effective_n, share.effective_n)]
    assert found.interval == koopman(*four)
    assert found.katz == katz(*four)
    assert (found.tier, found.size) == ("reportable", 200)


def test_few_clusters_widen_the_limits_that_decide_more_than_the_ordinary_ones() -> None:
    """Student's t has longer tails than the normal curve, the more so at a stricter level."""
    rng = np.random.default_rng(6)
    groups = {}
    for name, rate in zip("abcd", (0.5, 0.5, 0.3, 0.3), strict=True):
        groups[name] = Selection(
            rng.uniform(size=400) < rate, Design(np.ones(400), np.arange(400) % 12, simple=False)
        )
    found = {each.group: each for each in impact_ratios(groups, reference_from=groups)}
    level = 1 - 0.05 / 4
    for each in found.values():
        if each.group in "cd":
            high = min(
                ratio_limits(groups[each.group].effective(level), groups[other].effective(level), level)[1]
                for other in groups
                if other != each.group
            )
            assert each.decisive.high == pytest.approx(high)
            at_ordinary = [groups[name].effective(0.95) for name in (each.group, each.reference)]
            assert groups[each.group].effective(level)[1] < at_ordinary[0][1]


def test_a_group_that_stands_for_nobody_has_no_ratio() -> None:
    groups = {"a": counted(200, 400), "b": counted(100, 400), "c": weighted(200, 400, times=0.0)}
    found = {each.group: each for each in impact_ratios(groups, reference_from=groups)}
    assert found["b"].ratio == 0.5
    assert (found["c"].tier, found["c"].ratio, found["c"].shortfall) == ("not_estimable", None, 0.0)
    nobody = {name: weighted(200, 400, times=0.0) for name in "ab"}
    assert impact_ratios(nobody, reference_from=nobody) == ()


def test_without_weights_the_arithmetic_is_that_of_whole_counts() -> None:
    """Bit for bit: no rounding by way of a share."""
    for k, n, k0, n0 in [(45, 250, 120, 400), (7, 33, 20, 49), (333, 1001, 700, 1003)]:
        (found,) = ratios({"b": (k, n), "a": (k0, n0)}).values()
        assert found.ratio == (k / n) / (k0 / n0)
        assert found.interval == koopman(k, n, k0, n0)
        assert found.difference_interval == newcombe(k, n, k0, n0)
