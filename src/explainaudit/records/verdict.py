"""What was found against what was declared, and what deserves a reader's attention."""

from typing import Literal

from explainaudit.records.evidence import Reason
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.plan import Criterion
from explainaudit.records.record import Record

Claim = Literal["meets", "does_not_meet"]
Status = Literal[Claim, "inconclusive", "not_assessed"]
Level = Literal["note", "caution", "serious"]


def written(measure: Measure) -> Param:
    """Return a figure as a sentence names it: differences of shares are points."""
    if measure.unit not in {"points", "gap"} or measure.value is None:
        return measure.ref()
    return Message(key="verdict.interval.points", params={"number": measure.ref()})


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

    @property
    def called(self) -> Message:
        """What it is about, in words: the measure, and the dimensions as they are written."""
        label = Message(key=f"measure.{self.criterion.measure}")
        for text in self.dimensions.values():
            label = Message(key="result.with_value", params={"measure": label, "value": Name(text=text)})
        return label

    @property
    def limit(self) -> Message | None:
        """Its limit in words: at least, or at most, and how much; ``None`` without one."""
        if not self.numbers:
            return None
        limit = self.numbers[0]
        return Message(key=f"result.{limit.metric}", params={"limit": written(limit)})


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
