"""Values that the plan names, held against the model and the tables: classes, costs, weights, groups."""

import difflib
from collections.abc import Iterable, Mapping

import numpy as np

from explainaudit.errors import DataRefused, UsageError
from explainaudit.loading.roles import groups
from explainaudit.loading.tables import LoadedTable
from explainaudit.records.plan import Measuring, SensitiveFeature
from explainaudit.stats.bands import band_names


def check_labels(plan: Measuring, classes: tuple[str, ...]) -> None:
    """Refuse favourable classes and costs that do not speak of the model's classes.

    Raises `UsageError`: E230 for a favourable label that is no class, E231 for all of them or none; E232
    for a label in the costs that is no class, E233 for an actual and a predicted class without a cost.
    """
    favourable = plan.decision.favourable
    if plan.task.type == "multiclass" and isinstance(favourable, tuple):
        _require_known(favourable, classes, "decision.favourable", "E230")
        if not 0 < len(set(favourable)) < len(classes):
            raise UsageError("E231", where="decision.favourable", classes=", ".join(classes))
    if plan.costs is None:
        return
    _require_known(plan.costs, classes, "costs", "E232")
    for actual, costs in plan.costs.items():
        _require_known(costs, classes, f"costs.{actual}", "E232")
    for actual in classes:
        for predicted in classes:
            if predicted not in plan.costs.get(actual, {}):
                raise UsageError("E233", where="costs", actual=actual, predicted=predicted)


def check_weights(table: LoadedTable, name: str | None, where: str) -> None:
    """Refuse sampling weights that are no weights, where the table has them.

    Raises `DataRefused`: E460 for a column that is not numeric, E461 for missing or negative weights,
    E462 where all are zero.
    """
    if name is None or name not in table.types:
        return
    place = f"{where}: {name}"
    if table.types[name] not in {"integer", "number"}:
        raise DataRefused("E460", where=place)
    weights = table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if bad.size:
        raise DataRefused("E461", where=place, count=int(bad.size), row=int(bad[0]) + 1)
    if not weights.any():
        raise DataRefused("E462", where=place)


def check_populations(plan: Measuring, tables: Mapping[str, LoadedTable]) -> None:
    """Refuse shares of a population for a name that is no group of its column (`UsageError` E234)."""
    for feature in plan.sensitive:
        if feature.population is not None:
            known = sorted(_groups(feature, tables))
            _require_known(feature.population, known, f"sensitive.{feature.column}.population", "E234")


def _groups(feature: SensitiveFeature, tables: Mapping[str, LoadedTable]) -> set[str]:
    """Return the groups that occur in some table or, for a number cut at edges, that may occur."""
    if feature.edges is not None:
        return set(band_names(feature.edges, whole=tables["sample"].types[feature.column] == "integer"))
    known: set[str] = set()
    for where, table in tables.items():
        if feature.column in table.types:
            found = groups(table.frame[feature.column], feature, table.types[feature.column], where)
            known |= set(found.dropna())
    return known


def _require_known(names: Iterable[str], known: Iterable[str], where: str, code: str) -> None:
    choices = list(known)
    for name in names:
        if name not in choices:
            nearest = (difflib.get_close_matches(name, choices, n=1, cutoff=0.0) or [""])[0]
            raise UsageError(code, where=where, name=name, nearest=nearest)
