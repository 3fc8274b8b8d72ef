"""How often explainaudit's intervals hold the true value, and how often its verdicts err, in drawn samples.

    python bench/coverage.py [--quick] [--only NAME]

Every setting is drawn again and again from a known truth, with a fixed seed. An interval at 95 % should hold
the truth in about 95 % of the samples; a verdict at a truth on the boundary of its criterion should err in at
most 2.5 %, and the interval of an equalised-odds difference should hold 0 in at least 95 % where groups
are alike. Few rows and whole counts have lower targets, printed with the line.

A line misses its target where three Monte-Carlo errors do not explain the distance; the exit code is then 1.
The last line of the output is one JSON object: per name the mean share over its settings (of verdicts: the
highest), and ``spread``, the lowest and highest.

``--quick`` takes less than a minute: fewer samples, the same settings. ``--only`` runs the lines of one name.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any


def lines() -> dict[str, Callable[[int], Iterator[Any]]]:
    """Return what is drawn, by name; each takes the number of samples a setting."""
    import coverage_proportions as proportions
    import coverage_scores as scores
    import coverage_verdicts as verdicts

    return {
        "wilson": proportions.wilson_lines,
        "share_clustered": proportions.share_lines,
        "newcombe": proportions.newcombe_lines,
        "koopman": proportions.koopman_lines,
        "mean": scores.mean_lines,
        "auc": scores.auc_lines,
        "ks": scores.ks_lines,
        "smd": scores.smd_lines,
        "disparity": scores.disparity_lines,
        "largest_gap": verdicts.gap_lines,
        "no_gap": verdicts.no_gap_lines,
        "false_meets": verdicts.false_meets,
        "false_does_not_meet": verdicts.false_does_not_meet,
    }


def main() -> int:
    """Draw, print a table and end with one line of JSON; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer samples, under a minute")
    parser.add_argument("--only", metavar="NAME", help="the lines of one name, such as koopman")
    chosen = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # before NumPy is imported
    drawn = {name: line for name, line in lines().items() if chosen.only in (None, name)}
    if not drawn:
        parser.error(f"--only takes one of: {', '.join(lines())}")
    start, samples = time.perf_counter(), 1000 if chosen.quick else 10_000
    print(f"{'quick' if chosen.quick else 'full'}, {samples} samples a setting")
    print(f"{'name':22}{'share':>8}{'target':>9}{'':8}setting")
    figures, spread, missed = {}, {}, False
    for name, line in drawn.items():
        shares = []
        for each in line(samples):
            shares.append(each.share)
            missed = missed or each.missed
            verdict = "missed" if each.missed else "met"
            print(f"{name:22}{each.share:8.4f}{each.target:>9}  {verdict:6}{each.setting}", flush=True)
        whole = max(shares) if name.startswith("false") else sum(shares) / len(shares)
        figures[name] = round(whole, 4)
        spread[name] = [round(min(shares), 4), round(max(shares), 4)]
    print(f"{time.perf_counter() - start:.0f} s")
    print(json.dumps({**figures, "spread": spread, "quick": chosen.quick}))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
