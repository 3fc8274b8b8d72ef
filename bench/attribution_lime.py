"""LIME's lines: lime row by row against one pool for all rows, and how far an answer depends on its draws."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from attribution_sides import (
    EVENT,
    LEVELS,
    NUMBERS,
    Line,
    ask_of,
    digests,
    lending,
    model_of,
    spoken,
    spoken_model,
    timed,
)

from explainaudit.explainers.lime import explain_lime
from explainaudit.loading.predictor import Predictor
from explainaudit.records.attribution import Attribution
from explainaudit.records.plan import Explain

PERTURBATIONS = 5000
SOURCE_ROWS = 5000
COLUMNS = NUMBERS + len(LEVELS)
DEFAULT_COLUMNS = 10
SVM_ROWS = 10_000


def lime_line(kind: str, at_least: float) -> Callable[[bool], Iterator[Line]]:
    """Return a line: `rows` × lime's time for one, over ours for all of them, 5,000 perturbations each."""

    def measured(quick: bool) -> Iterator[Line]:
        model, rows, (repeats, each) = _model(kind, quick), 1000, (2, 2) if quick else (5, 3)
        frame, source = lending(rows, 3)[0], lending(SOURCE_ROWS, 2)[0]
        said, said_source, predictor = spoken(frame), spoken(source), spoken_model(model)
        sizes = Explain(lime_samples=PERTURBATIONS, lime_most=PERTURBATIONS)
        lime_by_us(predictor, said_source, said[:2], sizes)  # imports are paid once on either side
        theirs, usual, ours, coefficients = [], [], [], []
        for repeat in range(repeats):
            every, default = lime_by_lime(model, source, seed=repeat)
            some = frame[repeat * each : (repeat + 1) * each]
            seconds, values = row_by_row(every, some)
            theirs.append(seconds)
            coefficients.append(values)
            seconds, answer = timed(lambda: lime_by_us(predictor, said_source, said, sizes))
            ours.append(seconds)
            usual.append(row_by_row(default, some)[0])
        compared = repeats * each
        apart = answer.values[:compared] - np.concatenate(coefficients)
        apart /= answer.spread[:compared] * np.sqrt(2)
        distance = float(np.sqrt((apart**2).mean()))
        agreement = f"coefficients of {compared} rows {distance:.2f} standard errors apart (two pools: 1)"
        for name, times in ((f"lime_{kind}", theirs), (f"lime_{kind}_default", usual)):
            yield Line(
                name,
                tuple(rows * np.array(times) / ours),
                f"lime {np.median(times):.4f} s a row × {rows}; ours {np.median(ours):.3f} s for {rows}",
                agreement,
                not 0.7 < distance < 1.4,
                at_least,
            )

    return measured


def pool_lines(quick: bool) -> Iterator[Line]:
    """Ten times the perturbations: the time for 100 rows, and the spread of coefficients over seeds."""
    model = _model("xgboost", quick)
    rows, seeds, compared = 100, *((3, 3) if quick else (6, 10))
    frame, source = lending(rows, 3)[0], lending(SOURCE_ROWS, 2)[0]
    said, said_source, predictor = spoken(frame), spoken(source), spoken_model(model)
    large = Explain(lime_samples=10 * PERTURBATIONS, lime_most=10 * PERTURBATIONS)
    lime_by_us(predictor, said_source, said[:2], large)
    theirs, ours, coefficients = [], [], []
    for seed in range(seeds):
        every, _ = lime_by_lime(model, source, seed=seed)
        seconds, values = row_by_row(every, frame[:compared])
        theirs.append(seconds)
        seconds, answer = timed(lambda seed=seed: lime_by_us(predictor, said_source, said, large, seed))
        ours.append(seconds)
        coefficients.append((values, answer.values[:compared]))
    lime, pool = (np.array(held) for held in zip(*coefficients, strict=True))
    spreads = np.median(lime.std(axis=0, ddof=1)), np.median(pool.std(axis=0, ddof=1))
    apart = np.abs(lime.mean(axis=0) - pool.mean(axis=0)) / (lime.std(axis=0, ddof=1) / np.sqrt(len(lime)))
    agreement = (
        f"means over {len(lime)} seeds a median {np.median(apart):.2f} of lime's standard errors apart"
    )
    yield Line(
        "lime_pool_50000",
        tuple(rows * np.array(theirs) / ours),
        f"lime, 5,000: {np.median(theirs):.4f} s a row × {rows}; ours, 50,000: {np.median(ours):.3f} s",
        agreement,
        bool(np.median(apart) > 1.5),
        at_least=6,
    )
    yield Line(
        "lime_pool_50000_spread",
        (spreads[1] / spreads[0],),
        f"median standard deviation over {len(lime)} seeds: lime {spreads[0]:.5f}, ours {spreads[1]:.5f}",
        agreement,
        bool(np.median(apart) > 1.5),
        at_most=0.35,
    )


def lime_growth(quick: bool) -> Iterator[Line]:
    """Seconds for ever more rows, 5,000 perturbations."""
    predictor = spoken_model(_model("xgboost", quick))
    source = spoken(lending(SOURCE_ROWS, 2)[0])
    sizes = Explain(lime_samples=PERTURBATIONS, lime_most=PERTURBATIONS)
    for rows in (500, 1000) if quick else (1000, 10_000, 100_000):
        frame = spoken(lending(rows, 3)[0])
        seconds, found = timed(lambda frame=frame: lime_by_us(predictor, source, frame, sizes))
        yield Line(
            f"growth_lime_{rows}_seconds",
            (seconds,),
            f"{1000 * seconds / rows:.3f} ms a row",
            f"{int(np.isfinite(found.values).all(axis=1).sum())} rows of {rows} have an answer",
        )


def lime_by_us(
    predictor: Predictor, source: pd.DataFrame, rows: pd.DataFrame, settings: Explain, seed: int = 1
) -> Attribution:
    """Return our coefficients for the probability of the event; the model is loaded, as it is for lime."""
    ask = ask_of(predictor, source[:1000], source, "probability", seed)
    (found,), _ = explain_lime(ask, rows, digests(len(rows)), np.ones(len(rows)), settings)
    return found


def lime_by_lime(
    model: Any, source: pd.DataFrame, *, seed: int
) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]:
    """Return lime on codes, the model asked without any step before it: all columns fitted, and its default.

    The first gives coefficients in the order of columns.
    """
    from lime.lime_tabular import LimeTabularExplainer

    coded = list(range(NUMBERS, COLUMNS))

    def explainer(selection: str) -> Any:
        return LimeTabularExplainer(
            source.to_numpy(dtype=float),
            categorical_features=coded,
            feature_selection=selection,
            random_state=seed,
        )

    every, usual = explainer("none"), explainer("auto")

    def asked(rows: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fitted with names, asked without
            return model.predict_proba(rows)

    def coefficients(row: np.ndarray) -> np.ndarray:
        found = every.explain_instance(row, asked, num_features=COLUMNS, num_samples=PERTURBATIONS)
        return np.array([weight for _, weight in sorted(found.local_exp[int(EVENT)])])

    def default(row: np.ndarray) -> np.ndarray:
        found = usual.explain_instance(row, asked, num_features=DEFAULT_COLUMNS, num_samples=PERTURBATIONS)

        return np.array([weight for _, weight in found.local_exp[int(EVENT)]])

    return coefficients, default


def row_by_row(call: Callable[[np.ndarray], np.ndarray], frame: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Return the median seconds of a row, and what was found for all of them."""
    each = [timed(lambda row=row: call(row)) for row in frame.to_numpy(dtype=float)]
    return float(np.median([seconds for seconds, _ in each])), np.array([found for _, found in each])


def _model(kind: str, quick: bool) -> Any:
    rows = 2000 if quick and kind == "svm" else SVM_ROWS if kind == "svm" else 20_000
    return model_of("forest" if quick and kind == "rf" else kind, 5000 if quick and kind != "svm" else rows)
