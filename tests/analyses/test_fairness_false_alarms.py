"""Where groups do not differ, nothing is found more often than chance allows; where they do, it is."""

import numpy as np
from counted_groups import about, measured
from scipy.stats import binom

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from grouped import EVENT, OTHER, binary

COPIES, N = 40, 900
CROSSED = (("sex", "region"),)


def copy(number: int, planted: float = 0.0) -> Evidence:
    """Return the evidence of rows whose groups are drawn apart from everything; f may be refused more."""
    rng = np.random.default_rng([11, number])
    sex, region = rng.choice(["f", "m", "x"], N), rng.choice(["n", "s", "w"], N)
    score = np.clip(rng.beta(2, 2, N) + planted * (sex == "f"), 0, 1)
    label = np.where(rng.uniform(size=N) < score, EVENT, OTHER)
    return measured(binary(label, score >= 0.5, score=score, sex=sex, region=region), crossed=CROSSED)


def adjusted(found: Evidence) -> list[float]:
    return [each.value for each in found.measures if each.metric == "p_holm" and each.value is not None]


def test_in_copies_without_a_difference_hardly_any_has_one():
    """Over all 100 and more comparisons of a copy, at most 5 % of copies may have any left after Holm."""
    found = [copy(number) for number in range(COPIES)]
    most = binom.ppf(0.99, COPIES, 0.05)
    alarms = sum(min(adjusted(each)) <= 0.05 for each in found)
    flagged = sum(bool(FAIRNESS.judge(each, FAIRNESS.settings())) for each in found)
    assert flagged <= alarms <= most
    everywhere = sum(each.measure("after_holm").value > 0 for each in found)
    assert everywhere <= most  # pairs that no table shows among them
    assert min(each.measure("comparisons").value for each in found) > 100
    # Without the adjustment chance alone leaves some in most of them: 5 % of all pairs.
    below, pairs = (
        sum(each.measure(name).value for each in found) for name in ("below_level", "comparisons")
    )
    assert 0.035 < below / pairs < 0.065
    assert np.mean([each.measure("below_level").value > 0 for each in found]) > 0.9


def test_a_difference_that_is_there_is_found():
    for number in range(5):
        found = copy(number, planted=0.2)
        assert found.measure("p_holm", **about("sex", "f"), figure="difference").value < 1e-4
        flags = FAIRNESS.judge(found, FAIRNESS.settings())
        named = {flag.message.params["group"].text for flag in flags if flag.code == "FAIR01"}
        assert named == {"f"}
        assert [flag.message.params["feature"].text for flag in flags if flag.code == "FAIR05"] == [
            "sex × region"
        ]
