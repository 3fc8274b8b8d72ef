"""Those of whom a column is missing cannot be counted back, nor in strata, nor by scores of Local Law 144."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from attacker import Kinds, given_away
from sharing import four, rows_of, shared, whole

from explainaudit.records.bundle import Bundle
from grouped import EVENT, OTHER, binary

PAIRS = (("g", "h"), ("g", "i"), ("h", "i"))
ALL = (("g", "h", "i"),)
NAMED = dict.fromkeys(product("AB", "xy", "NS"), 20)


def people(cells, **more):
    """Return rows of two outcomes of groups of three features, as many of each outcome and decision."""
    lines = (line for groups, n in cells.items() for line in four(*groups, tp=n, fn=n, fp=n, tn=n))
    features, label, predicted = rows_of(*lines)
    return binary(label, [each == EVENT for each in predicted], **features, **more)


def told(scored, **given):
    """Return what the shareable edition gives away of rows of two outcomes."""
    return given_away(shared(whole(scored, **given)), Kinds(scored, EVENT, (OTHER,), given.get("law")))


# Who lacks which columns, of A and of B.
LACKING = {
    "few both": {
        ("A", None, None): 1, ("B", None, None): 15,
        **dict.fromkeys(product("AB", [None], "NS"), 12), **dict.fromkeys(product("AB", "xy", [None]), 12),
    },
    "few both, of everybody": {
        ("A", None, None): 1, ("B", None, None): 1,
        **dict.fromkeys(product("AB", [None], "NS"), 12), **dict.fromkeys(product("AB", "xy", [None]), 12),
    },
    # Who lacks i lacks h as well, so that what a group lacks more of h is told.
    "one within the other": {
        ("A", None, None): 20, ("B", None, None): 20, ("A", None, "N"): 1, ("B", None, "N"): 15,
        ("B", None, "S"): 15,
    },
    # Of A nobody lacks i: all who lack h there have it, and of B few.
    "one of B alone": {
        **dict.fromkeys(product("A", [None], "NS"), 15), ("B", None, None): 15, ("B", None, "N"): 1,
        **dict.fromkeys(product("B", "xy", [None]), 15),
    },
    "few of one": {("A", None, "N"): 1, ("A", None, "S"): 1, ("B", None, "N"): 15, ("B", None, "S"): 15},
}  # fmt: skip


@pytest.mark.parametrize("asked", [(*PAIRS[:2], *ALL), (*PAIRS, *ALL), ALL])
@pytest.mark.parametrize("lacking", LACKING.values(), ids=LACKING)
def test_of_three_features(lacking, asked):
    assert told(people(NAMED | lacking), intersections=asked) == []


def parted(*lines):
    """Return rows of lines (g, h, stratum, decided, n), and of both outcomes in turn."""
    rows = [line[:-1] for line in lines for _ in range(line[-1])]
    g, h, by, decided = (list(column) for column in zip(*rows, strict=True))
    features = {"g": g} if set(h) == {"-"} else {"g": g, "h": h}
    label = [(EVENT, OTHER)[place % 2] for place in range(len(rows))]
    scored = binary(label, [not each for each in decided], **features)
    return scored.assign(**{"stratum:by": pd.Series(by, dtype="str")})


def enough(hs="xy", strata=("one", "two"), n=30):
    return [(g, h, by, decided, n) for g in "AB" for h in hs for by in strata for decided in (True, False)]


def lacking(g, h, by, yes, no):
    return [(g, h, by, True, yes), (g, h, by, False, no)]


STRATA = {
    "few in one stratum": [*enough(), *lacking("A", None, "one", 45, 45), *lacking("A", None, "two", 2, 1)],
    "few decided so": [*enough(), *lacking("A", None, "one", 45, 45), *lacking("B", None, "two", 20, 3)],
    "few of other lack": [
        *enough(), *lacking("A", None, "one", 45, 45), *lacking(None, None, "one", 45, 45),
        *lacking("A", None, "two", 2, 1), *lacking(None, None, "two", 20, 20),
    ],
    "either lacks": [
        *enough(), *lacking("A", None, "one", 45, 45), *lacking(None, "x", "two", 45, 45),
        *lacking("A", None, "three", 2, 2), *enough(strata=["three"]),
    ],
    "few lack the stratum": [
        *enough("-"), *enough("-", [None]),
        *lacking(None, "-", None, 2, 2), *lacking(None, "-", "one", 20, 20),
    ],
    "of few strata": [
        *enough("-", ["one", None]), *lacking(None, "-", None, 45, 45), *lacking(None, "-", "one", 2, 2)
    ],
}  # fmt: skip


@pytest.mark.parametrize("asked", [(), (("g", "h"),)])
@pytest.mark.parametrize("lines", STRATA.values(), ids=STRATA)
def test_of_strata(lines, asked):
    scored = parted(*lines)
    assert told(scored, intersections=asked if "group:h" in scored else ()) == []


def scoring(*lines):
    """Return rows of lines (g, h, n above the median, n decided favourably below it, n others)."""
    filled = [*lines, ("B", "x", sum(mid + low - high for _, _, high, mid, low in lines), 0, 0)]
    rows = [(g, h, at) for g, h, *counts in filled for at, n in enumerate(counts) for _ in range(n)]
    g, h, at = (list(column) for column in zip(*rows, strict=True))
    # Low scores are good: no two persons have the same.
    score = np.array([0.1, 0.4, 0.6])[at] + np.linspace(0, 0.05, len(at))
    label = [(EVENT, OTHER)[place % 2] for place in range(len(rows))]
    return binary(label, score >= 0.5, score=score, g=g, h=h).assign(above=score < np.median(score))


ALIKE = [(g, h, 60, 30, 30) for g in "AB" for h in "xy"]
MANY = [("A", None, 30, 30, 30), (None, "y", 30, 30, 30), ("B", None, 30, 30, 30)]


@pytest.mark.parametrize(
    "more",
    [
        [("A", None, 4, 30, 30), ("B", None, 30, 30, 30)],
        [(None, "x", 4, 30, 30)],
        [("C", "x", 60, 4, 60), ("C", "y", 60, 0, 60)],
    ],
)
@pytest.mark.parametrize(("sex", "race", "asked"), [("g", "h", ()), ("h", "g", (("g", "h"),))])
def test_of_scores_above_the_median(more, sex, race, asked):
    """Few of A above the median have no h; few above it have no g; or few of C are near it."""
    law = {"sex": sex, "race_ethnicity": race, "scores": True}
    assert told(scoring(*ALIKE, *more), intersections=asked, law=law) == []


def counts(measures):
    """Return what is told of numbers of persons, and not of the quantiles that one of them lies at."""
    names = "group_size selected selection_rate tpr fpr stratum_rate conditional_disparity ll144_applicants "
    names += "ll144_selected ll144_scoring_rate ll144_impact_ratio"
    return {each.id for each in measures if each.analysis == "fairness" and each.metric in names.split()}


@pytest.mark.parametrize(
    ("sex", "race", "asked", "scores"),
    [
        ("g", "h", (), True),
        ("h", "g", (), False),
        ("g", "h", (("h", "g"),), True),
        ("g", "h", (("h", "g"),), False),
        ("h", "g", (("g", "h"),), True),
    ],
)
def test_of_local_law_144_nothing_is_withheld_for_many(sex, race, asked, scores):
    law = {"sex": sex, "race_ethnicity": race, "scores": scores}
    made = whole(scoring(*ALIKE, *MANY), intersections=asked, law=law)
    # As a file has it: columns in the order of the alphabet.
    bundle = Bundle.model_validate_json(json.dumps(made.model_dump(mode="json"), sort_keys=True))
    assert counts(shared(bundle)) == counts(bundle.of("fairness").measures)


MANY_LACK = [*lacking("A", None, "one", 45, 45), *lacking("B", None, "two", 45, 45)]


@pytest.mark.parametrize(
    "scored",
    [
        parted(*enough()),
        parted(*enough(), *MANY_LACK),
        # Of one feature alone there is nothing to subtract from.
        parted(*enough("-"), *lacking(None, "-", "one", 45, 45), *lacking(None, "-", "two", 2, 1)),
        people(NAMED),
        people(NAMED | dict.fromkeys(product("AB", [None], "NS"), 15)),
        people(NAMED | LACKING["few both"] | {("A", None, None): 15}),
    ],
    ids=["nobody lacks", "many lack", "one feature", "nobody of three", "many of one", "many of two"],
)
def test_where_nobody_lacks_a_column_or_many_do_nothing_is_withheld(scored):
    features = "ghi"[: sum(name.startswith("group:") for name in scored)]
    pairs = tuple(each for each in PAIRS if set(each) <= set(features))
    bundle = whole(scored, intersections=(*pairs, *(ALL if len(features) > 2 else ())))
    assert counts(shared(bundle)) == counts(bundle.of("fairness").measures)


def test_what_cannot_be_told_of_strata_or_of_three_columns_is_withheld():
    lines = [*enough(), *MANY_LACK, *lacking(None, "x", "one", 45, 45), *lacking(None, "x", "two", 45, 45)]
    after = shared(whole(parted(*lines), intersections=()))
    assert "stratum_rate" not in {each.metric for each in after}
    three = people(NAMED | LACKING["few both"] | {("A", None, None): 15})
    after = shared(whole(three, intersections=ALL))
    assert {each.dimensions["sensitive"] for each in after if each.metric == "selected"} == set("ghi")
