"""Effects of single inputs: accumulated local effects of numbers, mean answers at levels of categories."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.effect import Effect
from explainaudit.records.evidence import Plot
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.responses import Responses
from explainaudit.stats.ale import accumulated
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
CURVES = 30
RUG = np.linspace(0, 1, 21)


@dataclass(frozen=True)
class Moved:
    """The effect of one input on one output: how far it reaches, and the points of its picture."""

    measure: Measure
    plots: tuple[Plot, ...]


def moved(responses: Responses, effect: Effect, output: int, recorded: pd.Series | None) -> Moved:
    """Return the effect of an input on the output of that number."""
    within = {"column": effect.column}
    if len(effect.outputs) > 1:
        within["class"] = effect.outputs[output]
    made = _number if effect.bins is not None else _category
    span, interval, series, n = made(responses, effect, output)
    measure = Measure(
        analysis="effects",
        metric="ale_range" if effect.bins is not None else "level_range",
        dimensions=within,
        value=span,
        reason=None if span is not None else "not_estimable",
        interval=interval,
        n=n,
        unit="score",
        estimand="people_like_these",
        kind="attribution",
        smallest_cell=n,
    )
    if not series:
        return Moved(measure, ())
    labels = {
        "column": (effect.column,),
        "output": (effect.outputs[output],),
        "unit": (effect.unit,),
        "levels": tuple(str(level) for level in effect.grid) if effect.bins is None else (),
    }
    name = f"{effect.column}:{effect.outputs[output]}"
    if effect.bins is not None and recorded is not None:
        known = recorded.dropna().to_numpy(dtype=np.float64)
        rug = np.quantile(known, RUG, method="inverted_cdf") if len(known) >= len(RUG) else known[:0]
        series["rug"] = tuple(float(at) for at in rug)
    whole = Plot(name=f"effect:{name}", table="ranges", smallest_cell=n, series=series, labels=labels)
    return Moved(measure, (whole, *_curves(effect, output, name, labels)))


_Made = tuple[float | None, Interval | None, dict[str, tuple[float | None, ...]], int]


def _number(responses: Responses, effect: Effect, output: int) -> _Made:
    if effect.bins is None or effect.change is None:
        raise ValueError("not a number")
    design = Design.chosen(responses.scored, effect.keys)
    found = accumulated(effect.bins, effect.change[:, output], len(effect.grid), design)
    n = design.number(effect.bins >= 0)
    if found is None:
        return None, None, {}, n
    series: dict[str, tuple[float | None, ...]] = {
        "x": tuple(float(edge) for edge in effect.grid),
        "value": tuple(float(value) for value in found.value),
        "low": tuple(float(value) for value in found.low),
        "high": tuple(float(value) for value in found.high),
    }
    return found.span, found.span_interval, series, n


def _category(responses: Responses, effect: Effect, output: int) -> _Made:
    """Return the mean answer at each level, less the mean over the levels, with the interval of both."""
    curves = effect.curves[:, :, output]
    levels = curves.shape[1]
    design = Design.chosen(responses.scored, effect.curve_keys)
    n = design.number()
    if levels < 2 or n < 2:
        return None, None, {}, n
    apart = curves - curves.mean(axis=1, keepdims=True)
    means = design.mean(apart)
    ends = [influence_interval(float(means[g]), apart[:, g] - means[g], design) for g in range(levels)]
    top, bottom = int(np.argmax(means)), int(np.argmin(means))
    span = float(means[top] - means[bottom])
    gap = apart[:, top] - apart[:, bottom]
    interval = influence_interval(span, gap - span, design)
    series: dict[str, tuple[float | None, ...]] = {
        "value": tuple(float(mean) for mean in means),
        "low": tuple(None if end is None else end.low for end in ends),
        "high": tuple(None if end is None else end.high for end in ends),
    }
    return span, interval, series, n


def _curves(effect: Effect, output: int, name: str, labels: dict[str, tuple[str, ...]]) -> tuple[Plot, ...]:
    """Return the curves of single rows, centred, for numbers."""
    if effect.bins is None or len(effect.grid) < 2:
        return ()
    curves = effect.curves[:CURVES, :, output]
    centred = curves - curves.mean(axis=1, keepdims=True)
    series = {f"row:{place}": tuple(float(value) for value in row) for place, row in enumerate(centred)}
    return (Plot(name=f"rows:{name}", table="ranges", smallest_cell=1, series=series, labels=labels),)
