"""What every record is: frozen, closed to unknown fields, and one canonical JSON text."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Record(BaseModel):
    """A frozen noun. NaN and infinities are refused: a missing number is ``None`` with a reason."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def canonical(self) -> bytes:
        """Return the record as canonical JSON bytes (see `canonical_json`)."""
        return canonical_json(self.model_dump(mode="json"))

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.canonical()).hexdigest()


def refused(code: str) -> PydanticCustomError:
    """Return the refusal of a value whose sentence stands in the catalogue."""
    return PydanticCustomError(code, code)


def canonical_json(value: Any) -> bytes:
    """Return ``value`` as UTF-8 JSON with sorted keys, one space of indent and a final newline.

    Floats are written with the shortest text that reads back to the same double, so equal values
    give equal bytes. Raises ``ValueError`` for NaN and infinities, which are not JSON.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()
