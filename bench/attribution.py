"""Ratios of explainaudit's SHAP and LIME to shap, lime and its own other algorithms, measured in one run.

    python bench/attribution.py [--quick] [--only NAME]

Both sides have the same model and rows and take turns, on one thread; the median and the range of the
repeats are printed, with what each side did and how far the two answers are apart. A line whose sides
do not agree counts nothing: its figure is null, and the exit code is 1. The last line of the output
is one JSON object: the figures by name, and ``spread``, their lowest and highest.

``--quick`` takes less than a minute: fewer rows and repeats, models fitted to 5,000 rows (the SVM to 2,000),
a forest of 60 trees in place of 300. Targets are for the full run: quick figures are for comparison
with those of another quick run. ``--only`` runs the lines of one name.
"""

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any


def lines() -> dict[str, Callable[[bool], Iterator[Any]]]:
    """Return what is measured, by name."""
    import attribution_engines as engines
    import attribution_lime as lime
    import attribution_shap as shap

    return {
        "lime_xgboost": lime.lime_line("xgboost", 150),
        "lime_rf": lime.lime_line("rf", 300),
        "lime_mlp": lime.lime_line("mlp", 100),
        "lime_svm": lime.lime_line("svm", 500),
        "lime_pool": lime.pool_lines,
        "shap_xgboost": shap.tree_lines("xgboost", {1000: 25, 5000: 150}, 20),
        "shap_lightgbm": shap.tree_lines("lightgbm", {1000: 10, 5000: 70}, 20),
        "shap_hgb": shap.tree_lines("hgb", {1000: 10, 5000: 80}, 20),
        "shap_rf": shap.tree_lines("rf", {256: 3}, 5),
        "raw_columns": shap.raw_columns,
        "choice": engines.choice,
        "memory": engines.memory,
        "growth_shap": shap.shap_growth,
        "growth_lime": lime.lime_growth,
    }


def main() -> int:
    """Measure, print a table and end with one line of JSON; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rows and repeats, under a minute")
    parser.add_argument("--only", metavar="NAME", help="the lines of one name, such as lime_xgboost")
    chosen = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # before NumPy is imported; children inherit it
    warnings.simplefilter("ignore")
    measured = {name: line for name, line in lines().items() if chosen.only in (None, name)}
    if not measured:
        parser.error(f"--only takes one of: {', '.join(lines())}")
    start = time.perf_counter()
    print(f"{'quick' if chosen.quick else 'full'}, one thread, load {os.getloadavg()[0]:.1f}")
    print(f"{'figure':30}{'median':>10}{'lowest':>10}{'highest':>10}  {'target':9}{'':8}what each side did")
    found = []
    for line in measured.values():
        for each in line(chosen.quick):
            found.append(each)
            print(as_text(each, chosen.quick), flush=True)
    print(f"{time.perf_counter() - start:.0f} s, load {os.getloadavg()[0]:.1f}")
    figures = {each.name: None if each.off else round(each.median, 4) for each in found}
    spread = {each.name: [round(min(each.ratios), 4), round(max(each.ratios), 4)] for each in found}
    print(json.dumps({**figures, "spread": spread, "quick": chosen.quick}))
    return int(any(each.off for each in found))


def as_text(line: Any, quick: bool) -> str:
    """Return a line of the table, with how far the two sides are apart below it."""
    verdict = line.verdict if line.off or not quick else ""
    target = f"≥ {line.at_least:g}" if line.at_least is not None else ""
    target = f"≤ {line.at_most:g}" if line.at_most is not None else target
    low, high = min(line.ratios), max(line.ratios)
    first = f"{line.name:30}{line.median:10.3g}{low:10.3g}{high:10.3g}  {target:9}{verdict:8}{line.sides}"
    return f"{first}\n{'':79}{line.agreement}" if line.agreement else first


if __name__ == "__main__":
    sys.exit(main())
