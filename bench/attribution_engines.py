"""Whether the algorithm that is chosen is the fastest of those that could be, and the memory it takes."""

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from attribution_lime import PERTURBATIONS, SOURCE_ROWS, lime_by_us
from attribution_sides import (
    FEW,
    LEVELS,
    NUMBERS,
    UNITS,
    Line,
    digests,
    gap,
    lending,
    model_of,
    read,
    shap_by_shap,
    shap_by_us,
    spoken,
    spoken_model,
    timed,
)

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.explain import ENUMERATED_COLUMNS, Algorithm, choose_algorithm, values_by
from explainaudit.records.plan import Explain

KINDS = ("xgboost", "lightgbm", "hgb", "forest", "linear", "tree")
PROBE_SECONDS = 0.5
SHORT = 0.1
AT_MOST = 1.2


@dataclass(frozen=True)
class Cell:
    """One model, background and number of rows: seconds by algorithm, ours first, and how far they differ."""

    where: str
    reading: float
    seconds: dict[str, float]
    apart: float

    @property
    def chosen(self) -> float:
        """Seconds of the algorithm chosen."""
        return next(iter(self.seconds.values()))

    def ratio(self, reading: float = 0.0) -> float:
        """Return the time of the one chosen, and of reading where given, over that of the best."""
        chosen = self.chosen + reading
        return chosen / min(chosen, *list(self.seconds.values())[1:])

    def text(self) -> str:
        """Say what was tried."""
        tried = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in self.seconds.items())
        return f"{self.where}: {tried}, reading {self.reading:.3f} s"


def choice(quick: bool) -> Iterator[Line]:
    """Time of the algorithm chosen over the best of all: models × backgrounds × rows.

    A cell is called by its model, reference rows × rows. A model is read and checked before there is a
    choice; the last of the lines counts that as well.
    """
    kinds, sizes, counts = KINDS, (100, 1000), (50, 500, 5000)
    if quick:
        kinds, sizes, counts = ("xgboost", "linear", "tree"), (100,), (50, 500)
    cells = [
        cell
        for kind in kinds
        for size in sizes
        for cell in _cells(kind, size, counts, 5000 if quick else 20_000)
    ]
    worst = max(cells, key=Cell.ratio)
    slow = max(cells, key=lambda cell: cell.ratio(cell.reading))
    long = max(cells, key=lambda cell: cell.ratio() if cell.chosen >= SHORT else 0.0)
    apart = max(cell.apart for cell in cells)
    ratios = tuple(cell.ratio() for cell in cells)
    above = ", ".join(f"{cell.where} {cell.ratio():.2f}" for cell in cells if cell.ratio() > AT_MOST)
    for name, figures, sides in (
        ("choice_worst", (worst.ratio(),), f"worst of {len(cells)}: {worst.text()}"),
        ("choice_median", ratios, f"{len(cells)} cells; above {AT_MOST}: {above}"),
        ("choice_slow_worst", (long.ratio(),), f"of those that take {SHORT} s or more: {long.text()}"),
        ("choice_with_reading_worst", (slow.ratio(slow.reading),), slow.text()),
    ):
        agreement = f"largest difference from another algorithm {apart:.1e} of the output"
        yield Line(name, figures, sides, agreement, not apart < 1e-4, at_most=AT_MOST)


def _cells(kind: str, background_rows: int, counts: tuple[int, ...], fitted: int) -> Iterator[Cell]:
    model, unit = model_of(kind, fitted), UNITS.get(kind, "log_odds")
    width = FEW if kind == "tree" else len(LEVELS) + NUMBERS
    background, rows = (
        lending(size, seed)[0].iloc[:, :width] for size, seed in ((background_rows, 2), (5000, 3))
    )
    read(model, background, unit)
    reading = float(np.median([timed(lambda: read(model, background, unit))[0] for _ in range(3)]))
    ask = read(model, background, unit)
    name = choose_algorithm(ask.inside, len(ask.names))
    for count in counts:
        found = [timed(partial(_values, name, ask, rows[:count])) for _ in range(5 if count < 5000 else 1)]
        others, apart = _others(kind, model, ask, rows[:count], found[0][1])
        chosen = float(np.median([seconds for seconds, _ in found]))
        yield Cell(f"{kind} {background_rows} × {count}", reading, {name: chosen, **others}, apart)


def _values(algorithm: Algorithm, ask: Ask, rows: pd.DataFrame) -> np.ndarray:
    return values_by(algorithm, ask, rows, digests(len(rows)), Questions(ask)).values[0]


def _others(
    kind: str, model: Any, ask: Ask, rows: pd.DataFrame, ours: np.ndarray
) -> tuple[dict[str, float], float]:
    """Return the seconds of the other algorithms, and the largest difference of their values from ours."""
    found: dict[str, float] = {}
    if kind == "linear":
        found["shap linear"], oracle = _projected(partial(_shap_linear, model, ask.background), rows)
    else:
        prepared, explain = timed(lambda: shap_by_shap(model, ask.background))
        seconds, oracle = _projected(explain, rows)
        found |= {"shap": prepared + seconds} | _woodelf(model, ask.background, rows)
    oracles = [oracle]
    if len(ask.names) <= ENUMERATED_COLUMNS:
        found["enumeration"], oracle = _projected(partial(_values, "enumeration", ask), rows)
        oracles.append(oracle)
    answers = ask.predict(rows)
    return found, max(gap(ours[: len(each)], each, answers) for each in oracles)


def _projected(call: Callable[[pd.DataFrame], np.ndarray], rows: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Return the seconds for all rows from those for a few, and the values of the few."""
    first, _ = timed(lambda: call(rows[:1]))
    some = int(np.clip(PROBE_SECONDS / first, 1, len(rows)))
    seconds, values = timed(lambda: call(rows[:some]))
    return seconds / some * len(rows), values


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
    for method in ("shap",) if quick else ("shap", "lime"):
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
    predictor = spoken_model(model)
    text, source = spoken(frame), spoken(lending(SOURCE_ROWS, 2)[0])
    predictor.outputs(text[:2], output="probability")
    before = _megabytes("VmRSS")
    if method == "shap":
        shap_by_us(model, background, frame, "log_odds")
    else:
        lime_by_us(predictor, source, text, Explain(lime_samples=PERTURBATIONS, lime_most=PERTURBATIONS))
    return before, _megabytes("VmHWM")


def _megabytes(name: str) -> float:
    """Return a figure of this process. ``ru_maxrss`` will not do: a child starts with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
