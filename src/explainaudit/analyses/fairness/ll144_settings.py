"""What a plan says about the tables in the shape of New York City's Local Law 144 (6 RCNY 5-301 to 5-303)."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explainaudit.records.record import Record, refused

Text = Annotated[str, Field(min_length=1, max_length=1200)]


class LeftOut(Record):
    """Categories below 2 % that are left out of the impact ratios; they keep their number and rate."""

    sex: tuple[str, ...] = ()
    race_ethnicity: tuple[str, ...] = ()
    intersectional: tuple[tuple[str, str], ...] = Field(
        (), description="Pairs of a sex and a race or ethnicity category."
    )
    justification: Text

    def of(self, table: str) -> tuple[tuple[str, ...], ...]:
        """Return the categories left out of one table, each as its names."""
        if table == "intersectional":
            return self.intersectional
        return tuple((name,) for name in (self.sex if table == "sex" else self.race_ethnicity))


class LocalLaw144(Record):
    """Three tables in the shape of the summary of results: by sex, by race or ethnicity, and by both.

    ``small_cells`` has no default: whether counts of few people are published is for people to decide.
    """

    sex: str = Field(description="The sensitive feature that holds the sex category.")
    race_ethnicity: str = Field(description="The sensitive feature that holds the race/ethnicity category.")
    small_cells: Literal["publish", "withhold"] = Field(
        description="Whether the shareable edition prints counts below privacy.min_cell in these tables."
    )
    small_cells_reason: Text | None = None
    data: Literal["historical", "test"] = Field(description="What the sample is: historical or test data.")
    scores: bool = Field(False, description="Scoring rates (above the median) in place of selection rates.")
    exclude: LeftOut | None = None
    unknown_in_total: bool = Field(
        False, description="Whether people of unknown category count in the whole that 2 % is a share of."
    )
    distribution_date: datetime.date | None = None
    auditor: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.small_cells == "withhold" and self.small_cells_reason is None:
            raise refused("E265")
        if self.sex == self.race_ethnicity:
            raise refused("E266")
        return self
