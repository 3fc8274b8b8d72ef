"""What a child keeps between stages, and how it reads what earlier stages left."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses import ANALYSES
from explainaudit.analysis import Analysis, Needs, settings_of
from explainaudit.errors import UsageError
from explainaudit.explainers.explain import has_path_values, readable
from explainaudit.loading.auditee import Auditee, explained_unit, read_auditee
from explainaudit.records.inside import Inside
from explainaudit.records.plan import Measuring
from explainaudit.records.stage import Described, Selection, StageCall


@dataclass
class Room:
    """What a child keeps between stages: the auditee, loaded once."""

    auditee: Auditee | None = None
    loaded: dict[str, Auditee] = field(default_factory=dict)
    insides: dict[str, Inside | None] = field(default_factory=dict)

    def enter(self, call: StageCall) -> Auditee:
        """Return the auditee of a call, loading it the first time."""
        if self.auditee is not None:
            return self.auditee
        name = json.dumps([call.files, call.consent.model_dump()], sort_keys=True)
        if name not in self.loaded:
            self.loaded[name] = read_auditee(call.files, call.consent, call.plan)
        return self.loaded[name]

    def inside(self, call: StageCall, plan: Measuring, background: pd.DataFrame) -> Inside | None:
        """Return `inside_on` the background."""
        name = json.dumps([call.files, call.consent.model_dump(), plan.fingerprint()], sort_keys=True)
        if name not in self.insides:
            self.insides[name] = inside_on(self.enter(call), plan, background)
        return self.insides[name]


def inside_on(auditee: Auditee, plan: Measuring, rows: pd.DataFrame) -> Inside | None:
    """Return what the outputs explained add up from, if it is known, readable, and holds on some rows.

    Raises `UsageError` E259 where the plan asks for path-dependent values and there are none.
    """
    found = auditee.inside(plan, rows)
    found = found if found is not None and readable(found) else None
    if plan.explain.values == "path_dependent" and not has_path_values(found):
        raise UsageError("E259", where="explain.values", output=explained_unit(plan))
    return found


def described_in(call: StageCall) -> tuple[Described, Path]:
    """Return what the describe stage found, and its folder."""
    folder = Path(call.inputs["describe"])
    return Described.model_validate_json((folder / "described.json").read_bytes()), folder


def selection_in(call: StageCall) -> Selection:
    """Return what the select stage chose."""
    return Selection.model_validate_json((Path(call.inputs["select"]) / "selection.json").read_bytes())


def table_in(folder: Path, name: str) -> tuple[pd.DataFrame, NDArray[np.str_]]:
    """Return a table's typed rows in key order, and their keys."""
    return pd.read_parquet(folder / f"{name}.parquet"), np.load(
        folder / f"{name}.keys.npy", allow_pickle=False
    )


def people_in(rows: pd.DataFrame, plan: Measuring) -> NDArray[np.bool_]:
    """Return which rows of a table stand for somebody: all but those of weight zero."""
    weight = plan.data.weight if plan.data is not None else None
    if weight is None or weight not in rows:
        return np.ones(len(rows), dtype=np.bool_)
    return np.asarray(rows[weight].to_numpy(dtype=np.float64) > 0)


def source_in(folder: Path, described: Described) -> tuple[pd.DataFrame, NDArray[np.str_]]:
    """Return the rows that backgrounds and perturbations are made from, and their keys.

    A row of weight zero is nobody, and no part of what others are compared with.
    """
    rows, keys = table_in(folder, described.source)
    people = people_in(rows, described.plan)
    return rows[people].reset_index(drop=True), keys[people]


def wanted(plan: Measuring) -> tuple[Analysis, ...]:
    """Return the analyses that a plan does not leave out."""
    return tuple(each for each in ANALYSES if plan.analyses.get(each.name, {}) is not None)


def needed(plan: Measuring, need: Callable[[Needs], bool]) -> bool:
    """Return whether some analysis that a plan requests has a need."""
    return any(need(each.needs(settings_of(each, plan))) for each in wanted(plan))
