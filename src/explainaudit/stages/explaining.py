"""Choose rows and cases by rule and key, and ask the model about them: SHAP, LIME, effects, losses, flips."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers import selection as choosing
from explainaudit.explainers.ask import Ask
from explainaudit.explainers.effects import effects
from explainaudit.explainers.explain import explain_shap, rows_for_budget
from explainaudit.explainers.flips import flips
from explainaudit.explainers.lime import explain_lime
from explainaudit.explainers.permuted import permuted_losses
from explainaudit.explainers.second import CHECKED_ROWS, background_digest, second_opinion
from explainaudit.observing import read_scored
from explainaudit.records.attribution import Interactions
from explainaudit.records.stage import Described, Selection, StageCall
from explainaudit.stage_files import (
    write_attributions,
    write_effects,
    write_flips,
    write_interactions,
    write_losses,
)
from explainaudit.stages.asking import ask_of, ask_on
from explainaudit.stages.room import Room, described_in, people_in, selection_in, source_in, table_in
from explainaudit.stats.clusters import column_clusters

# Rows of one part of the stage: a model that is read answers for thousands at once.
ASKED_ROWS, READ_ROWS = 20, 5000

Keys = NDArray[np.str_]


def select(call: StageCall, room: Room) -> None:
    """Choose the rows to explain, the background and the cases, all by rule and key."""
    described, folder = described_in(call)
    plan = described.plan
    rows, keys = table_in(folder, "sample")
    people = np.flatnonzero(people_in(rows, plan))  # a row of weight zero is nobody
    rows, keys = rows.iloc[people], keys[people]
    scored = read_scored(call.inputs, "sample").iloc[people]
    _, source_keys = source_in(folder, described)
    inputs = [column.name for column in described.columns if column.role == "input"]
    background = tuple(
        int(position)
        for position in choosing.choose_keyed(
            source_keys, size=plan.explain.background_rows, seed=plan.seed, purpose="background"
        )
    )
    inside = ask_of(call, room, described, background).inside
    budget = rows_for_budget(inside, len(inputs), len(background), plan.explain.evaluations)
    positions, inclusion, strata = choosing.choose_rows(
        choosing.strata_of(scored, plan.task), keys, size=plan.explain.rows or budget, seed=plan.seed
    )
    cases = choosing.choose_cases(scored, plan, described.model.classes)
    chunk = ASKED_ROWS if inside is None else READ_ROWS
    chosen = Selection(
        positions=tuple(int(position) for position in people[positions]),
        inclusion=tuple(float(probability) for probability in inclusion),
        strata=strata,
        background=background,
        case_positions=tuple(int(people[position]) for position, _, _ in cases),
        cases=tuple(
            choosing.case_facts(number, rule, output, rows[inputs].iloc[position], scored.iloc[position])
            for number, (position, rule, output) in enumerate(cases, start=1)
        ),
        chunks=tuple(
            (start, min(start + chunk, len(positions))) for start in range(0, len(positions), chunk)
        ),
    )
    (Path(call.out) / "selection.json").write_bytes(chosen.canonical())


def explain(call: StageCall, room: Room) -> None:
    """Ask the model further: cases, a check, effects, losses, flips, or one chunk of the chosen rows."""
    described, _ = described_in(call)
    chosen = selection_in(call)
    on_probability = {"losses": _losses, "flips": _flips}
    if call.part in on_probability:
        ask = ask_on(call, room, described, chosen, "probability")
        cost = on_probability[call.part](ask, call, described)
    else:
        ask = ask_of(call, room, described, chosen.background)
        kinds = {"effects": _effects, "cases": _cases, "check": _check}
        cost = kinds.get(call.part, _rows)(ask, call, described)
    (Path(call.out) / "cost.json").write_text(json.dumps(cost), encoding="utf-8")


def _rows(ask: Ask, call: StageCall, _described: Described) -> dict[str, object]:
    chosen = selection_in(call)
    start, stop = chosen.chunks[int(call.part.removeprefix("rows"))]
    rows, keys = _picked(call, chosen.positions[start:stop])
    shap, evaluations = explain_shap(ask, rows, keys, np.asarray(chosen.inclusion[start:stop]))
    write_attributions(shap, Path(call.out), "shap")
    return {"evaluations": evaluations}


def _cases(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    """Explain the cases with both methods, and with LIME a keyed choice of the rows that SHAP explains."""
    chosen, out = selection_in(call), Path(call.out)
    rows, keys = _picked(call, chosen.case_positions)
    shap, evaluations = explain_shap(ask, rows, keys, np.ones(len(keys)))
    write_attributions(shap, out, "shap")
    compared, inclusion = _keyed(call, choosing.COMPARED_ROWS, described.plan.seed, "compared")
    others, other_keys = _picked(call, compared)
    both = pd.concat([rows, others], ignore_index=True)
    weights = np.concatenate([np.ones(len(keys)), inclusion])
    lime, asked = explain_lime(ask, both, np.concatenate([keys, other_keys]), weights, described.plan.explain)
    write_attributions([each.of_rows(slice(len(keys))) for each in lime], out, "lime")
    write_attributions([each.of_rows(slice(len(keys), None)) for each in lime], out, "compared")
    return {"evaluations": evaluations + asked, "background_digest": background_digest(ask)}


def _check(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    """Explain some rows by a second algorithm."""
    checked, inclusion = _keyed(call, CHECKED_ROWS, described.plan.seed, "check")
    rows, keys = _picked(call, checked)
    found = second_opinion(ask, rows, keys)
    if found.interactions is not None:
        pairs = Interactions(tuple(ask.names), keys, inclusion, found.interactions)
        write_interactions(pairs, Path(call.out))
    return {
        "second_algorithm": found.algorithm,
        "second_rows": found.rows,
        "second_background": found.background,
        "second_gap": found.gap,
        "second_off": found.off,
        "second_trees": found.trees,
        "second_all_trees": found.all_trees,
        "evaluations": found.evaluations,
    }


def _keyed(
    call: StageCall, size: int, seed: int, purpose: str
) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Return some of the rows explained, and the probability with which each came to be among them."""
    chosen = selection_in(call)
    positions = np.asarray(chosen.positions)
    _, keys = table_in(Path(call.inputs["describe"]), "sample")
    some = choosing.choose_keyed(keys[positions], size=size, seed=seed, purpose=purpose)
    share = len(some) / max(1, len(positions))
    return tuple(int(place) for place in positions[some]), np.asarray(chosen.inclusion)[some] * share


def _picked(call: StageCall, positions: tuple[int, ...]) -> tuple[pd.DataFrame, Keys]:
    rows, keys = table_in(Path(call.inputs["describe"]), "sample")
    places = np.asarray(positions, dtype=np.intp)
    return rows.iloc[places].reset_index(drop=True), keys[places]


def _effects(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    rows, keys = table_in(Path(call.inputs["describe"]), "sample")
    people = people_in(rows, described.plan)
    found, evaluations = effects(ask, rows[people].reset_index(drop=True), keys[people])
    write_effects(found, Path(call.out))
    return {"evaluations": evaluations}


def _losses(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    rows, keys = table_in(Path(call.inputs["describe"]), "sample")
    labels = read_scored(call.inputs, "sample")["label"]
    known = labels.notna().to_numpy() & people_in(rows, described.plan)
    types = {column.name: column.type for column in ask.columns}
    sets = (*((name,) for name in ask.names), *column_clusters(ask.source, types))
    found, evaluations = permuted_losses(
        ask, rows[known].reset_index(drop=True), keys[known], labels[known].to_numpy(dtype=object), sets
    )
    write_losses(found, Path(call.out))
    return {"evaluations": evaluations}


def _flips(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    rows, keys = table_in(Path(call.inputs["describe"]), "sample")
    scored = read_scored(call.inputs, "sample")
    somebody = people_in(rows, described.plan)
    sensitive = [each.column for each in described.plan.sensitive if each.column in ask.names]
    groups = {name: scored.loc[somebody, f"group:{name}"] for name in sensitive}
    found, evaluations = flips(
        ask, rows[somebody].reset_index(drop=True), keys[somebody], groups, described.plan.decision
    )
    write_flips(found, Path(call.out))
    return {"evaluations": evaluations}
