"""The explanation of the explanations: additivity, a second algorithm, fidelity, stability, agreement."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.stats.agreement import same_first, sign_agreement, spearman, top_overlap
from explainaudit.stats.sampling import folded_excess

TOP = 4
LEADING = 10
# A model that answers alike for all rows has no scale; rounding alone must not be called a gap.
FLAT = 1e-6
OVER_ROWS = (
    "additivity_max", "additivity_off", "output_scale", "sampling_error", "sampling_bias", "second_gap",
    "second_off",
)  # fmt: skip
OVER_COMPARED = (
    "lime_fidelity", "lime_stability", "lime_settled", "lime_outside", "agreement_top", "agreement_first",
    "agreement_sign", "agreement_rank",
)  # fmt: skip
_SHARES = {"agreement_first", "lime_settled"}
Floats = NDArray[np.float64]


def quality_measures(responses: Responses, additivity: float) -> list[Measure]:
    """Return the quality of the explanations: SHAP over the rows explained, LIME over those compared.

    Figures of SHAP are the worst of all outputs; a compared row speaks of the output predicted for it.
    """
    rows, explained = responses.attributions, responses.explained
    if explained is None:
        raise ValueError("nothing was explained")
    n = len(rows[0].keys)
    off = np.any([_off(each, additivity) for each in rows], axis=0)
    found = [
        _quality("additivity_max", max(float(np.abs(each.residual).max()) for each in rows), n, "number"),
        _quality("additivity_off", float(off.sum()), n, "count"),
        _quality("output_scale", min(float(each.prediction.std()) for each in rows), n, "number"),
        _quality("second_gap", explained.second_gap, explained.second_rows, "number"),
        _quality("second_off", explained.second_off, explained.second_rows, "count"),
    ]
    errors = [each.spread for each in rows if each.spread is not None]
    if errors:
        bias = max(_bias(each) for each in rows)
        found += [
            _quality("sampling_error", float(np.mean(errors)), n, "number"),
            _quality("sampling_bias", bias, n, "share"),
        ]
    return [*found, *_compared(responses)]


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


def _compared(responses: Responses) -> list[Measure]:
    agreeing: dict[str, Callable[[Floats, Floats], float | None]] = {
        "agreement_top": lambda a, b: top_overlap(a, b, TOP) if len(a) > TOP else None,
        "agreement_sign": lambda a, b: sign_agreement(a, b, TOP),
        "agreement_rank": lambda a, b: spearman(np.abs(a), np.abs(b)),
        "agreement_first": lambda a, b: float(same_first(a, b)),
    }
    values: dict[str, list[float]] = {metric: [] for metric in OVER_COMPARED}
    for shap, lime, row, place in _pairs(responses):
        for metric, numbers in (
            ("lime_fidelity", lime.fidelity),
            ("lime_stability", lime.stability),
            ("lime_outside", lime.off_manifold),
        ):
            if numbers is not None and not math.isnan(numbers[row]):
                values[metric].append(float(numbers[row]))
        a, b = shap.values[place], lime.contribution[row]
        if not np.isfinite(b).all():
            continue
        if lime.settled is not None:
            values["lime_settled"].append(float(lime.settled[row]))
        if a.any() and b.any():
            for metric, compare in agreeing.items():
                if (agreed := compare(a, b)) is not None:
                    values[metric].append(agreed)
    found = []
    for metric in OVER_COMPARED:
        known = values[metric]
        middle = np.mean if metric in _SHARES else np.median
        unit: Unit = "score" if metric in {"lime_fidelity", "agreement_rank"} else "share"
        found.append(_quality(metric, float(middle(known)) if known else None, len(known), unit))
    return found


def _pairs(responses: Responses) -> Iterator[tuple[Attribution, Attribution, int, int]]:
    """Return SHAP and LIME of each compared row for its output, and its place in either."""
    shap = {each.output: each for each in responses.attributions}
    lime = {each.output: each for each in responses.compared}
    places = {key: place for place, key in enumerate(responses.attributions[0].keys)}
    only = next(iter(shap)) if len(shap) == 1 else None
    predicted = dict(zip(responses.scored["key"], responses.scored["predicted"], strict=True))
    for row, key in enumerate(responses.compared[0].keys):
        output = only or str(predicted[key])
        yield shap[output], lime[output], row, places[key]


def _quality(metric: str, value: float | None, n: int, unit: Any) -> Measure:
    checked: Unit = unit
    return Measure(
        analysis="agreement",
        metric=metric,
        value=value,
        reason=None if value is not None else "not_estimable",
        n=n,
        unit=checked,
        kind="quality",
        smallest_cell=n,
    )


def quality_table(name: str, metrics: tuple[str, ...], quality: list[Measure]) -> Table:
    """Return tests of the explanations, one line per test that was made."""
    found = {each.metric: each for each in quality}
    return Table(
        name=name,
        caption=Message(key=f"table.agreement.{name}"),
        columns=(
            column("test", "value"),
            column("meaning", "value"),
            column("n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
        ),
        rows=tuple(
            (
                Message(key=f"measure.agreement.{metric}"),
                Message(key=f"meaning.{metric}"),
                found[metric].ref("n"),
                found[metric].ref(),
            )
            for metric in metrics
            if metric in found
        ),
    )
