"""What bundles of earlier schemas hold where a later one has changed it, so that they stay readable."""

import json
from pathlib import Path
from typing import Literal

from explainaudit.records.bundle import Bundle, Provenance
from explainaudit.records.plan import Measuring
from explainaudit.records.record import Record


class ExplainOne(Record):
    """Schema 1: LIME drew a few pools for each case instead of one for all of them."""

    output: Literal["log_odds", "probability"] = "log_odds"
    rows: int | None = None
    evaluations: int = 8_000_000
    background_rows: int = 100
    lime_samples: int = 5000
    lime_repeats: int = 10


class MeasuringOne(Measuring):
    """Schema 1: the plan with the settings that it had."""

    explain: ExplainOne = ExplainOne()  # type: ignore[assignment]


class ProvenanceOne(Provenance):
    """Schema 1: what was audited, with a plan of its time."""

    plan: MeasuringOne


class BundleOne(Bundle):
    """Schema 1."""

    provenance: ProvenanceOne


SCHEMAS: dict[str, type[Bundle]] = {"1": BundleOne, "2": Bundle}


def schema_of(path: Path) -> type[Bundle]:
    """Return how a bundle is read: by the schema it names, and where it names none by the present one."""
    try:
        version = json.loads(path.read_bytes())["schema_version"]
    except (OSError, ValueError, KeyError, TypeError):
        return Bundle
    return SCHEMAS.get(str(version), Bundle)
