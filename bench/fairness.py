"""The fairness section of a million rows, six features and all their pairs, against fairlearn's MetricFrame.

    python bench/fairness.py [--quick]

Both sides have the same scored rows, on one thread. fairlearn gives point metrics alone: count, selection
rate, the five error rates and the mean score, for each feature and each pair of features. explainaudit gives
the same with intervals, comparisons under Holm's adjustment, largest gaps, distances of scores and tables.
A run whose rates are apart by more than 1e-9 counts nothing, and the exit code is then 1. Printed are the
ratio of the two times, and explainaudit's peak memory in a process of its own, rows included; the last line
is one JSON object.

``--quick`` takes less than a minute: 50,000 rows. The full run takes a quarter of an hour, all but a minute
of it for fairlearn; targets are for the full run.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
import warnings
from typing import Any

FEATURES = {"sex": 2, "age": 5, "ethnicity": 5, "disability": 2, "nationality": 4, "religion": 6}
TARGET, MEMORY = 10.0, 1000.0  # times MetricFrame, and MB
EVENT, OTHER = "default", "paid"


def rows(number: int) -> Any:
    """Return responses with scored rows of a binary model: labels, scores, decisions and groups."""
    import numpy as np
    import pandas as pd

    from explainaudit.records.bundle import ModelIdentity, TableIdentity
    from explainaudit.records.plan import Decision, Explain, SensitiveFeature, Task
    from explainaudit.records.responses import ColumnFacts, Responses

    rng = np.random.default_rng(1)
    score = rng.beta(2, 5, size=number)
    event = score >= 0.35
    scored = pd.DataFrame(
        {
            "key": pd.Series([f"{place:064x}" for place in range(number)], dtype="str"),
            "label": pd.Series(np.where(rng.uniform(size=number) < score, EVENT, OTHER), dtype="str"),
            "score": score,
            "event_predicted": event,
            "predicted": pd.Series(np.where(event, EVENT, OTHER), dtype="str"),
            "favourable": pd.array(~event, dtype="boolean"),
        }
    )
    for name, groups in FEATURES.items():
        names = np.array([f"{name} {letter}" for letter in "abcdefgh"[:groups]], dtype=object)
        share = 0.6 ** np.arange(groups)
        scored[f"group:{name}"] = pd.Series(rng.choice(names, number, p=share / share.sum()), dtype="str")
    names = tuple(FEATURES)
    return Responses(
        seed=1,
        task=Task(target="outcome", event=EVENT),
        decision=Decision(threshold=0.35, favourable="no event"),
        explain=Explain(),
        costs=None,
        sensitive=tuple(SensitiveFeature(column=name) for name in names),
        intersections=tuple(pairs()),
        model=ModelIdentity(digest=None, format="memory", estimator="drawn", classes=(EVENT, OTHER)),
        tables=(TableIdentity(name="sample", rows=number, columns=len(scored.columns), digest="0" * 64),),
        columns=tuple(ColumnFacts(name=name, type="text", role="sensitive") for name in names),
        scored=scored,
    )


def pairs() -> list[tuple[str, str]]:
    """Return all pairs of features."""
    from itertools import combinations

    return list(combinations(FEATURES, 2))


def by_explainaudit(responses: Any) -> dict[tuple[str, str], dict[str, float]]:
    """Return the rates of every group, out of the whole section."""
    from explainaudit.analyses.fairness import FAIRNESS

    found = FAIRNESS.measure(responses, FAIRNESS.settings())
    rates: dict[tuple[str, str], dict[str, float]] = {}
    for each in found.measures:
        if "group" in each.dimensions and set(each.dimensions) == {"sensitive", "group"}:
            name = each.dimensions["sensitive"], each.dimensions["group"]
            rates.setdefault(name, {})[each.metric] = each.value
    return rates


def by_fairlearn(responses: Any) -> dict[tuple[str, str], dict[str, float]]:
    """Return the same point metrics as MetricFrame has them, one frame for each feature and pair."""
    import fairlearn.metrics as fl
    import numpy as np

    scored = responses.scored
    actual = (scored["label"] == EVENT).to_numpy().astype(int)
    event = scored["event_predicted"].to_numpy().astype(int)
    score = scored["score"].to_numpy()
    errors = {
        "tpr": fl.true_positive_rate,
        "fpr": fl.false_positive_rate,
        "fnr": fl.false_negative_rate,
        "fdr": lambda y_true, y_pred: 1 - np.mean(y_true[y_pred == 1]),
        "for": lambda y_true, y_pred: np.mean(y_true[y_pred == 0]),
    }
    rates: dict[tuple[str, str], dict[str, float]] = {}
    for columns in [*((name,) for name in FEATURES), *pairs()]:
        groups = scored[[f"group:{name}" for name in columns]]
        frames = [
            fl.MetricFrame(metrics=errors, y_true=actual, y_pred=event, sensitive_features=groups),
            fl.MetricFrame(
                metrics={"group_size": fl.count, "selection_rate": fl.selection_rate},
                y_true=actual, y_pred=1 - event, sensitive_features=groups,
            ),
            fl.MetricFrame(
                metrics={"mean_score": fl.mean_prediction},
                y_true=actual, y_pred=score, sensitive_features=groups,
            ),
        ]  # fmt: skip
        for frame in frames:
            for group, line in frame.by_group.iterrows():
                cell = group if isinstance(group, tuple) else (group,)
                rates.setdefault((" × ".join(columns), " × ".join(cell)), {}).update(line)
    return rates


SIDES = {"explainaudit": by_explainaudit, "fairlearn": by_fairlearn}


def furthest(ours: dict[Any, Any], theirs: dict[Any, Any]) -> float:
    """Return how far the two sides' rates are apart at most."""
    gaps = []
    for name, rates in theirs.items():
        mine = ours[name]
        shared = rates.keys() & mine.keys()  # scores of pairs are no part of the section
        gaps += [abs(mine[metric] - rates[metric]) for metric in shared]
    return max(gaps)


def peak(number: int, answer: Any) -> None:
    """Send the peak memory, in MB, of a process that makes the rows and measures them."""
    by_explainaudit(rows(number))
    answer.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory(number: int) -> float:
    """Return explainaudit's peak memory in a process of its own, in MB."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    child = context.Process(target=peak, args=(number, answer))
    child.start()
    found = float(answer.get())
    child.join()
    return found


def main() -> int:
    """Measure, print a table and end with one line of JSON; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rows and turns, under a minute")
    chosen = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # before NumPy is imported; children inherit it
    warnings.simplefilter("ignore")
    number = 50_000 if chosen.quick else 1_000_000
    used = memory(number)
    responses = rows(number)
    seconds, answers = {}, {}
    for side, measure in SIDES.items():
        start = time.perf_counter()
        answers[side] = measure(responses)
        seconds[side] = time.perf_counter() - start
        print(f"{side:14} {seconds[side]:8.1f} s", flush=True)
    apart = furthest(answers["explainaudit"], answers["fairlearn"])
    times = seconds["explainaudit"] / seconds["fairlearn"]
    print(
        f"{number} rows, {len(FEATURES)} features, {len(pairs())} pairs, rates apart by {apart:.1e} at most"
    )
    print(f"times fairlearn {times:.3f} (at most {TARGET:g}), memory {used:.0f} MB (below {MEMORY:g})")
    agree = apart < 1e-9
    found = {"times_fairlearn": round(times, 4) if agree else None, "memory_mb": round(used)}
    print(json.dumps({**found, "quick": chosen.quick}))
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
