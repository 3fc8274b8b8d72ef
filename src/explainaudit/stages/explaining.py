"""Choose rows and cases by rule and key, and ask the model about them: SHAP, LIME, effects, losses."""

import json
from pathlib import Path

import numpy as np

from explainaudit.explainers import selection as choosing
from explainaudit.explainers.ask import Ask
from explainaudit.explainers.effects import effects
from explainaudit.explainers.explain import explain_lime, explain_shap, rows_for_budget
from explainaudit.explainers.permuted import permuted_losses
from explainaudit.explainers.second import second_opinion
from explainaudit.loading.auditee import Auditee, explained_outputs
from explainaudit.loading.predictor import Output
from explainaudit.observing import read_scored
from explainaudit.records.stage import Described, Selection, StageCall
from explainaudit.stage_files import write_attributions, write_effects, write_losses
from explainaudit.stages.room import Room, described_in, selection_in, table_in
from explainaudit.stats.clusters import column_clusters

CHUNK = 20


def select(call: StageCall, room: Room) -> None:
    """Choose the rows to explain, the background and the cases, all by rule and key."""
    described, folder = described_in(call)
    plan = described.plan
    scored = read_scored(call.inputs, "sample")
    rows, keys = table_in(folder, "sample")
    _, source_keys = table_in(folder, described.source)
    inputs = [column.name for column in described.columns if column.role == "input"]
    background = choosing.choose_keyed(
        source_keys, size=plan.explain.background_rows, seed=plan.seed, purpose="background"
    )
    budget = rows_for_budget(len(inputs), len(background), plan.explain.evaluations)
    positions, inclusion, strata = choosing.choose_rows(
        choosing.strata_of(scored, plan.task), keys, size=plan.explain.rows or budget, seed=plan.seed
    )
    cases = choosing.choose_cases(scored, plan, described.model.classes)
    chosen = Selection(
        positions=tuple(int(position) for position in positions),
        inclusion=tuple(float(probability) for probability in inclusion),
        strata=strata,
        background=tuple(int(position) for position in background),
        case_positions=tuple(position for position, _, _ in cases),
        cases=tuple(
            choosing.case_facts(number, rule, output, rows[inputs].iloc[position], scored.iloc[position])
            for number, (position, rule, output) in enumerate(cases, start=1)
        ),
        chunks=tuple(
            (start, min(start + CHUNK, len(positions))) for start in range(0, len(positions), CHUNK)
        ),
    )
    (Path(call.out) / "selection.json").write_bytes(chosen.canonical())


def explain(call: StageCall, room: Room) -> None:
    """Ask the model further: ``cases``, ``effects``, ``losses``, or one chunk of the chosen rows."""
    described, folder = described_in(call)
    auditee, chosen = room.enter(call), selection_in(call)
    if call.part == "effects":
        cost = _effects(_ask(auditee, described, folder, chosen), call, folder)
    elif call.part == "losses":
        cost = _losses(auditee, described, call)
    else:
        cost = _attributions(_ask(auditee, described, folder, chosen), call, described)
    (Path(call.out) / "cost.json").write_text(json.dumps(cost), encoding="utf-8")


def _attributions(ask: Ask, call: StageCall, described: Described) -> dict[str, object]:
    chosen, out = selection_in(call), Path(call.out)
    rows, keys = table_in(Path(call.inputs["describe"]), "sample")
    if call.part == "cases":
        positions, inclusion = np.asarray(chosen.case_positions), np.ones(len(chosen.case_positions))
    else:
        start, stop = chosen.chunks[int(call.part.removeprefix("rows"))]
        positions = np.asarray(chosen.positions[start:stop])
        inclusion = np.asarray(chosen.inclusion[start:stop])
    picked = rows.iloc[positions].reset_index(drop=True)
    shap, evaluations = explain_shap(ask, picked, keys[positions], inclusion)
    write_attributions(shap, out, "shap")
    cost: dict[str, object] = {"evaluations": evaluations}
    if call.part == "cases":
        lime, asked = explain_lime(ask, picked, keys[positions], inclusion, described.plan.explain)
        write_attributions(lime, out, "lime")
        cost |= second_opinion(ask, picked, shap)
        cost["evaluations"] = evaluations + asked
    return cost


def _effects(ask: Ask, call: StageCall, folder: Path) -> dict[str, object]:
    rows, keys = table_in(folder, "sample")
    found, evaluations = effects(ask, rows, keys)
    write_effects(found, Path(call.out))
    return {"evaluations": evaluations}


def _losses(auditee: Auditee, described: Described, call: StageCall) -> dict[str, object]:
    folder = Path(call.inputs["describe"])
    rows, keys = table_in(folder, "sample")
    labels = read_scored(call.inputs, "sample")["label"]
    known = labels.notna().to_numpy()
    ask = _ask(auditee, described, folder, selection_in(call), scale="probability")
    types = {column.name: column.type for column in ask.columns}
    sets = (*((name,) for name in ask.names), *column_clusters(ask.source, types))
    found, evaluations = permuted_losses(
        ask, rows[known].reset_index(drop=True), keys[known], labels[known].to_numpy(dtype=object), sets
    )
    write_losses(found, Path(call.out))
    return {"evaluations": evaluations}


def _ask(
    auditee: Auditee, described: Described, folder: Path, chosen: Selection, *, scale: Output | None = None
) -> Ask:
    """Return the question to the model, on the plan's scale or on the one given."""
    plan = described.plan
    source, _ = table_in(folder, described.source)
    inputs = tuple(column for column in described.columns if column.role == "input")
    source = source[[column.name for column in inputs]]
    return Ask(
        predict=lambda frame: auditee.outputs(frame, plan, scale=scale),
        columns=inputs,
        background=source.iloc[list(chosen.background)].reset_index(drop=True),
        source=source,
        outputs=explained_outputs(plan, described.model),
        unit="target" if plan.task.type == "regression" else scale or plan.explain.output,
        seed=plan.seed,
    )
