"""How a group is named in a measure and in a table."""

from explainaudit.records.message import Message, Name
from explainaudit.stats import group_counts


def dimensions_of(feature: str, group: str) -> dict[str, str]:
    """Return the dimensions of a group of the counts."""
    if group == group_counts.MISSING:
        return {"sensitive": feature, "group_missing": "true"}
    return {"sensitive": feature, "group": group[1:]}


def label_of(dimensions: dict[str, str]) -> Name | Message:
    """Return what a reader sees of the group."""
    return Name(text=dimensions["group"]) if "group" in dimensions else Message(key="group.missing")
