"""Clinical measurements of 442 patients and the regression that explainaudit audits.

The data are real and come with scikit-learn (`load_diabetes`); the README beside this file names their
source. A row is named by its place in that table; the split is a fixed permutation.

    python train.py --output DIR     writes training and sample (.parquet) and model.skops
"""

import argparse
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
SEED, TRAINING_ROWS = 5, 242
TARGET = "progression after one year"
NAMES = {  # scikit-learn's short names, and the meaning its documentation gives
    "age": "age (years)",
    "sex": "sex",
    "bmi": "body mass index",
    "bp": "average blood pressure",
    "s1": "total cholesterol",
    "s2": "LDL cholesterol",
    "s3": "HDL cholesterol",
    "s4": "cholesterol / HDL",
    "s5": "log triglycerides",
    "s6": "blood sugar",
}
WHOLE = ("age (years)", "sex", "total cholesterol", "blood sugar")
INPUTS = list(NAMES.values())
RISING = ("body mass index", "average blood pressure", "log triglycerides")


def patients() -> pd.DataFrame:
    """Return all rows in the units of the source: an id, ten inputs and the target."""
    source = load_diabetes(as_frame=True, scaled=False)
    table = source.data.rename(columns=NAMES)
    for name in WHOLE:
        table[name] = table[name].round().astype("int64")
    table.insert(0, "patient", [f"P{number:03d}" for number in range(1, len(table) + 1)])
    table[TARGET] = source.target.astype("int64").to_numpy()
    return table


def tables() -> dict[str, pd.DataFrame]:
    """Return the training rows and the audited rows; together they are all patients."""
    table = patients()
    order = np.argsort(np.random.Generator(np.random.PCG64(SEED)).random(len(table)), kind="stable")
    learned = np.sort(order[:TRAINING_ROWS])
    audited = np.sort(order[TRAINING_ROWS:])
    return {
        "training": table.iloc[learned].reset_index(drop=True),
        "sample": table.iloc[audited].reset_index(drop=True),
    }


def fit(training: pd.DataFrame) -> HistGradientBoostingRegressor:
    """Return the fitted model: shallow trees, held to rise with three of the inputs."""
    model = HistGradientBoostingRegressor(
        max_iter=60, learning_rate=0.06, max_leaf_nodes=5, min_samples_leaf=15, l2_regularization=1.0,
        monotonic_cst=dict.fromkeys(RISING, 1), early_stopping=False, random_state=0,
    )  # fmt: skip
    with threadpool_limits(1):
        return model.fit(training[INPUTS].astype("float64"), training[TARGET].to_numpy(dtype=float))


def load(folder: Path) -> HistGradientBoostingRegressor:
    """Return the saved model. It is our own file, so every type that it names is accepted."""
    path = folder / "model.skops"
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def write(folder: Path) -> None:
    """Write both tables and the model."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tables()
    for name, table in made.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
    skops.io.dump(fit(made["training"]), folder / "model.skops", compression=zipfile.ZIP_DEFLATED)


def main() -> None:
    """Write the sample."""
    parser = argparse.ArgumentParser(description="Clinical measurements for explainaudit.")
    parser.add_argument("--output", type=Path, default=HERE, help="folder to write to")
    write(parser.parse_args().output)


if __name__ == "__main__":
    main()
