"""Whether the algorithm that is chosen is the fastest of those that could be, and the memory it takes."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from attribution_lime import PERTURBATIONS, SOURCE_ROWS, lime_by_us
from attribution_sides import (
    LEVELS,
    NUMBERS,
    UNITS,
    Line,
    ask_of,
    digests,
    gap,
    lending,
    model_of,
    shap_by_shap,
    shap_by_us,
    spoken,
    spoken_model,
    timed,
)

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.explain import ENUMERATED_COLUMNS, choose_algorithm, values_by
from explainaudit.records.plan import Explain

KINDS = ("xgboost", "lightgbm", "hgb", "forest", "linear", "tree")
PROBE_SECONDS = 1.0


def choice(quick: bool) -> Iterator[Line]:
    """Time of the algorithm chosen over the best of all: models × backgrounds × rows."""
    cells: list[tuple[float, str]] = []
    worst = 0.0
    for kind in ("xgboost", "tree", "linear") if quick else KINDS:
        model = model_of(kind, 5000 if quick else 20_000)
        for background in (100,) if quick else (100, 1000):
            for cell, ratio, apart in _cells(
                kind, model, background, (50, 500) if quick else (50, 500, 5000)
            ):
                cells.append((ratio, cell))
                worst = max(worst, apart)
    ratios = tuple(ratio for ratio, _ in cells)
    far, where = max(cells)
    agreement = f"largest difference from another algorithm {worst:.1e} of the output"
    for name, figure in (("choice_worst", (far,)), ("choice_median", ratios)):
        sides = f"{len(cells)} cells; worst {where}"
        yield Line(name, figure, sides, agreement, not worst < 1e-4, at_most=1.2)


def _cells(
    kind: str, model: Any, background_rows: int, counts: tuple[int, ...]
) -> Iterator[tuple[str, float, float]]:
    """Yield what a cell is, the time of the algorithm chosen over the best, and how far the two are apart."""
    background, rows = lending(background_rows, 2)[0], lending(max(counts), 3)[0]
    unit = UNITS.get(kind, "log_odds")
    shap_by_us(model, background, rows[:2], unit)
    for count in counts:
        repeats = 5 if count < max(counts) else 1
        times = [timed(lambda: shap_by_us(model, background, rows[:count], unit))[0] for _ in range(repeats)]
        chosen = float(np.median(times))
        ask = ask_of(model, background, background, unit=unit)
        name = choose_algorithm(ask.inside, len(ask.names))
        others, apart = _others(kind, model, ask, rows[:count])
        best, seconds = min({name: chosen, **others}.items(), key=lambda item: item[1])
        text = f"{kind}, background {background_rows}, {count} rows: {name} {chosen:.3f} s"
        yield f"{text}, best {best} {seconds:.3f} s", chosen / seconds, apart


def _others(kind: str, model: Any, ask: Any, rows: pd.DataFrame) -> tuple[dict[str, float], float]:
    """Return the seconds of the other algorithms, and the largest difference between one and ours."""
    found: dict[str, float] = {}
    ours = values_by(
        choose_algorithm(ask.inside, len(ask.names)), ask, rows[:10], digests(10), Questions(ask)
    )
    answers, oracles = ask.predict(rows), []
    if kind == "linear":
        found["shap linear"], values = timed(lambda: _shap_linear(model, ask.background, rows))
        oracles.append(values[:10])
    else:
        prepared, explain = timed(lambda: shap_by_shap(model, ask.background))
        found["shap"], values = _projected(lambda some: explain(rows[:some]), len(rows))
        found["shap"] += prepared
        oracles.append(values)
        found |= _woodelf(model, ask.background, rows)
    if len(ask.names) <= ENUMERATED_COLUMNS:
        found["enumeration"], values = _projected(
            lambda some: values_by("enumeration", ask, rows[:some], digests(some), Questions(ask)).values[0],
            len(rows),
        )
        oracles.append(values)
    few = [min(10, len(oracle)) for oracle in oracles]
    gaps = [gap(ours.values[0, :n], o[:n], answers) for n, o in zip(few, oracles, strict=True)]
    return found, max(gaps)


def _projected(call: Any, rows: int) -> tuple[float, np.ndarray]:
    """Return the seconds for all rows from those for a few, and the values of the few."""
    first, values = timed(lambda: call(1))
    some = int(min(rows, max(1, PROBE_SECONDS / first)))
    seconds, values = timed(lambda: call(some))
    return seconds / some * rows, values


def _shap_linear(model: Any, background: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return shap's values of a linear model, those of the encoded columns of one column summed."""
    import shap

    reference = shap.maskers.Independent(model[0].transform(background), max_samples=len(background))
    values = shap.LinearExplainer(model[-1], reference).shap_values(model[0].transform(rows))
    starts = np.concatenate([np.arange(NUMBERS), NUMBERS + np.cumsum((0, *LEVELS[:-1]))])
    return np.add.reduceat(values, starts, axis=1)


def _woodelf(model: Any, background: pd.DataFrame, rows: pd.DataFrame) -> dict[str, float]:
    """Return the seconds of woodelf-explainer where it is installed and takes the model."""
    try:
        from woodelf.explainer import WoodelfExplainer
    except ImportError:
        return {}
    if type(model).__name__ == "RandomForestClassifier":  # over 100 s before the first row
        return {}
    explainer = WoodelfExplainer(model, background, feature_perturbation="interventional")
    return {"woodelf": timed(lambda: explainer.shap_values(rows))[0]}


def memory(quick: bool) -> Iterator[Line]:
    """Memory above that of a child with the model and the rows, while all rows are explained."""
    model, rows = model_of("xgboost", 5000 if quick else 20_000), 1000 if quick else 10_000
    for method in ("shap", "lime"):
        with multiprocessing.get_context("spawn").Pool(1) as child:
            before, peak = child.apply(memory_of, (method, model, rows))
        yield Line(
            f"memory_{method}_mb",
            (peak - before,),
            f"{before:.0f} MB with model and rows loaded, {peak:.0f} MB at most, {rows} rows",
            at_most=300,
        )


def memory_of(method: str, model: Any, rows: int) -> tuple[float, float]:
    """Explain rows in this process; return the megabytes it held before, and the most it has held since."""
    background, frame = lending(1000, 2)[0], lending(rows, 3)[0]
    pipeline = spoken_model(model)
    text, source = spoken(frame), spoken(lending(SOURCE_ROWS, 2)[0])
    pipeline.predict_proba(text[:2])
    before = _megabytes("VmRSS")
    if method == "shap":
        shap_by_us(model, background, frame, "log_odds")
    else:
        lime_by_us(pipeline, source, text, Explain(lime_samples=PERTURBATIONS, lime_most=PERTURBATIONS))
    return before, _megabytes("VmHWM")


def _megabytes(name: str) -> float:
    """Return a figure of this process. ``ru_maxrss`` will not do: a child starts with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
