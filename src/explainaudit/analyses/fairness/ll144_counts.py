"""Who is in each category of the three tables, how many of them are counted, and who is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.fairness.ll144_settings import LocalLaw144
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order

TABLES = ("sex", "race_ethnicity", "intersectional")
FIFTIETH = 50  # a category of less than 2 % may be left out (6 RCNY 5-301(d))


class Unfitting(Exception):
    """A setting that does not fit the sample: ``why`` (``absent`` or ``large``), and where it stands."""

    def __init__(self, why: str, where: str) -> None:
        super().__init__(why, where)
        self.why = why
        self.where = where


@dataclass(frozen=True)
class Category:
    """One line of a table: its names (one, or sex and race/ethnicity), people, and those counted."""

    names: tuple[str, ...]
    n: int
    k: int
    left_out: bool

    @property
    def rate(self) -> float | None:
        """Share counted; ``None`` without people, never 0."""
        return self.k / self.n if self.n else None


@dataclass(frozen=True)
class View:
    """One of the three tables: its categories, and the people who are in none of them."""

    table: str
    features: tuple[str, ...]
    categories: tuple[Category, ...]
    unknown: int

    @property
    def known(self) -> int:
        """People in the table."""
        return sum(each.n for each in self.categories)

    def highest(self, *, left_out: bool) -> Category | None:
        """Return the category with the highest rate, those left out among them or not."""
        found = [each for each in self.categories if each.n and (left_out or not each.left_out)]
        return max(found, key=lambda each: each.rate or 0.0, default=None)


@dataclass(frozen=True)
class Median:
    """Median score of the full sample, people who score exactly that, and those on the good side of it."""

    value: float
    ties: int
    counted: int
    people: int
    above: bool

    @property
    def far(self) -> bool:
        """Whether ties leave far fewer than half of all on the good side."""
        return self.ties > 1 and abs(self.counted / self.people - 0.5) > 0.05


def above_median(scored: pd.DataFrame, *, low_is_good: bool) -> tuple[NDArray[np.bool_], Median]:
    """Return who scores strictly above the median, or below it where low scores are good, and the median."""
    score = scored["score"].to_numpy(dtype=np.float64)
    middle = float(np.median(score))
    hit = score < middle if low_is_good else score > middle
    ties = int((score == middle).sum())
    return hit, Median(middle, ties, int(hit.sum()), len(score), above=not low_is_good)


def views(
    responses: Responses, scored: pd.DataFrame, hit: NDArray[np.bool_], settings: LocalLaw144
) -> list[View]:
    """Return the three tables' counts: by sex, by race or ethnicity, and of every pair of both.

    Parameters
    ----------
    scored : DataFrame
        One row for each person.
    hit : ndarray of bool, shape (n_rows,)
        Who was selected, or scores above the median.

    Raises
    ------
    Unfitting
        A category that is left out does not occur, or holds 2 % or more.
    """
    declared = {feature.column: feature for feature in responses.sensitive}
    names: dict[str, list[str]] = {}
    for feature in (settings.sex, settings.race_ethnicity):
        names[feature] = _names(scored, declared[feature], responses)
    by_table = dict(zip(TABLES, ((settings.sex,), (settings.race_ethnicity,), tuple(names)), strict=True))
    return [_view(table, features, scored, hit, (names, settings)) for table, features in by_table.items()]


def _names(scored: pd.DataFrame, feature: SensitiveFeature, responses: Responses) -> list[str]:
    found = scored[f"group:{feature.column}"].dropna().unique()
    return in_order(map(str, found), feature, responses.columns)


def _view(
    table: str,
    features: Sequence[str],
    scored: pd.DataFrame,
    hit: NDArray[np.bool_],
    given: tuple[dict[str, list[str]], LocalLaw144],
) -> View:
    names, settings = given
    groups = pd.DataFrame({feature: scored[f"group:{feature}"] for feature in features})
    # Rows in which one of the features is missing are in no group.
    sums = groups.assign(hit=hit).groupby(list(features))["hit"].agg(["size", "sum"])
    counts = {
        key if isinstance(key, tuple) else (key,): (int(n), int(k))
        for key, n, k in zip(sums.index, sums["size"], sums["sum"], strict=True)
    }
    cells = list(product(*(names[feature] for feature in features)))
    left_out = () if settings.exclude is None else settings.exclude.of(table)
    categories = tuple(Category(cell, *counts.get(cell, (0, 0)), left_out=cell in left_out) for cell in cells)
    view = View(table, tuple(features), categories, int(groups.isna().any(axis=1).sum()))
    _check_left_out(view, left_out, len(scored) if settings.unknown_in_total else view.known)
    return view


def _check_left_out(view: View, left_out: tuple[tuple[str, ...], ...], whole: int) -> None:
    sizes = {each.names: each.n for each in view.categories}
    for number, names in enumerate(left_out):
        where = f"analyses.fairness.ll144.exclude.{view.table}.{number}"
        if names not in sizes:
            raise Unfitting("absent", where)
        if sizes[names] * FIFTIETH >= whole:
            raise Unfitting("large", where)
