"""How often the fairness section sees a difference where there is none: the credit sample, groups shuffled.

    python bench/false_alarms.py [--quick]

The tuple of sensitive columns of the credit sample is dealt out anew among its rows, with a fixed seed, so
that no group can differ from another but by chance, while the groups keep their sizes and their overlap. In
each copy the whole section is measured: all rates, scores and intersections. Printed are the share of
copies in which any comparison of the group tables is still below 5 % after Holm's adjustment (at most 5 %
within three Monte-Carlo errors, else the exit code is 1), the share with any "does not meet" for an impact
ratio of at least 0.80, and, counted apart, the share with any slice found by search that lies below 5 %
after its own adjustment. The sample itself, as it is, must show its disparity. The last line of the output
is one JSON object.

``--quick`` takes less than a minute: 20 copies in place of 200.
"""

import argparse
import dataclasses
import json
import math
import os
import sys
import warnings
from pathlib import Path
from typing import Any

COPIES, FEW_COPIES = 200, 20
LEVEL, LEAST = 0.05, 0.80


def audited() -> Any:
    """Return the responses of the credit sample: its rows, scored once by its model."""
    from explainaudit.analyses import ANALYSES
    from explainaudit.loading.auditee import describe_auditee, read_auditee
    from explainaudit.loading.scoring import score_rows
    from explainaudit.planning import read_plan
    from explainaudit.records.responses import Responses
    from explainaudit.records.stage import Consent

    sample = Path(__file__).parents[1] / "sample_models" / "credit" / "audit.yaml"
    request = read_plan(sample, ANALYSES)
    files = {name: str(path) for name, path in request.files.items()}
    auditee = read_auditee(files, Consent(), request.plan.measuring)
    described, tables = describe_auditee(auditee, request.plan.measuring)
    plan = described.plan
    rows, keys = tables["sample"]
    return Responses(
        seed=plan.seed,
        task=plan.task,
        decision=plan.decision,
        explain=plan.explain,
        costs=plan.costs,
        sensitive=plan.sensitive,
        strata=plan.strata,
        intersections=plan.resolved_intersections(),
        model=described.model,
        tables=described.tables,
        columns=described.columns,
        scored=score_rows(auditee, described, rows, keys),
        rows=rows,
    )


def shuffled(responses: Any, seed: int) -> Any:
    """Return the same responses with the sensitive columns, as one tuple, dealt out anew."""
    import numpy as np

    scored = responses.scored
    order = np.random.default_rng(seed).permutation(len(scored))
    groups = {name: scored[name].iloc[order].to_numpy() for name in scored if name.startswith("group:")}
    kept = {name: scored[name].dtype for name in groups}
    return dataclasses.replace(responses, scored=scored.assign(**groups).astype(kept))


def alarms(responses: Any) -> dict[str, bool]:
    """Return whether any comparison, any verdict and any slice found speaks of a difference."""
    from explainaudit.analyses.fairness import FAIRNESS
    from explainaudit.analyses.slices import SLICES
    from explainaudit.judging.impact import impact_verdicts
    from explainaudit.records.plan import Criterion

    found = FAIRNESS.measure(responses, FAIRNESS.settings())
    verdicts = impact_verdicts(found, Criterion(measure="fairness.impact_ratio", at_least=LEAST))
    slices = SLICES.measure(responses, SLICES.settings())
    return {
        "after_holm": bool(found.measure("after_holm").value),
        "does_not_meet": any(each.status == "does_not_meet" for each in verdicts),
        "slices": any(
            each.value is not None and each.value <= LEVEL
            for each in slices.measures
            if each.metric == "slice_holm" and each.dimensions["criterion"].startswith("disparity")
        ),
    }


def main() -> int:
    """Measure, print and end with one line of JSON; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer copies, under a minute")
    chosen = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # before NumPy is imported
    warnings.simplefilter("ignore")
    responses = audited()
    itself = alarms(responses)
    copies = FEW_COPIES if chosen.quick else COPIES
    seen = dict.fromkeys(itself, 0)
    for seed in range(copies):
        for name, alarm in alarms(shuffled(responses, seed)).items():
            seen[name] += alarm
    error = math.sqrt(LEVEL * (1 - LEVEL) / copies)
    shares = {name: number / copies for name, number in seen.items()}
    for name, share in shares.items():
        print(f"{name:14} {share:7.3f} of {copies} copies; the sample itself: {itself[name]}")
    print(f"after_holm: at most {LEVEL:g}, Monte-Carlo error {error:.3f}")
    print(json.dumps({**shares, "sample": itself, "copies": copies, "quick": chosen.quick}))
    return int(shares["after_holm"] > LEVEL + 3 * error or not itself["after_holm"])


if __name__ == "__main__":
    sys.exit(main())
