"""The plan: what is asked, by what it is judged, and what people state about the system."""

import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explainaudit.records.group_columns import GroupColumn, Intersections, crossed
from explainaudit.records.group_columns import SensitiveFeature as SensitiveFeature  # noqa: PLC0414 - of the plan
from explainaudit.records.group_columns import joined_name as joined_name  # noqa: PLC0414 - of the plan
from explainaudit.records.record import Record, refused

TaskType = Literal["binary", "multiclass", "regression"]
ColumnType = Literal["integer", "number", "boolean", "text", "date"]
# Numbers beyond this are refused wherever they come in, so that their squares and sums are still numbers.
LARGEST = 1e100
# What a decision costs, by the actual label and then the predicted one, in one unit of the plan's choice.
Costs = dict[str, dict[str, float]]


class ModelSource(Record):
    """The model file under audit."""

    path: str = Field(description="Model file, relative to the plan.")
    inputs: tuple[str, ...] | None = Field(
        None, description="Input columns in the model's order, for a model that does not name them itself."
    )
    classes: tuple[str, ...] | None = Field(
        None, description="Labels in the model's order, for a model that only numbers them."
    )


class DataSource(Record):
    """The named tables and how to read them."""

    sample: str = Field(description="The audited table (CSV or Parquet), relative to the plan.")
    training: str | None = Field(None, description="The table the model was trained on.")
    background: str | None = Field(None, description="Reference rows; else from training, or the sample.")
    groups: str | None = Field(
        None, description="Table of further columns about the rows of the sample, joined to it by row_id."
    )
    row_id: str | None = Field(None, description="Column that names a row; content is used without one.")
    weight: str | None = Field(None, description="Column of sampling weights, zero or more for each row.")
    cluster: str | None = Field(None, description="Column of what rows belong to; intervals allow for it.")
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
    labels: Literal["everyone", "decided favourably"] = Field(
        "everyone",
        description="Whose outcome can be known: everyone's, or only that of persons who were once decided "
        "favourably, as with loans that were granted.",
    )
    label_delay_days: Annotated[int, Field(ge=0)] | None = Field(
        None, description="Days between a decision and the day on which its outcome is known."
    )


class Band(Record):
    """A named band of scores, from ``at_least`` (the lowest band has none) to below the next band."""

    name: str
    at_least: Annotated[float, Field(ge=0, le=1)] | None = None


class Decision(Record):
    """How a score becomes a decision, and which decision is good for the person.

    A binary score is cut at a threshold or into named bands, lowest first; ``favourable`` names the
    bands, or for several classes the labels, that are good for the person. Favourable bands lie at one
    end, so that their limit is the threshold that errors are counted at.
    """

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    bands: Annotated[tuple[Band, ...], Field(min_length=2)] | None = None
    favourable: Literal["event", "no event"] | tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _bands_are_cut_once(self) -> Self:
        if self.bands is None:
            return self
        lower = [band.at_least for band in self.bands]
        rising = lower[0] is None and all(
            low is not None and low > (before or 0) for before, low in pairwise(lower)
        )
        names = [band.name for band in self.bands]
        if not rising or len(set(names)) < len(names):
            raise refused("E235")
        if self.threshold is not None:
            raise refused("E236")
        chosen = self.favourable if isinstance(self.favourable, tuple) else ()
        ends = {tuple(names[:k]) for k in range(1, len(names))} | {
            tuple(names[k:]) for k in range(1, len(names))
        }
        if tuple(name for name in names if name in chosen) not in ends or set(chosen) - set(names):
            raise refused("E237")
        return self

    @property
    def low_is_favourable(self) -> bool:
        """Whether a score below the cut is the favourable side."""
        if self.bands is not None and isinstance(self.favourable, tuple):
            return self.bands[0].name in self.favourable
        return self.favourable == "no event"

    @property
    def cut(self) -> float:
        """The score from which on the event is predicted: the threshold, or the limit of favourable bands."""
        if self.bands is None:
            return 0.5 if self.threshold is None else self.threshold
        good = [band.name in (self.favourable or ()) for band in self.bands]
        first = next(index for index in range(1, len(good)) if good[index] != good[0])
        return self.bands[first].at_least or 0.0


class Explain(Record):
    """How rows are explained with SHAP and LIME."""

    output: Literal["log_odds", "margin", "probability"] | None = Field(
        None,
        description="Scale of the values. Left out: the model's own additive score (log-odds of the event, "
        "the margin of each class) where it has one, else the probability.",
    )
    values: Literal["interventional", "path_dependent"] = Field(
        "interventional", description="SHAP against reference rows, or by the training shares of trees."
    )
    rows: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Rows explained for the ranking; set by the evaluation budget when left out."
    )
    evaluations: Annotated[int, Field(ge=1000)] = Field(
        8_000_000,
        description="Model evaluations that SHAP may ask for, before equal ones are merged; "
        "at least 50 rows are explained.",
    )
    background_rows: Annotated[int, Field(ge=2, le=10_000)] = 100
    lime_samples: Annotated[int, Field(ge=100)] = Field(
        5000, description="Perturbations of LIME's pool at the first look; each further look doubles them."
    )
    lime_most: Annotated[int, Field(ge=100)] = Field(
        40_000, description="Perturbations at which a case that is not settled stops; at most eight looks."
    )


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
    costs: Costs | None = None
    sensitive: tuple[SensitiveFeature, ...] = ()
    strata: tuple[GroupColumn, ...] = ()
    intersections: Intersections = "pairs"
    explain: Explain = Explain()
    analyses: dict[str, dict[str, object] | None] = Field(
        {}, description="Settings by analysis; null for one that is not requested."
    )
    seed: int = 20260101
    partition_rows: Annotated[int, Field(ge=100)] = 50_000
    assumed: tuple[str, ...] = Field((), description="Keys filled by a default that is printed as assumed.")

    def resolved_intersections(self) -> tuple[tuple[str, ...], ...]:
        """Return the sensitive columns whose groups are taken together, two or three at a time."""
        return crossed([feature.column for feature in self.sensitive], self.intersections)


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
    familywise: bool = False
    human: Human = Human()
    limits: Limits = Limits()
