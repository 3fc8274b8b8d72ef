"""Everything that can go wrong, each kind with its exit code.

    AuditError
    ├── UsageError           2   usage, plan, missing or unreadable path, missing extra, output exists
    ├── AnalysisFailed       3   an analysis that was asked for and had its inputs failed
    ├── DataRefused          4   data read, but refused
    ├── ModelRefused         5   code format, pin mismatch, untrusted type, strict versions
    ├── ModelFailed          6   model file corrupt, crash, hang, memory, NaN in describe or score
    ├── VerificationFailed   7   the dossier is not what was sealed
    ├── OutputFailed         9   output not writable, or no PDF library
    ├── Bug                 70   our fault
    └── Cancelled          130   interrupted (143: terminated)

An error carries a code, a place and parameters; the wording catalogue has its two sentences: what
is wrong, and how to mend it. Codes are ``E`` and three digits; the first digit (two for 70) is the
exit code, so a code belongs to one class. Place and parameters never hold a cell value.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar


class AuditError(Exception):
    """A problem with a name. Raise one of the subclasses.

    Parameters
    ----------
    code : str
        Stable code, for example ``E401``.
    where : str
        File, column, row or option concerned; empty when there is none.
    **params : str or int
        Values that the catalogue's sentences for this code ask for.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, code: str, where: str = "", **params: str | int) -> None:
        super().__init__(code, where, params)
        self.code = code
        self.where = where
        self.params = params

    def to_json(self) -> dict[str, Any]:
        """Return the error as JSON-ready data for the other side of a process boundary."""
        return {"code": self.code, "where": self.where, "params": self.params}

    @staticmethod
    def from_json(data: dict[str, Any]) -> AuditError:
        """Return the error that `to_json` described."""
        return kind_of(data["code"])(data["code"], data["where"], **data["params"])


class UsageError(AuditError):
    """Usage, plan, missing or unreadable path, missing extra, output exists or is locked."""

    exit_code = 2


class AnalysisFailed(AuditError):
    """An analysis that was asked for and had its inputs failed."""

    exit_code = 3


class DataRefused(AuditError):
    """A table was read, but cannot be audited as it is."""

    exit_code = 4


class ModelRefused(AuditError):
    """The model file is of a kind, or holds types, that are not loaded without consent."""

    exit_code = 5


class ModelFailed(AuditError):
    """The model file is corrupt, or the model crashed, hung, ran out of memory or answered NaN."""

    exit_code = 6


class VerificationFailed(AuditError):
    """The dossier is not what was sealed."""

    exit_code = 7


class OutputFailed(AuditError):
    """The output cannot be written, or the PDF library is missing."""

    exit_code = 9


class Bug(AuditError):
    """An error of explainaudit itself."""

    exit_code = 70


class Cancelled(AuditError):
    """The run was interrupted (E130) or terminated (E143)."""

    exit_code = 130


class NotApplicable(Exception):
    """Raised by an analysis that cannot speak about this audit; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


KINDS: tuple[type[AuditError], ...] = (
    UsageError,
    AnalysisFailed,
    DataRefused,
    ModelRefused,
    ModelFailed,
    VerificationFailed,
    OutputFailed,
    Bug,
    Cancelled,
)

DONE = 0
CRITERION_NOT_MET = 1
# Of several failures in one run, the first of these that occurred is the exit code.
PRECEDENCE = (130, 143, 2, 4, 5, 6, 7, 9, 70, 1, 3)


def most_like(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like the one given, first of all one that differs in case alone.

    Empty where nothing is known.
    """
    names = list(known)
    alike = [each for each in names if each.casefold() == name.casefold()]
    return next(iter(difflib.get_close_matches(name, alike or names, n=1, cutoff=0.0)), "")


def kind_of(code: str) -> type[AuditError]:
    """Return the class that a code belongs to."""
    if code in {"E130", "E143"}:
        return Cancelled
    if code.startswith("E70"):
        return Bug
    by_digit = {str(kind.exit_code): kind for kind in KINDS}
    return by_digit.get(code[1], Bug)


def exit_code(codes: Iterable[int]) -> int:
    """Return the one exit code for everything that happened in a run.

    The smallest of 2, 4, 5, 6, 7, 9 and 70; else 1; else 3; else 0. A cancellation stands above all.
    """
    happened = set(codes)
    return next((code for code in PRECEDENCE if code in happened), DONE)
