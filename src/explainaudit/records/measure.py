"""A number with everything needed to read it: interval, n, unit, tier, estimand, or why it is missing."""

import hashlib
import json
from typing import Literal, Self

from pydantic import model_validator

from explainaudit.records.message import Part, Ref
from explainaudit.records.record import Record

Unit = Literal[
    "count",
    "share",
    "points",
    "gap",
    "ratio",
    "score",
    "p_value",
    "log_odds",
    "margin",
    "probability",
    "target",
    "number",
    "recorded",
]
Tier = Literal["reportable", "indicative", "insufficient", "not_estimable"]
Estimand = Literal["these_rows", "people_like_these"]
Kind = Literal["count", "rate", "ratio", "difference", "score", "attribution", "quality", "fact"]


class Interval(Record):
    """An interval estimate; ``method`` is a key of the wording catalogue (``method.<method>``)."""

    low: float
    high: float
    method: str
    level: float = 0.95


class Measure(Record):
    """One figure of one analysis.

    ``smallest_cell`` is the smallest number of persons that the value, or anything derivable from
    it together with ``n``, rests on; editions suppress by it. It is ``None`` only for a ``fact``
    (a number of columns, a seed, a setting) that rests on nobody.
    """

    analysis: str
    metric: str
    dimensions: dict[str, str] = {}
    value: float | None
    reason: str | None = None
    interval: Interval | None = None
    n: int | None = None
    unit: Unit
    tier: Tier = "reportable"
    estimand: Estimand = "these_rows"
    kind: Kind
    smallest_cell: int | None = None

    @model_validator(mode="after")
    def _missing_has_a_reason(self) -> Self:
        if (self.value is None) == (self.reason is None):
            raise ValueError("a measure has a value or a reason, one of the two")
        if self.smallest_cell is None and self.kind != "fact":
            raise ValueError("only a fact rests on nobody: smallest_cell is missing")
        return self

    @property
    def id(self) -> str:
        """The name of the measure: canonical JSON of (analysis, metric, sorted dimensions)."""
        return measure_id(self.analysis, self.metric, self.dimensions)

    def ref(self, part: Part = "value") -> Ref:
        """Return a reference to one part of this measure."""
        return Ref(measure=self.id, part=part)


def measure_id(analysis: str, metric: str, dimensions: dict[str, str]) -> str:
    """Return the canonical JSON name of a measure."""
    name = [analysis, metric, dict(sorted(dimensions.items()))]
    return json.dumps(name, ensure_ascii=False, separators=(",", ":"))


def anchor(identifier: str) -> str:
    """Return the page anchor of a measure id: ``m-`` and 12 hex digits of its SHA-256."""
    return "m-" + hashlib.sha256(identifier.encode()).hexdigest()[:12]


class MeasureSpec(Record):
    """What an analysis says in advance about a figure it makes, so that criteria can be checked.

    ``judged`` is false for a figure that never has an interval.
    """

    metric: str
    unit: Unit
    kind: Kind
    better: Literal["higher", "lower", "nearer_one", "nearer_zero", "neither"]
    dimensions: tuple[str, ...] = ()
    judged: bool = True

    @property
    def takes_criterion(self) -> bool:
        """Whether a criterion can be declared for it; no p-value, count or fact has an interval."""
        return self.judged and self.unit != "p_value" and self.kind not in {"count", "fact"}
