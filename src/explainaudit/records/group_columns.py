"""Columns whose values name groups: sensitive features, strata, and sensitive features taken together."""

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, field_validator

from explainaudit.records.record import Record, refused

TIMES = "×"
Intersections = Literal["pairs", "none"] | tuple[tuple[str, ...], ...]


class GroupColumn(Record):
    """A column whose values name groups; a numeric one needs edges, each the lower end of a group."""

    column: str
    edges: tuple[float, ...] | None = None


class SensitiveFeature(GroupColumn):
    """A column whose groups are compared; a numeric one needs edges, each the lower end of a group."""

    population: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = Field(
        None, description="Share of each group among the people the model is for."
    )

    @field_validator("population")
    @classmethod
    def _shares_of_one_whole(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        if value is not None and not 0.99 <= sum(value.values()) <= 1.01:
            raise refused("E239")
        return value


def joined_name(names: Sequence[str]) -> str:
    """Return the one name of several features, or of several groups, taken together.

    A name's own × is doubled, so that other names never join to the same one.
    """
    return f" {TIMES} ".join(name.replace(TIMES, TIMES * 2) for name in names)


def crossed(columns: Sequence[str], asked: Intersections) -> tuple[tuple[str, ...], ...]:
    """Return the intersections asked for, each as the columns it is made of.

    Parameters
    ----------
    columns : sequence of str
        The sensitive columns, in the order in which they are declared.
    asked : Intersections
        ``pairs`` for all pairs of them in that order, ``none``, or a list of two or three columns each.
    """
    if asked == "none":
        return ()
    return tuple(combinations(columns, 2)) if asked == "pairs" else tuple(map(tuple, asked))
