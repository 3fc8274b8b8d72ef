"""The first sentence: where groups are furthest apart."""

from collections.abc import Iterable, Sequence

from explainaudit.analyses.fairness.compared import apart
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Name, Param


def several(measures: Iterable[Measure], feature: str | None = None) -> bool:
    """Return whether some feature, or the one named, has two groups that rows belong to."""
    held = [
        each.dimensions["sensitive"]
        for each in measures
        if each.metric == "group_size" and "group" in each.dimensions and each.value
    ]
    return any(held.count(name) > 1 for name in held if feature in {None, name})


def reference_of(like: Measure, measures: Iterable[Measure]) -> Measure:
    """Return the same figure of the group that others are compared with, which has none but says so."""
    about = like.dimensions | {"group": ""}
    return next(
        each
        for each in measures
        if each.metric == like.metric
        and each.reason == "reference"
        and each.dimensions | {"group": ""} == about
    )


def lowest_ratio(measures: Sequence[Measure]) -> Message:
    """Return the sentence about the lowest impact ratio that can be assessed."""
    ratios = [each for each in measures if each.metric == "impact_ratio" and each.value is not None]
    if not ratios:
        return Message(key=f"answer.fairness.{'none' if several(measures) else 'one_group'}")
    params = _against_reference(_lowest(ratios), "selection_rate", measures)
    return Message(key="answer.fairness.lowest_of", params=params)


def largest_difference(measures: Sequence[Measure]) -> Message:
    """Return the sentence about the group whose mean error is furthest from that of the others.

    A second one says where predictions lie apart, if they do beyond chance. ``measures`` are those of single
    features, p-values among them.
    """
    by_id = {each.id: each for each in measures}
    sentences = [_of_errors(measures, by_id)]
    below = apart((each for each in measures if each.metric == "difference"), by_id)
    means = apart((each for each in measures if each.metric == "smd"), by_id)
    if below:
        ratios = [by_id[measure_id("fairness", "impact_ratio", each.dimensions)] for each in below]
        params = _against_reference(_lowest(ratios), "scoring_rate", measures)
        sentences.append(Message(key="answer.fairness.scoring", params=params))
    elif means:
        sentences.append(_of_means(max(means, key=lambda each: (abs(each.value or 0.0), each.id)), measures))
    if len(sentences) == 1:
        return sentences[0]
    both: dict[str, Param] = dict(zip(("first", "second"), sentences, strict=True))
    return Message(key="answer.fairness.two", params=both)


def _of_errors(measures: Sequence[Measure], by_id: dict[str, Measure]) -> Message:
    gaps = [each for each in measures if each.metric == "error_difference" and each.value is not None]
    if not gaps:
        return Message(key=f"answer.fairness.{'none_regression' if several(measures) else 'one_group'}")
    beyond = apart(gaps, by_id)
    gaps = beyond or gaps
    most = max(abs(each.value or 0.0) for each in gaps)
    # Of two groups each is the other's mirror: the one of the larger mean error is named.
    own = {str(each.dimensions): abs(each.value or 0.0) for each in measures if each.metric == "mean_error"}
    candidates = [each for each in gaps if abs(each.value or 0.0) >= (1 - 1e-9) * most]
    furthest = max(candidates, key=lambda each: (own[str(each.dimensions)], each.id))
    params: dict[str, Param] = {
        "feature": Name(text=furthest.dimensions["sensitive"]),
        "group": Name(text=furthest.dimensions["group"]),
        "gap": furthest.ref(),
        "interval": furthest.ref("interval"),
        "n": furthest.ref("n"),
    }
    side = "higher" if (furthest.value or 0.0) > 0 else "lower"
    return Message(key=f"answer.fairness.{'error' if beyond else 'no_error'}_{side}", params=params)


def _of_means(furthest: Measure, measures: Sequence[Measure]) -> Message:
    params: dict[str, Param] = {
        "feature": Name(text=furthest.dimensions["sensitive"]),
        "group": Name(text=furthest.dimensions["group"]),
        "reference": Name(text=reference_of(furthest, measures).dimensions["group"]),
        "gap": furthest.ref(),
        "interval": furthest.ref("interval"),
        "n": furthest.ref("n"),
    }
    return Message(key="answer.fairness.means", params=params)


def _lowest(ratios: Iterable[Measure]) -> Measure:
    return min(ratios, key=lambda each: (each.value or 0.0, each.id))


def _against_reference(ratio: Measure, metric: str, measures: Sequence[Measure]) -> dict[str, Param]:
    """Return what a sentence about a ratio names: both groups, their rates, and how many persons they are."""
    by_id = {each.id: each for each in measures}
    reference = reference_of(ratio, measures)
    rate, other = (by_id[measure_id("fairness", metric, each.dimensions)] for each in (ratio, reference))
    return {
        "feature": Name(text=ratio.dimensions["sensitive"]),
        "group": Name(text=ratio.dimensions["group"]),
        "rate": rate.ref(),
        "group_n": rate.ref("n"),
        "reference": Name(text=reference.dimensions["group"]),
        "reference_rate": other.ref(),
        "reference_n": other.ref("n"),
        "ratio": ratio.ref(),
        "interval": ratio.ref("interval"),
    }
