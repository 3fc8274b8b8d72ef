"""What slices are held against: errors, calibration, and the gap between groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from explainaudit.records.measure import Kind, Unit
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.slice_sums import Tally
from explainaudit.stats.tiers import FEW_ROWS

CRITERIA = ("error", "calibration", "disparity")


@dataclass(frozen=True)
class Yardstick:
    """One of the criteria, or the disparity of one sensitive feature.

    Attributes
    ----------
    criterion : str
        One of `CRITERIA`.
    tally : Tally
        Of the rows that stand for somebody.
    units : tuple of Unit
        Those of a value and of a gap.
    kind : Kind
        That of a value.
    feature : str, optional
        The sensitive feature.
    groups : tuple of str
        The names of its groups: the parts of the tally.
    """

    criterion: str
    tally: Tally
    units: tuple[Unit, Unit]
    kind: Kind
    feature: str | None = None
    groups: tuple[str, ...] = ()

    def about(self, part: int) -> dict[str, str]:
        """Return the dimensions of a figure about one part."""
        if self.feature is None:
            return {"criterion": self.criterion}
        return {"criterion": self.criterion, "sensitive": self.feature, "group": self.groups[part - 1]}


def yardsticks(responses: Responses, scored: pd.DataFrame, fewest: int) -> list[Yardstick]:
    """Return everything that slices of these rows can be held against."""
    return [*_outcomes(responses, scored, fewest), *_disparities(responses, scored)]


def _outcomes(responses: Responses, scored: pd.DataFrame, fewest: int) -> Iterator[Yardstick]:
    """Yield error and calibration, over the rows of known outcome."""
    known = scored["label"].notna().to_numpy(dtype=bool)
    if not known.any():
        return
    part = known.astype(np.intp)
    if responses.task.type == "regression":
        off = np.where(known, scored["score"].to_numpy(dtype=np.float64), 0.0)
        off[known] -= scored["label"].to_numpy(dtype=np.float64)[known]
        yield Yardstick("error", Tally(part, np.abs(off), 1, "mean", fewest), ("target", "target"), "score")
        yield Yardstick("calibration", Tally(part, off, 1, "distance", fewest), ("target", "target"), "score")
        return
    wrong = known & (scored["predicted"] != scored["label"]).to_numpy(dtype=bool, na_value=False)
    yield Yardstick(
        "error", Tally(part, wrong.astype(np.float64), 1, "mean", fewest), ("share", "points"), "rate"
    )
    if responses.task.type == "binary":
        score = scored["score"].to_numpy(dtype=np.float64)
        event = (scored["label"] == responses.task.event).to_numpy(dtype=bool, na_value=False)
        if score.min() >= 0 and score.max() <= 1:  # otherwise it is no probability
            off = np.where(known, score - event, 0.0)
            tally = Tally(part, off, 1, "distance", fewest)
            yield Yardstick("calibration", tally, ("points", "points"), "score")


def _disparities(responses: Responses, scored: pd.DataFrame) -> Iterator[Yardstick]:
    """Yield the gap between groups of each sensitive feature, over the rows whose group is known."""
    if responses.decision.favourable is None or responses.task.type == "regression":
        return
    favourable = scored["favourable"].fillna(value=False).to_numpy(dtype=np.float64)
    for feature in responses.sensitive:
        codes, found = pd.factorize(scored[f"group:{feature.column}"])
        texts = [str(each) for each in found]
        names = tuple(in_order(texts, feature, responses.columns))
        if len(names) < 2:
            continue
        place = np.array([*(names.index(text) + 1 for text in texts), 0], dtype=np.intp)
        part = place[codes]
        values = np.where(part > 0, favourable, 0.0)
        tally = Tally(part, values, len(names), "shortfall", FEW_ROWS)
        yield Yardstick("disparity", tally, ("points", "points"), "difference", feature.column, names)


def worded(criterion: str, unit: Unit) -> str:
    """Return what the keys of the words about a criterion end in; ``unit`` is that of its gap."""
    return f"{criterion}_target" if unit == "target" else criterion


def worse(criterion: str, inside: float, outside: float) -> bool:
    """Return whether a slice is served less well than the other rows."""
    if criterion == "error":
        return inside > outside
    if criterion == "calibration":
        return abs(inside) > abs(outside)
    return inside < min(0.0, outside)
