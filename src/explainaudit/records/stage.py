"""What crosses the process boundary: a call of one stage, and what the stages leave for each other."""

from explainaudit.records.bundle import ModelIdentity, TableIdentity
from explainaudit.records.message import Message
from explainaudit.records.plan import Measuring
from explainaudit.records.record import Record
from explainaudit.records.responses import CaseFacts, ColumnFacts, JoinedGroups, Steadiness


class Consent(Record):
    """What the user allows for this model file. Flags only, never plan keys."""

    allow_pickle: bool = False
    model_sha256: str | None = None
    trust_types: tuple[str, ...] = ()
    strict_versions: bool = False


class StageCall(Record):
    """One stage to run: its name, its part of the work, and folders to read from and write to."""

    stage: str
    part: str = ""
    out: str
    inputs: dict[str, str] = {}
    plan: Measuring
    files: dict[str, str] = {}
    consent: Consent = Consent()
    memory_mb: int = 8192


class Described(Record):
    """What the describe stage found: the model, the tables and every column's role.

    ``source`` is the table that the background is drawn from; ``scored`` names the tables that the
    model answers for: the sample, and the training table where it has labels.
    """

    model: ModelIdentity
    tables: tuple[TableIdentity, ...]
    columns: tuple[ColumnFacts, ...]
    plan: Measuring
    source: str
    rows: int
    scored: tuple[str, ...] = ("sample",)
    joined: JoinedGroups | None = None
    steadiness: Steadiness | None = None
    notes: tuple[Message, ...] = ()


class Selection(Record):
    """Rows to explain, by their position in key order, and the cases shown in full."""

    positions: tuple[int, ...]
    inclusion: tuple[float, ...]
    strata: dict[str, int]
    background: tuple[int, ...]
    case_positions: tuple[int, ...]
    cases: tuple[CaseFacts, ...]
    chunks: tuple[tuple[int, int], ...]


class Trial(Record):
    """What ``check`` found: the model answers, and what a run would cost in model evaluations."""

    described: Described
    scored: int
    explained: int
    evaluations: int
    analyses: tuple[str, ...] = ()
