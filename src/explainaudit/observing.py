"""Responses: what the auditee answered, gathered from the stages' files for all analyses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explainaudit.analysis import Needs
from explainaudit.records.attribution import Attribution
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.stage import Described, Selection
from explainaudit.stage_files import (
    read_attributions,
    read_effects,
    read_flips,
    read_interactions,
    read_losses,
)
from explainaudit.stats.design import Design


def joined(parts: Sequence[tuple[Attribution, ...]]) -> tuple[Attribution, ...]:
    """Return one attribution for each output, with the rows of all parts in their order."""
    return tuple(_joined(of_output) for of_output in zip(*parts, strict=True))


def _joined(parts: Sequence[Attribution]) -> Attribution:
    arrays: dict[str, Any] = {}
    for field in fields(Attribution):
        values = [getattr(part, field.name) for part in parts]
        is_array = isinstance(values[0], np.ndarray)
        arrays[field.name] = np.concatenate(values) if is_array else getattr(parts[0], field.name)
    return Attribution(**arrays)


def read_scored(inputs: Mapping[str, str], table: str) -> pd.DataFrame:
    """Return the scored rows of all partitions of a table, in key order."""
    frames = [pd.read_parquet(folder / "scored.parquet") for folder in _parts(inputs, f"score/{table}-")]
    return pd.concat(frames, ignore_index=True)


def _parts(inputs: Mapping[str, str], prefix: str) -> list[Path]:
    return [Path(folder) for name, folder in sorted(inputs.items()) if name.startswith(prefix)]


def gather(inputs: Mapping[str, str], needs: Needs) -> Responses:
    """Return the responses held in the folders of finished stages, as far as they are needed.

    Parameters
    ----------
    inputs : mapping of str to str
        Folder of each finished stage, by ``stage`` or ``stage/part``; parts sort in order.
    needs : Needs
        What the analysis asks for.
    """
    describe = Path(inputs["describe"])
    described = Described.model_validate_json((describe / "described.json").read_bytes())
    plan = described.plan
    gathered: dict[str, Any] = {}
    if needs.rows:
        gathered["rows"] = pd.read_parquet(describe / "sample.parquet")
    if needs.training and _parts(inputs, "score/training-"):
        gathered["training"] = read_scored(inputs, "training")
        gathered["training_rows"] = pd.read_parquet(describe / "training.parquet")
    if needs.attributions and "explain/cases" in inputs:
        gathered |= _explanations(inputs, described)
    if needs.effects and "explain/effects" in inputs:
        gathered["effects"] = read_effects(Path(inputs["explain/effects"]))
    if needs.losses and "explain/losses" in inputs:
        gathered["losses"] = read_losses(Path(inputs["explain/losses"]))
    if needs.flips and "explain/flips" in inputs:
        gathered["flips"] = read_flips(Path(inputs["explain/flips"]))
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
        steadiness=described.steadiness,
        notes=described.notes,
        joined=described.joined,
        scored=read_scored(inputs, "sample"),
        **gathered,
    )


def _explanations(inputs: Mapping[str, str], described: Described) -> dict[str, Any]:
    selection = Selection.model_validate_json((Path(inputs["select"]) / "selection.json").read_bytes())
    explained, cases = _parts(inputs, "explain/rows"), Path(inputs["explain/cases"])
    check = Path(inputs["explain/check"])
    costs = [json.loads((folder / "cost.json").read_bytes()) for folder in [*explained, check, cases]]
    attributions = {
        "attributions": joined([read_attributions(folder, "shap") for folder in explained]),
        "case_shap": read_attributions(cases, "shap"),
        "case_lime": read_attributions(cases, "lime"),
        "compared": read_attributions(cases, "compared"),
    }
    scored = read_scored(inputs, "sample")
    return attributions | {
        "interactions": read_interactions(check),
        "cases": selection.cases,
        "explained": ExplainFacts(
            background=described.source,
            background_rows=len(selection.background),
            background_digest=costs[-1]["background_digest"],
            rows=len(selection.positions),
            population=Design.of(scored).number(),
            strata=selection.strata,
            evaluations=sum(cost["evaluations"] for cost in costs),
            players=sum(column.role == "input" for column in described.columns),
            moved=max(moved(scored, each) for each in attributions.values()),
            **{name: value for name, value in costs[-2].items() if name.startswith("second_")},
        ),
    }


def moved(scored: pd.DataFrame, attributions: Sequence[Attribution]) -> float:
    """Return the largest difference between answers for rows that were scored and then explained.

    Parameters
    ----------
    scored : DataFrame
        Scored rows, in key order.
    attributions : sequence of Attribution
        Of the same rows, one for each output.
    """
    from scipy.special import expit, softmax

    answers = np.array([each.prediction for each in attributions])
    if attributions[0].unit == "log_odds":
        answers = expit(answers)
    elif attributions[0].unit == "margin":
        answers = softmax(answers, axis=0)
    places = np.searchsorted(scored["key"].to_numpy(dtype=np.str_), attributions[0].keys)
    columns = [f"score:{each.output}" for each in attributions] if "score" not in scored else ["score"]
    gaps = answers - scored[columns].to_numpy()[places].T
    return float(np.abs(gaps).max(initial=0.0))
