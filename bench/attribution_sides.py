"""Both sides of the attribution benchmark: a lending table, models, our door, and how two calls are timed."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from explainaudit.explainers.ask import Ask
from explainaudit.explainers.explain import explain_shap, readable
from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.predictor import Predictor, predictor_of
from explainaudit.records.attribution import Attribution
from explainaudit.records.responses import ColumnFacts

EVENT = "1"
FEW = 10  # columns of the small tree, few enough to be enumerated
NUMBERS = 20
LEVELS = (2, 3, 5, 8, 12)
UNITS = dict.fromkeys(("rf", "forest", "tree", "mlp", "svm"), "probability")


@dataclass(frozen=True)
class Line:
    """One line of the table; a ratio of two sides that do not agree (``off``) counts nothing."""

    name: str
    ratios: tuple[float, ...]
    sides: str
    agreement: str = ""
    off: bool = False
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """The figure."""
        return float(np.median(self.ratios))

    @property
    def verdict(self) -> str:
        """Whether it is where it should be."""
        if self.off:
            return "WRONG"
        if self.at_least is None and self.at_most is None:
            return ""
        met = self.median >= (self.at_least or 0.0) and self.median <= (self.at_most or np.inf)
        return "meets" if met else "MISSES"


def lending(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a synthetic lending table, shape (rows, 25), and its labels.

    Twenty numbers and five columns of codes. Numbers lie on a grid of 1/1024, which float32 holds exactly,
    as it does all thresholds between them: shap keeps thresholds in float32 and is right on such a table.
    """
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(rows, NUMBERS))
    numbers[:, ::2] = np.exp(numbers[:, ::2])
    frame = pd.DataFrame(np.round(numbers * 1024) / 1024, columns=[f"n{i:02d}" for i in range(NUMBERS)])
    for place, levels in enumerate(LEVELS):
        frame[f"c{place}"] = draw.integers(levels, size=rows)
    n = frame.to_numpy().T
    score = 1.2 * n[1] + n[3] * n[5] - np.log(n[0] + 0.01) + 0.4 * n[7] * frame.c0 + 0.3 * n[9] - 0.2 * n[11]
    score += 0.5 * (frame.c2 == 1) - 0.7 * (frame.c4 > 6) - 0.3 * n[2] + 0.2 * n[13] * (frame.c3 % 3)
    return frame, (score + draw.logistic(size=rows) > 0.5).to_numpy().astype(int)


@cache
def model_of(kind: str, rows: int = 20_000) -> Any:
    """Return a model fitted to the table, on one thread."""
    frame, label = lending(rows, 1)
    return unfitted(kind).fit(frame.iloc[:, :FEW] if kind == "tree" else frame, label)


def unfitted(kind: str) -> Any:
    """Return a model by its short name."""
    from lightgbm import LGBMClassifier
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier
    from xgboost import XGBClassifier

    made: dict[str, Callable[[], Any]] = {
        "xgboost": lambda: XGBClassifier(n_estimators=500, max_depth=6, learning_rate=0.1, n_jobs=1),
        "lightgbm": lambda: LGBMClassifier(n_estimators=500, num_leaves=31, n_jobs=1, verbose=-1),
        "hgb": lambda: HistGradientBoostingClassifier(
            max_iter=300, max_leaf_nodes=31, early_stopping=False, random_state=0
        ),
        "rf": lambda: RandomForestClassifier(300, max_depth=12, n_jobs=1, random_state=0),
        "forest": lambda: RandomForestClassifier(60, max_depth=12, n_jobs=1, random_state=0),
        "tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
        "linear": lambda: _on_columns(LogisticRegression(max_iter=300)),
        "mlp": lambda: _on_columns(MLPClassifier((64, 32), max_iter=20, random_state=0)),
        "svm": lambda: _on_columns(CalibratedClassifierCV(SVC(), ensemble=False, cv=3)),
    }
    return made[kind]()


def _on_columns(estimator: Any) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = make_column_transformer(
        (StandardScaler(), slice(0, NUMBERS)),
        (OneHotEncoder(sparse_output=False), slice(NUMBERS, NUMBERS + len(LEVELS))),
    )
    return make_pipeline(columns, estimator)


def spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its codes as text, as a data file has them."""
    codes = frame.filter(regex="^c")
    return frame.assign(**{name: "level " + codes[name].map("{:02d}".format) for name in codes})


def spoken_model(model: Any) -> Predictor:
    """Return, loaded, a pipeline that takes text, turns it into codes and hands them to a fitted model."""
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    frame = spoken(lending(2000, 1)[0])
    names = list(frame)
    codes = make_column_transformer(
        ("passthrough", names[:NUMBERS]),
        (OrdinalEncoder(dtype=np.int64), names[NUMBERS:]),
        verbose_feature_names_out=False,
    )
    steps = [("codes", codes.set_output(transform="pandas").fit(frame)), ("model", model)]
    return predictor_of(Pipeline(steps))


def ask_of(
    predictor: Predictor, background: pd.DataFrame, source: pd.DataFrame, unit: Any, seed: int = 1
) -> Ask:
    """Return the question as the product asks it of a model that it has not looked into."""
    kinds = {"f": "number", "i": "integer"}
    columns = tuple(
        ColumnFacts(name=name, type=kinds.get(kind.kind, "text"), role="input")
        for name, kind in source.dtypes.items()
    )
    return Ask(
        predict=lambda frame: predictor.outputs(frame, output=unit, event=EVENT),
        columns=columns,
        background=background,
        source=source,
        outputs=(EVENT,),
        unit=unit,
        seed=seed,
    )


def read(model: Any, background: pd.DataFrame, unit: Any) -> Ask:
    """Return the question with the model's inside, read and held against its answers, as the product does."""
    predictor = predictor_of(model)
    ask = ask_of(predictor, background, background, unit)
    inside = inside_of(predictor, unit, EVENT)
    known = inside is not None and holds(inside, background, ask.predict(background)) and readable(inside)
    return replace(ask, inside=inside if known else None)


def digests(rows: int) -> np.ndarray:
    """Return row keys."""
    return np.array([hashlib.sha256(str(place).encode()).hexdigest() for place in range(rows)])


def shap_by_us(model: Any, background: pd.DataFrame, rows: pd.DataFrame, unit: Any) -> Attribution:
    """Return our SHAP values of a model; the time is that of reading it, of encoding and of the values."""
    ask = read(model, background, unit)
    (found,), _ = explain_shap(ask, rows, digests(len(rows)), np.ones(len(rows)))
    return found


def shap_by_shap(model: Any, background: pd.DataFrame) -> Callable[[pd.DataFrame], np.ndarray]:
    """Return shap's interventional values of a model of trees, as a function of rows.

    The background is whole: given as an array shap would cut it to 100 rows.
    """
    import shap

    rows = background.to_numpy(dtype=np.float64)
    explainer = shap.TreeExplainer(model, shap.maskers.Independent(rows, max_samples=len(rows)))

    def values(frame: pd.DataFrame) -> np.ndarray:
        found = explainer.shap_values(frame.to_numpy(dtype=np.float64), check_additivity=False)
        return found[..., 1] if found.ndim == 3 else found

    return values


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds a call took, and what it returned."""
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def gap(found: np.ndarray, oracle: np.ndarray, answers: np.ndarray) -> float:
    """Return the largest difference, relative to the largest answer of the model."""
    return float(np.abs(found - oracle).max() / np.abs(answers).max())
