"""The explanation of the explanations: additivity, a second algorithm, errors of sampling."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Interval, Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.stats.sampling import folded_excess

LEADING = 10
# A model that answers alike for all rows has no scale; rounding alone must not be called a gap.
FLAT = 1e-6
OVER_ROWS = (
    "additivity_max", "additivity_off", "output_scale", "sampling_error", "sampling_bias", "second_gap",
    "second_off",
)  # fmt: skip
Floats = NDArray[np.float64]


def shap_quality(responses: Responses, additivity: float) -> list[Measure]:
    """Return the quality of SHAP over the rows explained; figures are the worst of all outputs."""
    rows, explained = responses.attributions, responses.explained
    if explained is None:
        raise ValueError("nothing was explained")
    n = len(rows[0].keys)
    off = np.any([_off(each, additivity) for each in rows], axis=0)
    found = [
        quality("additivity_max", max(float(np.abs(each.residual).max()) for each in rows), n, "number"),
        quality("additivity_off", float(off.sum()), n, "count"),
        quality("output_scale", min(float(each.prediction.std()) for each in rows), n, "number"),
        quality("second_gap", explained.second_gap, explained.second_rows, "number"),
        quality("second_off", explained.second_off, explained.second_rows, "count"),
    ]
    errors = [each.spread for each in rows if each.spread is not None]
    if errors:
        bias = max(_bias(each) for each in rows)
        found += [
            quality("sampling_error", float(np.mean(errors)), n, "number"),
            quality("sampling_bias", bias, n, "share"),
        ]
    return found


def _off(attribution: Attribution, additivity: float) -> NDArray[np.bool_]:
    """Return the rows whose values do not add up to the output, beyond rounding at its scale."""
    allowed = max(additivity, attribution.tolerance) * max(float(attribution.prediction.std()), FLAT)
    return np.asarray(np.abs(attribution.residual) > allowed)


def _bias(attribution: Attribution) -> float:
    """Return the largest share by which sampling inflates mean |φ|, of the ten leading columns."""
    if attribution.spread is None:
        return 0.0
    size = np.average(np.abs(attribution.values), axis=0, weights=1 / attribution.inclusion)
    excess = np.average(
        folded_excess(attribution.values, attribution.spread), axis=0, weights=1 / attribution.inclusion
    )
    leading = np.argsort(-size, kind="stable")[:LEADING]
    known = size[leading] > 0
    return float((excess[leading][known] / size[leading][known]).max(initial=0.0))


def quality(
    metric: str, value: float | None, n: int, unit: Unit, interval: Interval | None = None
) -> Measure:
    """Return a measure of how far the explanations can be trusted, over n rows."""
    return Measure(
        analysis="agreement",
        metric=metric,
        value=value,
        reason=None if value is not None else "not_estimable",
        n=n,
        interval=interval,
        unit=unit,
        kind="quality",
        smallest_cell=n,
    )


def quality_table(name: str, metrics: tuple[str, ...], measures: Sequence[Measure]) -> Table:
    """Return tests of the explanations, one line per test that was made."""
    found = {each.metric: each for each in measures}
    intervals = any(each.interval is not None for each in found.values() if each.metric in metrics)
    return Table(
        name=name,
        caption=Message(key=f"table.agreement.{name}"),
        columns=(
            column("test", "value"),
            column("meaning", "value"),
            column("n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
            *([column("interval", "small_cell", numeric=True)] if intervals else []),
        ),
        rows=tuple(
            (
                Message(key=f"measure.agreement.{metric}"),
                Message(key=f"meaning.{metric}"),
                found[metric].ref("n"),
                found[metric].ref(),
                *([found[metric].ref("interval")] if intervals else []),
            )
            for metric in metrics
            if metric in found
        ),
    )
