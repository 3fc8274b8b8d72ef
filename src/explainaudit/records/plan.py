"""The plan: what is asked, by what it is judged, and what people state about the system."""

import datetime
from typing import Annotated, Literal

from pydantic import Field

from explainaudit.records.record import Record

TaskType = Literal["binary", "multiclass", "regression"]
ColumnType = Literal["integer", "number", "boolean", "text", "date"]


class ModelSource(Record):
    """The model file under audit."""

    path: str = Field(description="Model file, relative to the plan.")
    inputs: tuple[str, ...] | None = Field(
        None, description="Input columns in the model's order, for a model that does not name them itself."
    )


class DataSource(Record):
    """The named tables and how to read them."""

    sample: str = Field(description="The audited table (CSV or Parquet), relative to the plan.")
    training: str | None = Field(None, description="The table the model was trained on.")
    background: str | None = Field(
        None, description="Reference rows for SHAP and LIME; drawn from training, else from the sample."
    )
    row_id: str | None = Field(None, description="Column that names a row; content is used without one.")
    types: dict[str, ColumnType] = Field({}, description="Types of columns, where the guess is wrong.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    decimal: Annotated[str, Field(min_length=1, max_length=1)] = "."
    na_values: tuple[str, ...] = Field(("",), description="Texts of a CSV that mean a missing value.")


class Task(Record):
    """What the model predicts. ``event`` is the label value that the score is for."""

    type: TaskType = "binary"
    target: str
    event: str | None = None


class Decision(Record):
    """The threshold that turns a score into a decision, and which side is good for the person."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    favourable: Literal["event", "no event"] | None = None


class SensitiveFeature(Record):
    """A column whose groups are compared; a numeric one needs edges, each the lower end of a group."""

    column: str
    edges: tuple[float, ...] | None = None


class Explain(Record):
    """How rows are explained with SHAP and LIME."""

    output: Literal["log_odds", "probability"] = "log_odds"
    rows: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Rows explained for the ranking; set by the evaluation budget when left out."
    )
    evaluations: Annotated[int, Field(ge=1000)] = Field(
        8_000_000,
        description="Model evaluations that SHAP may ask for, before equal ones are merged; "
        "at least 50 rows are explained.",
    )
    background_rows: Annotated[int, Field(ge=2, le=10_000)] = 100
    lime_samples: Annotated[int, Field(ge=100)] = 5000
    lime_repeats: Annotated[int, Field(ge=2)] = 10


class Criterion(Record):
    """A limit declared for a measure, by its name ``analysis.metric``."""

    measure: str
    dimensions: dict[str, str] = {}
    at_least: float | None = None
    at_most: float | None = None
    declared: datetime.date | None = None


class Words(Record):
    """The words of the field for the people and decisions audited."""

    person: str = "person"
    persons: str = "persons"
    favourable: str = "decided favourably"
    unfavourable: str = "decided unfavourably"
    event: str = "event"


class Privacy(Record):
    """Counts from 1 to ``min_cell`` − 1 are not shown in the shareable edition."""

    min_cell: Annotated[int, Field(ge=2)] = 11


class Limits(Record):
    """What a stage may use before it is stopped. Does not change any number."""

    stage_seconds: Annotated[int, Field(ge=1)] = 1800
    memory_mb: Annotated[int, Field(ge=256)] = 8192


class Documents(Record):
    """How the documents present themselves."""

    title: str | None = None
    organisation: str | None = None
    classification: str | None = None
    page_size: Literal["A4", "Letter"] = "A4"
    accent: Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")] = "#0072B2"


class Statement(Record):
    """What a person states; authors are roles or names the organisation supplies."""

    text: Annotated[str, Field(min_length=1, max_length=1200)]
    author: str
    role: str | None = None
    date: datetime.date
    evidence_ref: str | None = None


class Measuring(Record):
    """The part of the plan that numbers depend on."""

    model: ModelSource | None = None
    data: DataSource | None = None
    task: Task
    decision: Decision = Decision()
    sensitive: tuple[SensitiveFeature, ...] = ()
    explain: Explain = Explain()
    analyses: dict[str, dict[str, object] | None] = Field(
        {}, description="Settings by analysis; null for one that is not requested."
    )
    seed: int = 20260101
    partition_rows: Annotated[int, Field(ge=100)] = 50_000
    assumed: tuple[str, ...] = Field((), description="Keys filled by a default that is printed as assumed.")


class Human(Record):
    """The part of the plan that people write and readers see; editing it never re-measures."""

    words: Words = Words()
    documents: Documents = Documents()
    privacy: Privacy = Privacy()
    statements: dict[str, Statement] = {}


class Plan(Record):
    """What is asked: to measure, by which criteria, and in whose words."""

    measuring: Measuring
    criteria: tuple[Criterion, ...] = ()
    human: Human = Human()
    limits: Limits = Limits()
