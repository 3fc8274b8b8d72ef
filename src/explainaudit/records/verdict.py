"""What was found against what was declared, and what deserves a reader's attention."""

from typing import Literal

from explainaudit.records.evidence import Reason
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Criterion
from explainaudit.records.record import Record

Claim = Literal["meets", "does_not_meet"]
Status = Literal[Claim, "inconclusive", "not_assessed"]
Level = Literal["note", "caution", "serious"]


class Verdict(Record):
    """One criterion, judged by an interval.

    ``measures`` are ids of the bundle that it rests on, the deciding one first; ``numbers`` are
    the verdict's own figures, which stand in no bundle: the limit first. ``also`` says what one different
    decision, or more data, would do to it.
    """

    criterion: Criterion
    dimensions: dict[str, str] = {}
    status: Status
    reason: Reason | None = None
    message: Message
    measures: tuple[str, ...] = ()
    numbers: tuple[Measure, ...] = ()
    also: tuple[Message, ...] = ()


class Flag(Record):
    """A stable code raised by the tool; a person turns it into a finding."""

    code: str
    level: Level
    message: Message
    measures: tuple[str, ...] = ()


class Verdicts(Record):
    """Everything judged in a run, and what it was judged by: written as ``verdicts.json``.

    ``familywise`` says whether verdicts are adjusted for their number. ``numbers`` holds how many were
    reached (``judged``), and, where they are not adjusted, how many of them would be "does not meet" by
    chance if every figure stood exactly at its limit (``expected_false``).
    """

    criteria: tuple[Criterion, ...] = ()
    familywise: bool = False
    verdicts: tuple[Verdict, ...] = ()
    flags: tuple[Flag, ...] = ()
    flags_withheld: bool = False
    numbers: tuple[Measure, ...] = ()
