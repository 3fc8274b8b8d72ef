"""Values that the plan names, held against the model and the tables: classes, costs, weights, groups."""

from collections.abc import Iterable, Mapping

import numpy as np

from explainaudit.errors import DataRefused, UsageError, most_like
from explainaudit.loading.formats.boosters import NativeBooster, written
from explainaudit.loading.predictor import Predictor
from explainaudit.loading.roles import groups, labels
from explainaudit.loading.tables import LoadedTable
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.plan import LARGEST, Measuring, ModelSource
from explainaudit.stats.bands import band_names


def check_own_names(predictor: Predictor, source: ModelSource) -> None:
    """Refuse inputs and classes for a model that names them itself, unless they are the same inputs.

    Raises `DataRefused`: E466 for other inputs, E467 for a class named twice, E468 for classes of a model
    that has its own.
    """
    own = predictor.identity.inputs
    if source.inputs and own and own not in {source.inputs, tuple(map(written, source.inputs))}:
        raise DataRefused("E466", where="model.inputs", names=", ".join(own))
    if not source.classes:
        return
    if len(set(source.classes)) < len(source.classes):
        raise DataRefused("E467", where="model.classes")
    numbered = isinstance(predictor.estimator, NativeBooster) and predictor.estimator.numbered
    if predictor.identity.classes and not numbered:
        raise DataRefused("E468", where="model.classes", classes=", ".join(predictor.identity.classes))


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
    E462 where all are zero, E463 for weights so large or small that their squares are no numbers.
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
    far = np.flatnonzero((weights > LARGEST) | ((weights > 0) & (weights < 1 / LARGEST)))
    if far.size:
        raise DataRefused("E463", where=place, count=int(far.size), row=int(far[0]) + 1)


def check_outcomes(table: LoadedTable, plan: Measuring, classes: tuple[str, ...], where: str) -> None:
    """Refuse known outcomes and groups that no row could be scored with, before any row is scored.

    Raises `DataRefused`: E452, E457 and E465 for the target, E453 and E454 for the groups.
    """
    target = table.frame[plan.task.target]
    known = labels(target.drop_duplicates(), classes, where)
    if not classes and not (known.dropna().abs() <= LARGEST).all():
        far = np.flatnonzero(np.abs(target.to_numpy(dtype=np.float64, na_value=np.nan)) > LARGEST)
        raise DataRefused("E465", where=where, count=int(far.size), row=int(far[0]) + 1)
    for feature in (*plan.sensitive, *plan.strata):
        if feature.column in table.types:
            kind = table.types[feature.column]
            groups(table.frame[feature.column].drop_duplicates(), feature, kind, where)


def check_populations(plan: Measuring, tables: Mapping[str, LoadedTable]) -> None:
    """Refuse shares of a population for names that are no groups of the column (`UsageError` E234).

    A group that the tables lack may be what the shares are declared for. But they add up to one whole: where
    a group of the tables has no share, the name was meant for it. Names of bands are known beforehand.
    """
    for feature in plan.sensitive:
        if feature.population is None:
            continue
        known = sorted(_groups(feature, tables))
        if feature.edges is not None or set(known) - set(feature.population):
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
            nearest = most_like(name, choices)
            raise UsageError(code, where=where, name=name, nearest=nearest)
