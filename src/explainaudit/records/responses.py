"""What the auditee answered, gathered once for all analyses."""

from dataclasses import dataclass

import pandas as pd

from explainaudit.records.attribution import Attribution, Interactions
from explainaudit.records.bundle import ModelIdentity, TableIdentity
from explainaudit.records.effect import Effect, PermutedLosses
from explainaudit.records.flip import Flip
from explainaudit.records.group_columns import GroupColumn, SensitiveFeature
from explainaudit.records.message import Message
from explainaudit.records.plan import ColumnType, Costs, Decision, Explain, Task
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


class JoinedGroups(Record):
    """What was left over when a table of groups was joined: rows of the sample, and lines of that table."""

    rows_without: int
    lines_without: int


class Steadiness(Record):
    """What a model did when it was asked about the same rows twice, the second time in reverse order.

    ``gap`` is the largest difference of its answers, ``scale`` the largest answer; ``writes`` says whether it
    changed the rows that it was given (a copy).
    """

    rows: int
    gap: float
    scale: float
    writes: bool


class CaseFacts(Record):
    """One row shown in full: why it was chosen, its inputs, its score, label and decision.

    ``output`` is the output that is explained for it: the event, the class predicted for the row, or
    the target. ``score`` is the model's answer for that output.
    """

    number: int
    rule: str
    key: str
    values: dict[str, str | float | None]
    output: str
    score: float
    label: str | None
    favourable: bool | None


class ExplainFacts(Record):
    """How the explanations were made, in counts.

    ``moved`` is the largest difference between the answer for a row when it was scored and when it was
    explained, as a probability or in the unit of the target.
    """

    background: str
    background_rows: int
    background_digest: str
    rows: int
    population: int
    strata: dict[str, int]
    evaluations: int
    players: int
    second_algorithm: str
    second_rows: int
    second_background: int
    second_gap: float
    second_off: int
    second_trees: int = 0
    second_all_trees: int = 0
    moved: float = 0.0


@dataclass(frozen=True)
class Responses:
    """Everything an analysis may look at. It never sees the model.

    Attributes
    ----------
    scored : DataFrame of shape (n_rows, …), in key order
        ``key``; ``label`` (text, missing allowed); ``predicted`` (text); ``event_predicted`` (bool);
        ``favourable`` (bool, or all missing when the plan names no favourable decision);
        ``score:<class>`` per class, or ``score`` alone for a binary task and a regression;
        ``band`` (text) where the plan cuts the score into bands; ``weight`` (float64, 0 or more) and
        ``cluster`` (text) where the plan names such columns: see `explainaudit.stats.design.Design`;
        ``group:<column>`` per sensitive feature and ``stratum:<column>`` per stratifier (text, missing
        allowed).
    rows : DataFrame, optional
        Typed columns of the sample as in the file, row by row beside ``scored``; for those who need rows.
    training : DataFrame, optional
        The training table, scored like the sample, where it has labels; for those who need training.
    training_rows : DataFrame, optional
        Typed columns of the training table, row by row beside ``training``.
    attributions : tuple of Attribution
        SHAP values of the rows explained for the ranking, one attribution per output.
    case_shap, case_lime : tuple of Attribution
        SHAP and LIME for the cases, in the order of ``cases``, one attribution per output.
    compared : tuple of Attribution
        LIME for a keyed choice of the rows in ``attributions``, one attribution per output.
    interactions : Interactions, optional
        Exact interaction values of some of the rows explained, where they could be enumerated.
    effects : tuple of Effect
        What the model answered when one input was moved, one for each input.
    losses : PermutedLosses, optional
        What the model lost when inputs were replaced by those of other rows.
    flips : tuple of Flip
        What the model answered when a sensitive input was set to the value of other groups, one for each
        such input of which several groups are known.
    steadiness : Steadiness, optional
        Whether the model answers alike when asked again.
    notes : tuple of Message
        What was noticed while the tables were read.
    strata : tuple of GroupColumn
        Legitimate factors within which groups are compared as well.
    intersections : tuple of tuple of str
        Sensitive columns whose groups are taken together, two or three at a time.
    joined : JoinedGroups, optional
        What was left over when groups were joined from a table of their own.
    """

    seed: int
    task: Task
    decision: Decision
    explain: Explain
    costs: Costs | None
    sensitive: tuple[SensitiveFeature, ...]
    model: ModelIdentity
    tables: tuple[TableIdentity, ...]
    columns: tuple[ColumnFacts, ...]
    scored: pd.DataFrame
    rows: pd.DataFrame | None = None
    training: pd.DataFrame | None = None
    training_rows: pd.DataFrame | None = None
    attributions: tuple[Attribution, ...] = ()
    case_shap: tuple[Attribution, ...] = ()
    case_lime: tuple[Attribution, ...] = ()
    compared: tuple[Attribution, ...] = ()
    interactions: Interactions | None = None
    cases: tuple[CaseFacts, ...] = ()
    effects: tuple[Effect, ...] = ()
    losses: PermutedLosses | None = None
    flips: tuple[Flip, ...] = ()
    explained: ExplainFacts | None = None
    steadiness: Steadiness | None = None
    notes: tuple[Message, ...] = ()
    strata: tuple[GroupColumn, ...] = ()
    intersections: tuple[tuple[str, ...], ...] = ()
    joined: JoinedGroups | None = None
