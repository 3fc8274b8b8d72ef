"""Simulated insurance claims in three classes, and the LightGBM model that explainaudit audits.

No row describes a person or an insurer. The README beside this file lists what was built in. Only
``random`` and ``standard_normal`` of NumPy's PCG64 are drawn, so the tables come out the same with every
NumPy; LightGBM runs deterministically in one thread, so predictions agree to 1e-9.

    python train.py --output DIR     writes training, sample (.parquet) and model.txt
    python train.py --truth          scores 200,000 fresh claims with the saved model: truth.json
"""

import argparse
import json
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SEED, TRUTH_SEED = 11, 12
TRAINING_ROWS, SAMPLE_ROWS, POOL_ROWS, TRUTH_CLAIMS = 4000, 2000, 6000, 200_000

TARGET = "triage"
CLASSES = ("fast track", "standard", "investigate")
AMOUNT, DELAY, TENURE = "claimed amount (€)", "days to report", "policy age (years)"
EARLIER, PHOTOS, HOUR = "earlier claims", "photos", "hour of loss"
KIND, WORKSHOP = "kind of loss", "workshop"
KINDS = {"glass": (0.25, -1.2), "collision": (0.40, 0.0), "theft": (0.12, 1.1), "weather": (0.23, -0.5)}
WORKSHOPS = ("network", "free", "none")
REGIONS = {"coast": 0.46, "hills": 0.50, "islands": 0.04}
WORKSHOP_SHARES = {  # by region: the proxy
    "coast": (0.68, 0.14, 0.18),
    "hills": (0.18, 0.64, 0.18),
    "islands": (0.30, 0.40, 0.30),
}
WORKSHOP_HABIT = {"free": 1.7}  # added by past handlers' habit alone: the risk behind it is the same
SEXES = {"female": 0.5, "male": 0.5}
AGE_EDGES = (18, 35, 60)
INPUTS = [AMOUNT, DELAY, TENURE, EARLIER, PHOTOS, HOUR, KIND, WORKSHOP]
OVERSAMPLED = 3.0  # an investigated claim is this much likelier to enter the audited sample


def pick(rng: np.random.Generator, shares: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Return ``n`` positions drawn with ``shares``: (k,) for everybody, or (n, k) one row a claim."""
    steps = np.cumsum(np.broadcast_to(shares, (n, shares.shape[-1]))[:, :-1], axis=1)
    return np.asarray((rng.random((n, 1)) >= steps).sum(axis=1), dtype=np.intp)


def level(rng: np.random.Generator, shares: dict[str, float], n: int) -> NDArray[np.str_]:
    """Return ``n`` keys of ``shares``, drawn with its values."""
    return np.array(list(shares))[pick(rng, np.array(list(shares.values())), n)]


def suspicion(claims: pd.DataFrame) -> NDArray[np.float64]:
    """Return what past handlers went by; sex and age do not enter, region through the workshop alone."""
    amount = np.log(claims[AMOUNT].to_numpy(dtype=float) / 1500)
    found = (
        0.9 * amount
        + 0.05 * np.minimum(claims[DELAY].to_numpy(dtype=float), 40)
        - 0.12 * np.minimum(claims[TENURE].to_numpy(dtype=float), 10)
        + 0.5 * claims[EARLIER].to_numpy(dtype=float)
        - 0.25 * claims[PHOTOS].to_numpy(dtype=float)
        + 0.6 * (np.abs(claims[HOUR].to_numpy(dtype=float) - 3) < 3)
    )
    found += claims[KIND].map({name: effect for name, (_, effect) in KINDS.items()}).to_numpy(dtype=float)
    return found + claims[WORKSHOP].map(WORKSHOP_HABIT).fillna(0.0).to_numpy(dtype=float)


def simulate(rng: np.random.Generator, n: int, first: int = 1) -> pd.DataFrame:
    """Return ``n`` simulated claims; about a third share a household with another claim."""
    region = pick(rng, np.array(list(REGIONS.values())), n)
    claims = pd.DataFrame({"claim": [f"C{number:06d}" for number in range(first, first + n)]})
    shared = np.floor(np.arange(n) - 2 * (rng.random(n) < 0.6)).clip(0).astype(np.int64)
    claims["household"] = [f"H{first + number:06d}" for number in shared]
    claims[AMOUNT] = np.round(1500 * np.exp(0.8 * rng.standard_normal(n)), -1).clip(50, 60_000)
    claims[DELAY] = np.floor(12 * rng.random(n) ** 2.5 * 5).astype(np.int64)
    claims[TENURE] = np.floor(2 * 14 * rng.random(n) ** 1.4) / 2
    claims[EARLIER] = pick(rng, np.array([0.6, 0.25, 0.1, 0.05]), n)
    claims[PHOTOS] = pick(rng, np.array([0.15, 0.2, 0.3, 0.2, 0.15]), n)
    claims[HOUR] = np.floor(24 * rng.random(n)).astype(np.int64)
    claims[KIND] = level(rng, {name: share for name, (share, _) in KINDS.items()}, n)
    shares = np.array([WORKSHOP_SHARES[name] for name in REGIONS])
    claims[WORKSHOP] = np.array(WORKSHOPS)[pick(rng, shares[region], n)]
    claims["sex"] = level(rng, SEXES, n)
    claims["age"] = (19 + np.floor(rng.random(n) * 62)).astype(np.int64)
    claims["region"] = np.array(list(REGIONS))[region]
    felt = suspicion(claims) + 1.1 * rng.standard_normal(n)
    claims[TARGET] = np.array(CLASSES)[np.searchsorted([0.5, 2.6], felt)]
    claims.loc[rng.random(n) < 0.07, TENURE] = None
    claims.loc[rng.random(n) < 0.05, WORKSHOP] = None
    return claims


def tables() -> dict[str, pd.DataFrame]:
    """Return training rows, and audited rows that oversample investigated claims, with weights."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    training = simulate(rng, TRAINING_ROWS)
    pool = simulate(rng, POOL_ROWS, TRAINING_ROWS + 1)
    chance = np.where(pool[TARGET] == "investigate", OVERSAMPLED, 1.0)
    chance *= SAMPLE_ROWS / chance.sum()
    # Systematic sampling: every row is drawn with exactly its chance.
    steps = np.floor(np.cumsum(chance) + rng.random())
    drawn = np.diff(steps, prepend=0.0) >= 1
    sample = pool[drawn].reset_index(drop=True)
    sample["weight"] = np.round(1 / chance[drawn], 6)
    return {"training": training, "sample": sample}


def coded(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the inputs as LightGBM takes them: texts as categories with fixed levels."""
    inputs = claims[INPUTS].copy()
    inputs[KIND] = pd.Categorical(inputs[KIND], categories=list(KINDS))
    inputs[WORKSHOP] = pd.Categorical(inputs[WORKSHOP], categories=list(WORKSHOPS))
    return inputs


def fit(training: pd.DataFrame) -> lightgbm.Booster:
    """Return the fitted booster; classes are numbered in the order of `CLASSES`."""
    label = training[TARGET].map({name: number for number, name in enumerate(CLASSES)}).to_numpy()
    parameters = {
        "objective": "multiclass",
        "num_class": 3,
        "num_leaves": 8,
        "learning_rate": 0.15,
        "min_data_in_leaf": 40,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": 0,
        "verbose": -1,
    }
    return lightgbm.train(parameters, lightgbm.Dataset(coded(training), label), num_boost_round=45)


def load(folder: Path) -> lightgbm.Booster:
    """Return the saved model."""
    return lightgbm.Booster(model_file=folder / "model.txt")


def write(folder: Path) -> None:
    """Write both tables and the model."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tables()
    for name, table in made.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    fit(made["training"]).save_model(folder / "model.txt")


def truth(model: lightgbm.Booster, claims: pd.DataFrame) -> dict[str, object]:
    """Return the model's true rates: fast track by group, and by region within each workshop."""
    predicted = np.array(CLASSES)[model.predict(coded(claims), num_threads=1).argmax(axis=1)]
    bands = np.array(["18–34", "35–59", "60+"])[np.searchsorted(AGE_EDGES, claims["age"], side="right") - 1]
    facts = claims[["sex", "region", WORKSHOP]].assign(age=bands, fast=predicted == "fast track")
    facts["right"] = predicted == claims[TARGET].to_numpy()
    groups = {}
    for column in ("sex", "age", "region"):
        rates = facts.groupby(column)["fast"].agg(["mean", "size"])
        groups[column] = {
            str(name): {
                "share": round(float(row["size"]) / len(facts), 6),
                "selection_rate": round(float(row["mean"]), 6),
                "impact_ratio": round(float(row["mean"] / rates["mean"].max()), 6),
            }
            for name, row in rates.iterrows()
        }
    free = facts[facts[WORKSHOP] == "free"].groupby("region")["fast"].mean()
    return {
        "claims": len(facts),
        "accuracy": round(float(facts["right"].mean()), 6),
        "class_shares": {name: round(float((claims[TARGET] == name).mean()), 6) for name in CLASSES},
        "groups": groups,
        "fast_track_with_free_workshop": free.round(6).to_dict(),
    }


def main() -> None:
    """Write the sample, or the truth about it."""
    parser = argparse.ArgumentParser(description="Simulated insurance claims for explainaudit.")
    parser.add_argument("--output", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--truth", action="store_true", help="compute truth.json from the saved model")
    options = parser.parse_args()
    if not options.truth:
        write(options.output)
        return
    claims = simulate(np.random.Generator(np.random.PCG64(TRUTH_SEED)), TRUTH_CLAIMS)
    found = json.dumps(truth(load(options.output), claims), ensure_ascii=False, indent=1)
    (options.output / "truth.json").write_text(found + "\n", encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
