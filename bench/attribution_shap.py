"""SHAP's lines: exact interventional values of trees, ours against shap's, and what raw columns cost."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from attribution_sides import (
    FEW,
    UNITS,
    Line,
    digests,
    gap,
    lending,
    model_of,
    read,
    shap_by_shap,
    shap_by_us,
    timed,
)

from explainaudit.explainers.ask import Questions
from explainaudit.explainers.explain import values_by
from explainaudit.explainers.tree_values import tree_values

SINGLE, DOUBLE = 1e-4, 1e-6


def tree_lines(kind: str, at_least: dict[int, float], probe: int) -> Callable[[bool], Iterator[Line]]:
    """Return lines, one for each number of rows: shap's time over ours, on one background of 1,000.

    shap is timed on ``probe`` rows at a time, and its time is that of its preparation, once, and of one
    row × rows. Ours is that of reading the model, of checking what was read, of encoding and of all rows.
    """

    def measured(quick: bool) -> Iterator[Line]:
        small = quick and kind == "rf"
        model, unit = (
            model_of("forest" if small else kind, 5000 if quick else 20_000),
            UNITS.get(kind, "log_odds"),
        )
        repeats, each = (2, max(2, probe // 10)) if quick else (3, probe)
        counts = [min(at_least)] if quick else list(at_least)
        background, rows = lending(1000, 2)[0], lending(max(at_least), 3)[0]
        # Imports are paid once on either side.
        shap_by_us(model_of("tree", 5000), background.iloc[:, :FEW], rows.iloc[:2, :FEW], "probability")
        theirs: dict[int, list[float]] = {count: [] for count in counts}
        ours: dict[int, list[float]] = {count: [] for count in counts}
        worst, row = 0.0, []
        for repeat in range(repeats):
            some = rows[repeat * each : (repeat + 1) * each]
            prepared, explain = timed(lambda: shap_by_shap(model, background))
            seconds, oracle = timed(lambda explain=explain, some=some: explain(some))
            row.append(seconds / each)
            for count in counts:
                theirs[count].append(prepared + row[-1] * count)
                seconds, found = timed(lambda count=count: shap_by_us(model, background, rows[:count], unit))
                ours[count].append(seconds)
                worst = max(worst, gap(found.values[some.index], oracle, found.prediction))
        additive = float(np.abs(found.residual).max() / np.abs(found.prediction).max())
        limit = SINGLE if kind == "xgboost" else DOUBLE
        agreement = (
            f"{repeats * each} rows differ from shap by {worst:.1e} of the output, additive to {additive:.1e}"
        )
        for count in counts:
            yield Line(
                f"shap_{kind}_{count}",
                tuple(np.array(theirs[count]) / ours[count]),
                f"shap {np.median(row):.4f} s a row (of {each}) × {count}; "
                f"ours {np.median(ours[count]):.2f} s",
                agreement,
                not (worst < limit and additive < limit),
                at_least[count],
            )

    return measured


def raw_columns(quick: bool) -> Iterator[Line]:
    """Raw columns as players against encoded columns as players: one engine, one model, the same rows."""
    model, frame = one_hot(quick)
    rows, background = (frame[2000:2256], frame[:1000]) if quick else (frame[2000:3000], frame[:1000])
    ask = read(model, background, "log_odds")
    inside = ask.inside
    assert inside is not None  # noqa: S101 (the line has no meaning otherwise)
    encoded, reference = inside.encode(rows), inside.encode(background)
    columns, every = encoded.shape[1], np.arange(encoded.shape[1])
    ratios, times = [], []
    for _ in range(3 if quick else 5):
        raw, _ = timed(lambda: tree_values(inside.sum, inside.player, encoded, reference, len(ask.names)))
        own, apart = timed(lambda: tree_values(inside.sum, every, encoded, reference, columns))
        ratios.append(raw / own)
        times.append((raw, own))
    answers = ask.predict(rows)[:, 0]
    additive = gap(apart.sum(axis=(0, 2)) + ask.predict(background).mean(), answers, answers)
    few = read(model, background[:20], "log_odds")
    oracle = values_by("enumeration", few, rows[:3], digests(3), Questions(few)).values
    worst = gap(values_by("trees", few, rows[:3], digests(3), Questions(few)).values, oracle, answers)
    raw, own = np.median(times, axis=0)
    yield Line(
        "raw_columns",
        tuple(ratios),
        f"{len(ask.names)} raw columns {raw:.2f} s, {columns} encoded {own:.2f} s, {len(rows)} rows",
        f"raw: 3 rows differ from enumeration by {worst:.1e}; encoded: additive to {additive:.1e}",
        not (worst < SINGLE and additive < SINGLE),
        at_most=1.5,
    )


def one_hot(quick: bool) -> tuple[Any, pd.DataFrame]:
    """Return boosted trees behind a one-hot encoder, and a table of ten columns with 5 to 12 levels."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from xgboost import XGBClassifier

    draw, levels = np.random.default_rng(5), (5, 6, 7, 8, 9, 10, 11, 12, 8, 6)
    codes = np.column_stack([draw.integers(each, size=6000) for each in levels])
    effects = [draw.normal(size=each) for each in levels]
    score = sum(effect[code] for effect, code in zip(effects, codes.T, strict=True))
    score = score + 1.5 * effects[0][codes[:, 0]] * effects[1][codes[:, 1]]
    frame = pd.DataFrame({f"c{j}": [f"level {code:02d}" for code in codes[:, j]] for j in range(len(levels))})
    trees = XGBClassifier(n_estimators=100 if quick else 500, max_depth=6, learning_rate=0.1, n_jobs=1)
    label = (score + draw.logistic(size=len(score)) > 0).astype(int)
    return make_pipeline(OneHotEncoder(sparse_output=False), trees).fit(frame, label), frame


def shap_growth(quick: bool) -> Iterator[Line]:
    """Seconds for ever more rows, on a background of 1,000."""
    model, background = model_of("xgboost", 5000 if quick else 20_000), lending(1000, 2)[0]
    for rows in (500, 1000) if quick else (1000, 10_000, 100_000):
        frame = lending(rows, 3)[0]
        seconds, found = timed(lambda frame=frame: shap_by_us(model, background, frame, "log_odds"))
        yield Line(
            f"growth_shap_{rows}_seconds",
            (seconds,),
            f"{1000 * seconds / rows:.3f} ms a row",
            f"additive to {np.abs(found.residual).max() / np.abs(found.prediction).max():.1e} of the output",
        )
