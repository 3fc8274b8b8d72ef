"""The stages: describe, score, select, explain, measure. Files in, files out."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses import ANALYSES
from explainaudit.analysis import Accumulator, settings_of
from explainaudit.errors import Bug, NotApplicable
from explainaudit.explainers import selection as choosing
from explainaudit.explainers.ask import Ask
from explainaudit.explainers.explain import evaluations_for, explain_lime, explain_shap, rows_for_budget
from explainaudit.explainers.second import second_opinion
from explainaudit.loading.auditee import Auditee, describe_auditee, read_auditee, score_rows
from explainaudit.observing import gather, read_scored, write_attribution, write_row_tables
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message
from explainaudit.records.plan import Measuring
from explainaudit.records.responses import Partition
from explainaudit.records.stage import Described, Selection, StageCall, Trial

CHUNK = 20
TRIED_ROWS = 50


@dataclass
class Room:
    """What a child keeps between stages: the auditee, loaded once."""

    auditee: Auditee | None = None
    loaded: dict[str, Auditee] = field(default_factory=dict)

    def enter(self, call: StageCall) -> Auditee:
        """Return the auditee of a call, loading it the first time."""
        if self.auditee is not None:
            return self.auditee
        name = json.dumps([call.files, call.consent.model_dump()], sort_keys=True)
        if name not in self.loaded:
            self.loaded[name] = read_auditee(call.files, call.consent, call.plan)
        return self.loaded[name]


def run_stage(call: StageCall, room: Room) -> None:
    """Run one stage: read what it needs, and write ``call.out``, whole or not at all."""
    stages: dict[str, Callable[[StageCall, Room], None]] = {
        "describe": describe,
        "score": score,
        "select": select,
        "explain": explain,
        "measure": measure,
        "attempt": attempt,
    }
    if call.stage not in stages:
        raise Bug("E700", where=call.stage)
    part = Path(f"{call.out}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    stages[call.stage](call.model_copy(update={"out": str(part)}), room)
    part.replace(call.out)


def describe(call: StageCall, room: Room) -> None:
    """Open the model and the tables, and write what they are and the typed rows in key order."""
    described, tables = describe_auditee(room.enter(call), call.plan)
    out = Path(call.out)
    for name, (rows, keys) in tables.items():
        rows.to_parquet(out / f"{name}.parquet", index=False)
        np.save(out / f"{name}.keys.npy", keys)
    (out / "described.json").write_bytes(described.canonical())


def score(call: StageCall, room: Room) -> None:
    """Run the model once over one partition, and add the partition to every accumulator."""
    described, folder = _described(call)
    rows, keys = _table(folder, "sample")
    size = described.plan.partition_rows
    start = int(call.part) * size
    part = rows.iloc[start : start + size].reset_index(drop=True)
    scored = score_rows(room.enter(call), described, part, keys[start : start + size])
    partition = Partition(rows=part, scored=scored)
    states = {each.name: each.add(each.zero(), partition) for each in accumulators(described.plan)}
    out = Path(call.out)
    scored.to_parquet(out / "scored.parquet", index=False)
    (out / "states.json").write_text(json.dumps(states, ensure_ascii=False), encoding="utf-8")


def select(call: StageCall, room: Room) -> None:
    """Choose the rows to explain, the background and the cases, all by rule and key."""
    described, folder = _described(call)
    plan = described.plan
    scored = read_scored(
        [Path(found) for name, found in sorted(call.inputs.items()) if name.startswith("score/")]
    )
    rows, keys = _table(folder, "sample")
    _, source_keys = _table(folder, "source")
    inputs = [column for column in described.columns if column.role == "input"]
    background = choosing.choose_keyed(
        source_keys, size=plan.explain.background_rows, seed=plan.seed, purpose="background"
    )
    budget = rows_for_budget(len(inputs), len(background), plan.explain.evaluations)
    positions, inclusion, strata = choosing.choose_rows(
        scored["predicted"].to_numpy(dtype=np.str_), keys, size=plan.explain.rows or budget, seed=plan.seed
    )
    cases = choosing.choose_cases(
        scored,
        plan.decision.threshold,
        str(plan.task.event),
    )
    shown = [column.name for column in described.columns if column.role == "input"]
    chosen = Selection(
        positions=tuple(int(position) for position in positions),
        inclusion=tuple(float(probability) for probability in inclusion),
        strata=strata,
        background=tuple(int(position) for position in background),
        case_positions=tuple(position for position, _ in cases),
        cases=tuple(
            choosing.case_facts(number, rule, rows[shown].iloc[position], scored.iloc[position])
            for number, (position, rule) in enumerate(cases, start=1)
        ),
        chunks=tuple(
            (start, min(start + CHUNK, len(positions))) for start in range(0, len(positions), CHUNK)
        ),
    )
    (Path(call.out) / "selection.json").write_bytes(chosen.canonical())


def explain(call: StageCall, room: Room) -> None:
    """Explain the cases with SHAP and LIME, or one chunk of the chosen rows with SHAP."""
    described, folder = _described(call)
    chosen = Selection.model_validate_json((Path(call.inputs["select"]) / "selection.json").read_bytes())
    rows, keys = _table(folder, "sample")
    ask = _ask(room.enter(call), described, folder, chosen)
    out = Path(call.out)
    if call.part == "cases":
        positions, inclusion = np.asarray(chosen.case_positions), np.ones(len(chosen.case_positions))
    else:
        start, stop = chosen.chunks[int(call.part.removeprefix("rows"))]
        positions, inclusion = (
            np.asarray(chosen.positions[start:stop]),
            np.asarray(chosen.inclusion[start:stop]),
        )
    picked = rows.iloc[positions].reset_index(drop=True)
    shap, evaluations = explain_shap(ask, picked, keys[positions], inclusion)
    write_attribution(shap, out, "shap")
    cost: dict[str, object] = {"evaluations": evaluations}
    if call.part == "cases":
        lime, asked = explain_lime(ask, picked, keys[positions], inclusion, described.plan.explain)
        write_attribution(lime, out, "lime")
        cost |= second_opinion(ask, picked, shap)
        cost["evaluations"] = evaluations + asked
    (out / "cost.json").write_text(json.dumps(cost), encoding="utf-8")


def measure(call: StageCall, room: Room) -> None:
    """Let one analysis measure what was gathered; write its evidence, or why there is none."""
    analysis = next(each for each in ANALYSES if each.name == call.part)
    settings = settings_of(analysis, call.plan)
    needs = analysis.needs(settings)
    responses = gather(call.inputs, needs.accumulators)
    if needs.attributions:
        write_row_tables(responses, Path(call.out))
    try:
        evidence = analysis.measure(responses, settings)
    except NotApplicable as reason:
        evidence = Evidence(
            analysis=analysis.name,
            answer=Message(key=f"not_assessed.{reason.reason}"),
            not_assessed=reason.reason,
        )
    (Path(call.out) / "evidence.json").write_bytes(evidence.canonical())


def attempt(call: StageCall, room: Room) -> None:
    """Score the first few rows, and count the model evaluations that a run would ask for."""
    described, folder = _described(call)
    rows, keys = _table(folder, "sample")
    source, _ = _table(folder, "source")
    plan = described.plan
    scored = score_rows(room.enter(call), described, rows.head(TRIED_ROWS), keys[:TRIED_ROWS])
    wanted = [each for each in ANALYSES if plan.analyses.get(each.name, {}) is not None]
    explained, evaluations = 0, described.rows
    if plan.task.type == "binary" and any(
        each.needs(settings_of(each, plan)).attributions for each in wanted
    ):
        inputs = sum(column.role == "input" for column in described.columns)
        background = min(plan.explain.background_rows, len(source))
        budget = rows_for_budget(inputs, background, plan.explain.evaluations)
        explained = min(plan.explain.rows or budget, described.rows)
        evaluations += evaluations_for(inputs, background, explained, plan.explain)
    trial = Trial(
        described=described,
        scored=len(scored),
        explained=explained,
        evaluations=evaluations,
        analyses=tuple(each.name for each in wanted),
    )
    (Path(call.out) / "trial.json").write_bytes(trial.canonical())


def accumulators(plan: Measuring) -> tuple[Accumulator, ...]:
    """Return the accumulators of all analyses that a plan requests, each once."""
    wanted = [each for each in ANALYSES if plan.analyses.get(each.name, {}) is not None]
    found = {one.name: one for each in wanted for one in each.needs(settings_of(each, plan)).accumulators}
    return tuple(found.values())


def _described(call: StageCall) -> tuple[Described, Path]:
    folder = Path(call.inputs["describe"])
    return Described.model_validate_json((folder / "described.json").read_bytes()), folder


def _table(folder: Path, name: str) -> tuple[pd.DataFrame, NDArray[np.str_]]:
    return pd.read_parquet(folder / f"{name}.parquet"), np.load(
        folder / f"{name}.keys.npy", allow_pickle=False
    )


def _ask(auditee: Auditee, described: Described, folder: Path, chosen: Selection) -> Ask:
    plan = described.plan
    source, _ = _table(folder, "source")
    inputs = tuple(column for column in described.columns if column.role == "input")
    source = source[[column.name for column in inputs]]
    return Ask(
        predict=lambda frame: auditee.output(frame, plan),
        columns=inputs,
        background=source.iloc[list(chosen.background)].reset_index(drop=True),
        source=source,
        output=str(plan.task.event),
        unit=plan.explain.output,
        seed=plan.seed,
    )
