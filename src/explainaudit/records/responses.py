"""What the auditee answered, gathered once for all analyses."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from explainaudit.records.attribution import Attribution
from explainaudit.records.bundle import ModelIdentity, TableIdentity
from explainaudit.records.message import Message
from explainaudit.records.plan import ColumnType, Decision, Explain, SensitiveFeature, Task
from explainaudit.records.record import Record


class ColumnFacts(Record):
    """A column after typing: its type, and its role in the audit.

    ``role`` is ``input``, ``target``, ``sensitive``, ``row_id`` or ``other``; a column that is an
    input and sensitive has the role ``input`` and ``sensitive`` set.
    """

    name: str
    type: ColumnType
    role: str
    sensitive: bool = False


class CaseFacts(Record):
    """One row shown in full: why it was chosen, its inputs, its score, label and decision."""

    number: int
    rule: str
    key: str
    values: dict[str, str | float | None]
    score: float
    label: str | None
    favourable: bool | None


class ExplainFacts(Record):
    """How the explanations were made, in counts."""

    background: str
    background_rows: int
    background_digest: str
    rows: int
    population: int
    strata: dict[str, int]
    evaluations: int
    players: int
    second_algorithm: str | None = None
    second_rows: int = 0
    second_gap: float | None = None


@dataclass(frozen=True)
class Partition:
    """A run of rows in key order, as an accumulator sees it.

    ``rows`` has the typed columns of the file; ``scored`` has one line per row with the columns
    described in `Responses.scored`.
    """

    rows: pd.DataFrame
    scored: pd.DataFrame


@dataclass(frozen=True)
class Responses:
    """Everything an analysis may look at. It never sees the model.

    Attributes
    ----------
    scored : DataFrame of shape (n_rows, …), in key order
        ``key``; ``label`` (text, missing allowed); ``predicted`` (text); ``event_predicted`` (bool);
        ``favourable`` (bool, or all missing when the plan names no favourable decision);
        ``score:<class>`` per class, or ``score`` alone for a binary task and a regression;
        ``group:<column>`` per sensitive feature (text, missing allowed).
    accumulated : dict
        Merged states of the accumulators the analyses asked for, by name.
    attributions : tuple of Attribution
        SHAP values of the rows explained for the ranking, one attribution per output.
    case_attributions : tuple of Attribution
        SHAP and LIME for the cases, in the order of ``cases``.
    notes : tuple of Message
        What was noticed while the tables were read.
    """

    seed: int
    task: Task
    decision: Decision
    explain: Explain
    sensitive: tuple[SensitiveFeature, ...]
    model: ModelIdentity
    tables: tuple[TableIdentity, ...]
    columns: tuple[ColumnFacts, ...]
    scored: pd.DataFrame
    accumulated: dict[str, Any] = field(default_factory=dict)
    attributions: tuple[Attribution, ...] = ()
    case_attributions: tuple[Attribution, ...] = ()
    cases: tuple[CaseFacts, ...] = ()
    explained: ExplainFacts | None = None
    notes: tuple[Message, ...] = ()
