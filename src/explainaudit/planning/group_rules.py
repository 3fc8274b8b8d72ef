"""What a plan must keep to where it speaks of groups: columns that differ, intersections of what there is."""

from collections.abc import Mapping, Sequence

from explainaudit.errors import UsageError, most_like
from explainaudit.records.group_columns import GroupColumn, joined_name
from explainaudit.records.plan import Measuring


def check_groups(measuring: Measuring, where: str) -> None:
    """Refuse columns of groups that are none, or that do not fit together.

    Raises `UsageError`: E207 for a column named twice, E227 for the target, E208 for edges that do not
    rise, E247 for a sensitive feature that is a stratum as well, E246 for a table of groups that nothing
    joins to the sample, E267 for a feature of the Local Law 144 tables that is not sensitive, and what
    `_check_intersections` raises.
    """
    sensitive = [feature.column for feature in measuring.sensitive]
    for key, entries in (("sensitive", measuring.sensitive), ("strata", measuring.strata)):
        _check_columns(entries, measuring.task.target, f"{where}: {key}")
    for stratum in measuring.strata:
        if stratum.column in sensitive:
            raise UsageError("E247", where=f"{where}: strata.{stratum.column}")
    if measuring.data is not None and measuring.data.groups is not None and measuring.data.row_id is None:
        raise UsageError("E246", where=f"{where}: data.groups")
    _check_intersections(measuring, sensitive, f"{where}: intersections")
    _check_local_law(measuring, sensitive, where)


def _check_columns(entries: Sequence[GroupColumn], target: str, place: str) -> None:
    columns = [entry.column for entry in entries]
    if len(set(columns)) < len(columns):
        raise UsageError("E207", where=place)
    if target in columns:
        raise UsageError("E227", where=f"{place}.{target}")
    for entry in entries:
        if entry.edges is not None and list(entry.edges) != (sorted(set(entry.edges)) or None):
            raise UsageError("E208", where=f"{place}.{entry.column}.edges")


def _check_intersections(measuring: Measuring, sensitive: Sequence[str], place: str) -> None:
    """Refuse intersections of other than two or three different sensitive columns, or of the same twice.

    Raises `UsageError`: E248 for their number, E205 for a column that is not sensitive, E249 for an
    intersection that stands twice, E250 for a column that is named like an intersection.
    """
    seen: set[frozenset[str]] = set()
    for number, names in enumerate(measuring.resolved_intersections()):
        if not sensitive or len(names) not in {2, 3} or len(set(names)) < len(names):
            raise UsageError("E248", where=f"{place}.{number}")
        for name in names:
            if name not in sensitive:
                raise UsageError(
                    "E205", where=f"{place}.{number}: {name}", nearest=most_like(name, sensitive)
                )
        if frozenset(names) in seen:
            raise UsageError("E249", where=f"{place}.{number}")
        seen.add(frozenset(names))
        if joined_name(names) in sensitive:
            raise UsageError("E250", where=f"{place}: {joined_name(names)}")


def _check_local_law(measuring: Measuring, sensitive: Sequence[str], where: str) -> None:
    settings = (measuring.analyses.get("fairness") or {}).get("ll144")
    if not isinstance(settings, Mapping):
        return
    for key in ("sex", "race_ethnicity"):
        if settings[key] not in sensitive:
            raise UsageError("E267", where=f"{where}: analyses.fairness.ll144.{key}: {settings[key]}")
