"""Rows of a group and the rows of other groups that are nearest to them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.individual.nearest import Encoded, Places, encoded, nearest
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.keyed import draws
from explainaudit.stats.paired import tied

PAIR_ROWS = 1000
POOL_ROWS = 10_000


@dataclass(frozen=True)
class People:
    """Rows that stand for somebody, with what the model answered for them.

    ``score`` is the probability of the event, of the favourable classes together, or the prediction of a
    regression; ``decided`` whether the decision is favourable, or else the class predicted. Both may be
    ``None``: a task with several classes and no favourable one has no score, a regression no decision.
    """

    scored: pd.DataFrame
    rows: pd.DataFrame
    keys: NDArray[np.str_]
    design: Design
    score: NDArray[np.float64] | None
    decided: NDArray[np.object_] | None
    favourable: NDArray[np.bool_] | None


@dataclass(frozen=True)
class Pairs:
    """Rows of one group and their partners.

    Attributes
    ----------
    feature, group : str
        The sensitive feature and the group.
    looked : int
        Rows of the group for which a partner was looked for.
    members, partners : ndarray of int, shape (n,)
        Places of the rows that have a partner near enough, and of their partners.
    own : Design
        Weights and clusters of the members.
    design : Design
        The same of the pairs: those that share a member's or a partner's cluster belong together.
    """

    feature: str
    group: str
    looked: int
    members: Places
    partners: Places
    own: Design
    design: Design


def people_of(responses: Responses, rows: pd.DataFrame) -> People:
    """Return the rows that stand for somebody."""
    somebody = Design.of(responses.scored).counts
    scored = responses.scored[somebody].reset_index(drop=True)
    names, favourable, decided = responses.decision.favourable, None, None
    if responses.task.type != "regression":
        decided = scored["predicted"].to_numpy(dtype=object)
        if names is not None:
            favourable = scored["favourable"].to_numpy(dtype=bool)
            decided = favourable.astype(object)
    score = None
    if responses.task.type != "multiclass":
        score = scored["score"].to_numpy(dtype=np.float64)
    elif isinstance(names, tuple):
        score = scored[[f"score:{name}" for name in names]].to_numpy(dtype=np.float64).sum(axis=1)
    return People(
        scored=scored,
        rows=rows[somebody].reset_index(drop=True),
        keys=scored["key"].to_numpy(dtype=np.str_),
        design=Design.of(scored),
        score=score,
        decided=decided,
        favourable=favourable,
    )


def pairs_of(responses: Responses, people: People, feature: SensitiveFeature) -> list[Pairs]:
    """Return the pairs of every group of a feature, in their order; none where there is one group alone.

    A pair counts where the partner is no further from the row than the median distance of rows of the group
    to their own nearest in the group. At most `PAIR_ROWS` rows of a group look for partners, among at most
    `POOL_ROWS` rows of other groups: those with the smallest keyed draws.
    """
    inputs = [each for each in responses.columns if each.role == "input" and each.name != feature.column]
    group = people.scored[f"group:{feature.column}"]
    names = in_order(map(str, group.dropna().unique()), feature, responses.columns)
    if len(names) < 2 or not inputs:
        return []
    known = group.notna().to_numpy()
    rows = encoded(people.rows, inputs)
    found = []
    for name in names:
        inside = (group == name).to_numpy(dtype=bool, na_value=False)
        own, others = np.flatnonzero(inside), np.flatnonzero(known & ~inside)
        found.append(_pairs(responses.seed, people, rows, (own, others), (feature.column, name)))
    return found


def _pairs(
    seed: int, people: People, rows: Encoded, places: tuple[Places, Places], about: tuple[str, str]
) -> Pairs:
    own, others = places
    seekers = _some(own, people.keys, seed, "pairs", PAIR_ROWS)
    members = partners = np.empty(0, dtype=np.intp)
    if len(own) > 1:
        pool = _some(others, people.keys, seed, "partners", POOL_ROWS)
        found, apart = nearest(rows, seekers, pool)
        _, usual = nearest(rows, seekers, _some(own, people.keys, seed, "partners", POOL_ROWS))
        near = apart <= np.median(usual) * (1 + 1e-9)  # distances that are equal differ by rounding
        members, partners = seekers[near], found[near]
    design, simple = people.design, people.design.simple
    belong = tied(design.cluster[members], design.cluster[partners])
    simple = simple and len(np.unique(belong)) == len(members)
    return Pairs(
        feature=about[0],
        group=about[1],
        looked=len(seekers),
        members=members,
        partners=partners,
        own=design.among(members),
        design=Design(design.weight[members], belong, simple),
    )


def _some(places: Places, keys: NDArray[np.str_], seed: int, purpose: str, most: int) -> Places:
    """Return at most so many places, by keyed draws, in the order of the draws."""
    order = np.argsort(draws(keys[places], seed=seed, purpose=purpose), kind="stable")
    return places[order[:most]]
