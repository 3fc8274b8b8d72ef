"""A group of few persons is not given away by what is shown of the others, in any table or figure."""

import numpy as np
import pytest

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.edition import edition
from explainaudit.records.verdict import Verdicts
from grouped import EVENT, OTHER, asked, binary
from handmade import bundle_of, people

ROWS = 600


def shared(few, min_cell=11):
    """Return the measures of the shareable edition, where ``few`` rows are of a group of their own."""
    rng = np.random.default_rng(3)
    g = np.array(["A", "B"], dtype=object)[rng.integers(0, 2, ROWS)]
    g[: few[0]] = few[1]
    h = rng.choice(["x", "y"], ROWS)
    event = rng.uniform(size=ROWS) < 0.4
    label = np.where(rng.uniform(size=ROWS) < 0.4, EVENT, OTHER)
    scored = binary(label, event, score=rng.uniform(size=ROWS), g=list(g), h=h)
    found = FAIRNESS.measure(asked(scored, intersections=(("g", "h"),)), FAIRNESS.settings())
    bundle = bundle_of(people())
    plan = bundle.provenance.plan.model_copy(update={"sensitive": asked(scored).sensitive})
    provenance = bundle.provenance.model_copy(update={"plan": plan})
    whole = bundle.model_copy(update={"evidence": (found,), "provenance": provenance})
    return list(edition(whole, Verdicts(), "shareable", min_cell)[0].measures().values())


@pytest.mark.parametrize("name", ["few", None])
def test_a_feature_with_a_small_group_is_withheld_with_its_intersections(name):
    left = {each.dimensions.get("sensitive") for each in shared((5, name)) if each.kind != "fact"}
    assert left - {None} == {"h"}


def test_a_group_that_is_large_enough_withholds_nothing_but_small_cells():
    left = {each.dimensions.get("sensitive") for each in shared((120, "some"))}
    assert {"g", "h", "g × h"} <= left


def test_a_small_count_takes_that_of_all_other_groups_with_it():
    """Outside a table too: the sum over the groups is known from another feature."""
    measures = shared((60, "some"))
    groups = {}
    for each in measures:
        if "group" in each.dimensions and each.metric in {
            "tpr",
            "fpr",
            "fdr",
            "for",
            "fnr",
            "selection_rate",
        }:
            groups.setdefault((each.metric, each.dimensions["sensitive"]), set()).add(
                each.dimensions["group"]
            )
    sizes = {}
    for each in measures:
        if each.metric == "group_size" and each.value:
            sizes.setdefault(each.dimensions["sensitive"], set()).add(each.dimensions["group"])
    for (_, feature), seen in groups.items():
        assert seen == sizes[feature]
