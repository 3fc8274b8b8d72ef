"""The explanation of the explanations: additivity, a second algorithm, fidelity, stability, agreement."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.stats.agreement import same_first, sign_agreement, spearman, top_overlap

TOP = 4
OVER_ROWS = ("additivity_max", "output_scale", "sampling_error")
OVER_CASES = (
    "second_gap", "lime_fidelity", "lime_stability", "agreement_top", "agreement_first", "agreement_sign",
    "agreement_rank",
)  # fmt: skip
Floats = NDArray[np.float64]


def quality_measures(responses: Responses) -> list[Measure]:
    """Return the quality of the explanations, over the rows explained or over the cases.

    A case speaks of its own output; figures over rows are the worst of all outputs.
    """
    rows = responses.attributions
    n = len(rows[0].keys)
    explained = responses.explained
    second = (explained.second_gap, explained.second_rows) if explained is not None else (None, 0)
    found = [
        _quality("additivity_max", max(float(np.abs(each.residual).max()) for each in rows), n, "number"),
        _quality("output_scale", min(float(each.prediction.std()) for each in rows), n, "number"),
        _quality("second_gap", *second, "number"),
    ]
    errors = [each.spread for each in rows if each.spread is not None]
    if errors:
        found.append(_quality("sampling_error", float(np.mean(errors)), n, "number"))
    return [*found, *_over_cases(responses)]


def _over_cases(responses: Responses) -> list[Measure]:
    pairs = [
        (_of(responses.case_shap, case.output), _of(responses.case_lime, case.output), row)
        for row, case in enumerate(responses.cases)
    ]
    agreeing: dict[str, Callable[[Floats, Floats], float | None]] = {
        "agreement_top": lambda a, b: top_overlap(a, b, TOP) if len(a) > TOP else None,
        "agreement_sign": lambda a, b: sign_agreement(a, b, TOP),
        "agreement_rank": lambda a, b: spearman(np.abs(a), np.abs(b)),
        "agreement_first": lambda a, b: float(same_first(a, b)),
    }
    values: dict[str, list[float]] = {"lime_fidelity": [], "lime_stability": []}
    for shap, lime, row in pairs:
        for metric, numbers in (("lime_fidelity", lime.fidelity), ("lime_stability", lime.stability)):
            if numbers is not None and not math.isnan(numbers[row]):
                values[metric].append(float(numbers[row]))
        a, b = shap.values[row], lime.contribution[row]
        if np.isfinite(b).all() and a.any() and b.any():
            for metric, compare in agreeing.items():
                if (agreed := compare(a, b)) is not None:
                    values.setdefault(metric, []).append(agreed)
    found = []
    for metric in OVER_CASES[1:]:
        known = values.get(metric, [])
        middle = np.mean if metric == "agreement_first" else np.median
        unit: Unit = "score" if metric in {"lime_fidelity", "agreement_rank"} else "share"
        found.append(_quality(metric, float(middle(known)) if known else None, len(known), unit))
    return found


def _of(attributions: Sequence[Attribution], output: str) -> Attribution:
    return next(each for each in attributions if each.output == output)


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
