"""What the plan says about labels, under every table that rests on them."""

from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Task


def with_caveats(evidence: Evidence, task: Task) -> Evidence:
    """Return evidence whose tables of known outcomes say of whom, and how late, outcomes are known."""
    caveats = caveats_of(task)
    if not caveats or not any(table.of_labels for table in evidence.tables):
        return evidence
    tables = (
        table.model_copy(update={"notes": (*caveats, *table.notes)}) if table.of_labels else table
        for table in evidence.tables
    )
    return evidence.model_copy(update={"tables": tuple(tables)})


def caveats_of(task: Task) -> tuple[Message, ...]:
    """Return what is to be kept in mind where numbers rest on labels."""
    found = []
    if task.labels == "decided favourably":
        found.append(Message(key="caveat.labels_selected"))
    if task.label_delay_days:
        days = Name(text=str(task.label_delay_days))
        found.append(Message(key="caveat.label_delay", params={"days": days}))
    return tuple(found)
