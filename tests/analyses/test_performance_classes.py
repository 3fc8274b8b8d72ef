"""Nine classes and more: every one in the tables, the commonest confusions of many, nothing collapsed."""

import numpy as np
import pytest
from performances import NINE, inside, measured, several
from sklearn import metrics

from explainaudit.wording.writer import Writer


def made(classes, rows=400, seed=1):
    rng = np.random.default_rng(seed)
    score = rng.dirichlet(np.full(len(classes), 0.3), size=rows)
    label = np.asarray(classes, dtype=object)[[rng.choice(len(classes), p=row) for row in score]]
    return several(label, score, classes=classes)


def test_counts_of_every_pair():
    scored = made(NINE)
    found = measured(scored)
    expected = metrics.confusion_matrix(scored["label"], scored["predicted"], labels=NINE)
    for actual, counts in zip(NINE, expected, strict=True):
        for predicted, k in zip(NINE, counts, strict=True):
            assert found.measure("confusion", **{"class": actual, "predicted": predicted}).value == k
    shown = found.table("confusion").rows
    assert [row[0].text for row in shown] == list(NINE)
    assert shown[2][4] == found.measure("confusion", **{"class": NINE[2], "predicted": NINE[3]}).ref()
    assert [row[0].text for row in found.table("classes").rows] == list(NINE)


def test_of_many_classes_the_commonest_confusions_are_shown():
    classes = tuple(f"class {i}" for i in range(23))
    scored = made(classes)
    found = measured(scored)
    pairs = [(row[0].text, row[1].text) for row in found.table("confusion").rows]
    wrong = scored[scored["label"] != scored["predicted"]].groupby(["label", "predicted"]).size()
    shown = [found.measure("confusion", **{"class": a, "predicted": p}).value for a, p in pairs]
    assert shown == sorted(wrong, reverse=True)[:20]
    assert sum(each.metric == "confusion" for each in found.measures) == 23**2
    assert len(found.table("classes").rows) == 20
    writer = Writer({each.id: each for each in found.measures})
    assert "3" in writer.text(found.table("classes").notes[0])


def test_a_class_that_is_absent_leaves_its_average_without_a_value():
    scored = made(NINE)
    found = measured(scored[scored["label"] != "g"].reset_index(drop=True))
    absent = found.measure("recall", **{"class": "g"})
    assert (absent.value, absent.reason) == (None, "zero_denominator")
    assert (found.measure("auc", **{"class": "g"}).reason, found.measure("macro_recall").reason) == (
        "not_estimable", "not_estimable",
    )  # fmt: skip
    assert found.measure("macro_f1").value is not None
    assert inside(found.measure("weighted_f1"))


def test_perfection_is_not_certainty():
    label = np.repeat(("a", "b", "c"), (40, 40, 10))
    found = measured(several(label, np.eye(3)[np.repeat([0, 1, 2], (40, 40, 10))], classes=("a", "b", "c")))
    for metric in ("macro_recall", "macro_precision", "macro_f1", "macro_auc", "weighted_f1"):
        each = found.measure(metric)
        assert each.value == each.interval.high == pytest.approx(1)
        assert 0.6 < each.interval.low < 0.75  # ten rows of the smallest class
    each = found.measure("f1", **{"class": "c"})
    assert 0.8 < each.interval.low < each.value == 1


def test_intervals_of_f1_and_of_averages_cover():
    rng, hits = np.random.default_rng(3), []
    classes = ("a", "b", "c")
    chances = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])
    share = np.array([0.5, 0.35, 0.15])
    joint = share[:, None] * chances
    f1 = 2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))
    truth = {"macro_f1": f1.mean(), "macro_recall": np.diag(chances).mean(), "weighted_f1": share @ f1}
    for _ in range(150):
        cell = rng.choice(9, size=250, p=joint.ravel())
        found = measured(several(np.take(classes, cell // 3), np.eye(3)[cell % 3], classes=classes))
        ends = [(found.measure(name).interval, value) for name, value in truth.items()]
        ends += [(found.measure("f1", **{"class": n}).interval, v) for n, v in zip(classes, f1, strict=True)]
        hits.append([interval.low <= value <= interval.high for interval, value in ends])
    assert np.mean(hits, axis=0) == pytest.approx([0.95] * 6, abs=0.05)
