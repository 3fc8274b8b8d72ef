"""The first sentence: where groups are furthest apart."""

from collections.abc import Iterable

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name


def several(measures: Iterable[Measure], feature: str | None = None) -> bool:
    """Return whether some feature, or the one named, has two groups that rows belong to."""
    held = [
        each.dimensions["sensitive"]
        for each in measures
        if each.metric == "group_size" and "group" in each.dimensions and each.value
    ]
    return any(held.count(name) > 1 for name in held if feature in {None, name})


def lowest_ratio(measures: list[Measure]) -> Message:
    """Return the sentence about the lowest impact ratio that can be assessed."""
    ratios = [each for each in measures if each.metric == "impact_ratio" and each.value is not None]
    if not ratios:
        return Message(key=f"answer.fairness.{'none' if several(measures) else 'one_group'}")
    lowest = min(ratios, key=lambda each: (each.value or 0.0, each.id))
    feature = lowest.dimensions["sensitive"]
    rates = {
        each.dimensions.get("group"): each
        for each in measures
        if each.metric == "selection_rate" and each.dimensions["sensitive"] == feature
    }
    reference = next(
        each.dimensions["group"]
        for each in measures
        if each.metric == "impact_ratio"
        and each.reason == "reference"
        and each.dimensions["sensitive"] == feature
    )
    return Message(
        key="answer.fairness.lowest",
        params={
            "feature": Name(text=feature),
            "group": Name(text=lowest.dimensions["group"]),
            "rate": rates[lowest.dimensions["group"]].ref(),
            "reference": Name(text=reference),
            "reference_rate": rates[reference].ref(),
            "ratio": lowest.ref(),
            "interval": lowest.ref("interval"),
        },
    )


def largest_difference(measures: list[Measure]) -> Message:
    """Return the sentence about the group whose mean error is furthest from that of the others."""
    gaps = [each for each in measures if each.metric == "error_difference" and each.value is not None]
    if not gaps:
        return Message(key=f"answer.fairness.{'none_regression' if several(measures) else 'one_group'}")
    most = max(abs(each.value or 0.0) for each in gaps)
    # Of two groups each is the other's mirror: the one of the larger mean error is named.
    own = {str(each.dimensions): abs(each.value or 0.0) for each in measures if each.metric == "mean_error"}
    candidates = [each for each in gaps if abs(each.value or 0.0) >= (1 - 1e-9) * most]
    furthest = max(candidates, key=lambda each: (own[str(each.dimensions)], each.id))
    params = {
        "feature": Name(text=furthest.dimensions["sensitive"]),
        "group": Name(text=furthest.dimensions["group"]),
        "gap": furthest.ref(),
        "interval": furthest.ref("interval"),
        "n": furthest.ref("n"),
    }
    return Message.model_validate({"key": "answer.fairness.regression", "params": params})
