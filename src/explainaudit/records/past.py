"""What bundles of earlier schemas hold where a later one has changed it, so that they stay readable."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from explainaudit.records.bundle import Bundle, Provenance
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Measuring
from explainaudit.records.record import Record
from explainaudit.records.table import Table


class MeasuringTwo(Measuring):
    """Schemas 1 and 2: the plan before it had strata, intersections, a table of groups, and labels."""

    @model_serializer(mode="wrap")
    def _as_it_was(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plan: dict[str, Any] = handler(self)
        for part, names in (
            (plan, ("strata", "intersections")),
            (plan["task"], ("labels", "label_delay_days")),
            (plan["data"] or {}, ("groups",)),
        ):
            for name in names:
                part.pop(name, None)
        return plan


class ProvenanceTwo(Provenance):
    """Schema 2: what was audited, with a plan of its time."""

    plan: MeasuringTwo


class TableTwo(Table):
    """Schemas 1 and 2: a table that does not say whether it rests on labels."""

    @model_serializer(mode="wrap")
    def _as_it_was(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        table: dict[str, Any] = handler(self)
        table.pop("of_labels")
        return table


class EvidenceTwo(Evidence):
    """Schemas 1 and 2: evidence with tables of their time."""

    tables: tuple[TableTwo, ...] = ()


class BundleTwo(Bundle):
    """Schema 2."""

    provenance: ProvenanceTwo
    evidence: tuple[EvidenceTwo, ...]


class ExplainOne(Record):
    """Schema 1: LIME drew a few pools for each case instead of one for all of them."""

    output: Literal["log_odds", "probability"] = "log_odds"
    rows: int | None = None
    evaluations: int = 8_000_000
    background_rows: int = 100
    lime_samples: int = 5000
    lime_repeats: int = 10


class MeasuringOne(MeasuringTwo):
    """Schema 1: the plan with the settings that it had."""

    explain: ExplainOne = ExplainOne()  # type: ignore[assignment]


class ProvenanceOne(ProvenanceTwo):
    """Schema 1: what was audited, with a plan of its time."""

    plan: MeasuringOne


class BundleOne(BundleTwo):
    """Schema 1."""

    provenance: ProvenanceOne


SCHEMAS: dict[str, type[Bundle]] = {"1": BundleOne, "2": BundleTwo, "3": Bundle}


def schema_of(path: Path) -> type[Bundle]:
    """Return how a bundle is read: by the schema it names, and where it names none by the present one."""
    try:
        version = json.loads(path.read_bytes())["schema_version"]
    except (OSError, ValueError, KeyError, TypeError):
        return Bundle
    return SCHEMAS.get(str(version), Bundle)
