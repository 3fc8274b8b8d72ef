"""The groups of a sensitive feature: their rows, and how they are named."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.message import Message, Name
from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design


@dataclass(frozen=True)
class Group:
    """Rows of one group; ``name`` is ``None`` for the rows in which the feature is missing."""

    feature: str
    name: str | None
    rows: NDArray[np.bool_]
    design: Design

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of a measure about the group."""
        if self.name is None:
            return {"sensitive": self.feature, "group_missing": "true"}
        return {"sensitive": self.feature, "group": self.name}


def groups_of(responses: Responses, feature: SensitiveFeature) -> list[Group]:
    """Return the groups of a feature in their order, the rows without one last."""
    column = responses.scored[f"group:{feature.column}"]
    whole = Design.of(responses.scored)
    names: list[str | None] = list(in_order(map(str, column.dropna().unique()), feature, responses.columns))
    found = []
    for name in [*names, *([None] if column.isna().any() else [])]:
        rows = (
            column.isna().to_numpy()
            if name is None
            else (column == name).to_numpy(dtype=bool, na_value=False)
        )
        found.append(Group(feature.column, name, rows, whole.among(rows)))
    return found


def label_of(dimensions: dict[str, str]) -> Name | Message:
    """Return what a reader sees of the group."""
    return Name(text=dimensions["group"]) if "group" in dimensions else Message(key="group.missing")
