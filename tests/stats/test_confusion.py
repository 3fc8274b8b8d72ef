"""Rates of a confusion table, against fairlearn, scikit-learn and ProPublica's published table."""

import numpy as np
import pytest
from fairlearn import metrics as fairlearn_metrics
from sklearn.metrics import confusion_matrix

from explainaudit.stats.confusion import Confusion

BLACK = Confusion(tp=1369, fp=805, fn=532, tn=990)
WHITE = Confusion(tp=505, fp=349, fn=461, tn=1139)


def percent(confusion: Confusion, rate: str) -> float:
    k, n = confusion.rates()[rate]
    return round(100 * k / n, 2)


def test_compas_as_published() -> None:
    assert (BLACK.n, WHITE.n) == (3696, 2454)
    assert (percent(BLACK, "fpr"), percent(BLACK, "fnr")) == (44.85, 27.99)
    assert (percent(WHITE, "fpr"), percent(WHITE, "fnr")) == (23.45, 47.72)
    assert [round(percent(group, "ppv")) for group in (BLACK, WHITE)] == [63, 59]


def test_numerators_and_denominators() -> None:
    # Every count another prime, so that no two rates can be mistaken for one another.
    assert Confusion(tp=2, fp=3, fn=5, tn=7).rates() == {
        "tpr": (2, 7),
        "fnr": (5, 7),
        "fpr": (3, 10),
        "tnr": (7, 10),
        "ppv": (2, 5),
        "fdr": (3, 5),
        "npv": (7, 12),
        "for": (5, 12),
        "accuracy": (9, 17),
        "selection": (5, 17),
        "prevalence": (7, 17),
    }


def test_rates_are_those_of_fairlearn() -> None:
    rng = np.random.default_rng(1)
    actual = rng.random(500) < 0.3
    predicted = rng.random(500) < 0.2 + 0.4 * actual
    tn, fp, fn, tp = (int(count) for count in confusion_matrix(actual, predicted).ravel())
    rates = {name: k / n for name, (k, n) in Confusion(tp=tp, fp=fp, fn=fn, tn=tn).rates().items()}
    theirs = {
        "tpr": fairlearn_metrics.true_positive_rate,
        "fpr": fairlearn_metrics.false_positive_rate,
        "fnr": fairlearn_metrics.false_negative_rate,
        "tnr": fairlearn_metrics.true_negative_rate,
        "selection": fairlearn_metrics.selection_rate,
    }
    assert {name: rates[name] for name in theirs} == pytest.approx(
        {name: rate(actual, predicted) for name, rate in theirs.items()}
    )


def test_nothing_to_divide_by() -> None:
    rates = Confusion(tp=0, fp=0, fn=0, tn=4).rates()
    assert rates["tpr"] == (0, 0)
    assert rates["ppv"] == (0, 0)
    assert rates["tnr"] == (4, 4)
