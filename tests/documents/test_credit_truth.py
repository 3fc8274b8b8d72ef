"""The sample's dossier against what was built into the sample (sample_models/credit/truth.json)."""

import json

import pytest

from explainaudit.records.measure import anchor, measure_id
from explainaudit.surroundings import samples_root

pytestmark = pytest.mark.whole

TRUTH = json.loads((samples_root() / "credit" / "truth.json").read_text(encoding="utf-8"))
GROUPS = [
    (feature, group)
    for feature in ("sex", "age", "ethnicity")
    for group, facts in TRUTH["groups"][feature].items()
    if facts["share"] >= 0.1
]


def printed(page, metric, **dimensions):
    """Return the ends of an interval as a reader sees them, in the unit of the measure."""
    name = anchor(measure_id("fairness", metric, dimensions))
    nodes = [
        node for node in page.all("data") if node["data-measure"] == name and node["data-part"] == "interval"
    ]
    (text,) = {"".join(node.children) for node in nodes}
    scale = 100 if "%" in text else 1
    low, high = text.replace("%", "").split(" to ")
    return float("".join(low.split())) / scale, float("".join(high.split())) / scale


@pytest.mark.parametrize(("feature", "group"), GROUPS)
def test_intervals_hold_the_true_rate_and_ratio(credit, feature, group):
    truth = TRUTH["groups"][feature][group]
    for each in credit.editions:
        low, high = printed(each.page, "selection_rate", sensitive=feature, group=group)
        assert low <= truth["selection_rate"] <= high
        assert 0 < high - low < 0.15
        (ratio,) = [
            measure for measure in each.measures
            if measure["metric"] == "impact_ratio"
            and measure["dimensions"] == {"sensitive": feature, "group": group}
        ]  # fmt: skip
        if ratio["reason"] != "reference":
            low, high = printed(each.page, "impact_ratio", sensitive=feature, group=group)
            assert low <= truth["impact_ratio"] <= high


def test_most_groups_are_large_enough_to_say_something():
    assert len(GROUPS) == 8


def test_verdicts_are_the_true_ones(credit):
    for each in credit.editions:
        judged = {verdict["dimensions"].get("sensitive"): verdict for verdict in each.verdicts["verdicts"]}
        assert judged["ethnicity"]["status"] == "does_not_meet"
        assert judged["sex"]["status"] == "meets"
        assert judged["age"]["status"] == "inconclusive"
        rows = {row.all("th")[0].text: row.text for row in each.page.one("key-results").all("tr")}
        assert "Does not meet" in rows["Impact ratio, ethnicity: “group B”"]
        assert "Meets criterion" in next(text for name, text in rows.items() if ", sex: " in name)


def test_the_proxy_is_among_the_leading_columns(credit):
    ranked = [
        measure["dimensions"]["column"]
        for measure in credit.shareable.measures
        if measure["metric"] == "mean_abs_shap"
    ]
    assert "Bezirk" in ranked[:3]
    for each in credit.editions:
        assert "Bezirk" in each.page.one("s-importance").all("p", cls="lead")[0].text


def test_performance_is_near_the_truth(credit):
    (auc,) = [
        measure
        for measure in credit.restricted.measures
        if (measure["analysis"], measure["metric"]) == ("performance", "auc")
    ]
    assert auc["interval"]["low"] <= TRUTH["auc"] <= auc["interval"]["high"]


def test_protected_columns_are_not_called_used(credit):
    table = credit.restricted.page.one("s-data").text
    for feature in ("sex", "age", "ethnicity"):
        assert f"{feature} sensitive feature, not an input" in table
