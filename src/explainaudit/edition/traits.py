"""By what a figure tells persons apart: the columns, and the traits beside them, that its counts cross."""

from collections.abc import Iterable, Mapping

from explainaudit.records.measure import Measure
from explainaudit.records.plan import Measuring, joined_name

Traits = frozenset[str]
DECISION, LABEL, MEDIAN = "decision", "label", "median"
_COLUMN = "column "
BOTH = (DECISION, LABEL)

_BY_METRIC: dict[str, Mapping[tuple[str, ...], str]] = {
    "fairness": {
        (): "group_size ll144_applicants ll144_unknown",
        (
            DECISION,
        ): "selected selection_rate scoring_rate impact_ratio impact_ratio_decisive impact_ratio_katz "
        "difference z shortfall detectable demographic_parity_difference disparity conditional_disparity "
        "stratum_rate stratum_disparity ll144_selected ll144_selection_rate ll144_scoring_rate "
        "ll144_impact_ratio ll144_impact_ratio_of_all",
        (DECISION, "part"): "band_rate class_rate",
        (LABEL,): "group_auc group_events mean_prediction mean_outcome mean_error mean_absolute_error "
        "error_difference",
        (*BOTH, "part"): "recall recall_difference class_fpr class_fpr_difference macro_recall macro_fpr",
        ("score",): "mean_score smd score_distance",
        ("score", "quantile"): "score_quantile",
    },
    "calibration": {(LABEL, "bin"): "bin_observed bin_predicted ece"},
    "data": {(): "group_share group_missing population_gap missing_in_group"},
    "parity": {
        ("parity", "compared"): "rows_compared lime_fidelity lime_stability fidelity_difference fidelity_p"
    },
    "performance": {
        BOTH: "accuracy tpr fpr fnr tnr ppv npv error_rate naive_gain on_sample gap expected_cost",
        (*BOTH, "part"): "recall precision f1",
    },
}
_OF = {
    analysis: {metric: traits for traits, metrics in found.items() for metric in metrics.split()}
    for analysis, found in _BY_METRIC.items()
}
# What an analysis tells of a feature beyond that: all of it as one, so that nothing new is left out.
_OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "fairness": BOTH,
    "calibration": (LABEL,),
    "slices": (DECISION, "slices"),
}


class Crossing:
    """What the figures of a bundle cross, by the plan that names its features."""

    def __init__(self, plan: Measuring) -> None:
        crossed = {joined_name(columns): columns for columns in plan.resolved_intersections()}
        self._columns = {**crossed, **{each.column: (each.column,) for each in plan.sensitive}}
        asked = (plan.analyses.get("fairness") or {}).get("ll144")
        self._asked: Mapping[str, object] = asked if isinstance(asked, Mapping) else {}
        self._scoring = bool(self._asked.get("scores")) or plan.task.type == "regression"

    def of(self, measure: Measure) -> Traits | None:
        """Return the columns and traits that a figure crosses; ``None`` for one of no group."""
        if measure.metric.startswith("ll144_"):
            columns = self.law_columns(measure)
        elif "sensitive" in measure.dimensions:
            columns = self._columns.get(name := measure.dimensions["sensitive"], (name,))
        elif measure.analysis == "performance":
            return _of_everybody(measure)
        elif measure.analysis == "fairness":
            return frozenset()  # a number of comparisons, or the median of all rows
        elif measure.analysis == "calibration":
            # Each group has bins of its own, which do not add up to those of all rows.
            return frozenset(each + " of all" if each == "bin" else each for each in _beside(measure))
        else:
            return None
        if columns is None:
            return None
        traits = of_columns(columns) | _beside(measure)
        # Who scores above the median is another count than who is decided favourably, and near to it.
        scoring = self._scoring and measure.metric.startswith("ll144_") and DECISION in traits
        return traits | {MEDIAN} if scoring else traits

    def law_columns(self, measure: Measure) -> tuple[str, ...] | None:
        """Return the columns of a Local Law 144 table; ``None`` where people chose to publish its counts."""
        table = measure.dimensions.get("table")
        if table is None or self._asked.get("small_cells") != "withhold":
            return None
        wanted = ("sex", "race_ethnicity") if table == "intersectional" else (table,)
        return tuple(str(self._asked[name]) for name in wanted)


def of_columns(columns: Iterable[str]) -> Traits:
    """Return the traits that columns are."""
    return frozenset(_COLUMN + name for name in columns)


def widened(traits: Traits) -> Traits:
    """Return what figures cross that are hidden for one small count (`explainaudit.edition.hiding`)."""
    columns = frozenset(each for each in traits if each.startswith(_COLUMN))
    if columns and traits >= set(BOTH):
        return columns | {LABEL}
    return columns if len(columns) > 1 and DECISION in traits else traits


def _beside(measure: Measure) -> Traits:
    """Return what a figure about groups crosses beside the columns of the groups."""
    about, analysis = measure.dimensions, measure.analysis
    further = {about[name] for name in ("stratified_by",) if name in about}
    if measure.metric == "missing_in_group":
        further.add(about["column"])
    # A p-value tells what its figure tells; a number of columns or strata counts nobody.
    metric = about.get("figure", measure.metric)
    traits = () if measure.kind == "fact" else _OF.get(analysis, {}).get(metric)
    if traits is None:
        traits = _OTHERWISE.get(analysis, (analysis, *_parts(measure)))
    return of_columns(further) | frozenset(traits)


def _parts(measure: Measure) -> tuple[str, ...]:
    """Return what keeps figures of one analysis apart, so that few persons in one withhold no other."""
    about, metric = measure.dimensions, measure.metric
    if metric.startswith("pair_"):
        return (DECISION, "pairs")
    if metric == "association":
        return (metric, about["column"])
    return tuple(name for name in ("to", "from") if name in about)


def _of_everybody(measure: Measure) -> Traits | None:
    """Return what a figure of all rows crosses that counts decisions against outcomes; others stand alone."""
    about = measure.dimensions
    if measure.metric == "confusion":
        return frozenset(BOTH if "cell" in about else (*BOTH, "part", "pair"))
    if about.get("of", "error_rate") != "error_rate":
        return None
    traits = _OF["performance"].get(measure.metric)
    return None if traits is None else frozenset(traits)
