"""The plan as people write it: the keys of ``audit.yaml``, at its top level."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, field_validator

from explainaudit.records.group_columns import GroupColumn, Intersections, SensitiveFeature
from explainaudit.records.plan import (
    Costs,
    Criterion,
    DataSource,
    Decision,
    Documents,
    Explain,
    Limits,
    Measuring,
    ModelSource,
    Privacy,
    Statement,
    Task,
    Words,
)
from explainaudit.records.record import Record

# Stands in a proposed plan where only people can say what is right; a plan that holds it is refused.
CONFIRM = "CONFIRM"


class TaskEntry(Task):
    """The task as it may be written: a label may stand as a YAML number or boolean."""

    @field_validator("event", mode="before", json_schema_input_type=str | bool | int | None)
    @classmethod
    def _label(cls, value: object) -> object:
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int) else value


class Criteria(Record):
    """Limits for figures, and whether the verdicts on them are adjusted for their number."""

    entries: tuple[Criterion, ...] = ()
    familywise: bool = Field(
        False, description="Adjust verdicts for their number: Holm over the criteria's one-sided tests."
    )


class PlanFile(Record):
    """What may stand in ``audit.yaml``, at its top level."""

    version: Literal[1] = Field(description="Version of the plan's format.")
    model: ModelSource
    data: DataSource
    task: TaskEntry
    decision: Decision = Decision()
    costs: Costs | None = Field(None, description="Cost by actual label, then by predicted label.")
    sensitive: tuple[SensitiveFeature, ...] = ()
    strata: tuple[GroupColumn, ...] = Field(
        (), description="Legitimate factors: groups are compared within their groups as well."
    )
    intersections: Intersections = Field(
        "pairs", description="Sensitive columns taken together: all pairs, or lists of two or three names."
    )
    criteria: Criteria = Criteria()
    explain: Explain = Explain()
    analyses: dict[str, dict[str, object] | Literal[False]] = {}
    seed: int = Measuring.model_fields["seed"].default
    partition_rows: int = Field(Measuring.model_fields["partition_rows"].default, ge=100)
    words: Words = Words()
    privacy: Privacy = Privacy()
    limits: Limits = Limits()
    documents: Documents = Documents()
    statements: dict[str, Statement] = {}

    @field_validator("criteria", mode="before", json_schema_input_type=Criteria | tuple[Criterion, ...])
    @classmethod
    def _criteria_alone(cls, value: object) -> object:
        return {"entries": value} if isinstance(value, Sequence) and not isinstance(value, str) else value

    @field_validator("sensitive", mode="before", json_schema_input_type=tuple[SensitiveFeature | str, ...])
    @classmethod
    def _sensitive_alone(cls, value: object) -> object:
        return _columns_alone(value)

    @field_validator("strata", mode="before", json_schema_input_type=tuple[GroupColumn | str, ...])
    @classmethod
    def _stratum_alone(cls, value: object) -> object:
        return _columns_alone(value)


def _columns_alone(value: object) -> object:
    """Return entries of a list that are the name of a column alone as what they stand for."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return [{"column": entry} if isinstance(entry, str) else entry for entry in value]
