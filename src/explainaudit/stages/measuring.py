"""Let the analyses measure what was gathered, and say beforehand what a run would cost."""

from pathlib import Path

import pandas as pd

from explainaudit.analyses import ANALYSES
from explainaudit.analysis import settings_of
from explainaudit.errors import NotApplicable
from explainaudit.explainers.effects import effect_evaluations
from explainaudit.explainers.explain import evaluations_for, rows_for_budget
from explainaudit.explainers.flips import flip_evaluations
from explainaudit.explainers.permuted import loss_evaluations
from explainaudit.explainers.second import checking_evaluations
from explainaudit.explainers.selection import COMPARED_ROWS
from explainaudit.loading.scoring import score_rows
from explainaudit.observing import gather
from explainaudit.records.evidence import Evidence
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.message import Message
from explainaudit.records.stage import StageCall, Trial
from explainaudit.stage_files import write_row_tables
from explainaudit.stages.room import Room, described_in, needed, people_in, source_in, table_in, wanted
from explainaudit.stats.clusters import column_clusters

TRIED_ROWS = 50
ROW_TABLES = "cases"  # the analysis beside whose evidence the tables of single rows are kept


def measure(call: StageCall, room: Room) -> None:
    """Let one analysis measure what was gathered; write its evidence, or why there is none."""
    analysis = next(each for each in ANALYSES if each.name == call.part)
    settings = settings_of(analysis, call.plan)
    responses = gather(call.inputs, analysis.needs(settings))
    if analysis.name == ROW_TABLES:
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
    described, folder = described_in(call)
    rows, keys = table_in(folder, "sample")
    source, _ = source_in(folder, described)
    plan = described.plan
    people = int(people_in(rows, plan).sum())
    scored = score_rows(room.enter(call), described, rows.head(TRIED_ROWS), keys[:TRIED_ROWS])
    inputs = tuple(column for column in described.columns if column.role == "input")
    explained, evaluations = 0, described.rows
    if needed(plan, lambda needs: needs.training):
        evaluations += sum(table.rows for table in described.tables if table.name in described.scored[1:])
    if needed(plan, lambda needs: needs.attributions):
        background = min(plan.explain.background_rows, len(source))
        names = [column.name for column in inputs]
        inside = room.inside(call, plan, source[names].head(background))
        budget = rows_for_budget(inside, len(inputs), background, plan.explain.evaluations)
        explained = min(plan.explain.rows or budget, people)
        evaluations += evaluations_for(inside, len(inputs), background, explained)
        if plan.explain.values == "interventional":
            evaluations += checking_evaluations(inside, len(inputs), background, explained)
        evaluations += plan.explain.lime_most + min(COMPARED_ROWS, explained)
    if needed(plan, lambda needs: needs.effects):
        evaluations += effect_evaluations(inputs, people)
    if needed(plan, lambda needs: needs.losses):
        types = {column.name: column.type for column in inputs}
        clusters = column_clusters(source[list(types)], types)
        evaluations += loss_evaluations(len(inputs) + len(clusters), people)
    if needed(plan, lambda needs: needs.flips):
        asked = [each for each in plan.sensitive if each.column in {column.name for column in inputs}]
        values = [_groups(rows, each) for each in asked]
        evaluations += flip_evaluations(values, people)
    trial = Trial(
        described=described,
        scored=len(scored),
        explained=explained,
        evaluations=evaluations,
        analyses=tuple(each.name for each in wanted(plan)),
    )
    (Path(call.out) / "trial.json").write_bytes(trial.canonical())


def _groups(rows: pd.DataFrame, feature: GroupColumn) -> int:
    """Return the most groups that a feature can have in these rows."""
    distinct = int(rows[feature.column].nunique())
    return distinct if feature.edges is None else min(distinct, 1 + len(feature.edges))
