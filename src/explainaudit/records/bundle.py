"""The bundle: everything measured, in one record. Left of it numbers are made, right of it shown."""

from typing import Literal

from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Measuring
from explainaudit.records.record import Record
from explainaudit.records.table import RowTable

SCHEMA_VERSION = "3"


class TableIdentity(Record):
    """A named table: its size, and the digest of its sorted row keys and schema."""

    name: str
    rows: int
    columns: int
    digest: str


class Parameter(Record):
    """One parameter of one step of a model, as text."""

    step: str
    name: str
    value: str


class Makeup(Record):
    """What a model is made of, as far as it tells.

    ``complexity`` counts parts (``trees``, ``leaves``, ``depth``, ``coefficients``); ``constraints``
    are the directions a model was forced to keep, by input column.
    """

    parameters: tuple[Parameter, ...] = ()
    complexity: dict[str, int] = {}
    constraints: dict[str, Literal["increasing", "decreasing"]] = {}


class ModelIdentity(Record):
    """The model: digest of its file, format, class, the steps of a pipeline and what they are made of.

    ``digest`` is ``None`` for a model that was handed over in memory.
    """

    digest: str | None
    format: str
    estimator: str
    steps: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    saved_with: str | None = None
    makeup: Makeup = Makeup()


class Provenance(Record):
    """What was audited, and with which plan."""

    model: ModelIdentity
    tables: tuple[TableIdentity, ...]
    plan: Measuring
    evaluations: int


class Bundle(Record):
    """Evidence and provenance. The same plan, model and data give the same bytes."""

    schema_version: str = SCHEMA_VERSION
    provenance: Provenance
    evidence: tuple[Evidence, ...]
    row_tables: tuple[RowTable, ...] = ()
    vocabulary: tuple[str, ...] = ()

    def measures(self) -> dict[str, Measure]:
        """Return all measures by id."""
        return {measure.id: measure for found in self.evidence for measure in found.measures}

    def of(self, analysis: str) -> Evidence | None:
        """Return the evidence of one analysis, or ``None``."""
        return next((found for found in self.evidence if found.analysis == analysis), None)


class Environment(Record):
    """Where and when a run happened. ``date`` and what is printed of it enter from outside."""

    date: str
    versions: dict[str, str]
    isolation: str
    engine: str
    platform: str
    cpu: str
    blas: str
    files: dict[str, str]


class Measured(Record):
    """What a run cost in time and memory. Never printed."""

    seconds: dict[str, float]
    peak_memory_mb: float
