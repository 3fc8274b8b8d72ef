"""Simulated consumer loans with a known disparity, and the model that explainaudit's demo audits.

No row describes a person. The README beside this file lists what was built in and the model's true
rates. Only ``random`` and ``standard_normal`` of NumPy's PCG64 are drawn, so the tables come out the
same with every NumPy; the model is fitted in one thread, so its predictions agree to 1e-9.

    python train.py --output DIR     writes training, background, sample (.parquet) and model.skops
    python train.py --truth          scores 400,000 fresh people with the saved model: truth.json
"""

import argparse
import json
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
SEED, TRUTH_SEED = 2, 3
TRAINING_ROWS, SAMPLE_ROWS, BACKGROUND_ROWS, TRUTH_PEOPLE = 4000, 2000, 300, 400_000

TARGET, EVENT, NO_EVENT = "outcome", "default", "repaid"
THRESHOLD = 0.25  # approved below it; audit.yaml states the same number
AGE_EDGES = (18, 30, 45, 60)  # lower ends, as in audit.yaml

INCOME, YEARS, CREDITS = "monthly income (€)", "Beschäftigung (years)", "existing credits"
AMOUNT, DURATION = "loan amount (€)", "duration (months)"
NUMERIC = [INCOME, YEARS, CREDITS, AMOUNT, DURATION]
LEVELS = {  # level: (share, log-odds of default added)
    "purpose": {
        "car": (0.30, 0.0),
        "household goods": (0.28, 0.15),
        "home improvement": (0.20, -0.3),
        "education": (0.12, 0.1),
        "debt consolidation": (0.10, 0.5),
    },
    "housing": {"rent": (0.56, 0.0), "own": (0.34, -0.45), "free": (0.10, -0.1)},
    "savings band": {
        "none": (0.30, 0.55),
        "< 500 €": (0.28, 0.2),
        "500–2 000 €": (0.24, -0.2),
        "> 2 000 €": (0.18, -0.7),
    },
}
DISTRICT, DISTRICTS = "Bezirk", ("Mitte", "Nord", "Ost", "Süd", "West")
DISTRICT_EFFECT = {"Ost": 1.1}  # log-odds of default added; 0 in the other districts
ETHNICITIES = {"group A": 0.78, "group B": 0.185, "group C": 0.035}
DISTRICT_SHARES = {  # by ethnicity: the proxy, and the only path from ethnicity to anything
    "group A": (0.24, 0.25, 0.07, 0.22, 0.22),
    "group B": (0.11, 0.10, 0.60, 0.10, 0.09),
    "group C": (0.23, 0.20, 0.18, 0.20, 0.19),
}
SEXES = {"female": 0.48, "male": 0.52}  # without any effect
AGE_BANDS = {(19, 30): 0.25, (30, 45): 0.35, (45, 60): 0.27, (60, 76): 0.13}  # acts through employment only
MISSING = {INCOME: 0.06, "savings band": 0.09, "ethnicity": 0.02}  # completely at random
CREDIT_SHARES = {0: 0.46, 1: 0.31, 2: 0.15, 3: 0.06, 4: 0.02}
DURATION_SHARES = {6: 0.08, 12: 0.20, 18: 0.12, 24: 0.22, 36: 0.20, 48: 0.12, 60: 0.06}

INPUTS = [*NUMERIC, *LEVELS, DISTRICT]


def pick(rng: np.random.Generator, shares: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Return ``n`` positions drawn with ``shares``: (k,) for everybody, or (n, k) one row a person."""
    steps = np.cumsum(np.broadcast_to(shares, (n, shares.shape[-1]))[:, :-1], axis=1)
    return np.asarray((rng.random((n, 1)) >= steps).sum(axis=1), dtype=np.intp)


def level(
    rng: np.random.Generator, shares: dict[str, float] | dict[int, float], n: int
) -> NDArray[np.generic]:
    """Return ``n`` keys of ``shares``, drawn with its values."""
    return np.array(list(shares))[pick(rng, np.array(list(shares.values())), n)]


def log_odds(people: pd.DataFrame) -> NDArray[np.float64]:
    """Return the true log-odds of default; sex, age and ethnicity do not enter."""
    instalment_share = people[AMOUNT] / people[DURATION] / people[INCOME]
    eta = (
        -2.15
        - 1.1 * np.log(people[INCOME] / 2300)
        + 4.0 * np.clip(instalment_share - 0.12, -0.1, 0.4)
        + 0.015 * (people[DURATION] - 24)
        + 0.45 * people[CREDITS]
        - 0.04 * (np.minimum(people[YEARS], 15) - 5)
        + people[DISTRICT].map(DISTRICT_EFFECT).fillna(0.0).astype("float64")
    )
    for column, levels in LEVELS.items():
        eta += people[column].map({name: effect for name, (_, effect) in levels.items()}).astype("float64")
    return np.asarray(eta, dtype=np.float64)


def simulate(rng: np.random.Generator, n: int, first_id: int = 1) -> pd.DataFrame:
    """Return ``n`` independent simulated loans: id, nine inputs, sex, age, ethnicity, outcome."""
    ethnicity = pick(rng, np.array(list(ETHNICITIES.values())), n)
    start, stop = np.array(list(AGE_BANDS))[pick(rng, np.array(list(AGE_BANDS.values())), n)].T
    age = (start + np.floor(rng.random(n) * (stop - start))).astype(np.int64)
    loans = pd.DataFrame({"loan id": [f"L{number:06d}" for number in range(first_id, first_id + n)]})
    loans[INCOME] = np.round(2300 * np.exp(0.42 * rng.standard_normal(n)), -1)
    loans[YEARS] = np.floor(2 * rng.random(n) ** 1.3 * (age - 18) * 0.9) / 2
    loans[CREDITS] = level(rng, CREDIT_SHARES, n).astype(np.int64)
    amount = np.round(5200 * np.exp(0.65 * rng.standard_normal(n)), -2)
    loans[AMOUNT] = np.clip(amount, 500, 40_000).astype(np.int64)
    loans[DURATION] = level(rng, DURATION_SHARES, n).astype(np.int64)
    for column, levels in LEVELS.items():
        loans[column] = level(rng, {name: share for name, (share, _) in levels.items()}, n)
    shares = np.array([DISTRICT_SHARES[name] for name in ETHNICITIES])
    loans[DISTRICT] = np.array(DISTRICTS)[pick(rng, shares[ethnicity], n)]
    loans["sex"] = level(rng, SEXES, n)
    loans["age"] = age
    loans["ethnicity"] = np.array(list(ETHNICITIES))[ethnicity]
    event = rng.random(n) < 1 / (1 + np.exp(-log_odds(loans)))
    loans[TARGET] = np.where(event, EVENT, NO_EVENT)
    for column, share in MISSING.items():
        loans.loc[rng.random(n) < share, column] = None
    return loans


def fit(training: pd.DataFrame) -> Pipeline:
    """Return the fitted pipeline; a missing text is a level of its own: all its indicators are 0."""
    categories = [list(levels) for levels in LEVELS.values()] + [list(DISTRICTS)]
    encoder = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("texts", encoder, [*LEVELS, DISTRICT])], remainder="passthrough")
    boosting = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.07, max_leaf_nodes=6, min_samples_leaf=50, l2_regularization=1.0,
        early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):
        model = Pipeline([("columns", columns), ("boosting", boosting)])
        return model.fit(training[INPUTS], training[TARGET].to_numpy(dtype=str))


def tables() -> dict[str, pd.DataFrame]:
    """Return the three committed tables; the background is drawn from the training rows."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    training = simulate(rng, TRAINING_ROWS)
    chosen = np.sort(np.argsort(rng.random(TRAINING_ROWS), kind="stable")[:BACKGROUND_ROWS])
    sample = simulate(rng, SAMPLE_ROWS, TRAINING_ROWS + 1)
    return {
        "training": training,
        "background": training.iloc[chosen].reset_index(drop=True),
        "sample": sample,
    }


def write(folder: Path) -> None:
    """Write the three tables and the model."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tables()
    for name, table in made.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    skops.io.dump(fit(made["training"]), folder / "model.skops", compression=zipfile.ZIP_DEFLATED)


def load(folder: Path) -> Pipeline:
    """Return the saved model. It is our own file, so every type that it names is accepted."""
    path = folder / "model.skops"
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def cramers_v() -> float:
    """Return Cramér's V of ethnicity and district in the population, exact from the stated shares."""
    joint = np.array([np.multiply(ETHNICITIES[name], DISTRICT_SHARES[name]) for name in ETHNICITIES])
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    return float(np.sqrt(((joint - expected) ** 2 / expected).sum() / (min(joint.shape) - 1)))


def truth(model: Pipeline, people: pd.DataFrame) -> dict[str, object]:
    """Return the model's rates on ``people``; groups with a missing entry are left out of a column."""
    score = model.predict_proba(people[INPUTS])[:, list(model.classes_).index(EVENT)]
    ages = [*(f"{low}–{high - 1}" for low, high in pairwise(AGE_EDGES)), f"{AGE_EDGES[-1]}+"]
    facts = pd.DataFrame(
        {
            "sex": people["sex"],
            "age": np.array(ages)[np.searchsorted(AGE_EDGES, people["age"], side="right") - 1],
            "ethnicity": people["ethnicity"],
            DISTRICT: people[DISTRICT],
            "share": 1 / len(people),
            "event_rate": people[TARGET] == EVENT,
            "selection_rate": score < THRESHOLD,
        }
    )
    how = {"share": "sum", "event_rate": "mean", "selection_rate": "mean"}
    groups = {}
    for column in ("sex", "age", "ethnicity", DISTRICT):
        rates = facts.groupby(column).agg(how)
        rates["impact_ratio"] = rates["selection_rate"] / rates["selection_rate"].max()
        groups[column] = rates.round(6).to_dict(orient="index")
    within = facts[facts[DISTRICT] == "Ost"].groupby("ethnicity")["selection_rate"].mean()
    return {
        "people": len(people),
        "threshold": THRESHOLD,
        "event_rate": round(float(facts["event_rate"].mean()), 6),
        "selection_rate": round(float(facts["selection_rate"].mean()), 6),
        "auc": round(float(roc_auc_score(facts["event_rate"], score)), 6),
        "cramers_v": round(cramers_v(), 6),
        "selection_rate_in_ost": within.round(6).to_dict(),
        "groups": groups,
    }


def main() -> None:
    """Write the sample, or the truth about it."""
    parser = argparse.ArgumentParser(description="Simulated consumer loans for explainaudit.")
    parser.add_argument("--output", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--truth", action="store_true", help="compute truth.json from the saved model")
    options = parser.parse_args()
    if not options.truth:
        write(options.output)
        return
    people = simulate(np.random.Generator(np.random.PCG64(TRUTH_SEED)), TRUTH_PEOPLE)
    found = json.dumps(truth(load(options.output), people), ensure_ascii=False, indent=1)
    (options.output / "truth.json").write_text(found + "\n", encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
